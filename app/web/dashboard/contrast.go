package dashboard

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
)

// contrastBasis is how many cases a place or an agency needs to be compared,
// and contrastMost how many are told at each end.
const (
	contrastBasis = 10
	contrastMost  = 3
)

// contrast says who solves a category best and worst: by the share overdue,
// then by the share solved.
type contrast struct {
	Title       string
	Best, Worst []contrastRow
}

type contrastRow struct {
	Name    string
	URL     string
	Overdue string
	Solved  string
	Count   string
	late    float64
	solved  float64
}

func newContrast(ctx context.Context, title string, rows []contrastRow) (contrast, bool) {
	c := contrast{Title: ui.T(ctx, title)}
	slices.SortStableFunc(rows, func(a, b contrastRow) int {
		return cmp.Or(cmp.Compare(a.late, b.late), cmp.Compare(b.solved, a.solved), cmp.Compare(a.Name, b.Name))
	})
	if len(rows) < 2 {
		return c, false // nobody to compare with
	}
	n := min(contrastMost, len(rows)/2)
	c.Best = rows[:n]
	c.Worst = slices.Clone(rows[len(rows)-n:])
	slices.Reverse(c.Worst)
	return c, true
}

// contrasts compare the municipalities of the map, and the agencies where no
// words narrow it: the figures of agencies know no words.
func (h *Handlers) contrasts(s screen, q heatQuery, g grid) ([]contrast, error) {
	var out []contrast
	var rows []contrastRow
	for _, r := range g.Rows {
		if r.Total.Count < contrastBasis {
			continue
		}
		n := float64(r.Total.Count)
		rows = append(rows, newContrastRow(s, r.Name, q.cases(r.Territory, ""), r.Total.Count,
			float64(r.Total.Overdue)/n, float64(r.Total.Solved)/n))
	}
	if c, ok := newContrast(s, "dashboard.contrast.places", rows); ok {
		out = append(out, c)
	}
	if q.Words != "" || q.Stage != "" {
		return out, nil
	}
	rows, err := h.agencyContrast(s, q)
	if err != nil {
		return nil, err
	}
	if c, ok := newContrast(s, "dashboard.contrast.agencies", rows); ok {
		out = append(out, c)
	}
	return out, nil
}

func newContrastRow(ctx context.Context, name, url string, count int, late, solved float64) contrastRow {
	return contrastRow{
		Name: name, URL: url, Count: ui.Plural(ctx, "dashboard.basis", count), Overdue: ui.Percent(ctx, late, 0),
		Solved: ui.Percent(ctx, solved, 0), late: late, solved: solved,
	}
}

func (h *Handlers) agencyContrast(s screen, q heatQuery) ([]contrastRow, error) {
	f := q.filter
	f.Territory = 0
	ask := question{f.Period.report(), f.report(s)}
	ask.Filter.Category = q.Category
	lines, err := recall(s, h.memo, "agencies", ask, func(ctx context.Context) ([]report.AgencyLine, error) {
		return h.Reports.Agencies(ctx, ask.Period, ask.Filter, s.now)
	})
	if err != nil {
		return nil, err
	}
	var rows []contrastRow
	for _, l := range lines {
		c := l.Counts
		due := c.Closed + c.OpenDue
		if due < contrastBasis || c.Answered == 0 {
			continue
		}
		url := f.url("/dashboard/agencies/" + strconv.FormatInt(l.Agency, 10))
		rows = append(rows, newContrastRow(s, h.agency(s, l.Agency), url, due,
			float64(c.ClosedLate+c.OpenPastDue)/float64(due), float64(c.Solved)/float64(c.Answered)))
	}
	return rows, nil
}
