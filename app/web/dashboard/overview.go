package dashboard

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// topTopics is how many topics a page lists.
const topTopics = 12

// overview is what the dashboard of a region or of one agency shows.
type overview struct {
	Page     ui.Page
	Title    string
	Path     string
	Agency   int64 // 0 for the region
	Of       whose
	Filter   filter
	Sections []ui.Tab // none on the page of one agency
	Periods  []ui.Tab
	Places   []ui.Option
	Scope    string // whose appeals are counted
	Now      []ui.KPI
	Flow     flow
	Groups   []tileGroup
	Topics   []topicRow
	Agencies agencyTable
	Lines    []lineTable // municipalities, or the people of an agency
	Climbed  []climbedRow
	More     string // address of all that climbed, "" where these are all
	Empty    bool   // nothing was submitted or answered in the period
}

// Overview shows the figures of the region, or of the reader's agencies.
func (h *Handlers) Overview(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	f, wrong := h.readFilter(s, c.QueryParams())
	view := overview{Title: ui.T(s, "dashboard.title"), Path: "/dashboard", Filter: f}
	if view.Page, err = h.page(c, view.Title); err != nil {
		return err
	}
	view.Sections = sections(s, f, "/dashboard")
	view.Scope = h.scopeWords(s)
	if err := h.figures(s, &view, whose{}); err != nil {
		return err
	}
	if f.Territory == 0 {
		if err := h.placeLines(s, &view); err != nil {
			return err
		}
	}
	lines, err := h.agencyLines(s, f)
	if err != nil {
		return err
	}
	if len(lines) > 1 || s.scope.Region {
		view.Agencies = h.agencyTable(s, f, lines, c.QueryParam("sort"))
	}
	if err := h.climbedFirst(s, &view); err != nil {
		return err
	}
	return h.render(c, &view, wrong)
}

// render draws the page; wrong is what the reader typed wrong.
func (h *Handlers) render(c echo.Context, view *overview, wrong error) error {
	status := http.StatusOK
	if wrong != nil {
		status = edge.Status(wrong)
		view.Page.Invalid = true
	}
	return edge.Render(c, status, overviewPage(*view))
}

// scopeWords names the region, or the reader's agencies.
func (h *Handlers) scopeWords(s screen) string {
	if s.scope.Region {
		return s.book.Places.Region().Name.In(ui.Lang(s))
	}
	words := ""
	for i, id := range s.scope.Agencies {
		if a, ok := h.Agencies.Agency(id); ok {
			if i > 0 {
				words += ", "
			}
			words += a.Name.In(ui.Lang(s))
		}
	}
	return words
}

// question is all that the figures of a page depend on.
type question struct {
	Period report.Period
	Filter report.Filter
}

// figures fills what the region's page and an agency's page share.
func (h *Handlers) figures(s screen, view *overview, of whose) error {
	f, agency := view.Filter, of.Agency
	ask := of.question(s, f)
	view.Of = of
	view.Periods = f.periods(s, view.Path)
	view.Places = s.territories()
	counts, err := h.counts(s, ask)
	if err != nil {
		return err
	}
	before, err := h.counts(s, question{ask.Period.Before(), ask.Filter})
	if err != nil {
		return err
	}
	trend, err := h.trend(s, ask, f)
	if err != nil {
		return err
	}
	view.Groups = h.tiles(s, f, of, counts, before, trend)
	days, err := h.flowDays(s, ask, trend)
	if err != nil {
		return err
	}
	view.Flow = newFlow(s, f, agency, counts, days)
	if of.Person != 0 { // the inbox lists agencies; its topics are those of all
		view.Flow.URL = of.url(f, "/dashboard/cases", "list", "submitted")
		view.Empty = counts.Submitted == 0 && counts.Answered == 0
		return nil
	}
	lines, err := recall(s, h.memo, "topics", ask, func(ctx context.Context) ([]report.TopicLine, error) {
		limit := topTopics
		if len(s.book.Tree.Retired()) > 0 { // parts of one topic may be far apart
			limit = exportTopics
		}
		return h.Reports.Topics(ctx, ask.Period, ask.Filter, s.now, limit)
	})
	if err != nil {
		return err
	}
	lines = s.joined(lines)
	view.Topics = topicRows(s, f, agency, lines[:min(topTopics, len(lines))])
	view.Empty = counts.Submitted == 0 && counts.Answered == 0
	view.Now, err = h.nowTiles(s, f, agency)
	return err
}

func (h *Handlers) counts(s screen, ask question) (report.Counts, error) {
	return recall(s, h.memo, "counts", ask, func(ctx context.Context) (report.Counts, error) {
		return h.Reports.Counts(ctx, ask.Period, ask.Filter, s.now)
	})
}

// countMost is where counting the cases of the present stops.
const countMost = 100_000

// nowTiles count cases as they are now, each tile leading to its list.
func (h *Handlers) nowTiles(s screen, f filter, agency int64) ([]ui.KPI, error) {
	var out []ui.KPI
	for _, at := range []struct {
		key   string
		tab   workflow.Tab
		level int
		bad   bool
	}{
		{"dashboard.now.new", workflow.TabNew, 0, false},
		{"dashboard.now.due_soon", workflow.TabDueSoon, 0, false},
		{"dashboard.now.overdue", workflow.TabOverdue, 0, true},
		{"dashboard.now.on_sign", workflow.TabOnSign, 0, false},
		{"dashboard.now.escalated", workflow.TabAll, climbedLevel, true},
	} {
		n, err := h.countNow(s, f, agency, at.tab, at.level)
		if err != nil {
			return nil, err
		}
		url := cases{Tab: at.tab, Territory: f.Territory, Agency: agency}.url()
		if at.level > 0 {
			url = climbedURL(f, agency)
		}
		out = append(out, ui.KPI{Label: ui.T(s, at.key), Value: ui.Number(s, n), URL: url, Bad: at.bad && n > 0})
	}
	return out, nil
}

func (h *Handlers) countNow(s screen, f filter, agency int64, tab workflow.Tab, level int) (int, error) {
	q := h.inboxQuery(s, f, agency)
	q.Tab, q.Level = tab, level
	key := q
	key.Now = key.Now.Truncate(memoLife) // the rest of the key doesn't move
	return recall(s, h.memo, "now", key, func(ctx context.Context) (int, error) {
		return h.Inbox.CountInbox(ctx, q, countMost)
	})
}

func (h *Handlers) inboxQuery(s screen, f filter, agency int64) workflow.InboxQuery {
	q := workflow.InboxQuery{Scope: s.scope, Now: s.now, Agency: agency}
	if f.Territory != 0 {
		q.Territories = s.book.Places.Below(f.Territory)
	}
	return q
}
