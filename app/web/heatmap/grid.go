package heatmap

import (
	"cmp"
	"context"
	"slices"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// cell is a number with the residents of its place; one that isn't shown counts
// nothing.
type cell struct {
	atlas.Node
	Residents int
}

// measure is what a cell says.
type measure struct {
	Key   string
	value func(c cell) (float64, bool)
	text  func(ctx context.Context, x float64) string
	top   float64 // of the darkest shade, 0 for the greatest that is shown
}

func whole(ctx context.Context, x float64) string { return ui.Number(ctx, int(x+0.5)) }

// measures lists what the map can show, the first by itself.
var measures = []measure{
	{Key: "count", text: whole, value: func(c cell) (float64, bool) { return float64(c.Count), c.Count > 0 }},
	{
		Key: "per_10k", text: func(ctx context.Context, x float64) string { return ui.Decimal(ctx, x, 1) },
		value: func(c cell) (float64, bool) {
			return float64(c.Problems) * 10_000 / float64(max(c.Residents, 1)), c.Count > 0 && c.Residents > 0
		},
	},
	{
		Key: "solved", top: 100, text: func(ctx context.Context, x float64) string { return ui.Percent(ctx, x/100, 0) },
		value: func(c cell) (float64, bool) {
			if c.Solved == nil {
				return 0, false
			}
			return float64(*c.Solved), true
		},
	},
	{Key: "days", text: whole, value: func(c cell) (float64, bool) {
		if c.Days == nil {
			return 0, false
		}
		return float64(*c.Days), true
	}},
}

func (m measure) title(ctx context.Context) string   { return ui.T(ctx, "atlas.measure."+m.Key) }
func (m measure) formula(ctx context.Context) string { return ui.T(ctx, "atlas.formula."+m.Key) }

// words is the value of a cell, "" where it isn't told.
func (m measure) words(ctx context.Context, c cell) string {
	x, ok := m.value(c)
	if !ok {
		return ""
	}
	return m.text(ctx, x)
}

// scale shades cells by the greatest among them.
type scale struct {
	measure
	greatest float64
}

func (m measure) scaleOf(cells []cell) scale {
	sc := scale{m, m.top}
	if sc.greatest == 0 {
		for _, c := range cells {
			if x, ok := m.value(c); ok {
				sc.greatest = max(sc.greatest, x)
			}
		}
	}
	return sc
}

func (sc scale) level(c cell) int {
	x, ok := sc.value(c)
	if !ok {
		return 0
	}
	return ui.HeatLevel(x, sc.greatest)
}

// grid is a map as a table.
type grid struct {
	Rows    []row
	Columns []column
	Total   cell
}

type row struct {
	Place territory.Territory
	Name  string
	Total cell
	Cells []cell // by column
	Node  atlas.Node
}

type column struct {
	Key, Name string
	Shown     int // appeals in the cells that are shown
}

func placeOf(book *rubricator.Book, code string) (territory.Territory, bool) {
	all := book.Places.Municipalities()
	at := slices.IndexFunc(all, func(t territory.Territory) bool { return t.Code == code })
	if at < 0 {
		return territory.Territory{}, false
	}
	return all[at], true
}

// name is what a topic or a category is called.
func name(ctx context.Context, book *rubricator.Book, code string) string {
	if r, ok := book.Tree.Find(code); ok {
		return r.Name.In(ui.Lang(ctx))
	}
	return code
}

// newGrid makes the table of what was published: every municipality, and the
// categories of which anything is shown, or the topics of one of them.
func newGrid(ctx context.Context, book *rubricator.Book, m atlas.Map, q query) grid {
	g := grid{Total: cell{Node: m.Whole}}
	count := map[string]int{}
	for _, t := range book.Places.Municipalities() {
		r := row{Place: t, Name: t.Short.Or(t.Name).In(ui.Lang(ctx))}
		r.Node, _ = m.Whole.Part(t.Code)
		if q.Category != "" {
			r.Node, _ = r.Node.Part(q.Category)
		}
		r.Total = cell{r.Node, t.Population}
		g.Total.Residents += t.Population
		for _, p := range r.Node.Parts {
			count[p.Key] += p.Count
		}
		g.Rows = append(g.Rows, r)
	}
	for key, n := range count {
		g.Columns = append(g.Columns, column{key, name(ctx, book, key), n})
	}
	slices.SortFunc(g.Columns, func(a, b column) int { return cmp.Or(cmp.Compare(b.Shown, a.Shown), cmp.Compare(a.Key, b.Key)) })
	for i := range g.Rows {
		r := &g.Rows[i]
		for _, c := range g.Columns {
			part, _ := r.Node.Part(c.Key)
			r.Cells = append(r.Cells, cell{part, r.Place.Population})
		}
	}
	slices.SortStableFunc(g.Rows, func(a, b row) int {
		byName := cmp.Compare(a.Name, b.Name)
		if q.ByName {
			return byName
		}
		return cmp.Or(cmp.Compare(q.rank(a), q.rank(b)), byName)
	})
	return g
}

// rank puts the greatest first and what isn't told last.
func (q query) rank(r row) float64 {
	x, ok := q.Measure.value(r.Total)
	if !ok {
		return 1
	}
	return -x
}

func (g grid) cells() (out []cell) {
	for _, r := range g.Rows {
		out = append(out, r.Cells...)
	}
	return out
}

func (g grid) totals() (out []cell) {
	for _, r := range g.Rows {
		out = append(out, r.Total)
	}
	return out
}

// shown is how many appeals the rows count.
func (g grid) shown() (n int) {
	for _, r := range g.Rows {
		n += r.Total.Count
	}
	return n
}
