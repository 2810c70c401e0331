package bleveindex

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/otklik/otklik/search"
)

// maxDense is the largest table of cells that is laid out flat; a larger one is
// kept by the cells that occur.
const maxDense = 1 << 19

// tally is one cell while it is counted.
type tally struct {
	count, joined, overdue, solved, refuted, rated, ratings int32
	weight                                                  float64
}

// HeatMap implements search.Index: it counts the matched documents by their
// kinds, and then the kinds.
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
	t := newTable(ix.columns, q)
	for i, docs := range m.docs {
		if err := ctx.Err(); err != nil {
			return search.HeatMap{}, err
		}
		t.count(&v.parts[i], docs)
	}
	cells, err := t.cells()
	return search.HeatMap{Cells: cells, Total: m.total, Fuzzy: m.fuzzy}, err
}

// table is the cells of steps × territories × names.
type table struct {
	q           search.HeatQuery
	territories []string
	names       []string
	steps       *steps // nil for one
	dense       []tally
	sparse      map[int]*tally
}

func newTable(c *columns, q search.HeatQuery) *table {
	t := &table{q: q, territories: c.territories.list(), names: c.categories.list()}
	if q.ByLeaf {
		t.names = c.leaves.list()
	}
	size := len(t.territories) * len(t.names)
	if len(q.Edges) > 0 {
		t.steps = newSteps(q.Edges)
		size *= len(q.Edges) - 1
	}
	if size <= maxDense {
		t.dense = make([]tally, size)
	} else {
		t.sparse = map[int]*tally{}
	}
	return t
}

// cell is the cell of a kind in a step.
func (t *table) cell(step int, k *kind) *tally {
	name := k.category
	if t.q.ByLeaf {
		name = k.leaf
	}
	at := (step*len(t.territories)+int(k.territory))*len(t.names) + int(name)
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

// add counts n documents of a kind.
func (c *tally) add(k *kind, n int32) {
	c.count += n
	if k.marks&isLate != 0 {
		c.overdue += n
	}
	if k.marks&isSolved != 0 {
		c.solved += n
	}
	if k.marks&isRefuted != 0 {
		c.refuted += n
	}
	if k.marks&isJoined != 0 {
		c.joined += n
	}
	if k.rating != 0 {
		c.rated += n
		c.ratings += n * int32(k.rating)
	}
}

// manyPerKind is how many matched documents there must be for each kind so that
// counting kinds first is worth a look at every kind.
const manyPerKind = 4

// count counts a part's matched documents.
func (t *table) count(p *part, docs *roaring.Bitmap) {
	f, hits := p.facts, docs.GetCardinality()
	switch {
	case hits == 0:
		return
	case t.steps != nil:
		each(docs, func(doc uint32) {
			if step, ok := t.steps.of(p.rows[doc].submitted); ok {
				k := &f.kinds[f.of[doc]]
				t.cell(step, k).add(k, 1)
			}
		})
	case hits*manyPerKind < uint64(len(f.kinds)):
		each(docs, func(doc uint32) {
			k := &f.kinds[f.of[doc]]
			t.cell(0, k).add(k, 1)
		})
	default:
		counts := borrowCounts(len(f.kinds))
		f.tell(docs, hits, *counts)
		for i, n := range *counts {
			if n != 0 {
				k := &f.kinds[i]
				t.cell(0, k).add(k, n)
			}
		}
		counts.release()
	}
	t.countTimes(p, docs)
}

// tell counts documents by kind: where most of the segment is matched, all but
// the others.
func (f *facts) tell(docs *roaring.Bitmap, hits uint64, counts []int32) {
	all := uint64(len(f.of))
	if hits <= all/2 {
		each(docs, func(doc uint32) { counts[f.of[doc]]++ })
		return
	}
	copy(counts, f.totals)
	if hits < all {
		each(roaring.Flip(docs, 0, all), func(doc uint32) { counts[f.of[doc]]-- })
	}
}

// countTimes counts what depends on the time of the question: who is overdue by
// now, and the weights.
func (t *table) countTimes(p *part, docs *roaring.Bitmap) {
	f := p.facts
	stepOf := func(doc uint32) (int, bool) {
		if t.steps == nil {
			return 0, true
		}
		return t.steps.of(p.rows[doc].submitted)
	}
	if !t.q.Now.IsZero() {
		each(roaring.And(docs, f.pastDue(t.q.Now.UnixMicro())), func(doc uint32) {
			if step, ok := stepOf(doc); ok {
				t.cell(step, &f.kinds[f.of[doc]]).overdue++
			}
		})
	}
	if t.q.Weighted {
		each(docs, func(doc uint32) {
			if step, ok := stepOf(doc); ok {
				t.cell(step, &f.kinds[f.of[doc]]).weight += f.weight[doc]
			}
		})
	}
}

// each calls do with every document.
func each(docs *roaring.Bitmap, do func(doc uint32)) {
	var buf [1024]uint32
	for it := docs.ManyIterator(); ; {
		n := it.NextMany(buf[:])
		if n == 0 {
			return
		}
		for _, doc := range buf[:n] {
			do(doc)
		}
	}
}

// counts are numbers of documents by kind.
type counts []int32

var spareCounts = sync.Pool{New: func() any { return new(counts) }}

func borrowCounts(n int) *counts {
	c, _ := spareCounts.Get().(*counts)
	*c = slices.Grow((*c)[:0], n)[:n]
	clear(*c)
	return c
}

func (c *counts) release() { spareCounts.Put(c) }

// steps finds the step that a time falls in.
type steps struct {
	edges []int64
	scale float64 // steps in a microsecond, were they all of one length
}

func newSteps(edges []time.Time) *steps {
	s := &steps{edges: make([]int64, len(edges))}
	for i, e := range edges {
		s.edges[i] = ceilMicro(e)
	}
	if length := s.edges[len(edges)-1] - s.edges[0]; length > 0 {
		s.scale = float64(len(edges)-1) / float64(length)
	}
	return s
}

func (s *steps) of(t int64) (int, bool) {
	last := len(s.edges) - 1
	if last == 0 || t < s.edges[0] || t >= s.edges[last] {
		return 0, false
	}
	i := min(int(float64(t-s.edges[0])*s.scale), last-1) // right, or near it
	for t < s.edges[i] {
		i--
	}
	for t >= s.edges[i+1] {
		i++
	}
	return i, true
}

// cells lists what was counted, in order.
func (t *table) cells() ([]search.Cell, error) {
	factor := 1.0
	if !t.q.Now.IsZero() {
		factor = 1 / weightAt(t.q.Now.UnixMicro())
	}
	ids := make([]int64, len(t.territories))
	for code, name := range t.territories {
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
	add := func(at int, c *tally) {
		name, territory, step := at%len(t.names), at/len(t.names)%len(t.territories), at/len(t.names)/len(t.territories)
		out = append(out, search.Cell{
			Step: step, Territory: ids[territory], By: t.names[name],
			Count: int(c.count), Joined: int(c.joined), Overdue: int(c.overdue), Solved: int(c.solved), Refuted: int(c.refuted),
			Rated: int(c.rated), RatingSum: int(c.ratings), Weight: c.weight * factor,
		})
	}
	if t.dense == nil {
		for at, c := range t.sparse {
			add(at, c)
		}
		slices.SortFunc(out, func(a, b search.Cell) int {
			return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Territory, b.Territory), cmp.Compare(a.By, b.By))
		})
		return out, nil
	}
	byName, byTerritory := order(t.names), order(ids)
	size := len(t.territories) * len(t.names)
	for base := 0; base < len(t.dense); base += size {
		for _, territory := range byTerritory {
			for _, name := range byName {
				at := base + territory*len(t.names) + name
				if c := &t.dense[at]; c.count > 0 {
					add(at, c)
				}
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
