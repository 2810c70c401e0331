package bleveindex

import (
	"cmp"
	"context"
	"slices"

	"github.com/otklik/otklik/search"
)

// square is one square of the grid while it is counted.
type square struct {
	lat, lon int64 // sums
	count    int
	newest   *row
	leaves   map[uint32]int
}

// Points implements search.Index.
func (ix *Index) Points(ctx context.Context, q search.PointQuery) ([]search.Cluster, error) {
	release, err := ix.hold()
	if err != nil {
		return nil, err
	}
	defer release()
	v, err := ix.view()
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.close() }()
	m, err := v.find(ctx, q.Query)
	if err != nil {
		return nil, err
	}
	g := newMesh(q)
	for i, docs := range m.docs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows, f := v.parts[i].rows, v.parts[i].facts
		each(docs, func(doc uint32) { g.add(&rows[doc], f.kinds[f.of[doc]].leaf) })
	}
	return g.clusters(ix.columns.leaves.list()), nil
}

// mesh is the grid over a box.
type mesh struct {
	south, west, north, east int32
	rows, columns            int64
	squares                  map[int64]*square
}

func newMesh(q search.PointQuery) *mesh {
	return &mesh{
		south: micro(q.South), west: micro(q.West), north: micro(q.North), east: micro(q.East),
		rows: int64(max(q.Rows, 1)), columns: int64(max(q.Columns, 1)), squares: map[int64]*square{},
	}
}

func (g *mesh) add(r *row, leaf uint32) {
	if r.lat == 0 && r.lon == 0 || r.lat < g.south || r.lat >= g.north || r.lon < g.west || r.lon >= g.east {
		return
	}
	y := int64(r.lat-g.south) * g.rows / int64(g.north-g.south)
	x := (int64(r.lon) - int64(g.west)) * g.columns / (int64(g.east) - int64(g.west))
	s := g.squares[y*g.columns+x]
	if s == nil {
		s = &square{newest: r, leaves: map[uint32]int{}}
		g.squares[y*g.columns+x] = s
	}
	s.lat += int64(r.lat)
	s.lon += int64(r.lon)
	s.count++
	s.leaves[leaf]++
	if cmp.Or(cmp.Compare(r.submitted, s.newest.submitted), cmp.Compare(r.id, s.newest.id)) > 0 {
		s.newest = r
	}
}

func (g *mesh) clusters(leaves []string) []search.Cluster {
	out := make([]search.Cluster, 0, len(g.squares))
	for _, s := range g.squares {
		n := int64(s.count)
		c := search.Cluster{Lat: degrees(int32(s.lat / n)), Lon: degrees(int32(s.lon / n)), Count: s.count, ID: s.newest.id} //nolint:gosec // a mean of such
		for leaf, many := range s.leaves {
			if many > c.Alike || many == c.Alike && leaves[leaf] < c.Rubric {
				c.Rubric, c.Alike = leaves[leaf], many
			}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b search.Cluster) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.ID, a.ID))
	})
	return out
}
