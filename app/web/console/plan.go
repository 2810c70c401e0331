package console

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// planView is a month or a week of due dates.
type planView struct {
	Page     ui.Page
	Title    string // «Март 2026», «16–22 марта»
	Week     bool
	Mine     bool
	Both     bool // the person has a desk of their own and sees an agency too
	Weeks    [][]planDay
	Overdue  int
	LateURL  string
	Draft    int // a year whose calendar isn't adopted yet, 0: none
	Previous string
	Next     string
	Today    string
	OtherURL string // the same days by week or by month
	MineURL  string
	AllURL   string
	Absences bool
}

// planDay is one day of it.
type planDay struct {
	Date    time.Time
	Outside bool // of another month
	Today   bool
	Off     bool // nobody works
	Short   bool // an hour less
	Past    bool
	N       int
	URL     string
	Rows    []planCase // of a week
	More    int
}

type planCase struct{ Number, URL, Topic string }

// weekShown is how many cases a day of a week lists.
const (
	weekShown = 8
	weekMost  = 300
)

// Plan shows the due dates of a month or a week.
func (h *Handlers) Plan(c echo.Context) error {
	ctx, now := h.begin(c)
	by, zone := edge.Actor(ctx), ui.Zone(ctx)
	day, err := time.ParseInLocation(time.DateOnly, c.QueryParam("day"), zone)
	if err != nil || day.Year() < 2000 || day.Year() > 2100 {
		day = now.In(zone)
	}
	works := by.Has(actor.Executor)
	view := planView{
		Week: c.QueryParam("by") == "week", Both: works, Absences: len(by.Agencies()) > 0,
	}
	view.Mine = works && c.QueryParam("of") != "agency"
	first, last := planRange(day, view.Week)
	query := workflow.DueQuery{Scope: workflow.ScopeOf(by), Mine: view.Mine, From: first.UTC(), To: last.UTC()}
	counts, err := h.cfg.Planning.CountDue(ctx, query)
	if err != nil {
		return err
	}
	perDay := map[string]int{}
	for _, one := range counts {
		perDay[one.At.In(zone).Format(time.DateOnly)] += one.N
	}
	query.From, query.To = time.Unix(0, 0), now
	late, err := h.cfg.Planning.CountDue(ctx, query)
	if err != nil {
		return err
	}
	for _, one := range late {
		view.Overdue += one.N
	}
	view.address(day)
	view.Weeks = h.planWeeks(ctx, &view, day, first, last, perDay)
	if view.Week {
		if err := h.fillWeek(ctx, &view, first, last); err != nil {
			return err
		}
	}
	view.Title = planTitle(ctx, day, first, last, view.Week)
	if view.Page, err = h.page(c, ui.T(ctx, "plan.title")); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, planPage(view))
}

// planRange is from the Monday before to the Monday after the month (or the
// week) of the day: its weeks are whole.
func planRange(day time.Time, week bool) (first, last time.Time) {
	y, m, d := day.Date()
	from, to := time.Date(y, m, d, 0, 0, 0, 0, day.Location()), time.Date(y, m, d+1, 0, 0, 0, 0, day.Location())
	if !week {
		from, to = time.Date(y, m, 1, 0, 0, 0, 0, day.Location()), time.Date(y, m+1, 1, 0, 0, 0, 0, day.Location())
	}
	for from.Weekday() != time.Monday {
		from = from.AddDate(0, 0, -1)
	}
	for to.Weekday() != time.Monday {
		to = to.AddDate(0, 0, 1)
	}
	return from, to
}

// planWeeks lays the days out in weeks.
func (h *Handlers) planWeeks(ctx context.Context, view *planView, day, first, last time.Time, perDay map[string]int) [][]planDay {
	now, days := ui.Now(ctx).In(ui.Zone(ctx)), h.cfg.Calendar()
	list := queue{Tab: workflow.TabAll}
	if view.Mine {
		list.Tab = workflow.TabMine
	}
	var out [][]planDay
	for at := first; at.Before(last); at = at.AddDate(0, 0, 1) {
		if at.Weekday() == time.Monday {
			out = append(out, nil)
		}
		key := at.Format(time.DateOnly)
		one := planDay{
			Date: at, Outside: !view.Week && at.Month() != day.Month(), Today: key == now.Format(time.DateOnly), N: perDay[key],
			Past: at.AddDate(0, 0, 1).Before(now),
		}
		kind, err := days.Kind(calendar.NewDay(at.Date()))
		if err != nil { // no calendar of that year: as the week goes
			kind = calendar.Workday
			if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
				kind = calendar.Weekend
			}
		}
		if err != nil || days.Draft(at.Year()) {
			view.Draft = at.Year()
		}
		one.Off, one.Short = !kind.Working(), kind == calendar.Shortened
		if one.N > 0 {
			list.Due = key
			one.URL = list.url("/console")
		}
		out[len(out)-1] = append(out[len(out)-1], one)
	}
	return out
}

// fillWeek lists the cases of each day of a week, the first few.
func (h *Handlers) fillWeek(ctx context.Context, view *planView, first, last time.Time) error {
	q := queue{Tab: workflow.TabAll}
	if view.Mine {
		q.Tab = workflow.TabMine
	}
	query, err := h.query(ctx, q)
	if err != nil {
		return err
	}
	query.DueFrom, query.DueTo, query.Limit = first.UTC(), last.UTC(), weekMost
	rows, _, err := h.cfg.Reader.ListInbox(ctx, query)
	if err != nil {
		return err
	}
	n := h.names(ctx)
	for _, r := range rows {
		key := r.DueAt.In(ui.Zone(ctx)).Format(time.DateOnly)
		for i := range view.Weeks[0] {
			day := &view.Weeks[0][i]
			if day.Date.Format(time.DateOnly) != key || len(day.Rows) == weekShown {
				continue
			}
			q.Due = key
			day.Rows = append(day.Rows, planCase{Number: r.Number, URL: q.url(cardURL(r.ID)), Topic: n.topic(r.Rubric)})
		}
	}
	for i := range view.Weeks[0] {
		day := &view.Weeks[0][i]
		day.More = max(day.N-len(day.Rows), 0)
	}
	return nil
}

// address fills in where the links of the page lead.
func (v *planView) address(day time.Time) {
	link := func(day time.Time, week, mine bool) string {
		u := "/console/calendar?day=" + day.Format(time.DateOnly)
		if week {
			u += "&by=week"
		}
		if v.Both && !mine {
			u += "&of=agency"
		}
		return u
	}
	back, on := day.AddDate(0, 0, 1-day.Day()).AddDate(0, -1, 0), day.AddDate(0, 0, 1-day.Day()).AddDate(0, 1, 0)
	if v.Week {
		back, on = day.AddDate(0, 0, -7), day.AddDate(0, 0, 7)
	}
	v.Previous, v.Next = link(back, v.Week, v.Mine), link(on, v.Week, v.Mine)
	v.OtherURL = link(day, !v.Week, v.Mine)
	v.MineURL, v.AllURL = link(day, v.Week, true), link(day, v.Week, false)
	v.Today = "/console/calendar"
	if v.Week {
		v.Today += "?by=week"
	}
	v.LateURL = queue{Tab: workflow.TabOverdue}.url("/console")
	if v.Mine { // the list of one's own begins with those that are late
		v.LateURL = queue{Tab: workflow.TabMine}.url("/console")
	}
}

func planTitle(ctx context.Context, day, first, last time.Time, week bool) string {
	if week {
		return ui.Date(ctx, first) + " – " + ui.Date(ctx, last.AddDate(0, 0, -1))
	}
	return ui.T(ctx, "plan.month."+strconv.Itoa(int(day.Month()))) + " " + strconv.Itoa(day.Year())
}

// weekdayKeys name the days in their order.
var weekdayKeys = []string{
	"plan.weekday.1", "plan.weekday.2", "plan.weekday.3", "plan.weekday.4", "plan.weekday.5", "plan.weekday.6", "plan.weekday.7",
}
