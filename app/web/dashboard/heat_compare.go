package dashboard

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search/signal"
)

// falseDifference is the share of the marked differences that may be of chance.
const falseDifference = 0.05

// What the map of a period is compared with.
const (
	withBefore = "before" // the period before
	withYear   = "year"   // the same days a year ago
	withPlace  = "place"  // another municipality
)

// comparison is two periods, or two places, side by side.
type comparison struct {
	Page        ui.Page
	Query       heatQuery
	Sections    []ui.Tab
	With        string
	Withs       []ui.Option
	Places      []ui.Option
	Other       int64
	Down        bool
	Left, Right string // what the columns are
	Unit        string // what the numbers are per
	Rows        []comparedRow
	Total       comparedRow
	Back        string
}

// comparedRow is one topic.
type comparedRow struct {
	Name        string
	Left, Right comparedSide
	Change      string
	Marked      bool // the numbers differ by more than chance
	LateMarked  bool // the shares overdue do
	tests       [2]float64
}

type comparedSide struct {
	Count, Late string
	URL         string
}

// side is one of the two that are compared.
type side struct {
	q        heatQuery
	grid     grid
	exposure float64 // days, or residents
}

// Compare shows two periods or two places side by side.
func (h *Handlers) Compare(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	q, wrong := h.readHeat(s, c.QueryParams())
	q.Within = false
	view := comparison{
		Query: q, With: c.QueryParam("with"), Sections: sections(s, q.filter, "/dashboard/heat"), Back: q.url(), Places: s.territories(),
		Unit: ui.T(s, "heat.compare.per_day"),
	}
	if view.Page, err = h.page(c, ui.T(s, "heat.compare.title")); err != nil {
		return err
	}
	if id, err := strconv.ParseInt(c.QueryParam("other"), 10, 64); err == nil {
		if t, ok := s.book.Places.Municipality(id); ok {
			view.Other = t.ID
		}
	}
	switch view.With {
	case withYear, withPlace:
	default:
		view.With = withBefore
	}
	for _, with := range []string{withBefore, withYear, withPlace} {
		view.Withs = append(view.Withs, ui.Option{Value: with, Label: ui.T(s, "heat.compare."+with)})
	}
	if view.With == withPlace {
		view.twoPlaces(s)
	}
	if !q.Misread {
		if err := h.fillComparison(s, &view); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if wrong != nil {
		status, view.Page.Invalid = edge.Status(wrong), true
	}
	return edge.Render(c, status, comparePage(view))
}

// twoPlaces sees to it that there are two: the first ones where none are chosen.
func (view *comparison) twoPlaces(s screen) {
	for _, t := range s.book.Places.Municipalities() {
		switch {
		case view.Query.Territory == 0:
			view.Query.Territory = t.ID
		case view.Other == 0 || view.Other == view.Query.Territory:
			view.Other = t.ID
		}
	}
}

// fillComparison asks for both sides and marks what differs.
func (h *Handlers) fillComparison(s screen, view *comparison) error {
	left, right := h.sides(s, view)
	for _, one := range []*side{&left, &right} {
		m, err := h.heatMap(s, one.q)
		if err != nil {
			if s.Err() != nil {
				return err
			}
			view.Down = true
			return nil
		}
		one.grid = newGrid(s, m, one.q)
	}
	seen := map[string]bool{}
	for _, columns := range [][]gridColumn{left.grid.Columns, right.grid.Columns} {
		for _, c := range columns {
			if !seen[c.By] {
				seen[c.By] = true
				view.Rows = append(view.Rows, compared(s, c.Name, c.By, left, right))
			}
		}
	}
	view.Total = compared(s, ui.T(s, "dashboard.heat.total"), "", left, right)
	var chances []float64
	for _, r := range view.Rows {
		chances = append(chances, r.tests[0], r.tests[1])
	}
	found := signal.Discoveries(chances, len(chances), falseDifference)
	for i := range view.Rows {
		view.Rows[i].Marked, view.Rows[i].LateMarked = found[2*i], found[2*i+1]
	}
	view.Total.Marked, view.Total.LateMarked = view.Total.tests[0] < falseDifference, view.Total.tests[1] < falseDifference
	return nil
}

// sides are the two questions, with how long or over how many people each
// counts.
func (h *Handlers) sides(s screen, view *comparison) (left, right side) {
	left = side{q: view.Query, exposure: float64(view.Query.Period.days())}
	right = left
	days := func(q heatQuery) string {
		return ui.T(s, "dashboard.from_to", "from", ui.Date(s, q.Period.From), "to", ui.Date(s, q.Period.To))
	}
	switch view.With {
	case withPlace:
		right.q.Territory = view.Other
		for _, one := range []*side{&left, &right} {
			t, _ := s.book.Places.Find(one.q.Territory)
			one.exposure = float64(t.Population)
		}
		view.Left, view.Right, view.Unit = s.place(left.q.Territory), s.place(right.q.Territory), ui.T(s, "heat.compare.per_capita")
		return left, right
	case withYear:
		right.q.Period = period{From: left.q.Period.From.AddDate(-1, 0, 0), To: left.q.Period.To.AddDate(-1, 0, 0)}
		right.exposure = float64(right.q.Period.days())
	default:
		right.q = left.q.before(h.Zone)
	}
	view.Left, view.Right = days(left.q), days(right.q)
	return left, right
}

func compared(ctx context.Context, name, by string, left, right side) comparedRow {
	of := func(one side) (sums, comparedSide) {
		found := one.grid.at(one.q.Territory, by)
		late := "—"
		if found.Count >= fewShare {
			late = ui.Percent(ctx, float64(found.Overdue)/float64(found.Count), 0)
		}
		return found, comparedSide{Count: ui.Number(ctx, found.Count), Late: late, URL: one.q.cases(one.q.Territory, by)}
	}
	a, shownA := of(left)
	b, shownB := of(right)
	row := comparedRow{Name: name, Left: shownA, Right: shownB, Change: "—", tests: [2]float64{
		signal.Rates(a.Count, left.exposure, b.Count, right.exposure), 1,
	}}
	if a.Count >= fewShare && b.Count >= fewShare {
		row.tests[1] = signal.Shares(a.Overdue, a.Count, b.Overdue, b.Count)
	}
	if left.exposure > 0 && right.exposure > 0 && b.Count >= fewCases {
		row.Change = signed(ctx, float64(a.Count)/left.exposure/(float64(b.Count)/right.exposure)-1)
	}
	return row
}

// at is the sums of a place (0 for all) and a column ("" for all).
func (g grid) at(place int64, by string) sums {
	if place == 0 {
		if by == "" {
			return g.Total
		}
		for _, c := range g.Columns {
			if c.By == by {
				return c.Total
			}
		}
		return sums{}
	}
	row, _ := g.row(place)
	if by == "" {
		return row.Total
	}
	for i, c := range g.Columns {
		if c.By == by && i < len(row.Cells) {
			return row.Cells[i]
		}
	}
	return sums{}
}
