package tally

import (
	"fmt"
	"slices"
	"strings"
)

// Method is how winners are found.
type Method string

// The methods.
const (
	Greedy       Method = "greedy"         // the most points first, what does not fit is passed over
	GreedyNoSkip Method = "greedy-no-skip" // the most points first, until one does not fit
	EqualShares  Method = "equalshares"    // every voter has an equal share of the budget
)

// Completion is what Equal Shares does with money that is left.
type Completion string

// The completions of Equal Shares.
const (
	NoCompletion Completion = ""
	Add1         Completion = "add1"        // raise every share by one unit while the outcome is affordable
	Add1U        Completion = "add1u"       // the same, then greedily
	Utilitarian  Completion = "utilitarian" // greedily
)

// Utility is what a project is worth to those who voted for it.
type Utility string

// The utilities of Equal Shares.
const (
	CostUtility        Utility = "cost"        // points × cost: most votes per unit that each pays
	CardinalityUtility Utility = "cardinality" // points: every project is worth the same
)

// Start is the share with which add1 begins.
type Start string

// The starts of add1.
const (
	// StartWhole counts first with exactly a voter's part of the budget, and
	// then with whole units above it.
	StartWhole    Start = "whole"
	StartIntegral Start = "integral" // a voter's part, rounded down to a whole unit
	StartExact    Start = "exact"    // a voter's part, and one unit more each time
)

// Key is one step in deciding between equals.
type Key string

// The keys, applied one after the other. Where they end without a decision that
// matters, the count is refused with a *TieError.
const (
	Cheaper Key = "cheaper" // the lower cost
	Dearer  Key = "dearer"  // the higher cost
	Votes   Key = "votes"   // named on more ballots
	InOrder Key = "order"   // the order of the list of projects
	ByFile  Key = "file"    // what the file has among its winners, to see whether any order gives them
	Lot     Key = "lot"     // drawn with Rule.Seed; anyone with the seed draws the same
)

// Rule is a way to count, whole.
type Rule struct {
	Method     Method     `json:"method"`
	Completion Completion `json:"completion,omitempty"`
	// Comparison takes the greedy outcome where more voters have more of their
	// projects in it.
	Comparison bool    `json:"comparison,omitempty"`
	Utility    Utility `json:"utility,omitempty"`
	Start      Start   `json:"start,omitempty"`
	// Exhaustive ends add1 as soon as nothing more fits into the budget.
	Exhaustive bool `json:"exhaustive,omitempty"`
	// Threshold is asked for: the election has to name one.
	Threshold bool `json:"threshold,omitempty"`
	// Reserve is for GreedyNoSkip: where what is left covers at least so many
	// percent of the first project that does not fit, that one is funded too,
	// and a reserve outside of the budget pays the rest.
	Reserve int `json:"reserve,omitempty"`
	// Wanted keeps a greedy count from funding what has no points at all.
	Wanted bool   `json:"wanted,omitempty"`
	Ties   []Key  `json:"ties"`
	Seed   string `json:"seed,omitempty"` // of Lot
}

// names are the rules as files name them.
var names = map[string]Rule{
	"greedy":                      {Method: Greedy},
	"greedy-no-skip":              {Method: GreedyNoSkip},
	"greedy-threshold":            {Method: Greedy, Threshold: true},
	"greedy-exclusive":            {Method: Greedy},
	"greedy-custom":               {Method: GreedyNoSkip, Reserve: 80},
	"equalshares":                 {Method: EqualShares},
	"equalshares-comparison":      {Method: EqualShares, Comparison: true},
	"equalshares/add1":            {Method: EqualShares, Completion: Add1},
	"equalshares/add1-comparison": {Method: EqualShares, Completion: Add1, Comparison: true},
	"equalshares/add1u":           {Method: EqualShares, Completion: Add1U},
	"equalshares/utilitarian":     {Method: EqualShares, Completion: Utilitarian},
}

// RuleNames lists what ParseRule reads.
func RuleNames() []string {
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// ParseRule reads a rule as Pabulib files name it, with the usual ties: greedy
// rules keep the order of the list, Equal Shares prefers the cheaper, then the
// one with more votes, then the order of the list.
func ParseRule(name string) (Rule, error) {
	r, ok := names[strings.ToLower(strings.TrimSpace(name))]
	if !ok {
		return Rule{}, fmt.Errorf("the rule %q is not known: name one of %s", name, strings.Join(RuleNames(), ", "))
	}
	r.Ties = []Key{InOrder}
	if r.Method == EqualShares {
		r.Utility, r.Ties = CostUtility, []Key{Cheaper, Votes, InOrder}
	}
	if r.Completion == Add1 || r.Completion == Add1U {
		r.Start = StartWhole
	}
	return r, nil
}

// Check says what is wrong with the rule.
func (r *Rule) Check() error {
	oneOf := func(what, value string, of ...string) error {
		if slices.Contains(of, value) {
			return nil
		}
		return fmt.Errorf("%s: %q is none of %s", what, value, strings.Join(of, ", "))
	}
	if err := oneOf("method", string(r.Method), string(Greedy), string(GreedyNoSkip), string(EqualShares)); err != nil {
		return err
	}
	for _, k := range r.Ties {
		if err := oneOf("ties", string(k), string(Cheaper), string(Dearer), string(Votes), string(InOrder), string(ByFile), string(Lot)); err != nil {
			return err
		}
		if k == Lot && r.Seed == "" {
			return fmt.Errorf("ties: a lot needs a seed")
		}
	}
	if r.Reserve < 0 || r.Reserve > 100 {
		return fmt.Errorf("reserve: %d is no percentage", r.Reserve)
	}
	if r.Method != EqualShares {
		return nil
	}
	if err := oneOf("utility", string(r.Utility), string(CostUtility), string(CardinalityUtility)); err != nil {
		return err
	}
	if r.Completion == Add1 || r.Completion == Add1U {
		return oneOf("start", string(r.Start), string(StartWhole), string(StartIntegral), string(StartExact))
	}
	return nil
}
