package atlas

import (
	"cmp"
	"maps"
	"slices"
)

// Draw makes the published tree of the facts of a period.
func Draw(facts []Fact, sizes Sizes) Node {
	d := drawer{sizes}
	whole := d.region(pointers(facts))
	whole.tell()
	return whole.node()
}

func pointers(facts []Fact) []*Fact {
	out := make([]*Fact, len(facts))
	for i := range facts {
		out[i] = &facts[i]
	}
	return out
}

// drawn is a node with the appeals that it counts.
type drawn struct {
	key   string
	facts []*Fact // those of the parts and of the rest
	parts []*drawn
	rest  []*Fact
	share bool // how many were solved is told
}

type drawer struct{ Sizes }

// region is made of the municipalities of which anything is shown.
func (d drawer) region(facts []*Fact) *drawn {
	out := &drawn{}
	var hidden []*Fact
	by := split(facts, func(f *Fact) string { return f.Place })
	for _, key := range sorted(by) {
		place := d.place(key, by[key])
		if len(place.facts) == 0 {
			hidden = append(hidden, by[key]...)
			continue
		}
		out.parts = append(out.parts, place)
	}
	out.settle(hidden, max(d.Places, len(by)))
	return out
}

// place is made of its categories of at least three people.
func (d drawer) place(key string, facts []*Fact) *drawn {
	out := &drawn{key: key}
	by := split(facts, func(f *Fact) string { return f.Category })
	var hidden []*Fact
	for _, category := range sorted(by) {
		if people(by[category]) < Fewest {
			hidden = append(hidden, by[category]...)
			continue
		}
		out.parts = append(out.parts, d.cell(category, by[category]))
	}
	out.settle(hidden, max(d.Categories, len(by)))
	return out
}

// settle counts the parts, and what is hidden where that may be told.
func (d *drawn) settle(hidden []*Fact, of int) {
	for _, p := range d.parts {
		d.facts = append(d.facts, p.facts...)
	}
	if safe(hidden, of-len(d.parts)) {
		d.rest = hidden
		d.facts = append(d.facts, hidden...)
	}
}

// cell is a category in a municipality. It is parted into topics only where all
// of it stays counted.
func (d drawer) cell(key string, facts []*Fact) *drawn {
	out := &drawn{key: key, facts: facts}
	by := split(facts, func(f *Fact) string { return f.Topic })
	var parts []*drawn
	var hidden []*Fact
	for _, topic := range sorted(by) {
		if people(by[topic]) < Fewest {
			hidden = append(hidden, by[topic]...)
			continue
		}
		parts = append(parts, &drawn{key: topic, facts: by[topic]})
	}
	if of := max(d.Topics(key), len(by)); len(hidden) == 0 || safe(hidden, of-len(parts)) {
		out.parts, out.rest = parts, hidden
	}
	return out
}

// safe reports whether the sum of hidden parts tells nothing of any of them:
// each of them can still be nothing, and as many as a hidden one can be, also
// for somebody who knows that each of fewer than three people wrote but once.
func safe(hidden []*Fact, parts int) bool {
	return people(hidden) >= Fewest && len(hidden) <= (Fewest-1)*(parts-1)
}

func split(facts []*Fact, by func(*Fact) string) map[string][]*Fact {
	out := map[string][]*Fact{}
	for _, f := range facts {
		key := by(f)
		out[key] = append(out[key], f)
	}
	return out
}

func sorted(by map[string][]*Fact) []string { return slices.Sorted(maps.Keys(by)) }

// node is the drawn tree as it is published, the most frequent parts first.
func (d *drawn) node() Node {
	n := Node{Key: d.key, Count: len(d.facts), Rest: len(d.rest)}
	for _, f := range d.facts {
		if !f.Joined {
			n.Problems++
		}
	}
	for _, p := range d.parts {
		n.Parts = append(n.Parts, p.node())
	}
	slices.SortStableFunc(n.Parts, func(a, b Node) int { return cmp.Compare(b.Count, a.Count) })
	if d.share {
		solved, days := shareOf(answered(d.facts))
		n.Solved, n.Days = &solved, &days
	}
	return n
}
