package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// track is an appeal as its author sees it.
type track struct {
	site
	*workflow.Case
	base   string // address of the page, without a slash at the end
	agency identity.Agency
	known  bool
	topic  string
	place  []string
	tied   ties
	may    []workflow.Action
	places *territory.Index
	// agencies names the bodies of the history.
	agencies func(id int64) string

	// What was typed into a form that came back, and what is wrong with it.
	form  workflow.Action
	typed workflow.Command
	errs  ui.Errors
	alert string
}

// Lookup asks for number and code.
func (h *Handlers) Lookup(c echo.Context) error {
	return h.lookup(c, http.StatusOK, "", "", nil)
}

func (h *Handlers) lookup(c echo.Context, status int, number, code string, errs ui.Errors) error {
	s := h.site(c)
	p := s.page(edge.Ctx(c), ui.T(edge.Ctx(c), "portal.lookup_title"))
	p.Invalid = len(errs) > 0
	return edge.Render(c, status, lookupPage(p, number, code, errs))
}

// FindStatus leads to the page of an appeal by its number and code, or by its
// whole link.
func (h *Handlers) FindStatus(c echo.Context) error {
	if err := h.slow.asks.Pass(c); err != nil {
		return err
	}
	typedNumber, typedCode := intake.Tidy(c.FormValue("number")), intake.Tidy(c.FormValue("code"))
	number, code := typedNumber, strings.ToLower(strings.ReplaceAll(typedCode, " ", ""))
	for _, s := range []string{typedNumber, typedCode} {
		if u, err := url.Parse(s); err == nil {
			if parts := strings.Split(strings.Trim(u.Path, "/"), "/"); len(parts) == 3 && parts[0] == "a" {
				number, code = parts[1], parts[2]
			}
		}
	}
	var check fault.Check
	check.That(number != "", "number", "portal.number_empty")
	number, ok := workflow.ParseNumber(number)
	check.That(ok || typedNumber == "", "number", "portal.number_wrong")
	check.That(code != "", "code", "portal.code_empty")
	if check.Err() == nil {
		_, err := h.author(edge.Ctx(c), number, code)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		check.That(err == nil, "code", "portal.not_found")
	}
	if errs, yes := wrong(edge.Ctx(c), check.Err()); yes {
		return h.lookup(c, http.StatusUnprocessableEntity, typedNumber, typedCode, errs)
	}
	return edge.SeeOther(c, "/a/"+number+"/"+code)
}

// author proves that the holder of the secret wrote the appeal. Whether the
// number or the secret is wrong is not told apart.
func (h *Handlers) author(ctx context.Context, number, secret string) (int64, error) {
	unknown := fault.New(fault.NotFound, "portal.not_found")
	id, err := h.Reader.FindID(ctx, number)
	if fault.Is(err, fault.NotFound) || err == nil && !h.Engine.CheckSecret(id, secret) {
		return 0, unknown
	}
	return id, err
}

// track reads the appeal of the address.
func (h *Handlers) track(c echo.Context) (*track, error) {
	ctx := edge.Ctx(c)
	c.Response().Header().Set("Cache-Control", "no-store")
	number, secret := c.Param("number"), c.Param("secret")
	id, err := h.author(ctx, number, secret)
	if err != nil {
		return nil, err
	}
	found, err := h.Reader.FindCase(ctx, id)
	if err != nil {
		return nil, err
	}
	by := actor.Author(id)
	if !workflow.CanSee(by, &found.Appeal) {
		return nil, fault.New(fault.NotFound, "portal.not_found")
	}
	s, book := h.site(c), h.Topics.Book()
	t := &track{
		site: s, Case: found, base: "/a/" + found.Appeal.Number + "/" + secret, may: workflow.Allowed(by, &found.Appeal),
		place: placeWords(s, book.Places, found.Appeal.Place), topic: topicOf(s, book, found.Appeal.Rubric), places: book.Places,
		agencies: func(id int64) string {
			a, _ := h.Agencies.Agency(id)
			return s.name(a)
		},
	}
	t.path = t.base
	t.agency, t.known = h.Agencies.Agency(found.Appeal.Agency)
	return t, nil
}

// Status is the page of an appeal.
func (h *Handlers) Status(c echo.Context) error {
	t, err := h.track(c)
	if err != nil {
		return err
	}
	return h.show(c, t, http.StatusOK)
}

func (h *Handlers) show(c echo.Context, t *track, status int) error {
	ctx := edge.Ctx(c)
	var err error
	if t.tied, err = h.ties(ctx, t.site, t.Case); err != nil {
		return err
	}
	p := t.page(ctx, ui.T(ctx, "portal.status_title", "number", t.Appeal.Number))
	p.Invalid = len(t.errs) > 0
	return edge.Render(c, status, statusPage(p, t))
}

// actions are what the author may do, by the last part of the address.
var actions = map[string]workflow.Action{
	"rate": workflow.Rate, "again": workflow.ReReview, "dispute": workflow.Dispute, "reply": workflow.ReplyAction,
	"withdraw": workflow.Withdraw, "resubmit": workflow.Resubmit,
}

// Act takes an action of the author.
func (h *Handlers) Act(c echo.Context) error {
	action, ok := actions[c.Param("action")]
	if !ok {
		return fault.New(fault.NotFound, "error.not_found")
	}
	if err := h.slow.submits.Pass(c); err != nil {
		return err
	}
	t, err := h.track(c)
	if err != nil {
		return err
	}
	cmd := workflow.Command{Action: action, Text: intake.Tidy(c.FormValue("text")), NotFixed: c.FormValue("not_fixed") == "yes"}
	cmd.Rating, _ = strconv.Atoi(c.FormValue("rating"))
	ctx := edge.Ctx(c)
	_, err = h.Engine.Act(ctx, actor.Author(t.Appeal.ID), t.Appeal.ID, cmd)
	switch {
	case err == nil:
		return edge.SeeOther(c, t.base+"?done="+string(c.Param("action"))+"#main-content")
	case fault.Is(err, fault.Invalid):
		t.form, t.typed, t.errs = action, cmd, t.fieldsOf(ui.ErrorsOf(ctx, err), action)
		return h.show(c, t, http.StatusUnprocessableEntity)
	case fault.Is(err, fault.Conflict):
		// Pressed twice, or somebody was faster: show how it stands now.
		t.form, t.typed, t.alert = action, cmd, ui.T(ctx, "portal.moved_on")
		return h.show(c, t, http.StatusConflict)
	default:
		return err
	}
}

// fieldsOf gives the errors the ids that the fields have on the page, where
// several forms stand.
func (t *track) fieldsOf(errs ui.Errors, action workflow.Action) ui.Errors {
	out := slices.Clone(errs)
	for i := range out {
		if out[i].Name == "reason" {
			out[i].Name = "text"
		}
		out[i].Name = field(action, out[i].Name)
	}
	return out
}

// field is the id of a form's field on the page.
func field(action workflow.Action, name string) string { return string(action) + "-" + name }

// AddEvidence takes photos that a citizen was asked for.
func (h *Handlers) AddEvidence(c echo.Context) error {
	t, err := h.track(c)
	if err != nil {
		return err
	}
	ctx := edge.Ctx(c)
	// Before the pictures are kept: nobody would take them away again.
	if err := workflow.Can(actor.Author(t.Appeal.ID), &t.Appeal, workflow.Attach); err != nil {
		return err
	}
	already := 0
	if t.Appeal.Stage != workflow.StageClarification { // where they are asked for more, more may come
		already = len(t.photosOf(0))
	}
	photos, err := h.receive(c, "appeal-"+strconv.FormatInt(t.Appeal.ID, 10), already)
	if err == nil {
		_, err = h.Engine.AttachPhotos(ctx, actor.Author(t.Appeal.ID), t.Appeal.ID, photos)
	}
	if errs, yes := wrong(ctx, err); yes {
		t.errs = errs
		return h.show(c, t, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, t.base+"?done=photos#main-content")
}

// Evidence is a photo of the appeal, for those who hold its secret.
func (h *Handlers) Evidence(c echo.Context) error {
	t, err := h.track(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "photo")
	if err != nil {
		return err
	}
	for _, p := range t.shownPhotos() {
		if p.ID == id {
			key := p.Key
			if c.QueryParam("size") == "small" {
				key = photo.ThumbKey(key)
			}
			return h.send(c, key)
		}
	}
	return fault.New(fault.NotFound, "error.not_found")
}

// signed lists the answers that the author may read, the latest first.
func (t *track) signed() []workflow.Answer {
	var out []workflow.Answer
	for _, a := range t.Answers {
		if a.State == workflow.AnswerSigned {
			out = append(out, a)
		}
	}
	slices.Reverse(out)
	return out
}

// photosOf lists the pictures of an answer; 0 for the appeal's own.
func (t *track) photosOf(answer int64) []workflow.Photo {
	var out []workflow.Photo
	for _, p := range t.Photos {
		if p.Answer == answer {
			out = append(out, p)
		}
	}
	return out
}

// photosLeft is how many photos the author may add unasked.
func (t *track) photosLeft() int { return MaxPhotos - len(t.photosOf(0)) }

// shownPhotos are those of the appeal and of signed answers.
func (t *track) shownPhotos() []workflow.Photo {
	out := t.photosOf(0)
	for _, a := range t.signed() {
		out = append(out, t.photosOf(a.ID)...)
	}
	return out
}

func (t *track) can(a workflow.Action) bool { return slices.Contains(t.may, a) }

// questionAsked is what the moderator wants to know.
func (t *track) questionAsked() string {
	for _, e := range slices.Backward(t.Events) {
		if e.Action == workflow.Ask {
			return e.Reason
		}
	}
	return ""
}

// lastReason is why the appeal was rejected or decided so.
func (t *track) lastReason() string {
	if e := t.Events[len(t.Events)-1]; workflow.PublicReason(e.Action) {
		return e.Reason
	}
	return ""
}

// untilOf is when a running clock of the author's ends.
func (t *track) untilOf(kind deadline.Kind) time.Time {
	if d := t.Appeal.Open(kind); d != nil {
		return d.DueAt
	}
	return time.Time{}
}
