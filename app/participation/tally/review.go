package tally

import (
	"errors"
	"slices"
)

// Review is how the winners of a file compare with its ballots. The winners
// agree where the rule gives them, in any way that the name of the rule leaves
// open and with equals in any order.
type Review struct {
	Result    *Result // the count that agrees, else the usual one
	Agreement Agreement
	Way       string     // how the rule was applied, "" as usual
	Ties      bool       // equals were not decided as usual, but by Result.Rule.Ties
	Decided   []Decision // for Ties: what they decided
	Clues     []Clue     // where nothing agrees: what might be behind it
}

// Decision is among equals: who won, and who could have won instead.
type Decision struct{ Won, Lost []int }

// way is one of those in which a rule is applied, because its name leaves it
// open and cities differ.
type way struct {
	words string
	set   func(*Rule)
}

// ways lists what the name of a rule leaves open, beside the usual.
func ways(r *Rule) []way {
	wanted := way{"without projects that nobody voted for", func(r *Rule) { r.Wanted = true }}
	cardinality := way{"with projects of equal worth (cardinality)", func(r *Rule) { r.Utility = CardinalityUtility }}
	switch {
	case r.Reserve > 0:
		return []way{
			{"as greedy-no-skip", func(r *Rule) { r.Reserve = 0 }},
			{"as greedy", func(r *Rule) { r.Reserve, r.Method = 0, Greedy }},
		}
	case r.Method != EqualShares:
		return []way{wanted}
	case r.Completion != Add1 && r.Completion != Add1U:
		return []way{cardinality}
	}
	return []way{
		{"stopping when nothing more fits", func(r *Rule) { r.Exhaustive = true }},
		{"beginning with a rounded share", func(r *Rule) { r.Start = StartIntegral }},
		{"beginning with a rounded share, stopping when nothing more fits", func(r *Rule) { r.Start, r.Exhaustive = StartIntegral, true }},
		{"beginning with the exact share", func(r *Rule) { r.Start = StartExact }},
		cardinality,
	}
}

// orders lists other orders of equals than the usual, those that can be told
// as a rule. The last is whatever the file has. For greedy and
// greedy-no-skip it finds the file's winners if any order gives them: among
// equals it takes those at once, and the dearest of the others next.
func orders(r *Rule) [][]Key {
	all := [][]Key{{Cheaper, InOrder}, {Dearer, InOrder}, {Votes, InOrder}, {ByFile, Dearer, InOrder}}
	if r.Method == EqualShares {
		all = [][]Key{{InOrder}, {Votes, Cheaper, InOrder}, {Dearer, Votes, InOrder}, {ByFile, Cheaper, Votes, InOrder}}
	}
	return slices.DeleteFunc(all, func(keys []Key) bool { return slices.Equal(keys, r.Ties) })
}

// Free says what of a rule was not declared, so that a review may try it.
type Free struct{ Ways, Ties bool }

// Review counts by the rule and compares with the file. Where they disagree, it
// tries what is free, and then looks for clues.
func (e *Election) Review(r Rule, free Free) (*Review, error) {
	v := &Review{}
	agrees, err := v.try(e, r)
	if err != nil || agrees {
		return v, err
	}
	tries := []way{{set: func(*Rule) {}}}
	if free.Ways {
		tries = append(tries, ways(&r)...)
	}
	var tied []way // of them, those where equals were met
	for i, w := range tries {
		one := &Review{Way: w.words}
		if i == 0 {
			*one = *v
		} else if agrees, err := one.tryWay(e, r, w); err != nil || agrees {
			return one, err
		}
		if one.Result.equals {
			tied = append(tied, w)
		}
	}
	if free.Ties {
		for _, w := range tied {
			if one, err := e.otherwise(r, w); err != nil || one != nil {
				return one, err
			}
		}
	}
	v.Clues, err = e.clues(&r)
	return v, err
}

// otherwise looks for an order of equals that gives the winners of the file, nil
// where there is none: first the file's own, then one that can be told as a rule.
func (e *Election) otherwise(r Rule, w way) (found *Review, err error) {
	all := orders(&r)
	slices.Reverse(all)
	for i, keys := range all {
		one := &Review{Way: w.words, Ties: true}
		r.Ties = keys
		agrees, err := one.tryWay(e, r, w)
		switch {
		case err != nil:
			return nil, err
		case agrees:
			one.Decided = one.Result.decided(e)
			found = one
		}
		if agrees == (i > 0) { // one to be told, or not even the file's own
			break
		}
	}
	return found, nil
}

func (v *Review) tryWay(e *Election, r Rule, w way) (bool, error) {
	w.set(&r)
	return v.try(e, r)
}

// try counts, and reports whether the file has the same winners.
func (v *Review) try(e *Election, r Rule) (agrees bool, err error) {
	if v.Result, err = Count(e, r); err != nil {
		return false, err
	}
	v.Agreement, err = e.Agreement(v.Result.Winners)
	return err == nil && v.Agreement.Agrees(), err
}

// decided lists where the order of equals decided who won.
func (res *Result) decided(e *Election) []Decision {
	var all []Decision
	for i := range res.Rounds {
		lost := slices.DeleteFunc(slices.Clone(res.Rounds[i].Tied), func(p int) bool { return slices.Contains(res.Winners, p) })
		if len(lost) > 0 {
			all = append(all, Decision{Won: []int{res.Rounds[i].Project}, Lost: lost})
		}
	}
	steps, left := res.Steps, e.Budget
	if len(res.Rounds) > 0 { // the steps complete the rounds
		left -= e.cost(res.Winners)
		for _, s := range steps {
			if s.Verdict == Funded {
				left += s.Cost
			}
		}
	}
	for len(steps) > 0 {
		to := slices.IndexFunc(steps, func(s Step) bool { return s.Score != steps[0].Score })
		if to < 0 {
			to = len(steps)
		}
		var d Decision
		for _, s := range steps[:to] {
			switch {
			case s.Verdict == Funded || s.Verdict == FromReserve:
				d.Won = append(d.Won, s.Project)
			case s.Verdict == TooDear && s.Cost <= left:
				d.Lost = append(d.Lost, s.Project)
			}
		}
		if len(d.Won) > 0 && len(d.Lost) > 0 {
			all = append(all, d)
		}
		left, steps = steps[to-1].Left, steps[to:]
	}
	return all
}

// Clue is one thing that might be behind winners that the rule does not give.
// None of them is in the file, so none of them makes it agree.
type Clue struct {
	Totals  bool      // the totals of the file give them, and its ballots don't give these totals
	Over    int64     // the file's winners cost so much more than the budget
	Rule    string    // this rule gives them
	Demand  *[2]int64 // a threshold above the first and up to the second number of points gives them
	Budget  *[2]int64 // greedy-no-skip gives them with a budget from the first to less than the second
	Without []int     // the rule gives them if these are left out: withdrawn, or excluded by others
}

// mostWithout is how many projects left out are still a clue: leaving out
// enough of them explains any winners.
const mostWithout = 3

// clues looks for what might be behind the winners of the file.
func (e *Election) clues(r *Rule) (all []Clue, err error) {
	var file []int
	for p := range e.Projects {
		if e.Projects[p].Verdict == 1 {
			file = append(file, p)
		}
	}
	if over := e.cost(file) - e.Budget; over > 0 {
		all = append(all, Clue{Over: over})
	}
	of := []string{"greedy", "greedy-no-skip", "greedy-custom"}
	if r.Method == EqualShares {
		of = RuleNames()
	}
	given, err := e.GivenBy(of...)
	if err != nil {
		return nil, err
	}
	for _, name := range given {
		all = append(all, Clue{Rule: name})
	}
	if r.Method == EqualShares || len(file) == 0 || len(given) > 0 {
		return all, nil
	}
	fits := *r
	fits.Ties = []Key{ByFile, Dearer, InOrder}
	for _, find := range []func(*Rule, []int) (*Clue, error){e.totalsClue, e.demandClue, e.budgetClue, e.withoutClue} {
		c, err := find(&fits, file)
		if err != nil {
			return nil, err
		}
		if c != nil {
			all = append(all, *c)
		}
	}
	return all, nil
}

// GivenBy lists those of the rules that give the winners of the file, equals
// being in any order. Of rules that give the same because the election has
// nothing for them to differ in, only the first is named.
func (e *Election) GivenBy(rules ...string) ([]string, error) {
	var given []string
	var seen []Rule
	for _, name := range rules {
		r, err := ParseRule(name)
		if err != nil {
			return nil, err
		}
		if r.Threshold && e.Threshold <= 0 {
			continue
		}
		r.Threshold = false
		if slices.ContainsFunc(seen, func(s Rule) bool { return s.same(&r) }) {
			continue
		}
		seen = append(seen, r)
		var v Review
		others := orders(&r)
		for _, keys := range [][]Key{r.Ties, others[len(others)-1]} {
			r.Ties = keys
			agrees, err := v.try(e, r)
			switch {
			case errors.Is(err, ErrNoVerdict):
				return nil, err
			case err != nil: // this rule can't count such ballots
			case agrees && (r.Reserve == 0 || v.Result.Cost > e.Budget):
				given = append(given, name)
			}
			if err != nil || agrees || !v.Result.equals {
				break
			}
		}
	}
	return given, nil
}

// same reports whether two rules with the usual ties are one.
func (r *Rule) same(o *Rule) bool {
	return r.Method == o.Method && r.Completion == o.Completion && r.Comparison == o.Comparison && r.Reserve == o.Reserve
}

// totalsClue looks whether the winners of the file follow from its totals,
// where its ballots give others.
func (e *Election) totalsClue(r *Rule, _ []int) (*Clue, error) {
	scores, votes := e.Scores(), e.Votes()
	lone, differ := *e, false
	for p := range e.Projects {
		if e.Projects[p].Declared == nil {
			return nil, nil //nolint:nilnil // no clue is no error
		}
		differ = differ || e.contradicts(p, scores[p], votes[p])
	}
	lone.totals = true
	var v Review
	if agrees, err := v.try(&lone, *r); err != nil || !agrees || !differ {
		return nil, err
	}
	return &Clue{Totals: true}, nil
}

// demandClue looks for a threshold with which the rule gives the file's winners.
func (e *Election) demandClue(r *Rule, file []int) (*Clue, error) {
	scores, lone := e.Scores(), *e
	upTo := scores[file[0]]
	for _, p := range file {
		upTo = min(upTo, scores[p])
	}
	if lone.Threshold = upTo; upTo <= e.Threshold {
		return nil, nil //nolint:nilnil // no clue is no error
	}
	var v Review
	if agrees, err := v.try(&lone, *r); err != nil || !agrees {
		return nil, err
	}
	// Lower, until the first that then wins too.
	above := e.Threshold
	for {
		lower := above
		for _, s := range scores {
			if s < lone.Threshold {
				lower = max(lower, s)
			}
		}
		if lower == above {
			return &Clue{Demand: &[2]int64{above, upTo}}, nil
		}
		lone.Threshold = lower
		if agrees, err := v.try(&lone, *r); err != nil {
			return nil, err
		} else if !agrees {
			return &Clue{Demand: &[2]int64{lower, upTo}}, nil
		}
	}
}

// budgetClue looks whether the winners of the file are just the first of the
// list, as if the budget were smaller.
func (e *Election) budgetClue(_ *Rule, file []int) (*Clue, error) {
	lone := *e
	if lone.Budget = e.cost(file); lone.Budget >= e.Budget {
		return nil, nil //nolint:nilnil // no clue is no error
	}
	var v Review
	agrees, err := v.try(&lone, Rule{Method: GreedyNoSkip, Ties: []Key{ByFile, Dearer, InOrder}})
	if err != nil || !agrees || len(v.Result.Steps) == 0 {
		return nil, err
	}
	last := v.Result.Steps[len(v.Result.Steps)-1]
	if last.Verdict != TooDear {
		return nil, nil //nolint:nilnil // no clue is no error
	}
	return &Clue{Budget: &[2]int64{lone.Budget, lone.Budget + last.Cost}}, nil
}

// withoutClue leaves out one project after the other that the file passed over.
func (e *Election) withoutClue(r *Rule, _ []int) (*Clue, error) {
	lone := *e
	lone.Projects = slices.Clone(e.Projects)
	var c Clue
	for range mostWithout {
		var v Review
		if agrees, err := v.try(&lone, *r); err != nil || agrees || len(v.Agreement.Extra) == 0 {
			return nil, err
		}
		first := v.Result.Winners[slices.IndexFunc(v.Result.Winners, func(p int) bool { return e.Projects[p].Verdict == 0 })]
		lone.Projects[first].out = true
		c.Without = append(c.Without, first)
		if agrees, err := v.try(&lone, *r); err != nil || agrees {
			return &c, err
		}
	}
	return nil, nil //nolint:nilnil // no clue is no error
}
