package dashboard

import (
	"cmp"
	"slices"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/search"
)

// grid is a heat map rolled up into municipalities.
type grid struct {
	Rows    []gridRow
	Columns []gridColumn
	Total   sums
	// Loose are cases whose place is the region as a whole.
	Loose sums
}

type gridRow struct {
	Territory int64
	Name      string
	Cells     []sums // by column
	Total     sums
}

type gridColumn struct {
	By    string
	Name  string
	Total sums
}

// newGrid puts the cells of a heat map into rows and columns: every
// municipality, and the columns that have a case. Settlements count in their
// municipality.
func newGrid(s screen, m search.HeatMap, q heatQuery) grid {
	type at struct {
		territory int64
		by        string
	}
	var g grid
	cells := map[at]*sums{}
	columns := map[string]*sums{}
	for _, c := range m.Cells {
		g.Total.add(c)
		sumsAt(columns, c.By).add(c)
		home, ok := s.home(c.Territory, q.Within)
		if !ok {
			g.Loose.add(c)
			continue
		}
		sumsAt(cells, at{home, c.By}).add(c)
	}
	for by, total := range columns {
		g.Columns = append(g.Columns, gridColumn{By: by, Name: s.topic(by), Total: *total})
	}
	slices.SortFunc(g.Columns, func(a, b gridColumn) int {
		return cmp.Or(cmp.Compare(b.Total.Count, a.Total.Count), cmp.Compare(a.Name, b.Name))
	})
	for _, t := range s.rows(q) {
		row := gridRow{Territory: t.ID, Name: s.place(t.ID), Cells: make([]sums, len(g.Columns))}
		if q.Within && t.ID == q.Territory {
			row.Name = ui.T(s, "heat.within_own")
		}
		row.Total.Population = t.Population
		g.Total.Population += t.Population
		for i, column := range g.Columns {
			if c := cells[at{t.ID, column.By}]; c != nil {
				row.Cells[i] = *c
				row.Total.add(c.Cell)
			}
			row.Cells[i].Population = t.Population
		}
		g.Rows = append(g.Rows, row)
	}
	for i := range g.Columns {
		g.Columns[i].Total.Population = g.Total.Population
	}
	g.sort(q)
	return g
}

// sort puts the rows in the order of the question.
func (g *grid) sort(q heatQuery) {
	slices.SortStableFunc(g.Rows, func(a, b gridRow) int {
		if q.ByName {
			return cmp.Compare(a.Name, b.Name)
		}
		return cmp.Or(cmp.Compare(q.Measure.rank(a.Total), q.Measure.rank(b.Total)), cmp.Compare(a.Name, b.Name))
	})
}

// home is the row in which a territory counts: its municipality, or itself
// within one.
func (s screen) home(territory int64, within bool) (int64, bool) {
	if within {
		return territory, true
	}
	home, ok := s.book.Places.Municipality(territory)
	return home.ID, ok
}

// rows are the places of the table: every municipality, or one of them with its
// settlements.
func (s screen) rows(q heatQuery) []territory.Territory {
	if !q.Within {
		return s.book.Places.Municipalities()
	}
	var out []territory.Territory
	for _, id := range s.book.Places.Below(q.Territory) {
		if t, ok := s.book.Places.Find(id); ok {
			out = append(out, t)
		}
	}
	return out
}

// compare notes beside each sum how many cases there were before.
func (g *grid) compare(before grid) {
	past := map[string]int{}
	for _, c := range before.Columns {
		past[c.By] = c.Total.Count
	}
	for i := range g.Columns {
		g.Columns[i].Total.Before = past[g.Columns[i].By]
	}
	for i := range g.Rows {
		r := &g.Rows[i]
		old, _ := before.row(r.Territory)
		r.Total.Before = old.Total.Count
		for j, c := range g.Columns {
			r.Cells[j].Before = before.count(r.Territory, c.By)
		}
	}
	g.Total.Before, g.Loose.Before = before.Total.Count, before.Loose.Count
}

// row finds the row of a municipality.
func (g grid) row(territory int64) (gridRow, bool) {
	i := slices.IndexFunc(g.Rows, func(r gridRow) bool { return r.Territory == territory })
	if i < 0 {
		return gridRow{}, false
	}
	return g.Rows[i], true
}

// cells lists every cell that has cases.
func (g grid) cells() []sums {
	var out []sums
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			if c.Count > 0 {
				out = append(out, c)
			}
		}
	}
	return out
}

func (g grid) totals() []sums {
	out := make([]sums, len(g.Rows))
	for i, r := range g.Rows {
		out[i] = r.Total
	}
	return out
}

func sumsAt[K comparable](m map[K]*sums, key K) *sums {
	if m[key] == nil {
		m[key] = &sums{}
	}
	return m[key]
}

// sortedCells are the columns in which a row has cases, the most first.
func sortedCells(r gridRow) []int {
	var out []int
	for i, c := range r.Cells {
		if c.Count > 0 {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(r.Cells[b].Count, r.Cells[a].Count) })
	return out
}
