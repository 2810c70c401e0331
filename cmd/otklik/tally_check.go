package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/otklik/otklik/app/participation/tally"
)

// tieWords tell how equals are decided first.
var tieWords = map[tally.Key]string{
	tally.Cheaper: "the cheaper first",
	tally.Dearer:  "the dearer first",
	tally.Votes:   "the one that more ballots name first",
	tally.InOrder: "in the order of the list",
	tally.ByFile:  "as the file has it",
}

// compare tells whether the file has the same winners.
func (t *tallyReport) compare(to io.Writer) {
	e, a := t.e, t.review.Agreement
	switch {
	case !a.Agrees():
	case t.review.Ties:
		fmt.Fprintf(to, "the file has the same winners, with equals decided otherwise than usual: %s\n", tieWords[t.res.Rule.Ties[0]])
		for _, d := range t.decided() {
			fmt.Fprintf(to, "    %s\n", d)
		}
	default:
		fmt.Fprintln(to, "the file has the same winners")
	}
	if len(a.Missing) > 0 {
		fmt.Fprintf(to, "the file says that these won, and they did not: %s\n", e.List(a.Missing))
	}
	if len(a.Extra) > 0 {
		fmt.Fprintf(to, "these won, and the file says that they did not: %s\n", e.List(a.Extra))
	}
	if len(a.Outside) > 0 {
		fmt.Fprintf(to, "the file marks these as funded for another reason than the rule: %s\n", e.List(a.Outside))
	}
	if clues := t.clues(); len(clues) > 0 {
		fmt.Fprintln(to, "what might be behind it, and is not in the file:")
		for _, c := range clues {
			fmt.Fprintf(to, "    %s\n", c)
		}
	}
}

// decided tells what the order of equals decided.
func (t *tallyReport) decided() []string {
	var all []string
	for _, d := range t.review.Decided {
		all = append(all, fmt.Sprintf("%s before %s", t.e.List(d.Won), t.e.List(d.Lost)))
	}
	return all
}

// clues tells what might be behind winners that the rule does not give.
func (t *tallyReport) clues() []string {
	var all []string
	for _, c := range t.review.Clues {
		switch {
		case c.Totals:
			all = append(all, "they are the winners by the totals of the file, which its ballots don't give")
		case c.Over > 0:
			all = append(all, fmt.Sprintf("the winners of the file cost %s more than the budget", t.e.Money(c.Over)))
		case c.Rule != "":
			all = append(all, fmt.Sprintf("they are the winners of another rule: --rule %s", c.Rule))
		case c.Demand != nil:
			all = append(all, fmt.Sprintf("they are the winners if a project needs more than %s and at most %s points: --threshold %s",
				t.e.Score(c.Demand[0]), t.e.Score(c.Demand[1]), t.e.Score(c.Demand[1])))
		case c.Budget != nil:
			all = append(all, fmt.Sprintf("they are the first of the list, as with a budget from %s to less than %s: --rule greedy-no-skip --budget %s",
				t.e.Money(c.Budget[0]), t.e.Money(c.Budget[1]), t.e.Money(c.Budget[0])))
		default:
			ids := t.e.IDs(c.Without)
			all = append(all, fmt.Sprintf("they are the winners without %s, which may have been withdrawn or excluded by another: --without %s",
				strings.Join(ids, ", "), strings.Join(ids, ",")))
		}
	}
	return all
}
