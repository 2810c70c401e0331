package main

import (
	"fmt"
	"io"
	"math/big"

	"github.com/otklik/otklik/app/participation/tally"
)

// explain tells how the winners were found, so that a voter can follow it.
func explain(to io.Writer, e *tally.Election, res *tally.Result) {
	amount := func(r *big.Rat) string {
		unit := int64(1)
		for range e.Decimals {
			unit *= 10
		}
		return new(big.Rat).Quo(r, new(big.Rat).SetInt64(unit)).FloatString(2)
	}
	title := func(p int) string { return fmt.Sprintf("%s «%s»", e.Projects[p].ID, short(e.Projects[p].Name)) }
	if res.Endowment != nil {
		fmt.Fprintf(to, "\nThe budget of %s is shared among %d voters: %s each.\n", e.Money(e.Budget), len(e.Ballots),
			amount(big.NewRat(e.Budget, int64(len(e.Ballots)))))
		if res.Counts > 1 {
			fmt.Fprintf(to, "With that, money was left. So the count was repeated with greater shares, %d times in all, as long as the\n"+
				"winners could be paid from the budget. The last that could: %s each.\n", res.Counts, amount(res.Endowment))
		}
	}
	for i := range res.Rounds {
		r := &res.Rounds[i]
		for _, d := range r.Dropped {
			fmt.Fprintf(to, "    %s is out: its voters have %s left of the %s it costs.\n", title(d.Project), amount(d.Behind), e.Money(e.Projects[d.Project].Cost))
		}
		fmt.Fprintf(to, "%3d. %s costs %s. ", i+1, title(r.Project), e.Money(e.Projects[r.Project].Cost))
		if r.Short == 0 {
			fmt.Fprintf(to, "Each of %d voters pays %s.\n", r.InFull, amount(r.Price))
		} else {
			fmt.Fprintf(to, "%d voters pay %s, %d more give what they have left.\n", r.InFull, amount(r.Price), r.Short)
		}
		for _, p := range r.Tied {
			fmt.Fprintf(to, "    %s was as good: the ties of the rule decided.\n", title(p))
		}
	}
	if len(res.Steps) > 0 {
		fmt.Fprintln(to, "\nDown the list, the most points first:")
	}
	for _, s := range res.Steps {
		fmt.Fprintf(to, "    %s, %s points, costs %s: ", title(s.Project), e.Score(s.Score), e.Money(s.Cost))
		switch s.Verdict {
		case tally.Funded:
			fmt.Fprintf(to, "funded, %s is left", e.Money(s.Left))
		case tally.TooDear:
			fmt.Fprintf(to, "too dear, only %s is left", e.Money(s.Left))
			if res.Rule.Method == tally.GreedyNoSkip {
				fmt.Fprint(to, "; here the rule stops")
			}
		case tally.FromReserve:
			fmt.Fprintf(to, "what is left is enough for %d %% of it, and a reserve pays the rest", res.Rule.Reserve)
		case tally.BelowThreshold:
			if s.Score < e.Threshold {
				fmt.Fprintf(to, "below the threshold of %s", e.Score(e.Threshold))
			} else {
				fmt.Fprint(to, "nobody voted for it")
			}
		case tally.Withdrawn:
			fmt.Fprint(to, "withdrawn")
		}
		if s.Tied {
			fmt.Fprint(to, " (others have as many)")
		}
		fmt.Fprintln(to, ".")
	}
	if c := res.Compared; c != nil {
		fmt.Fprintf(to, "\nCompared with the greedy count: %d voters have more of their projects in the outcome of equal shares, %d in the\n"+
			"greedy one. Taken: %s.\n", c.Shares, c.Greedy, c.Taken)
	}
}
