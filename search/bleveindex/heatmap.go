package bleveindex

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/otklik/otklik/search"
)

// maxDense is the largest table of cells that is laid out flat; a larger one is
// kept by the cells that occur.
const maxDense = 1 << 18

// tally is one cell while it is counted.
type tally struct {
	count, overdue, solved, refuted, rated, ratings int32
	weight                                          float64
}

// HeatMap implements search.Index: it counts the matched documents in one pass
// over their rows.
func (ix *Index) HeatMap(ctx context.Context, q search.HeatQuery) (search.HeatMap, error) {
	release, err := ix.hold()
	if err != nil {
		return search.HeatMap{}, err
	}
	defer release()
	v, err := ix.view()
	if err != nil {
		return search.HeatMap{}, err
	}
	defer func() { _ = v.close() }()
	m, err := v.find(ctx, q.Query)
	if err != nil {
		return search.HeatMap{}, err
	}
	territories, names := ix.columns.territories.list(), ix.columns.categories.list()
	if q.ByLeaf {
		names = ix.columns.leaves.list()
	}
	t := newTable(len(territories), len(names))
	for i, docs := range m.docs {
		if err := ctx.Err(); err != nil {
			return search.HeatMap{}, err
		}
		t.count(v.parts[i].rows, docs, q.ByLeaf, q.Now)
	}
	cells, err := t.cells(territories, names, q.Now)
	return search.HeatMap{Cells: cells, Total: m.total, Fuzzy: m.fuzzy}, err
}

// table is the cells of territories × names.
type table struct {
	names  int
	dense  []tally
	sparse map[int]*tally
}

func newTable(territories, names int) *table {
	if territories*names <= maxDense {
		return &table{names: names, dense: make([]tally, territories*names)}
	}
	return &table{names: names, sparse: map[int]*tally{}}
}

func (t *table) cell(territory, name uint32) *tally {
	at := int(territory)*t.names + int(name)
	if t.dense != nil {
		return &t.dense[at]
	}
	c := t.sparse[at]
	if c == nil {
		c = &tally{}
		t.sparse[at] = c
	}
	return c
}

func (t *table) count(rows []row, docs *roaring.Bitmap, byLeaf bool, now time.Time) {
	moment := now.UnixMicro()
	if now.IsZero() {
		moment = 0
	}
	var buf [1024]uint32
	for it := docs.ManyIterator(); ; {
		n := it.NextMany(buf[:])
		if n == 0 {
			return
		}
		for _, doc := range buf[:n] {
			r := &rows[doc]
			name := r.category
			if byLeaf {
				name = r.leaf
			}
			c := t.cell(r.territory, name)
			c.count++
			c.weight += r.weight
			if r.marks&isLate != 0 || r.marks&isFinal == 0 && r.due != 0 && r.due < moment {
				c.overdue++
			}
			if r.marks&isSolved != 0 {
				c.solved++
			}
			if r.marks&isRefuted != 0 {
				c.refuted++
			}
			if r.rating != 0 {
				c.rated++
				c.ratings += int32(r.rating)
			}
		}
	}
}

// cells lists what was counted, in order.
func (t *table) cells(territories, names []string, now time.Time) ([]search.Cell, error) {
	factor := 1.0
	if !now.IsZero() {
		factor = 1 / weightAt(now.UnixMicro())
	}
	ids := make([]int64, len(territories))
	for code, name := range territories {
		if name == "" {
			continue
		}
		var err error
		if ids[code], err = strconv.ParseInt(name, 10, 64); err != nil {
			return nil, err
		}
	}
	filled := len(t.sparse)
	for i := range t.dense {
		if t.dense[i].count > 0 {
			filled++
		}
	}
	out := make([]search.Cell, 0, filled)
	add := func(territory, name int, c *tally) {
		out = append(out, search.Cell{
			Territory: ids[territory], By: names[name],
			Count: int(c.count), Overdue: int(c.overdue), Solved: int(c.solved), Refuted: int(c.refuted),
			Rated: int(c.rated), RatingSum: int(c.ratings), Weight: c.weight * factor,
		})
	}
	if t.dense == nil {
		for at, c := range t.sparse {
			add(at/t.names, at%t.names, c)
		}
		slices.SortFunc(out, func(a, b search.Cell) int {
			return cmp.Or(cmp.Compare(a.Territory, b.Territory), cmp.Compare(a.By, b.By))
		})
		return out, nil
	}
	byName := order(names)
	for _, territory := range order(ids) {
		for _, name := range byName {
			if c := &t.dense[territory*t.names+name]; c.count > 0 {
				add(territory, name, c)
			}
		}
	}
	return out, nil
}

// order returns the codes of values in the order of the values.
func order[T cmp.Ordered](values []T) []int {
	codes := make([]int, len(values))
	for i := range codes {
		codes[i] = i
	}
	slices.SortFunc(codes, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return codes
}
