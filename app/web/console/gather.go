package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// gathering is the page on which a lead takes in appeals about the same thing.
type gathering struct {
	Page    ui.Page
	Card    card
	URL     string
	Version int
	List    []candidate
	Chosen  []string // ids
	Typed   string
	Errors  ui.Errors
	Problem string
}

// candidate is an appeal that can be joined.
type candidate struct {
	similar
	DueAt   string
	Address string
}

// Gathering shows the page. An appeal named by ?with= is chosen already.
func (h *Handlers) Gathering(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if err := workflow.Can(edge.Actor(ctx), &found.Appeal, workflow.Gather); err != nil {
		return err
	}
	view := gathering{Version: found.Appeal.Version}
	if with := c.QueryParam("with"); with != "" {
		view.Chosen = []string{with}
	}
	return h.renderGathering(c, http.StatusOK, found, view)
}

// Gather joins what was chosen, or looks an appeal up by its number and adds
// it to the list.
func (h *Handlers) Gather(c echo.Context) error {
	ctx, _ := h.begin(c)
	by := edge.Actor(ctx)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	values, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	view := gathering{Version: atoi(c.FormValue("version")), Chosen: values["appeals"], Typed: strings.TrimSpace(c.FormValue("number"))}
	if c.FormValue("do") == "find" {
		id, err := h.candidateByNumber(ctx, by, &found.Appeal, view.Typed)
		if err != nil {
			view.Errors = ui.ErrorsOf(ctx, err)
			return h.renderGathering(c, edge.Status(err), found, view)
		}
		view.Chosen, view.Typed = append(view.Chosen, idText(id)), ""
		return h.renderGathering(c, http.StatusOK, found, view)
	}
	var ids []int64
	for _, text := range view.Chosen {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	_, err = h.cfg.Engine.Join(ctx, by, found.Appeal.ID, view.Version, ids)
	switch fault.KindOf(err) {
	case "":
		return edge.SeeOther(c, cardURL(found.Appeal.ID)+"?done="+string(workflow.Gather)+"#joined")
	case fault.Invalid:
		view.Errors = ui.ErrorsOf(ctx, err)
	case fault.Conflict, fault.Forbidden:
		view.Problem = obstacle(ctx, err)
		if found, err = h.find(c); err != nil {
			return err
		}
		view.Version = found.Appeal.Version
		return h.renderGathering(c, http.StatusConflict, found, view)
	default:
		return err
	}
	return h.renderGathering(c, http.StatusUnprocessableEntity, found, view)
}

// candidateByNumber finds an appeal that can be joined by its number.
func (h *Handlers) candidateByNumber(ctx context.Context, by actor.Actor, lead *workflow.Appeal, typed string) (int64, error) {
	var check fault.Check
	number, ok := workflow.ParseNumber(typed)
	if !ok {
		check.Fail("number", "console.gather.number_wrong")
		return 0, check.Err()
	}
	id, err := h.cfg.Reader.FindID(ctx, number)
	if err == nil {
		var other *workflow.Case
		if other, err = h.visible(ctx, by, id); err == nil {
			if can(by, lead, &other.Appeal) {
				return id, nil
			}
			check.Fail("number", "console.gather.not_possible", "stage", ui.T(ctx, "stage."+string(other.Appeal.Stage)))
			return 0, check.Err()
		}
	}
	if !fault.Is(err, fault.NotFound) {
		return 0, err
	}
	check.Fail("number", "console.gather.unknown")
	return 0, check.Err()
}

// can reports whether an appeal can be joined to the lead by this person.
func can(by actor.Actor, lead, other *workflow.Appeal) bool {
	return other.ID != lead.ID && other.Agency == lead.Agency && workflow.Can(by, other, workflow.Join) == nil
}

func (h *Handlers) renderGathering(c echo.Context, status int, found *workflow.Case, view gathering) error {
	ctx, a := edge.Ctx(c), &found.Appeal
	page, err := h.page(c, ui.T(ctx, "action.gather")+" — "+a.Number)
	if err != nil {
		return err
	}
	page.Invalid, page.Back = status >= http.StatusBadRequest, cardURL(a.ID)
	view.Page, view.Card, view.URL = page, h.facts(ctx, found, queue{}), cardURL(a.ID)+"/gather"
	if view.List, err = h.candidates(ctx, edge.Actor(ctx), a, view.Chosen); err != nil {
		return err
	}
	return edge.Render(c, status, gatherPage(view))
}

// candidates are those that were chosen, and proposals: open appeals of the
// same agency whose words, topic and place are like the lead's.
func (h *Handlers) candidates(ctx context.Context, by actor.Actor, lead *workflow.Appeal, chosen []string) ([]candidate, error) {
	var ids []int64
	for _, text := range chosen {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	first, err := h.cfg.Reader.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	proposed, err := h.nearest(ctx, by, lead, search.Query{Agency: lead.Agency})
	if err != nil {
		return nil, err
	}
	n, now := h.names(ctx), ui.Now(ctx)
	var out []candidate
	for _, one := range slices.Concat(first, proposed) {
		a := &one.Appeal
		twice := slices.ContainsFunc(out, func(c candidate) bool { return c.ID == a.ID })
		if twice || !workflow.CanSee(by, a) || !can(by, lead, a) {
			continue
		}
		line := candidate{similar: similar{
			ID: a.ID, Number: a.Number, Topic: n.topic(a.Rubric), Place: n.territory(a.Place.Territory), Ago: ui.Ago(ctx, a.SubmittedAt, now),
			Far: distanceWords(ctx, lead.Place.Point, a.Place.Point), Excerpt: a.Text, Stage: a.Stage, URL: cardURL(a.ID),
		}, Address: a.Place.Address}
		if !a.DueAt.IsZero() {
			line.DueAt = lastDay(ctx, a.DueAt)
		}
		out = append(out, line)
	}
	return out, nil
}

// chosen reports whether a candidate was ticked.
func (g gathering) chosen(id int64) bool { return slices.Contains(g.Chosen, idText(id)) }
