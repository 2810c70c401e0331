package rubricator

import (
	"strconv"
	"strings"

	"github.com/otklik/otklik/rubricator/territory"
)

// Loss is why a rule that was considered didn't decide.
type Loss string

// Why a rule loses.
const (
	LostByAnswer    Loss = "answer"    // its condition isn't met
	LostByRubric    Loss = "rubric"    // a rule for a deeper topic won
	LostByCondition Loss = "condition" // a rule with a condition won
	LostByTerritory Loss = "territory" // a rule for a deeper place won
)

// Considered is a rule that fits the topic and the place and didn't decide.
type Considered struct {
	Rule Rule
	Why  Loss
}

// Explanation is a decision with the rules that lost to it, the most specific
// first: those before Before were asked before the winner.
type Explanation struct {
	Decision
	Lost   []Considered
	Before int
}

// Explain is [Router.Route] with every rule that was considered.
func (r *Router) Explain(leaf *Rubric, at int64, answers Answers) (Explanation, error) {
	var e Explanation
	var err error
	if e.Decision, err = r.Route(leaf, at, answers); err != nil {
		return e, err
	}
	won := false
	for rule := range r.candidates(leaf, at) {
		switch {
		case rule == e.Rule:
			won = true
		case !rule.When.Met(answers):
			e.Lost = append(e.Lost, Considered{rule, LostByAnswer})
		case rule.Rubric != e.Rule.Rubric:
			e.Lost = append(e.Lost, Considered{rule, LostByRubric})
		case rule.When == (Condition{}) && e.Rule.When != (Condition{}):
			e.Lost = append(e.Lost, Considered{rule, LostByCondition})
		default:
			e.Lost = append(e.Lost, Considered{rule, LostByTerritory})
		}
		if !won {
			e.Before = len(e.Lost)
		}
	}
	return e, nil
}

// RuleRef names a rule by codes, as histories keep it: they outlive the tree
// and the ids.
type RuleRef struct {
	Rubric string
	Place  string // Any for all
	When   Condition
}

// Ref names the rule by codes.
func (r Rule) Ref(places *territory.Index) RuleRef {
	ref := RuleRef{Rubric: r.Rubric, Place: Any, When: r.When}
	if t, ok := places.Find(r.Territory); ok {
		ref.Place = t.Code
	} else if r.Territory != 0 {
		ref.Place = "#" + strconv.FormatInt(r.Territory, 10)
	}
	return ref
}

// String is «rubric @ place», and « ? question = answer» where a condition is set.
func (r RuleRef) String() string {
	s := r.Rubric + " @ " + r.Place
	if r.When != (Condition{}) {
		s += " ? " + r.When.Question + " = " + r.When.Answer
	}
	return s
}

// ParseRuleRef reads what String wrote.
func ParseRuleRef(s string) (RuleRef, bool) {
	var r RuleRef
	var ok bool
	if r.Rubric, s, ok = strings.Cut(s, " @ "); !ok {
		return r, false
	}
	place, when, asks := strings.Cut(s, " ? ")
	r.Place = place
	if asks {
		if r.When.Question, r.When.Answer, ok = strings.Cut(when, " = "); !ok {
			return r, false
		}
	}
	return r, true
}
