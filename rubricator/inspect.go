package rubricator

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/otklik/otklik/rubricator/territory"
)

// Body is an agency as far as routes are concerned with it.
type Body struct {
	ID           int64
	Code         string
	Takes        bool // appeals
	Coordinators int  // who may sign in; negative where nobody is known
}

// Severity is how bad a finding is.
type Severity string

// An error keeps a draft from being published; a warning is worth a look; a
// note is that something could be simpler.
const (
	Wrong   Severity = "error"
	Dubious Severity = "warning"
	Idle    Severity = "note"
)

// FindingKind is what was found.
type FindingKind string

// What the inspection finds.
const (
	Uncovered        FindingKind = "hole"              // a topic for which nobody answers at some places
	PartlyUncovered  FindingKind = "hole_by_answer"    // nobody does after some answers
	Clashing         FindingKind = "clash"             // two rules of which neither goes first
	UnknownRubric    FindingKind = "unknown_rubric"    // the tree has no such code
	UnknownPlace     FindingKind = "unknown_place"     // there is no such territory
	UnknownAgency    FindingKind = "unknown_agency"    // there is no such agency
	UnknownCondition FindingKind = "unknown_condition" // no topic of the rule asks that, or has that option
	TakesNothing     FindingKind = "takes_nothing"     // the agency takes no appeals
	NoCoordinator    FindingKind = "no_coordinator"    // nobody there would see an appeal
	RetiredRubric    FindingKind = "retired_rubric"    // the topic takes no appeals any more
	Shadowed         FindingKind = "shadowed"          // the rule never wins
	AmbiguousAnswer  FindingKind = "ambiguous_answer"  // topics of the rule ask different things under one code
	Redundant        FindingKind = "redundant"         // without the rule the same agencies would answer
)

// Finding is one thing that is to be said of rules.
type Finding struct {
	Severity Severity    `json:"severity"`
	Kind     FindingKind `json:"kind"`
	Rule     string      `json:"rule,omitempty"`   // by codes, as RuleRef writes it
	Other    string      `json:"other,omitempty"`  // the rule that it clashes with, or that wins in its stead
	Topic    string      `json:"topic,omitempty"`  // code
	Agency   string      `json:"agency,omitempty"` // code
	Places   []string    `json:"places,omitempty"` // codes
	Rules    int         `json:"rules,omitempty"`  // how many rules lead to the agency, where it is the agency that is meant
	At       int         `json:"-"`                // of the rule in the list, -1 where none is meant
}

// Inspect tells all that is to be said of the rules: every topic that takes
// appeals has an owner at every place whatever is answered, every rule means
// something and can win. Errors come first. It changes nothing and asks nobody.
func Inspect(tree *Tree, rules []Rule, places *territory.Index, bodies []Body) []Finding {
	in := inspection{tree: tree, rules: rules, places: places, bodies: map[int64]Body{}}
	for _, b := range bodies {
		in.bodies[b.ID] = b
	}
	sound := in.each()
	for _, c := range Clashes(rules) {
		in.note(Wrong, Clashing, c.Second, Finding{Other: rules[c.First].Ref(places).String()})
		sound[c.Second] = false
	}
	in.walk(sound)
	slices.SortStableFunc(in.found, func(a, b Finding) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	return in.found
}

// Faulty reports whether a finding is an error.
func Faulty(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Wrong })
}

func (s Severity) rank() int { return slices.Index([]Severity{Wrong, Dubious, Idle}, s) }

type inspection struct {
	tree   *Tree
	rules  []Rule
	places *territory.Index
	bodies map[int64]Body
	found  []Finding
}

// note adds what is said of a rule.
func (in *inspection) note(s Severity, k FindingKind, at int, f Finding) {
	f.Severity, f.Kind, f.At, f.Rule = s, k, at, in.rules[at].Ref(in.places).String()
	in.found = append(in.found, f)
}

// each looks at every rule by itself and says which are sound.
func (in *inspection) each() []bool {
	sound := make([]bool, len(in.rules))
	for i, r := range in.rules {
		before := len(in.found)
		node, there := in.tree.Find(r.Rubric)
		switch {
		case !there && r.Rubric != Any:
			in.note(Wrong, UnknownRubric, i, Finding{Topic: r.Rubric})
		case r.When != (Condition{}):
			in.condition(i)
		}
		if _, there := in.places.Find(r.Territory); !there && r.Territory != 0 {
			in.note(Wrong, UnknownPlace, i, Finding{})
		}
		body, known := in.bodies[r.Agency]
		switch {
		case !known:
			in.note(Wrong, UnknownAgency, i, Finding{Agency: "#" + strconv.FormatInt(r.Agency, 10)})
		case !body.Takes:
			in.note(Wrong, TakesNothing, i, Finding{Agency: body.Code})
		}
		sound[i] = len(in.found) == before
		if there && node.Retired {
			in.note(Dubious, RetiredRubric, i, Finding{Topic: r.Rubric})
			sound[i] = false // enough is said of it
		}
	}
	in.unattended(sound)
	return sound
}

// unattended lists the agencies to which sound rules lead and where nobody would
// see an appeal.
func (in *inspection) unattended(sound []bool) {
	at := map[int64]int{} // in the list of findings
	for i, r := range in.rules {
		body := in.bodies[r.Agency]
		if !sound[i] || body.Coordinators != 0 {
			continue
		}
		if n, told := at[r.Agency]; told {
			in.found[n].Rules++
			continue
		}
		at[r.Agency] = len(in.found)
		in.found = append(in.found, Finding{Severity: Dubious, Kind: NoCoordinator, Agency: body.Code, Rules: 1, At: -1})
	}
}

// condition looks whether somebody is asked what the rule is about, and the
// same thing everywhere.
func (in *inspection) condition(i int) {
	r := in.rules[i]
	asking := in.tree.Asking(r.Rubric, r.When)
	if len(asking) == 0 {
		in.note(Wrong, UnknownCondition, i, Finding{})
		return
	}
	said := func(leaf *Rubric) string {
		n := slices.IndexFunc(leaf.Questions, func(q Question) bool { return q.Code == r.When.Question })
		return leaf.Questions[n].Name.RU
	}
	for _, leaf := range asking[1:] {
		if said(leaf) != said(asking[0]) {
			in.note(Dubious, AmbiguousAnswer, i, Finding{Topic: leaf.Code})
			return
		}
	}
}

// walk asks for every topic at every place who may answer: what is left without
// an owner are holes, rules that never decide are shadowed.
func (in *inspection) walk(sound []bool) {
	w := walking{at: map[Rule]int{}, wins: map[int]bool{}, needed: map[int]bool{}, lostTo: map[int]Rule{}}
	var rules []Rule
	for i, r := range in.rules {
		if sound[i] {
			rules = append(rules, r)
			w.at[r] = i
		}
	}
	router, err := NewRouter(rules, in.places)
	if err != nil { // those that clash were left out
		panic(err)
	}
	owned, root := in.owned()
	for _, leaf := range in.tree.leaves {
		if !leaf.Emergency.Empty() {
			continue
		}
		var none, some []string
		w.decide(router, leaf, root)
		for _, place := range owned {
			switch someone, whole := w.decide(router, leaf, place.ID); {
			case !someone:
				none = append(none, place.Code)
			case !whole:
				some = append(some, place.Code)
			}
		}
		if none != nil {
			in.found = append(in.found, Finding{Severity: Wrong, Kind: Uncovered, Topic: leaf.Code, Places: none, At: -1})
		}
		if some != nil {
			in.found = append(in.found, Finding{Severity: Wrong, Kind: PartlyUncovered, Topic: leaf.Code, Places: some, At: -1})
		}
	}
	for i := range in.rules {
		switch {
		case !sound[i] || w.needed[i]:
		case w.wins[i]:
			in.note(Idle, Redundant, i, Finding{})
		default:
			f := Finding{}
			if by, ok := w.lostTo[i]; ok {
				f.Other = by.Ref(in.places).String()
			}
			in.note(Dubious, Shadowed, i, f)
		}
	}
}

// owned are the places that need an owner: all within the region, or the region
// where nothing is in it. At the region itself, root, rules win too: what is told
// of nowhere in particular is there.
func (in *inspection) owned() (all []territory.Territory, root int64) {
	root = in.places.Region().ID
	for _, t := range in.places.All() {
		if t.ID != root {
			all = append(all, t)
		}
	}
	if all == nil {
		all = in.places.All()
	}
	return all, root
}

// walking is what is known of the rules after some topics and places, by their
// places in the list.
type walking struct {
	at     map[Rule]int
	wins   map[int]bool // decides somewhere
	needed map[int]bool // somebody else would answer without it
	lostTo map[int]Rule // the first that beat it
}

// decide goes through the rules for the leaf at the place as the router would:
// someone is whether some answer finds an owner, whole whether all do.
func (w *walking) decide(router *Router, leaf *Rubric, place int64) (someone, whole bool) {
	var fit []Rule
	for r := range router.candidates(leaf, place) {
		if r.When == (Condition{}) || leaf.asks(r.When) {
			fit = append(fit, r)
		}
	}
	taken := map[Condition]Rule{}
	for i, r := range fit {
		n := w.at[r]
		by, beaten := taken[Condition{}]
		if !beaten {
			by, beaten = taken[r.When]
		}
		if beaten {
			if _, told := w.lostTo[n]; !told {
				w.lostTo[n] = by
			}
			continue
		}
		taken[r.When] = r
		w.wins[n] = true
		w.needed[n] = w.needed[n] || !spare(r, fit[i+1:])
	}
	_, whole = taken[Condition{}]
	return len(taken) > 0, whole
}

// spare reports whether the same agency would answer without the rule, given
// those that come after it.
func spare(r Rule, after []Rule) bool {
	for _, next := range after {
		if r.When.Question != "" && next.When.Question == r.When.Question && next.When.Answer != r.When.Answer {
			continue // who met the one condition doesn't meet the other
		}
		if next.Agency != r.Agency {
			return false
		}
		if next.When == (Condition{}) || next.When == r.When {
			return true
		}
	}
	return false
}
