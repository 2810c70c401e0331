package tally

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

// market is an election made ready for Equal Shares: voters with equal ballots
// are one group, and every project knows the groups that back it.
type market struct {
	e      *Election
	rule   *Rule
	ties   *breaker
	groups []group
	offers []offer
	voters int64
	equals bool // two offers were equally good, in any count
}

// group is voters whose ballots are equal.
type group struct {
	size    int64
	choices []int32
	points  []int64
}

// offer is a project for sale. The three slices are of its backers, who are
// named by their place in them.
type offer struct {
	project int
	cost    float64
	worth   float64 // what one point is worth: the cost, or one
	groups  []int32
	points  []float64
	sizes   []float64 // voters of the group
	weight  int64     // all of them
	voters  int64
}

var (
	errNegative = errors.New("in Equal Shares points can't be below zero")
	errNobody   = errors.New("there are no ballots")
)

func newMarket(e *Election, r *Rule) (*market, error) {
	if len(e.Ballots) == 0 {
		return nil, errNobody
	}
	m := &market{e: e, rule: r, ties: newBreaker(e, r), voters: int64(len(e.Ballots))}
	if err := m.gather(); err != nil {
		return nil, err
	}
	m.offers = make([]offer, len(e.Projects))
	for p := range m.offers {
		o := &m.offers[p]
		o.project, o.cost, o.worth = p, float64(e.Projects[p].Cost), 1
		if r.Utility == CostUtility {
			o.worth = o.cost
		}
	}
	for g := range m.groups {
		v := &m.groups[g]
		for i, p := range v.choices {
			o := &m.offers[p]
			o.groups = append(o.groups, int32(g))
			o.points = append(o.points, float64(v.points[i]))
			o.sizes = append(o.sizes, float64(v.size))
			o.weight += v.points[i] * v.size
			o.voters += v.size
		}
	}
	return m, nil
}

// gather makes groups of equal ballots. Points of zero back nothing.
func (m *market) gather() error {
	known := map[string]int{}
	var key []byte
	for _, b := range m.e.Ballots {
		type backing struct {
			project int32
			points  int64
		}
		var named []backing
		back := func(p int32, points int64) error {
			switch {
			case points < 0:
				return errNegative
			case points > 0:
				named = append(named, backing{p, points})
			}
			return nil
		}
		for i, p := range b.Choices {
			if err := back(p, b.Points[i]); err != nil {
				return err
			}
		}
		for p := range m.e.Projects {
			if m.e.unlisted == 0 {
				break
			}
			if p := int32(p); !slices.Contains(b.Choices, p) {
				if err := back(p, m.e.unlisted); err != nil {
					return err
				}
			}
		}
		slices.SortFunc(named, func(x, y backing) int { return cmp.Compare(x.project, y.project) })
		key = key[:0]
		for _, n := range named {
			key = binary.AppendUvarint(key, uint64(n.project)) //nolint:gosec // a place in a list
			key = binary.AppendUvarint(key, uint64(n.points))  //nolint:gosec // not negative
		}
		g, ok := known[string(key)]
		if !ok {
			g = len(m.groups)
			known[string(key)] = g
			v := group{}
			for _, n := range named {
				v.choices, v.points = append(v.choices, n.project), append(v.points, n.points)
			}
			m.groups = append(m.groups, v)
		}
		m.groups[g].size++
	}
	return nil
}

// forSale reports whether a project can be bought at all. What costs nothing
// needs no buyer.
func (m *market) forSale(p int) bool {
	return m.wanted(p) && m.e.Projects[p].Cost > 0 && !m.e.Withdrawn(p)
}

// wanted reports whether a project has points, and as many as the election asks
// for.
func (m *market) wanted(p int) bool {
	return m.offers[p].weight > 0 && m.offers[p].weight >= m.e.Threshold
}

// free lists the projects that somebody wants and that cost nothing.
func (m *market) free() []int {
	var list []int
	for p := range m.offers {
		if m.wanted(p) && m.e.Projects[p].Cost == 0 && !m.e.Withdrawn(p) {
			list = append(list, p)
		}
	}
	return list
}

// weightOf is the points of all voters of some of the backers.
func (o *offer) weightOf(backers []int32) int64 {
	sum := 0.0 // whole numbers, far below 2^53
	for _, i := range backers {
		sum += o.points[i] * o.sizes[i]
	}
	return int64(sum)
}
