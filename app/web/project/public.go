package project

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// Announced reports whether everybody may see the campaign because it takes
// proposals, although its vote is not published yet.
func (h *Handlers) Announced(ctx context.Context, campaign int64) (bool, error) {
	p, err := h.Proposals.Store.FindPhases(ctx, campaign)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && p.Announced, err
}

// Part is what the page of a campaign shows of its phases and projects; nil where
// there is nothing.
func (h *Handlers) Part(c echo.Context) (templ.Component, error) {
	g, err := h.load(c)
	if err != nil {
		return nil, err
	}
	if !g.phases.Announced && len(proposal.Won(g.Campaign)) == 0 {
		return nil, nil
	}
	view := part{gathering: g}
	if g.phases.Announced {
		all, err := h.Proposals.Store.ListProposals(edge.Ctx(c), proposal.Filter{Campaign: g.ID, States: publicStates})
		if err != nil {
			return nil, err
		}
		view.count = len(all)
	}
	view.takes = g.takes(h.Clock.Now())
	return phasesPart(view), nil
}

// part is what the page of a campaign shows.
type part struct {
	gathering
	count int
	takes bool
}

// Gathering is the page of a campaign that is not yet voted on.
func (h *Handlers) Gathering(c echo.Context) error {
	ctx, _ := h.begin(c)
	g, err := h.public(c)
	if err != nil {
		return err
	}
	more, err := h.Part(c)
	if err != nil {
		return err
	}
	page := h.Frame(c, g.title(ctx))
	return edge.Render(c, http.StatusOK, gatheringScreen(page, g, h.agency(ctx, g.Agency), more))
}

var publicStates = slices.DeleteFunc(slices.Clone(proposal.States), func(s proposal.State) bool { return !s.Public() })

// listed is the public list.
type listed struct {
	gathering
	words   string
	sort    proposal.Sort
	all     []proposal.Proposal
	reasons []string // why proposals were rejected
	area    mapView
	takes   bool
}

// List is the public list with its map.
func (h *Handlers) List(c echo.Context) error {
	ctx, now := h.begin(c)
	g, err := h.public(c)
	if err != nil {
		return err
	}
	view := listed{gathering: g, words: strings.TrimSpace(c.QueryParam("q")), sort: proposal.Sort(c.QueryParam("sort")), takes: g.takes(now)}
	if !slices.Contains(proposal.Sorts, view.sort) {
		view.sort = proposal.Newest
	}
	f := proposal.Filter{Campaign: g.ID, States: publicStates, Words: view.words, Sort: view.sort}
	if view.all, err = h.Proposals.Store.ListProposals(ctx, f); err != nil {
		return err
	}
	rejected, err := h.Proposals.Store.ListProposals(ctx, proposal.Filter{Campaign: g.ID, States: []proposal.State{proposal.Rejected}})
	if err != nil {
		return err
	}
	for i := range rejected {
		notes, err := h.Proposals.Store.ListProposalNotes(ctx, rejected[i].ID)
		if err != nil {
			return err
		}
		view.reasons = append(view.reasons, notes[len(notes)-1].Reason)
	}
	var points []point
	for i := range view.all {
		if at := view.all[i].Body.Point; at != nil {
			points = append(points, point{at.Lat, at.Lon, view.all[i].Body.Title, pathOf(&view.all[i])})
		}
	}
	if view.area, err = h.mapWith(c, points...); err != nil {
		return err
	}
	page := h.Frame(c, ui.T(ctx, "proposal.list_title"))
	page.Back = campaignPath(g.ID)
	return edge.Render(c, http.StatusOK, listScreen(page, view))
}

// shown is a proposal as everybody sees it.
type shown struct {
	gathering
	*proposal.Proposal
	agency  string
	history []ui.TimelineItem
	into    *proposal.Proposal
	parts   []proposal.Proposal
	project *participation.Project // as people vote on it
	won     bool
	done    string // what was just done, in words
	errs    ui.Errors
	email   string
	follow  bool
	area    mapView
}

// Show is the page of a proposal with its whole history.
func (h *Handlers) Show(c echo.Context) error {
	ctx, _ := h.begin(c)
	view, err := h.shown(c)
	if err != nil {
		return err
	}
	switch c.QueryParam("done") {
	case "interest":
		view.done = ui.T(ctx, "proposal.interest_done")
	case "unfollow":
		view.done = ui.T(ctx, "proposal.unfollow_done")
	}
	return h.showProposal(c, http.StatusOK, view)
}

func (h *Handlers) showProposal(c echo.Context, status int, view shown) error {
	var err error
	if view.area, err = h.placeOf(c, view.Proposal); err != nil {
		return err
	}
	page := h.Frame(c, view.Body.Title)
	page.Path, page.Back, page.Invalid = pathOf(view.Proposal), listPath(view.Campaign()), len(view.errs) > 0
	return edge.Render(c, status, showScreen(page, view))
}

// Campaign is the id of the campaign: both parts of the view have one.
func (v shown) Campaign() int64 { return v.Proposal.Campaign }

func (h *Handlers) shown(c echo.Context) (shown, error) {
	ctx := edge.Ctx(c)
	g, err := h.public(c)
	if err != nil {
		return shown{}, err
	}
	p, err := h.proposal(c, g.ID)
	if err != nil {
		return shown{}, err
	}
	if !p.State.Public() {
		return shown{}, fault.New(fault.NotFound, "error.not_found")
	}
	view := shown{gathering: g, Proposal: p, agency: h.agency(ctx, p.Agency)}
	if view.history, err = h.history(ctx, p); err != nil {
		return view, err
	}
	if p.MergedInto != 0 {
		if view.into, err = h.Proposals.Store.FindProposal(ctx, p.MergedInto); err != nil {
			return view, err
		}
	}
	for _, id := range p.Body.Parts {
		one, err := h.Proposals.Store.FindProposal(ctx, id)
		if err != nil {
			return view, err
		}
		view.parts = append(view.parts, *one)
	}
	if one, ok := g.Terms.Project(p.ProjectID()); ok {
		view.project = one
		view.won = slices.ContainsFunc(proposal.Won(g.gathered()), func(w participation.Project) bool { return w.ID == one.ID })
	}
	return view, nil
}

func (g gathering) gathered() *participation.Campaign { return g.Campaign }

// history is what happened to a proposal, the newest first. Nobody is named but
// agencies. Steps before anybody could read it are left out.
func (h *Handlers) history(ctx context.Context, p *proposal.Proposal) ([]ui.TimelineItem, error) {
	notes, err := h.Proposals.Store.ListProposalNotes(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	var out []ui.TimelineItem
	for _, n := range slices.Backward(notes) {
		item := ui.TimelineItem{Title: ui.T(ctx, "proposal.did."+string(n.Action)), At: n.At, Text: n.Reason}
		switch {
		case n.More.Agency != 0:
			item.By = ui.T(ctx, "proposal.sent_to", "agency", h.agency(ctx, n.More.Agency), "date", ui.Date(ctx, n.More.Due))
		case n.More.Estimate != nil && p.Body.Estimate != nil && n.More.Estimate.At.Equal(p.Body.Estimate.At): // the page says it above
			item.By, item.Text = h.agency(ctx, n.More.Estimate.Agency), ui.T(ctx, "proposal.verdict."+string(n.More.Estimate.Verdict))
		case n.More.Estimate != nil:
			item.By = h.agency(ctx, n.More.Estimate.Agency)
			item.Body = estimatePart(n.More.Estimate, h.agency(ctx, n.More.Estimate.Agency)) //nolint:contextcheck // it is drawn with the context of the page
			item.Text = ""
		}
		out = append(out, item)
	}
	return out, nil
}

// Photo sends the picture of a proposal.
func (h *Handlers) Photo(c echo.Context) error {
	g, err := h.public(c)
	if err != nil {
		return err
	}
	p, err := h.proposal(c, g.ID)
	if err != nil {
		return err
	}
	if !p.State.Public() {
		return fault.New(fault.NotFound, "error.not_found")
	}
	return h.send(c, p.Body.Photo)
}

// carried is a project that won, as it is carried out.
type carried struct {
	gathering
	project  participation.Project
	proposal int64
	reports  []proposal.Report
	progress proposal.Progress
	may      bool
	now      time.Time
}

func (h *Handlers) carried(c echo.Context, g gathering) (carried, error) {
	ctx, now := h.begin(c)
	won := proposal.Won(g.Campaign)
	i := slices.IndexFunc(won, func(p participation.Project) bool { return p.ID == c.Param("project") })
	if i < 0 {
		return carried{}, fault.New(fault.NotFound, "error.not_found")
	}
	reports, err := h.Proposals.Store.ListReports(ctx, g.ID, won[i].ID)
	if err != nil {
		return carried{}, err
	}
	return carried{
		gathering: g, project: won[i], proposal: won[i].Proposal, reports: reports, now: now,
		progress: proposal.ProgressOf(g.phases.ReportsUntil, reports, now),
	}, nil
}

// Project is the page of a project that won: how far it is, honestly.
func (h *Handlers) Project(c echo.Context) error {
	g, err := h.public(c)
	if err != nil {
		return err
	}
	view, err := h.carried(c, g)
	if err != nil {
		return err
	}
	page := h.Frame(c, view.project.Name.In(edge.Lang(c)))
	page.Back = campaignPath(g.ID)
	return edge.Render(c, http.StatusOK, projectScreen(page, view))
}

// ReportPhoto sends the picture of a report.
func (h *Handlers) ReportPhoto(c echo.Context) error {
	g, err := h.public(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "report")
	if err != nil {
		return err
	}
	view, err := h.carried(c, g)
	if err != nil {
		return err
	}
	for _, r := range view.reports {
		if r.ID == id {
			return h.send(c, r.Photo)
		}
	}
	return fault.New(fault.NotFound, "error.not_found")
}
