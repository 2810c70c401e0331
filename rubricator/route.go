package rubricator

import (
	"fmt"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/territory"
)

// Any matches every rubric in a rule.
const Any = "*"

// Rule says who answers: for a rubric (a leaf, a node above it, or Any) at a
// territory (or one above it, 0 for all).
type Rule struct {
	Rubric    string
	Territory int64
	Agency    int64
}

// Decision is who answers and which rule said so.
type Decision struct {
	Agency int64
	Rule   Rule
}

type ruleKey struct {
	rubric    string
	territory int64
}

// Router decides who answers. It is immutable.
type Router struct {
	rules  map[ruleKey]int64
	places *territory.Index
}

// NewRouter makes a router from rules. Two rules for the same rubric and
// territory are an error.
func NewRouter(rules []Rule, places *territory.Index) (*Router, error) {
	r := &Router{rules: make(map[ruleKey]int64, len(rules)), places: places}
	for _, rule := range rules {
		key := ruleKey{rule.Rubric, rule.Territory}
		if _, twice := r.rules[key]; twice {
			return nil, fmt.Errorf("two routes for rubric %q at territory %d", rule.Rubric, rule.Territory)
		}
		r.rules[key] = rule.Agency
	}
	return r, nil
}

// Route decides who answers for the leaf at the territory: the rule of the
// deepest rubric wins, among those the one of the deepest territory. A hole in
// the rules is fault.Unavailable.
func (r *Router) Route(leaf *Rubric, at int64) (Decision, error) {
	for n := leaf; ; n = n.parent {
		code := Any
		if n != nil {
			code = n.Code
		}
		for place := at; ; {
			if agency, ok := r.rules[ruleKey{code, place}]; ok {
				return Decision{Agency: agency, Rule: Rule{Rubric: code, Territory: place, Agency: agency}}, nil
			}
			if place == 0 {
				break
			}
			t, _ := r.places.Find(place)
			place = t.Parent
		}
		if n == nil {
			return Decision{}, fault.New(fault.Unavailable, "route.none").With("rubric", leaf.Code)
		}
	}
}

// Hole is a leaf and a municipality for which nobody answers.
type Hole struct {
	Leaf      *Rubric
	Territory territory.Territory
}

// Holes lists every (leaf, municipality) without an owner.
func (r *Router) Holes(t *Tree) []Hole {
	var holes []Hole
	for _, leaf := range t.Leaves() {
		for _, place := range r.places.Municipalities() {
			if _, err := r.Route(leaf, place.ID); err != nil {
				holes = append(holes, Hole{Leaf: leaf, Territory: place})
			}
		}
	}
	return holes
}
