package rubricator

import (
	"cmp"
	"maps"
	"slices"
)

// Sent is what decided where one appeal went, without what it says and who
// wrote it.
type Sent struct {
	Number    string
	Rubric    string
	Territory int64
	Answers   Answers
	Agency    int64 // that has it now
}

// Simulation replays appeals against proposed rules. It keeps counts and a few
// numbers for each way that appeals would take, however many are added.
type Simulation struct {
	now, then *side
	total     int
	topicless int // of topics that the proposal can't tell what became of
	unrouted  int // for which nobody would answer
	mended    int // were passed on by hand, and would go there at once
	spoilt    int // were where they belong, and would not be any more
	ways      map[way]*Detour
}

type side struct {
	tree   *Tree
	router *Router
}

type way struct {
	rubric   string
	from, to int64
}

// Detour is how many appeals of a topic would go from one agency to another.
type Detour struct {
	Rubric   string   `json:"rubric"`
	From     int64    `json:"-"` // 0 for nobody
	To       int64    `json:"-"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"` // numbers, a few
}

// Result is what a simulation found.
type Result struct {
	Total     int      `json:"total"`
	Elsewhere int      `json:"elsewhere"`
	Unrouted  int      `json:"unrouted"`
	Topicless int      `json:"topicless"`
	Mended    int      `json:"mended"`
	Spoilt    int      `json:"spoilt"`
	Detours   []Detour `json:"detours"` // most appeals first
}

// mostExamples is how many numbers a way keeps.
const mostExamples = 5

// NewSimulation compares the book in force with a proposal.
func NewSimulation(tree *Tree, router *Router, proposed *Tree, rules *Router) *Simulation {
	return &Simulation{now: &side{tree, router}, then: &side{proposed, rules}, ways: map[way]*Detour{}}
}

// route is who answers for the appeal, 0 for nobody; ok is false where the topic
// is not known, or several took its place.
func (s *side) route(a Sent) (agency int64, ok bool) {
	leaf, ok := s.tree.Current(a.Rubric)
	if !ok {
		return 0, false
	}
	d, err := s.router.Route(leaf, a.Territory, a.Answers)
	if err != nil {
		return 0, true
	}
	return d.Agency, true
}

// Add replays one appeal.
func (s *Simulation) Add(a Sent) {
	s.total++
	to, ok := s.then.route(a)
	if !ok {
		s.topicless++
		return
	}
	from, _ := s.now.route(a)
	if from == to {
		return
	}
	switch {
	case to == 0:
		s.unrouted++
	case to == a.Agency:
		s.mended++
	case from == a.Agency:
		s.spoilt++
	}
	key := way{a.Rubric, from, to}
	w := s.ways[key]
	if w == nil {
		w = &Detour{Rubric: a.Rubric, From: from, To: to}
		s.ways[key] = w
	}
	if w.Count++; len(w.Examples) < mostExamples {
		w.Examples = append(w.Examples, a.Number)
	}
}

// Result tells what was found so far.
func (s *Simulation) Result() Result {
	r := Result{Total: s.total, Unrouted: s.unrouted, Topicless: s.topicless, Mended: s.mended, Spoilt: s.spoilt, Detours: []Detour{}}
	for w := range maps.Values(s.ways) {
		r.Elsewhere += w.Count
		r.Detours = append(r.Detours, *w)
	}
	slices.SortFunc(r.Detours, func(a, b Detour) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Rubric, b.Rubric), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return r
}
