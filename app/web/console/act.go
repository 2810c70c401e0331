package console

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// actionPage is the page of one action: its form and, beside it, what it is
// about.
type actionPage struct {
	Page      ui.Page
	Card      card
	Form      actionForm
	Problem   string            // what stands in the way, above the form
	Meanwhile []ui.TimelineItem // what others did while the form was filled in
	Flags     []flag            // what speaks against signing
	Closed    bool              // the action is not possible any more: the words stay to be copied
}

// ActionForm shows the form of one action on a page of its own.
func (h *Handlers) ActionForm(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	f, ok := formOf(c.Param("action"))
	if !ok || f.page != "" && f.page != c.Param("action") {
		return fault.New(fault.NotFound, "error.not_found")
	}
	if err := workflow.Can(edge.Actor(ctx), &found.Appeal, f.action); err != nil {
		return err
	}
	drawn, err := h.form(ctx, f, edge.Actor(ctx), &found.Appeal, readQueue(c.QueryParams()))
	if err != nil {
		return err
	}
	return h.renderAction(c, http.StatusOK, found, actionPage{Form: drawn})
}

// Act takes one action.
func (h *Handlers) Act(c echo.Context) error {
	ctx, _ := h.begin(c)
	by := edge.Actor(ctx)
	found, err := h.find(c)
	if fault.Is(err, fault.NotFound) {
		return h.renderLeft(c, typedAnywhere(c))
	}
	if err != nil {
		return err
	}
	f, ok := formOf(c.Param("action"))
	if !ok {
		return fault.New(fault.NotFound, "error.not_found")
	}
	q := readQueue(c.QueryParams())
	drawn, err := h.form(ctx, f, by, &found.Appeal, q)
	if err != nil {
		return err
	}
	drawn.URL = q.url(cardURL(found.Appeal.ID) + "/" + string(f.action))
	drawn.Seen = atoi(c.FormValue("seen"))
	next := h.next(ctx, q, &found.Appeal)
	cmd, err := h.command(&drawn, &found.Appeal, c.FormValue, func(key string) string { return ui.T(ctx, key) })
	if err == nil && f.action == workflow.Assign && cmd.Executor != 0 {
		gone, err := h.isAway(ctx, found.Appeal.Agency, cmd.Executor)
		if err != nil {
			return err
		}
		if gone != nil && !gone.confirmed(c.FormValue) {
			drawn.Version, drawn.Away = cmd.Version, gone
			if gone.Substitute != 0 && gone.Substitute != found.Appeal.Executor {
				drawn.Values[inExecutor] = strconv.FormatInt(gone.Substitute, 10)
			}
			return h.renderAction(c, http.StatusConflict, found, actionPage{Form: drawn})
		}
	}
	if typed := drawn.Values[inColleague]; err == nil && typed != "" {
		one, ok := h.findColleague(ctx, &found.Appeal, typed)
		var check fault.Check
		check.That(ok, "executor", "console.unknown_colleague")
		cmd.Executor, cmd.Agency, err = one.user, one.agency, check.Err()
	}
	var changed *workflow.Appeal
	if err == nil {
		changed, err = h.cfg.Engine.Act(ctx, by, found.Appeal.ID, cmd)
	}
	switch fault.KindOf(err) {
	case "":
		return h.acted(c, q, f, changed, next)
	case fault.Invalid:
		drawn.Version, drawn.Errors = cmd.Version, drawn.errorsOf(ctx, err)
		return h.renderAction(c, edge.Status(err), found, actionPage{Form: drawn, Problem: formProblem(ctx, drawn.Errors, err)})
	case fault.Conflict, fault.Forbidden:
		return h.renderConflict(c, found.Appeal.ID, drawn, err)
	default:
		return err
	}
}

// formProblem is what is said above a form whose fields don't tell.
func formProblem(ctx context.Context, errs ui.Errors, err error) string {
	if len(errs) > 0 {
		return ""
	}
	return ui.Message(ctx, err)
}

// acted leads on after an action: to the next case where that was asked for,
// else back to the card, or to the list where the case has left for another
// agency.
func (h *Handlers) acted(c echo.Context, q queue, f form, a *workflow.Appeal, next string) error {
	switch {
	case c.FormValue("then") == "next" && next != "":
		return edge.SeeOther(c, next)
	case !workflow.CanSee(edge.Actor(edge.Ctx(c)), a):
		return edge.SeeOther(c, q.url("/console", "done", string(f.action), "number", a.Number))
	default:
		return edge.SeeOther(c, q.url(cardURL(a.ID), "done", string(f.action)))
	}
}

// renderConflict shows the form again with all that was typed, and says what
// others did meanwhile. It is sent anew on purpose, for the case as it is now.
func (h *Handlers) renderConflict(c echo.Context, id int64, f actionForm, cause error) error {
	ctx := edge.Ctx(c)
	found, err := h.cfg.Reader.FindCase(ctx, id)
	if err != nil {
		return err
	}
	by := edge.Actor(ctx)
	if !workflow.CanSee(by, &found.Appeal) {
		return h.renderLeft(c, typedWords(f))
	}
	view := actionPage{Form: f, Problem: obstacle(ctx, cause), Meanwhile: h.meanwhile(ctx, found, f.Seen)}
	view.Closed = workflow.Can(by, &found.Appeal, f.action) != nil
	view.Form.Version, view.Form.Seen = found.Appeal.Version, found.Appeal.Events
	return h.renderAction(c, edge.Status(cause), found, view)
}

// meanwhile is what happened after the events that the person saw.
func (h *Handlers) meanwhile(ctx context.Context, found *workflow.Case, seen int) []ui.TimelineItem {
	if seen <= 0 {
		return nil
	}
	var out []ui.TimelineItem
	for _, e := range found.Events {
		if e.N > seen {
			out = append(out, h.item(ctx, e).TimelineItem)
		}
	}
	return out
}

func (h *Handlers) renderAction(c echo.Context, status int, found *workflow.Case, view actionPage) error {
	ctx := edge.Ctx(c)
	page, err := h.page(c, actionName(ctx, view.Form.action)+" — "+found.Appeal.Number)
	if err != nil {
		return err
	}
	page.Invalid = status >= http.StatusBadRequest
	page.Back = view.Form.Queue.url(cardURL(found.Appeal.ID))
	page.Search.Value = ""
	if view.Form.has(inColleague) {
		view.Form.Colleagues = h.colleagues(ctx, &found.Appeal)
	}
	if view.Form.has(inTopic) {
		view.Form.Topics = h.topics(ctx, &found.Appeal)
	}
	on(&page, &found.Appeal)
	view.Form.Typed = c.Request().Method == http.MethodPost
	view.Form.Mine = lastOwn(found, edge.User(ctx).ID, view.Form.action)
	view.Page, view.Card = page, h.facts(ctx, found, view.Form.Queue)
	if view.Form.action == workflow.Sign {
		if view.Flags, err = h.flagsToSign(ctx, edge.Actor(ctx), found.Appeal.ID); err != nil {
			return err
		}
		if d := view.Card.Draft; d != nil { // as this citizen will read it
			d.Text, _ = workflow.Fill(d.Text, workflow.PersonalFields(&found.Appeal, ui.Zone(ctx)))
		}
		return edge.Render(c, status, signPage(view))
	}
	return edge.Render(c, status, actPage(view))
}
