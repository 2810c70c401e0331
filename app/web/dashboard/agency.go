package dashboard

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// agencyTable compares the agencies.
type agencyTable struct {
	Heads []ui.Head
	Rows  []agencyRow
	Red   int // rows in the red zone
}

type agencyRow struct {
	Name      string
	URL       string
	CaseURL   string
	Submitted int
	Answered  int
	Overdue   figure
	Median    figure
	Rating    figure
	Red       bool
}

// figure is one cell: its words, and whether it lies in the red zone.
type figure struct {
	Text  string
	Red   bool
	value float64
	known bool
}

// few reports whether the figure is of so few cases that it judges nobody.
func (f figure) few() bool { return f.Text != noFigure && !f.known }

// noFigure stands where there is nothing to count.
const noFigure = "—"

func (h *Handlers) agencyLines(s screen, f filter) ([]report.AgencyLine, error) {
	ask := question{f.Period.report(), f.report(s)}
	return recall(s, h.memo, "agencies", ask, func(ctx context.Context) ([]report.AgencyLine, error) {
		return h.Reports.Agencies(ctx, ask.Period, ask.Filter, s.now)
	})
}

// agencyColumn is a column and the order in which it is first sorted.
type agencyColumn struct {
	name    string
	title   string
	numeric bool
	rising  bool
	less    func(a, b agencyRow) int
}

// agencyColumns are what the table can be sorted by, each first in the order
// that shows the trouble.
var agencyColumns = []agencyColumn{
	{"name", "dashboard.agency.name", false, true, func(a, b agencyRow) int { return cmp.Compare(a.Name, b.Name) }},
	{"submitted", "dashboard.agency.submitted", true, false, func(a, b agencyRow) int { return cmp.Compare(a.Submitted, b.Submitted) }},
	{"answered", "dashboard.agency.answered", true, false, func(a, b agencyRow) int { return cmp.Compare(a.Answered, b.Answered) }},
	{"overdue", "dashboard.agency.overdue", true, false, func(a, b agencyRow) int { return cmp.Compare(a.Overdue.value, b.Overdue.value) }},
	{"median", "dashboard.agency.median", true, false, func(a, b agencyRow) int { return cmp.Compare(a.Median.value, b.Median.value) }},
	{"rating", "dashboard.agency.rating", true, true, func(a, b agencyRow) int { return cmp.Compare(a.Rating.value, b.Rating.value) }},
}

// unknown reports whether the row has no figure in the column, or one of too
// few cases: such rows come last in either order.
func (r agencyRow) unknown(column string) bool {
	switch column {
	case "overdue":
		return !r.Overdue.known
	case "median":
		return !r.Median.known
	case "rating":
		return !r.Rating.known
	default:
		return false
	}
}

func (h *Handlers) agencyTable(s screen, f filter, lines []report.AgencyLine, sort string) agencyTable {
	var t agencyTable
	for _, l := range lines {
		row := h.agencyRow(s, f, l)
		if row.Red {
			t.Red++
		}
		t.Rows = append(t.Rows, row)
	}
	column, turned := strings.CutPrefix(sort, "-")
	at := slices.IndexFunc(agencyColumns, func(c agencyColumn) bool { return c.name == column })
	if at < 0 {
		at, column, turned = 3, "overdue", false
	}
	order := agencyColumns[at]
	rising := order.rising != turned
	slices.SortStableFunc(t.Rows, func(a, b agencyRow) int {
		if ua, ub := a.unknown(column), b.unknown(column); ua != ub {
			if ua {
				return 1
			}
			return -1
		}
		n := order.less(a, b)
		if !rising {
			n = -n
		}
		return cmp.Or(n, cmp.Compare(a.Name, b.Name))
	})
	for i, c := range agencyColumns {
		head := ui.Head{Text: ui.T(s, c.title), Numeric: c.numeric}
		next := c.name
		if i == at {
			head.Sort = "descending"
			if rising {
				head.Sort = "ascending"
			}
			if !turned {
				next = "-" + c.name
			}
		}
		head.SortURL = f.url("/dashboard", "sort", next) + "#agencies"
		t.Heads = append(t.Heads, head)
	}
	return t
}

func (h *Handlers) agencyRow(s screen, f filter, l report.AgencyLine) agencyRow {
	list := f.received()
	list.Agency = l.Agency
	row := h.figureRow(s, l.Counts)
	row.Name, row.URL, row.CaseURL = h.agency(s, l.Agency), f.url("/dashboard/agencies/"+idOf(l.Agency)), list.url()
	return row
}

// figureRow has the figures of a row, without whose they are.
func (h *Handlers) figureRow(s screen, c report.Counts) agencyRow {
	row := agencyRow{Submitted: c.Submitted, Answered: c.Answered}
	for _, k := range report.KPIs(c) {
		fig := figure{Text: noFigure, known: k.Known && k.Basis >= h.Limits.Basis, value: k.Value, Red: h.Limits.past(k)}
		if k.Known {
			fig.Text = amount(s, k.Unit, k.Value)
		}
		switch k.Key {
		case "overdue":
			row.Overdue = fig
		case "answer_median":
			if k.Known {
				fig.Text = ui.Decimal(s, k.Value, 1)
			}
			row.Median = fig
		case "satisfaction":
			row.Rating = fig
		}
	}
	row.Red = row.Overdue.Red || row.Median.Red || row.Rating.Red
	return row
}

// Agency shows the figures of one agency. One whose appeals the reader may not
// count doesn't exist for them.
func (h *Handlers) Agency(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	a, ok := h.Agencies.Agency(id)
	if !ok || !s.scope.Region && !slices.Contains(s.scope.Agencies, id) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	f, wrong := h.readFilter(s, c.QueryParams())
	view := overview{Title: a.Name.In(ui.Lang(s)), Path: "/dashboard/agencies/" + strconv.FormatInt(id, 10), Agency: id, Filter: f}
	if view.Page, err = h.page(c, view.Title); err != nil {
		return err
	}
	view.Page.Back = f.url("/dashboard")
	if err := h.figures(s, &view, whose{Agency: id}); err != nil {
		return err
	}
	if err := h.personLines(s, &view, id); err != nil {
		return err
	}
	return h.render(c, &view, wrong)
}
