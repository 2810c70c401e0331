package campaign

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// writing is a remark that is being written. The page carries all of it from step
// to step: nothing typed is lost by an error, a code that is late, or a closing.
type writing struct {
	introduced
	discussion.Writing
	about    string // in words
	quote    string
	to       *discussion.Remark // that it replies to
	known    bool               // a pass is there
	code     string             // id of the code that was sent
	problem  string             // that no field is to blame for
	warnings []discussion.Warning
}

// Write is the form of a remark or a reply.
func (h *Handlers) Write(c echo.Context) error {
	h.begin(c)
	found, _, err := h.findTalk(c)
	if err != nil {
		return err
	}
	if !found.Accepts(h.Clock.Now()) {
		return edge.SeeOther(c, pathOf(found.ID))
	}
	v := writing{introduced: introduced{Campaign: found}, Writing: discussion.Writing{Campaign: found.ID, Once: rand.Text(), Paragraph: c.QueryParam("p")}}
	v.Version, _ = strconv.Atoi(c.QueryParam("v"))              // what is no number is the latest
	v.ReplyTo, _ = strconv.ParseInt(c.QueryParam("to"), 10, 64) // what is no number is no remark
	return h.showWriting(c, http.StatusOK, v, false)
}

// aim fills in what the remark is about; what is unknown is not found.
func (h *Handlers) aim(c echo.Context, v *writing) error {
	ctx := edge.Ctx(c)
	texts, err := h.Talks.Texts(ctx, v.introduced.Campaign)
	if err != nil {
		return err
	}
	if v.Version < 1 || v.Version > len(texts) {
		v.Version = len(texts)
	}
	if v.ReplyTo != 0 {
		if v.to, err = h.Talks.Store.FindRemark(ctx, v.ID, v.ReplyTo); err != nil {
			return err
		}
		if v.to.State != discussion.Shown {
			return fault.New(fault.Gone, "remark.hidden_meanwhile")
		}
	}
	r := discussion.Remark{Version: v.Version, Paragraph: v.Paragraph}
	if v.about, v.quote, _ = whereOf(ctx, texts, &r); v.Paragraph != "" && v.quote == "" {
		return fault.New(fault.NotFound, "remark.no_paragraph")
	}
	return nil
}

func (h *Handlers) showWriting(c echo.Context, status int, v writing, review bool) error {
	ctx := edge.Ctx(c)
	if err := h.aim(c, &v); err != nil && v.problem == "" {
		return err
	}
	v.known = h.pass(c, v.ID) != ""
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	title := "talk.write_title"
	switch {
	case review:
		title = "talk.review_title"
	case v.ReplyTo != 0:
		title = "talk.reply_title"
	}
	page := h.Frame(c, ui.T(ctx, title))
	page.Path, page.Invalid = pathOf(v.ID)+"/remark", len(v.errs) > 0
	if review {
		v.warnings = discussion.Warnings(v.Text)
		return edge.Render(c, status, writeReviewScreen(page, v))
	}
	return edge.Render(c, status, writeScreen(page, v))
}

// Written takes a remark: first to be looked over, then for good.
func (h *Handlers) Written(c echo.Context) error {
	arrived := h.Clock.Now()
	if err := h.ballots.Pass(c); err != nil {
		return err
	}
	ctx, _ := h.begin(c)
	found, _, err := h.findTalk(c)
	if err != nil {
		return err
	}
	v := writing{
		introduced: introduced{Campaign: found, typed: introduction(c)}, code: c.FormValue("code_id"),
		Writing: discussion.Writing{
			Campaign: found.ID, Once: c.FormValue("once"), Paragraph: c.FormValue("p"), Name: c.FormValue("name"), Text: c.FormValue("text"), Arrived: arrived,
		},
	}
	v.Version, _ = strconv.Atoi(c.FormValue("v"))              // see Write
	v.ReplyTo, _ = strconv.ParseInt(c.FormValue("to"), 10, 64) // see Write
	if err := v.Check(); err != nil || c.FormValue("do") == "edit" {
		return h.notTaken(c, v, err, false)
	}
	pass := h.pass(c, found.ID)
	switch {
	case c.FormValue("do") == "send" && pass == "" && v.code != "":
		if pass, err = h.Talks.Recognise(ctx, found.ID, v.code, c.FormValue("code")); err != nil {
			return h.notTaken(c, v, err, !fault.Is(err, fault.Gone))
		}
		h.keepPass(c, found.ID, pass)
	case c.FormValue("do") != "send" || pass == "":
		return h.review(c, v, pass)
	}
	r, err := h.Talks.Write(ctx, pass, v.Writing)
	if err != nil {
		return h.notTaken(c, v, err, false)
	}
	return edge.SeeOther(c, pathOf(found.ID)+"?sent="+strconv.FormatInt(r.ID, 10)+"#sent")
}

// review shows a remark once more; who is not known yet gets a code meanwhile.
func (h *Handlers) review(c echo.Context, v writing, pass string) error {
	if pass == "" {
		if err := h.codes.Pass(c); err != nil {
			return h.notTaken(c, v, err, false)
		}
		id, err := h.Talks.Introduce(edge.Ctx(c), v.ID, v.typed)
		if err != nil {
			return h.notTaken(c, v, err, false)
		}
		v.code = id
	}
	return h.showWriting(c, http.StatusOK, v, true)
}

// notTaken gives back what was typed, with what is wrong.
func (h *Handlers) notTaken(c echo.Context, v writing, err error, review bool) error {
	ctx := edge.Ctx(c)
	if err == nil { // to be changed once more
		return h.showWriting(c, http.StatusOK, v, false)
	}
	status := http.StatusUnprocessableEntity
	if v.errs = ui.ErrorsOf(ctx, err); v.errs == nil {
		if fault.Is(err, fault.Internal) || fault.Is(err, fault.NotFound) {
			return err
		}
		v.problem, status = ui.Message(ctx, err), edge.Status(err)
	}
	return h.showWriting(c, status, v, review)
}

// carried are the fields that a page carries to the next step.
func (v writing) carried() [][2]string {
	out := [][2]string{
		{"once", v.Once},
		{"v", strconv.Itoa(v.Version)},
		{"p", v.Paragraph},
		{"to", strconv.FormatInt(v.ReplyTo, 10)},
		{"code_id", v.code},
		{"name", v.Name},
		{"text", v.Text},
		{"email", v.typed.Email},
		{"territory", strconv.FormatInt(v.typed.Territory, 10)},
	}
	if v.typed.OldEnough {
		out = append(out, [2]string{"age", "yes"})
	}
	if v.typed.Resident {
		out = append(out, [2]string{"resident", "yes"})
	}
	return out
}

func warningWords(ctx context.Context, list []discussion.Warning) []string {
	var out []string
	for _, w := range list {
		out = append(out, ui.T(ctx, "talk.warning."+string(w)))
	}
	return out
}
