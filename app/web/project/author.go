package project

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// written is the form of a proposal: all that was typed, right or wrong.
type written struct {
	gathering
	typed    proposal.Typed
	cost     string
	lat, lon string
	version  int
	area     mapView
	again    bool // a photo was sent that must be chosen again
	mine     *own // on the author's page
	refusal
}

// read reads the form. What can't be understood stays as it was typed.
func (h *Handlers) read(c echo.Context, check *fault.Check) written {
	w := written{cost: c.FormValue("cost"), lat: c.FormValue("lat"), lon: c.FormValue("lon")}
	w.version, _ = strconv.Atoi(c.FormValue("version")) // what is no number is no version that is in force
	w.typed = proposal.Typed{
		Body:  proposal.Body{Title: words(c, "title"), Text: words(c, "text"), Place: words(c, "place"), Cost: whole(c, "cost", check)},
		Name:  words(c, "name"),
		Email: strings.TrimSpace(c.FormValue("email")),
	}
	w.typed.Point = pointOf(w.lat, w.lon)
	return w
}

// Write is the form of a new proposal.
func (h *Handlers) Write(c echo.Context) error {
	_, now := h.begin(c)
	g, err := h.public(c)
	if err != nil {
		return err
	}
	if !g.takes(now) {
		return edge.SeeOther(c, campaignPath(g.ID))
	}
	return h.showWrite(c, http.StatusOK, written{gathering: g})
}

func (h *Handlers) showWrite(c echo.Context, status int, w written) error {
	ctx := edge.Ctx(c)
	var err error
	if w.area, err = h.mapOf(c); err != nil {
		return err
	}
	page := h.Frame(c, ui.T(ctx, "proposal.write_title"))
	page.Path, page.Back, page.Invalid = listPath(w.ID)+"/new", listPath(w.ID), len(w.errs) > 0
	return edge.Render(c, status, writeScreen(page, w))
}

// Keep keeps what was typed as a draft; sent, a code goes to the author.
func (h *Handlers) Keep(c echo.Context) error {
	if err := h.drafts.Pass(c); err != nil {
		return err
	}
	ctx, _ := h.begin(c)
	g, err := h.public(c)
	if err != nil {
		return err
	}
	pic, photoErr := h.picture(c)
	var check fault.Check
	if err := check.Take(photoErr); err != nil {
		return err // it can't be read at all
	}
	w := h.read(c, &check)
	w.gathering, w.again = g, pic != nil
	var p *proposal.Proposal
	var code string
	if err = check.Err(); err == nil {
		err = h.withPhoto(ctx, "proposal-"+text(g.ID), pic, func(key string) (bool, error) {
			w.typed.Photo = key
			p, code, err = h.Proposals.Keep(ctx, g.ID, w.typed, ui.Lang(ctx), c.FormValue("do") == "send")
			return p != nil, err
		})
	}
	if no, status := refused(ctx, err); status != 0 {
		w.refusal = no
		return h.showWrite(c, status, w)
	}
	if err != nil {
		return err
	}
	mine := pathOf(p) + "/author/" + proposal.Secret(h.Proposals.Key, p.ID, 0)
	if code != "" {
		return edge.SeeOther(c, mine+"/code/"+code)
	}
	return edge.SeeOther(c, mine)
}

// own is a proposal as one of its authors sees it.
type own struct {
	gathering
	*proposal.Proposal
	author  int
	agency  string
	secret  string
	history []ui.TimelineItem
	merge   *proposal.Merge // that waits for an answer, or was answered
	form    *written        // where the author may still change it
	back    bool            // the form came back with what was typed
	changed []ui.SummaryRow // what somebody wrote meanwhile, where it differs
	area    mapView
	refusal
}

func (v own) path() string { return pathOf(v.Proposal) + "/author/" + v.secret }

func (v own) campaign() int64 { return v.Proposal.Campaign }

// mine finds the proposal and the author whose secret the path has.
func (h *Handlers) mine(c echo.Context) (own, error) {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	ctx := edge.Ctx(c)
	g, err := h.public(c)
	if err != nil {
		return own{}, err
	}
	p, err := h.proposal(c, g.ID)
	if err != nil {
		return own{}, err
	}
	author, ok := p.AuthorOf(h.Proposals.Key, c.Param("secret"))
	if !ok {
		return own{}, fault.New(fault.NotFound, "error.not_found")
	}
	view := own{gathering: g, Proposal: p, author: author, agency: h.agency(ctx, p.Agency), secret: strings.ToUpper(c.Param("secret"))}
	if view.history, err = h.history(ctx, p); err != nil {
		return view, err
	}
	merges, err := h.Proposals.Store.ListMerges(ctx, g.ID)
	if err != nil {
		return view, err
	}
	for i := range merges {
		if merges[i].State == proposal.Asked && slices.ContainsFunc(merges[i].Parts, func(part proposal.Part) bool { return part.Proposal == p.ID }) {
			view.merge = &merges[i]
		}
	}
	return view, nil
}

// OwnPhoto sends the author the picture that nobody else sees yet.
func (h *Handlers) OwnPhoto(c echo.Context) error {
	view, err := h.mine(c)
	if err != nil {
		return err
	}
	return h.send(c, view.Body.Photo)
}

// editable are the states in which an author may change a proposal.
var editable = []proposal.State{proposal.Draft, proposal.Returned, proposal.Moderation, proposal.Published}

// Mine is the author's page.
func (h *Handlers) Mine(c echo.Context) error {
	h.begin(c)
	view, err := h.mine(c)
	if err != nil {
		return err
	}
	return h.showMine(c, http.StatusOK, view)
}

func (h *Handlers) showMine(c echo.Context, status int, view own) error {
	alone := len(view.Authors) == 1 && view.Body.Merge == 0 && view.merge == nil
	if view.form == nil && alone && slices.Contains(editable, view.State) && h.Clock.Now().Before(view.phases.CheckUntil) {
		b := view.Body
		a := view.Authors[view.author]
		view.form = &written{typed: proposal.Typed{Body: b, Name: a.Name, Email: a.Email}, version: view.Version}
		if b.Cost > 0 {
			view.form.cost = text(b.Cost)
		}
		if b.Point != nil {
			view.form.lat, view.form.lon = strconv.FormatFloat(b.Point.Lat, 'f', 6, 64), strconv.FormatFloat(b.Point.Lon, 'f', 6, 64)
		}
	}
	if view.form != nil {
		area, err := h.mapOf(c)
		if err != nil {
			return err
		}
		view.form.gathering, view.form.area, view.form.mine = view.gathering, area, &view
	}
	var err error
	if view.area, err = h.placeOf(c, view.Proposal); err != nil {
		return err
	}
	page := h.Frame(c, title(edge.Ctx(c), view.Proposal))
	page.Path, page.Invalid = view.path(), len(view.errs) > 0
	return edge.Render(c, status, mineScreen(page, view))
}

func title(ctx context.Context, p *proposal.Proposal) string {
	if p.Body.Title == "" {
		return ui.T(ctx, "proposal.untitled")
	}
	return p.Body.Title
}

// Act is what an author does with their proposal.
func (h *Handlers) Act(c echo.Context) error {
	if err := h.drafts.Pass(c); err != nil {
		return err
	}
	ctx, _ := h.begin(c)
	view, err := h.mine(c)
	if err != nil {
		return err
	}
	id, campaign := view.ID, view.campaign()
	switch do := c.FormValue("do"); do {
	case "save", "send":
		return h.rewrite(c, view, do == "send")
	case "withdraw":
		_, err = h.Proposals.WithdrawAs(ctx, campaign, id, view.author, view.Version)
	case "yes", "no":
		_, err = h.Proposals.Consent(ctx, campaign, id, view.author, proposal.Answer(do))
	case "merge_yes", "merge_no":
		merge, _ := strconv.ParseInt(c.FormValue("merge"), 10, 64) // what is no number is no merge
		_, err = h.Proposals.AnswerMerge(ctx, campaign, merge, id, view.author, proposal.Answer(strings.TrimPrefix(do, "merge_")))
	default:
		err = fault.New(fault.Invalid, "error.invalid")
	}
	if no, status := refused(ctx, err); status != 0 {
		if view, err = h.mine(c); err != nil { // as it is now
			return err
		}
		view.refusal = no
		return h.showMine(c, status, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, view.path())
}

// rewrite takes a new text. What was typed stays on the page also where somebody
// changed the proposal meanwhile, and beside it what they wrote.
func (h *Handlers) rewrite(c echo.Context, view own, send bool) error {
	ctx := edge.Ctx(c)
	pic, photoErr := h.picture(c)
	var check fault.Check
	if err := check.Take(photoErr); err != nil {
		return err // it can't be read at all
	}
	w := h.read(c, &check)
	w.typed.Email, w.again = view.Authors[view.author].Email, pic != nil
	var p *proposal.Proposal
	err := check.Err()
	if err == nil {
		err = h.withPhoto(ctx, "proposal-"+text(view.campaign()), pic, func(key string) (bool, error) {
			w.typed.Photo = key
			p, err = h.Proposals.Change(ctx, view.campaign(), view.ID, view.author, w.version, w.typed, send)
			return err == nil, err
		})
	}
	if no, status := refused(ctx, err); status != 0 {
		if view, err = h.mine(c); err != nil { // as it is now
			return err
		}
		w.refusal, view.refusal, view.form, view.back = no, no, &w, true
		if status == http.StatusConflict {
			view.changed, w.version = differences(ctx, &view, &w.typed), view.Version
		}
		return h.showMine(c, status, view)
	}
	if err != nil {
		return err
	}
	if old := view.Body.Photo; old != "" && pic != nil {
		if err := h.dropPhoto(ctx, view.campaign(), old); err != nil {
			return err
		}
	}
	if p.State == proposal.Draft && send {
		if err := h.codes.Pass(c); err != nil {
			return err
		}
		code, err := h.Proposals.SendCode(ctx, p, view.author)
		if err != nil {
			return err
		}
		return edge.SeeOther(c, view.path()+"/code/"+code)
	}
	return edge.SeeOther(c, view.path())
}

// differences are the fields that are other than what was typed.
func differences(ctx context.Context, v *own, typed *proposal.Typed) []ui.SummaryRow {
	var out []ui.SummaryRow
	add := func(key, now, mine string) {
		if now != mine {
			out = append(out, ui.SummaryRow{Key: ui.T(ctx, key), Value: now})
		}
	}
	add("proposal.title_label", v.Body.Title, typed.Title)
	add("proposal.text_label", v.Body.Text, typed.Text)
	add("proposal.place_label", v.Body.Place, typed.Place)
	add("proposal.cost_label", money(ctx, v.Body.Cost), money(ctx, typed.Cost))
	add("proposal.name_label", v.Authors[v.author].Name, typed.Name)
	return out
}

// coded is the page that asks for a code.
type coded struct {
	title, action, again string
	follow               bool
	refusal
}

func (h *Handlers) showCode(c echo.Context, status int, v coded) error {
	page := h.Frame(c, ui.T(edge.Ctx(c), "voter.code_title"))
	page.Path, page.Invalid = v.action, len(v.errs) > 0
	return edge.Render(c, status, codeScreen(page, v))
}

// Code asks the author for the code that came.
func (h *Handlers) Code(c echo.Context) error {
	h.begin(c)
	view, err := h.mine(c)
	if err != nil {
		return err
	}
	return h.showCode(c, http.StatusOK, coded{title: view.Body.Title, action: view.path() + "/code/" + c.Param("code"), again: view.path()})
}

// Confirm sends the proposal to the organiser.
func (h *Handlers) Confirm(c echo.Context) error {
	ctx, _ := h.begin(c)
	view, err := h.mine(c)
	if err != nil {
		return err
	}
	_, err = h.Proposals.Confirm(ctx, view.campaign(), view.ID, view.author, c.Param("code"), c.FormValue("code"))
	if no, status := refused(ctx, err); status != 0 {
		return h.showCode(c, status, coded{
			title: view.Body.Title, action: view.path() + "/code/" + c.Param("code"), again: view.path(), refusal: no,
		})
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, view.path())
}

// AskInterest sends a code to who is interested.
func (h *Handlers) AskInterest(c echo.Context) error {
	if err := h.codes.Pass(c); err != nil {
		return err
	}
	ctx, _ := h.begin(c)
	view, err := h.shown(c)
	if err != nil {
		return err
	}
	view.email, view.follow = strings.TrimSpace(c.FormValue("email")), c.FormValue("follow") == "yes"
	code, err := h.Proposals.AskInterest(ctx, view.Campaign(), view.ID, view.email, edge.Lang(c))
	if view.errs = ui.ErrorsOf(ctx, err); view.errs != nil {
		return h.showProposal(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	to := pathOf(view.Proposal) + "/interest/" + code
	if view.follow {
		to += "?follow=yes"
	}
	return edge.SeeOther(c, to)
}

// InterestCode asks for the code of who is interested.
func (h *Handlers) InterestCode(c echo.Context) error {
	h.begin(c)
	view, err := h.shown(c)
	if err != nil {
		return err
	}
	return h.showCode(c, http.StatusOK, interestCode(c, view, refusal{}))
}

func interestCode(c echo.Context, view shown, no refusal) coded {
	return coded{
		title: view.Body.Title, action: pathOf(view.Proposal) + "/interest/" + c.Param("code"), again: pathOf(view.Proposal) + "#interest",
		follow: c.FormValue("follow") == "yes", refusal: no,
	}
}

// Interested counts somebody.
func (h *Handlers) Interested(c echo.Context) error {
	ctx, _ := h.begin(c)
	view, err := h.shown(c)
	if err != nil {
		return err
	}
	_, err = h.Proposals.Interested(ctx, view.Campaign(), view.ID, c.Param("code"), c.FormValue("code"), c.FormValue("follow") == "yes")
	if no, status := refused(ctx, err); status != 0 {
		return h.showCode(c, status, interestCode(c, view, no))
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, pathOf(view.Proposal)+"?done=interest")
}

// Unfollow asks before letters end: programs that read mail open links too.
func (h *Handlers) Unfollow(c echo.Context) error {
	ctx, _ := h.begin(c)
	view, err := h.shown(c)
	if err != nil {
		return err
	}
	page := h.Frame(c, ui.T(ctx, "proposal.unfollow_title"))
	return edge.Render(c, http.StatusOK, unfollowScreen(page, view, c.Request().URL.Path))
}

// EndFollow ends the letters.
func (h *Handlers) EndFollow(c echo.Context) error {
	ctx, _ := h.begin(c)
	view, err := h.shown(c)
	if err != nil {
		return err
	}
	if err := h.Proposals.Unfollow(ctx, view.ID, c.Param("person"), c.Param("secret")); err != nil {
		return err
	}
	return edge.SeeOther(c, pathOf(view.Proposal)+"?done=unfollow")
}

// photoHint says what becomes of a photo that is there already.
func photoHint(ctx context.Context, w written) string {
	if w.again && (len(w.errs) > 0 || w.problem != "") {
		return ui.T(ctx, "proposal.photo_again")
	}
	if w.mine != nil && w.mine.Body.Photo != "" {
		return ui.T(ctx, "proposal.photo_there")
	}
	return ui.T(ctx, "proposal.photo_hint")
}
