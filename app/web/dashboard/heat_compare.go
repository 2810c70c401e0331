package dashboard

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
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
	Files       []ui.Tab
}

// comparedRow is one topic.
type comparedRow struct {
	Name        string
	Left, Right comparedSide
	Change      string
	Marked      bool // the numbers differ by more than chance
	LateMarked  bool // the shares overdue do
	tests       [2]float64
	file        []any // the row of a file, without the marks
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
	s, view, wrong, err := h.readComparison(c)
	if err != nil {
		return err
	}
	if view.Page, err = h.page(c, ui.T(s, "heat.compare.title")); err != nil {
		return err
	}
	status := http.StatusOK
	if wrong != nil {
		status, view.Page.Invalid = edge.Status(wrong), true
	}
	return edge.Render(c, status, comparePage(view))
}

// readComparison reads what is compared with what and compares it; wrong is what
// the reader typed wrong.
func (h *Handlers) readComparison(c echo.Context) (s screen, view comparison, wrong, err error) {
	if s, err = h.begin(c); err != nil {
		return s, view, nil, err
	}
	q, wrong := h.readHeat(s, c.QueryParams())
	q.Within = false
	view = comparison{
		Query: q, With: c.QueryParam("with"), Sections: sections(s, q.filter, "/dashboard/heat"), Back: q.url(), Places: s.territories(),
		Unit: ui.T(s, "heat.compare.per_day"),
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
		err = h.fillComparison(s, &view)
	}
	for _, form := range []string{"xlsx", "csv"} {
		view.Files = append(view.Files, ui.Tab{
			Text: strings.ToUpper(form), URL: address("/dashboard/heat/compare."+form, view.Query.values(), "with", view.With, "other", idOf(view.Other)),
		})
	}
	return s, view, wrong, err
}

// CompareTable sends the table of the page.
func (h *Handlers) CompareTable(c echo.Context) error {
	s, view, wrong, err := h.readComparison(c)
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	if view.Down {
		return fault.New(fault.Unavailable, "dashboard.heat.down")
	}
	sheet := document.Sheet{Name: ui.T(s, "heat.compare.sheet"), Columns: []document.Column{column(s, "heat.compare.topic", document.Words)}}
	for _, of := range []string{view.Left, view.Right} {
		for _, one := range []struct {
			key  string
			kind document.Kind
		}{{"dashboard.heat.total", document.Whole}, {"heat.compare.late", document.Share}} {
			sheet.Columns = append(sheet.Columns, document.Column{Head: of + ": " + ui.T(s, one.key), Kind: one.kind, Width: 24})
		}
	}
	sheet.Columns = append(sheet.Columns, document.Column{Head: view.Unit, Kind: document.Share, Width: 24},
		document.Column{Head: ui.T(s, "heat.compare.marks"), Kind: document.Words, Width: 24})
	var rows [][]any
	for _, r := range append([]comparedRow{view.Total}, view.Rows...) {
		var marks []string
		if r.Marked {
			marks = append(marks, view.Unit)
		}
		if r.LateMarked {
			marks = append(marks, ui.T(s, "heat.compare.late"))
		}
		rows = append(rows, append(r.file, strings.Join(marks, ", ")))
	}
	sheet.Rows = document.Rows(rows)
	return edge.Tables(c, ui.T(s, "heat.compare.sheet")+", "+view.Left+" — "+view.Right, h.Zone, sheet)
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
	file := []any{name}
	of := func(one side) (sums, comparedSide) {
		found := one.grid.at(one.q.Territory, by)
		late, share := "—", any(nil)
		if found.Count >= fewShare {
			x := float64(found.Overdue) / float64(found.Count)
			late, share = ui.Percent(ctx, x, 0), x
		}
		file = append(file, found.Count, share)
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
		x := float64(a.Count)/left.exposure/(float64(b.Count)/right.exposure) - 1
		row.Change, row.file = signed(ctx, x), append(file, x)
	} else {
		row.file = append(file, nil)
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
