package rubricator

import (
	"cmp"
	"maps"
	"slices"
)

// Sent is what decided where one appeal went, without what it says and who
// wrote it.
type Sent struct {
	ID        int64
	Number    string
	Rubric    string
	Territory int64
	Answers   Answers
	Agency    int64 // that has it now
}

// Simulation replays appeals against proposed rules. It keeps counts, and a few
// cases for each way that appeals would take, however many are added.
type Simulation struct {
	Now, Then Side // in force, and proposed

	total     int
	topicless map[string]int // by topic: of those the proposal can't tell what became of
	ways      map[way]*Turn
	kept      int // cases
}

// Side is a tree with its rules.
type Side struct {
	Tree   *Tree
	Router *Router
}

type way struct {
	rubric          string
	place, from, to int64
}

// Turn is the appeals of one topic at one place that would go from one agency to
// another. Agency 0 is nobody.
type Turn struct {
	Rubric          string
	Place, From, To int64
	Count           int
	Mended          int    // were passed on by hand, and would be there at once
	Spoilt          int    // are where the rules in force sent them, and wouldn't be
	Cases           []Sent // a few
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

const (
	// mostExamples is how many numbers a detour keeps.
	mostExamples = 5
	// mostCases is how many cases a turn keeps, mostKept all of them together.
	mostCases = 20
	mostKept  = 5000
)

// NewSimulation compares the book in force with a proposal.
func NewSimulation(tree *Tree, router *Router, proposed *Tree, rules *Router) *Simulation {
	return &Simulation{
		Now: Side{tree, router}, Then: Side{proposed, rules}, topicless: map[string]int{}, ways: map[way]*Turn{},
	}
}

// route is who answers for the appeal, 0 for nobody; ok is false where the topic
// is not known, or several took its place.
func (s Side) route(a Sent) (agency int64, ok bool) {
	leaf, ok := s.Tree.Current(a.Rubric)
	if !ok {
		return 0, false
	}
	d, err := s.Router.Route(leaf, a.Territory, a.Answers)
	if err != nil {
		return 0, true
	}
	return d.Agency, true
}

// Explain tells why the appeal goes where it goes. It is false where nobody
// answers for it, or nobody can say what its topic is.
func (s Side) Explain(a Sent) (Explanation, bool) {
	leaf, ok := s.Tree.Current(a.Rubric)
	if !ok {
		return Explanation{}, false
	}
	e, err := s.Router.Explain(leaf, a.Territory, a.Answers)
	return e, err == nil
}

// Add replays one appeal.
func (s *Simulation) Add(a Sent) {
	s.total++
	to, ok := s.Then.route(a)
	if !ok {
		s.topicless[a.Rubric]++
		return
	}
	from, _ := s.Now.route(a)
	if from == to {
		return
	}
	key := way{a.Rubric, a.Territory, from, to}
	w := s.ways[key]
	if w == nil {
		w = &Turn{Rubric: a.Rubric, Place: a.Territory, From: from, To: to}
		s.ways[key] = w
	}
	w.Count++
	switch {
	case to == 0:
	case to == a.Agency:
		w.Mended++
	case from == a.Agency:
		w.Spoilt++
	}
	if len(w.Cases) < mostCases && s.kept < mostKept {
		w.Cases = append(w.Cases, a)
		s.kept++
	}
}

// Turns lists what would go elsewhere, by topic and place, most appeals first.
func (s *Simulation) Turns() []Turn {
	out := make([]Turn, 0, len(s.ways))
	for w := range maps.Values(s.ways) {
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b Turn) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Rubric, b.Rubric), cmp.Compare(a.Place, b.Place),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// Topicless counts by topic the appeals of which the proposal can't tell what
// became of their topic.
func (s *Simulation) Topicless() map[string]int { return s.topicless }

// Result tells what was found so far.
func (s *Simulation) Result() Result {
	r := SumTurns(s.Turns())
	r.Total = s.total
	for _, n := range s.topicless {
		r.Topicless += n
	}
	return r
}

// SumTurns adds turns up, detours by topic alone. What they don't tell, Total and
// Topicless, stays 0.
func SumTurns(turns []Turn) Result {
	r := Result{Detours: []Detour{}}
	at := map[way]int{} // in the list of detours
	for _, t := range turns {
		r.Elsewhere += t.Count
		r.Mended += t.Mended
		r.Spoilt += t.Spoilt
		if t.To == 0 {
			r.Unrouted += t.Count
		}
		key := way{rubric: t.Rubric, from: t.From, to: t.To}
		i, there := at[key]
		if !there {
			i, at[key] = len(r.Detours), len(r.Detours)
			r.Detours = append(r.Detours, Detour{Rubric: t.Rubric, From: t.From, To: t.To})
		}
		d := &r.Detours[i]
		d.Count += t.Count
		for _, c := range t.Cases[:min(len(t.Cases), mostExamples-len(d.Examples))] {
			d.Examples = append(d.Examples, c.Number)
		}
	}
	slices.SortFunc(r.Detours, func(a, b Detour) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Rubric, b.Rubric), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return r
}
