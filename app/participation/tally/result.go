package tally

import (
	"errors"
	"math/big"
	"slices"
)

// Result is the outcome of a count, and how it came about.
type Result struct {
	Rule    Rule
	Winners []int // by their place in Election.Projects, in the order in which they were funded
	Cost    int64
	Steps   []Step // of a greedy count, or of what completes Equal Shares
	Rounds  []Round
	// Endowment is the share with which the rounds were played, in the smallest
	// unit of money; nil where there are no shares.
	Endowment *big.Rat
	Counts    int // how often Equal Shares was counted until then
	// equals says that somewhere in the count two projects were equal.
	equals bool
	// Compared is how many voters have more of their projects in the one
	// outcome than in the other, where the rule compares.
	Compared *Comparison
}

// Verdict is what became of a project in a step.
type Verdict string

// The verdicts of a step.
const (
	Funded         Verdict = "funded"
	TooDear        Verdict = "too-dear"
	BelowThreshold Verdict = "below-threshold"
	Withdrawn      Verdict = "withdrawn"
	FromReserve    Verdict = "from-reserve" // funded, partly from outside of the budget
)

// Step is one project on the way down the list.
type Step struct {
	Project int
	Score   int64
	Cost    int64
	Left    int64 // of the budget, after this step
	Verdict Verdict
	Tied    bool // others have as many points
}

// Round is one purchase of Equal Shares.
type Round struct {
	Project    int
	Supporters int64    // voters with money left who named it
	InFull     int64    // of them, paid the whole price
	Short      int64    // gave all they had, which was less
	Last       *big.Rat // what those gave together
	Price      *big.Rat // for one point, of those who paid in full
	Effective  *big.Rat // votes for each unit paid: what the round was won by
	Tied       []int    // others that were as good
	Dropped    []Drop   // whose supporters could not pay any more, since the round before
}

// Drop is a project that its supporters can't pay.
type Drop struct {
	Project int
	Behind  *big.Rat // what they had together
}

// Comparison counts voters by the outcome in which they have more projects.
type Comparison struct {
	Shares, Greedy int
	Taken          Method
}

// Count finds the winners. The error is a *TieError where the declared ties
// don't decide.
func Count(e *Election, r Rule) (*Result, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.Threshold && e.Threshold <= 0 {
		return nil, errors.New("the rule asks for a threshold, and the election names none (min_project_score_threshold)")
	}
	res := &Result{Rule: r}
	var err error
	if r.Method == EqualShares {
		err = res.shares(e)
	} else {
		res.Winners, res.Steps, err = greedy(e, &r, nil)
	}
	if err != nil {
		return nil, err
	}
	res.equals = res.equals || slices.ContainsFunc(res.Steps, func(s Step) bool { return s.Tied })
	res.Cost = e.cost(res.Winners)
	return res, nil
}

// shares counts by Equal Shares, completes and compares as the rule says.
func (res *Result) shares(e *Election) error {
	r := &res.Rule
	m, err := newMarket(e, r)
	if err != nil {
		return err
	}
	if err := res.raise(m); err != nil {
		return err
	}
	res.equals = m.equals
	if r.Completion == Utilitarian || r.Completion == Add1U {
		more, steps, err := greedy(e, &Rule{Method: Greedy, Ties: r.Ties, Seed: r.Seed}, res.Winners)
		if err != nil {
			return err
		}
		res.Winners, res.Steps = append(res.Winners, more...), steps
	}
	if !r.Comparison {
		return nil
	}
	other, steps, err := greedy(e, &Rule{Method: Greedy, Ties: r.Ties, Seed: r.Seed}, nil)
	if err != nil {
		return err
	}
	res.equals = res.equals || slices.ContainsFunc(steps, func(s Step) bool { return s.Tied })
	c := compare(e, res.Winners, other)
	if res.Compared = &c; c.Taken == Greedy {
		res.Winners, res.Steps = other, steps
	}
	return nil
}

// compare counts who has more of their projects among the winners of shares,
// and who among those of the greedy count, which wins only with more voters.
func compare(e *Election, shares, other []int) Comparison {
	gain := make([]int, len(e.Projects))
	for _, p := range shares {
		gain[p]++
	}
	for _, p := range other {
		gain[p]--
	}
	c := Comparison{Taken: EqualShares}
	for _, b := range e.Ballots {
		sum := 0
		for _, p := range b.Choices {
			sum += gain[p]
		}
		switch {
		case sum > 0:
			c.Shares++
		case sum < 0:
			c.Greedy++
		}
	}
	if c.Greedy > c.Shares {
		c.Taken = Greedy
	}
	return c
}

func (e *Election) cost(projects []int) int64 {
	sum := int64(0)
	for _, p := range projects {
		sum += e.Projects[p].Cost
	}
	return sum
}

// Agreement is how an outcome compares with what the file says.
type Agreement struct {
	Missing []int // funded by the file, not by the count
	Extra   []int // by the count, not by the file
	Outside []int // the file marks them as funded for another reason than the rule
}

// Agrees reports whether the rule's winners are the same.
func (a Agreement) Agrees() bool { return len(a.Missing) == 0 && len(a.Extra) == 0 }

// ErrNoVerdict says that a file doesn't say who won.
var ErrNoVerdict = errors.New("the file does not say who won: PROJECTS has no column «selected», or nothing in it")

// Agreement compares winners with the column «selected» of the file.
func (e *Election) Agreement(winners []int) (Agreement, error) {
	var a Agreement
	if !e.verdicts {
		return a, ErrNoVerdict
	}
	for p := range e.Projects {
		won := slices.Contains(winners, p)
		switch v := e.Projects[p].Verdict; {
		case v > 1 && !won:
			a.Outside = append(a.Outside, p)
		case v > 0 && !won:
			a.Missing = append(a.Missing, p)
		case v == 0 && won:
			a.Extra = append(a.Extra, p)
		}
	}
	return a, nil
}

// Served is the share of voters, 0–1, with at least one of their projects among
// the winners.
func (e *Election) Served(winners []int) float64 {
	won := make([]bool, len(e.Projects))
	for _, p := range winners {
		won[p] = true
	}
	served := 0
	for _, b := range e.Ballots {
		if slices.ContainsFunc(b.Choices, func(p int32) bool { return won[p] }) {
			served++
		}
	}
	return float64(served) / float64(max(1, len(e.Ballots)))
}
