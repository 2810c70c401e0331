package dashboard

import (
	"cmp"
	"slices"

	"github.com/otklik/otklik/app/web/ui"
)

// hotMost is how many cells are told in words.
const hotMost = 10

// hotRow is one of the hottest cells: «Белогривск — Дороги: 42, на 30 %
// больше, чем за 30 дней до того».
type hotRow struct {
	Place, Topic string
	Count        string
	Change       string
	URL          string
}

type hotCell struct {
	row, column int
	count       int
}

// hottest are the cells with the most cases, beside the period before.
func hottest(s screen, q heatQuery, g, before grid) []hotRow {
	var cells []hotCell
	for i, r := range g.Rows {
		for j, c := range r.Cells {
			if c.Count > 0 && q.cases(r.Territory, "") != "" {
				cells = append(cells, hotCell{i, j, c.Count})
			}
		}
	}
	slices.SortStableFunc(cells, func(a, b hotCell) int { return cmp.Compare(b.count, a.count) })
	out := make([]hotRow, 0, hotMost)
	for _, at := range cells[:min(hotMost, len(cells))] {
		row, column := g.Rows[at.row], g.Columns[at.column]
		out = append(out, hotRow{
			Place: row.Name, Topic: column.Name, Count: ui.Number(s, at.count), URL: q.cases(row.Territory, column.By),
			Change: moved(s, q.Period, at.count, before.count(row.Territory, column.By)),
		})
	}
	return out
}

// count is how many cases a cell has.
func (g grid) count(territory int64, by string) int {
	row, ok := g.row(territory)
	column := slices.IndexFunc(g.Columns, func(c gridColumn) bool { return c.By == by })
	if !ok || column < 0 {
		return 0
	}
	return row.Cells[column].Count
}

// moved says how a number of cases moved, in the middle of a sentence.
func moved(s screen, p period, now, before int) string {
	than := p.before(s)
	switch {
	case now == before:
		return ui.T(s, "dashboard.hot.same", "than", than)
	case before == 0:
		return ui.T(s, "dashboard.hot.was_none", "than", than)
	case before < fewCases:
		return ui.T(s, "dashboard.hot.was", "than", than, "n", ui.Number(s, before))
	}
	by := float64(now-before) / float64(before)
	if by > 0 {
		return ui.T(s, "dashboard.more_than", "by", ui.Percent(s, by, 0), "than", than)
	}
	return ui.T(s, "dashboard.less_than", "by", ui.Percent(s, -by, 0), "than", than)
}
