package rubricator

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/territory"
)

// Any matches every rubric in a rule.
const Any = "*"

// Rule says who answers: for a rubric (a leaf, a node above it, or Any) at a
// territory (or one above it, 0 for all), where a condition is set only for
// those who answered so.
type Rule struct {
	Rubric    string
	Territory int64
	When      Condition `json:",omitzero"`
	Agency    int64
}

// Condition narrows a rule to one answer of a choice question, by codes. The
// zero value is always met.
type Condition struct {
	Question string
	Answer   string
}

// Answers are what a person answered, by codes of questions.
type Answers map[string]string

// Met reports whether the answers meet the condition.
func (c Condition) Met(a Answers) bool { return c == Condition{} || a[c.Question] == c.Answer }

// Decision is who answers and which rule said so.
type Decision struct {
	Agency int64
	Rule   Rule
}

type ruleKey struct {
	rubric    string
	territory int64
}

// slot is what the rules say of one rubric at one territory: rules that ask,
// all of them the same question, and the one that doesn't.
type slot struct {
	asking []Rule // by answer
	plain  Rule
	always bool // plain is there
}

// Router decides who answers. It is immutable.
//
// Of all rules that fit, the most specific wins. What is more specific is told
// by comparing, in this order and until they differ:
//
//  1. the rubric: a leaf before its subcategory before its category before Any;
//  2. the condition: a rule that asks before one that doesn't;
//  3. the territory: a settlement before its municipality before the region
//     before all.
//
// The answer goes before the place since it says more of the thing: a federal
// road stays one in every town, whatever the town says of its own roads.
// Nothing can tie: at one rubric and territory all conditions ask one question.
type Router struct {
	slots  map[ruleKey]*slot
	places *territory.Index
}

// NewRouter makes a router from rules. Their order doesn't matter. Rules that
// could tie are an error: see [Clashes].
func NewRouter(rules []Rule, places *territory.Index) (*Router, error) {
	if clashes := Clashes(rules); len(clashes) > 0 {
		return nil, clashes[0]
	}
	r := &Router{slots: make(map[ruleKey]*slot, len(rules)), places: places}
	for _, rule := range rules {
		key := ruleKey{rule.Rubric, rule.Territory}
		s := r.slots[key]
		if s == nil {
			s = &slot{}
			r.slots[key] = s
		}
		if rule.When == (Condition{}) {
			s.plain, s.always = rule, true
			continue
		}
		at, _ := slices.BinarySearchFunc(s.asking, rule.When.Answer, func(b Rule, answer string) int {
			return cmp.Compare(b.When.Answer, answer)
		})
		s.asking = slices.Insert(s.asking, at, rule)
	}
	return r, nil
}

// Clash is two rules of which neither is more specific. It is an error.
type Clash struct{ First, Second int } // places in the list of rules

// Error implements error.
func (c Clash) Error() string {
	return fmt.Sprintf("rules %d and %d are for the same topic and place, and neither goes before the other", c.First+1, c.Second+1)
}

// Clashes lists the rules that could tie: the same rubric, territory and
// condition twice, or conditions on different questions at one rubric and
// territory. Each rule is named once, with the first that it clashes with.
func Clashes(rules []Rule) []Clash {
	type claim struct {
		ruleKey
		when Condition
	}
	var out []Clash
	first, asks := map[claim]int{}, map[ruleKey]int{}
	for i, rule := range rules {
		key := ruleKey{rule.Rubric, rule.Territory}
		if before, twice := first[claim{key, rule.When}]; twice {
			out = append(out, Clash{before, i})
			continue
		}
		first[claim{key, rule.When}] = i
		if rule.When == (Condition{}) {
			continue
		}
		before, asked := asks[key]
		switch {
		case !asked:
			asks[key] = i
		case rules[before].When.Question != rule.When.Question:
			out = append(out, Clash{before, i})
		}
	}
	return out
}

// Route decides who answers for the leaf at the territory when a person
// answered so: the most specific rule that fits wins. A hole in the rules is
// fault.Unavailable.
func (r *Router) Route(leaf *Rubric, at int64, answers Answers) (Decision, error) {
	for rule := range r.candidates(leaf, at) {
		if rule.When.Met(answers) {
			return Decision{Agency: rule.Agency, Rule: rule}, nil
		}
	}
	return Decision{}, fault.New(fault.Unavailable, "route.none").With("rubric", leaf.Code)
}

// candidates are the rules for the leaf and the territory whatever the answers
// are, the most specific first.
func (r *Router) candidates(leaf *Rubric, at int64) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for n := leaf; ; n = n.parent {
			code := Any
			if n != nil {
				code = n.Code
			}
			for s := range r.upwards(code, at) {
				for _, rule := range s.asking {
					if !yield(rule) {
						return
					}
				}
			}
			for s := range r.upwards(code, at) {
				if s.always && !yield(s.plain) {
					return
				}
			}
			if n == nil {
				return
			}
		}
	}
}

// upwards are the slots of one rubric, from a territory up to all.
func (r *Router) upwards(code string, at int64) iter.Seq[*slot] {
	return func(yield func(*slot) bool) {
		for place := at; ; {
			if s, ok := r.slots[ruleKey{code, place}]; ok && !yield(s) {
				return
			}
			if place == 0 {
				return
			}
			t, _ := r.places.Find(place)
			place = t.Parent
		}
	}
}

// Owners lists the agencies that may answer for the leaf at the territory,
// depending on what a person answers, the most specific rule's first; nil for
// a hole. Whole is false where some answers find nobody.
func (r *Router) Owners(leaf *Rubric, at int64) (agencies []int64, whole bool) {
	for rule := range r.candidates(leaf, at) {
		if rule.When != (Condition{}) && !leaf.asks(rule.When) {
			continue
		}
		if !slices.Contains(agencies, rule.Agency) {
			agencies = append(agencies, rule.Agency)
		}
		if rule.When == (Condition{}) {
			return agencies, true
		}
	}
	return agencies, false
}

// asks reports whether the leaf has the choice that the condition is about.
func (r *Rubric) asks(c Condition) bool {
	return slices.ContainsFunc(r.Questions, func(q Question) bool {
		return q.Code == c.Question && q.Type == QChoice &&
			slices.ContainsFunc(q.Options, func(o Option) bool { return o.Code == c.Answer })
	})
}

// Hole is a leaf and a municipality for which nobody answers.
type Hole struct {
	Leaf      *Rubric
	Territory territory.Territory
}

// Holes lists every (leaf, municipality) without an owner, or with one for some
// answers only.
func (r *Router) Holes(t *Tree) []Hole {
	var holes []Hole
	for _, leaf := range t.Leaves() {
		for _, place := range r.places.Municipalities() {
			if _, whole := r.Owners(leaf, place.ID); !whole {
				holes = append(holes, Hole{Leaf: leaf, Territory: place})
			}
		}
	}
	return holes
}

// Asking lists the leaves of a branch, or of the whole tree for Any, that have
// the choice that a condition is about.
func (t *Tree) Asking(rubric string, c Condition) []*Rubric {
	var out []*Rubric
	for _, leaf := range t.Under(rubric) {
		if leaf.asks(c) {
			out = append(out, leaf)
		}
	}
	return out
}

// Under lists the leaves of a branch, the leaf itself for one, all for Any.
func (t *Tree) Under(rubric string) []*Rubric {
	if rubric == Any {
		return t.leaves
	}
	var out []*Rubric
	for _, leaf := range t.leaves {
		if slices.ContainsFunc(leaf.Path(), func(n *Rubric) bool { return n.Code == rubric }) {
			out = append(out, leaf)
		}
	}
	return out
}
