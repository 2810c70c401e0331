package tally

import (
	"cmp"
	"math/big"
	"slices"
)

// greedy goes down the list by points and takes what fits into what is left of
// the budget; already are winners that are paid for.
func greedy(e *Election, r *Rule, already []int) (winners []int, steps []Step, err error) {
	scores, ties := e.Scores(), newBreaker(e, r)
	left := e.Budget
	taken := make([]bool, len(e.Projects))
	for _, p := range already {
		taken[p] = true
		left -= e.Projects[p].Cost
	}
	var list []int
	for p := range e.Projects {
		if !taken[p] {
			list = append(list, p)
		}
	}
	order := func(p, q int) int {
		return cmp.Or(cmp.Compare(scores[q], scores[p]), ties.compare(p, q))
	}
	slices.SortStableFunc(list, order)
	for at := 0; at < len(list); {
		to := at + 1
		for to < len(list) && order(list[at], list[to]) == 0 {
			to++
		}
		if err := undecided(e, r, ties, list[at:to], scores[list[at]], left); err != nil {
			return nil, nil, err
		}
		equals := tied(scores, list, at)
		for _, p := range list[at:to] {
			s := Step{Project: p, Score: scores[p], Cost: e.Projects[p].Cost, Left: left, Tied: equals}
			switch {
			case e.Withdrawn(p):
				s.Verdict = Withdrawn
			case !r.eligible(e, scores[p]):
				s.Verdict = BelowThreshold
			case s.Cost > left && r.reserved(left, s.Cost):
				s.Verdict, s.Left = FromReserve, 0
				return append(winners, p), append(steps, s), nil
			case s.Cost > left && r.Method == GreedyNoSkip:
				s.Verdict = TooDear
				return winners, append(steps, s), nil
			case s.Cost > left:
				s.Verdict = TooDear
			default:
				s.Verdict = Funded
				left -= s.Cost
				s.Left = left
				winners = append(winners, p)
			}
			steps = append(steps, s)
		}
		at = to
	}
	return winners, steps, nil
}

// eligible reports whether a project with these points may win at all.
func (r *Rule) eligible(e *Election, score int64) bool {
	return score >= e.Threshold && (score > 0 || !r.Wanted)
}

// reserved reports whether what is left is enough for a reserve to pay the rest.
func (r *Rule) reserved(left, cost int64) bool {
	if r.Method != GreedyNoSkip || r.Reserve == 0 {
		return false
	}
	covered := new(big.Int).Mul(big.NewInt(left), big.NewInt(100))
	return covered.Cmp(new(big.Int).Mul(big.NewInt(cost), big.NewInt(int64(r.Reserve)))) >= 0
}

// tied reports whether a neighbour in the list, which is in the order of
// points, has as many as the project at the place.
func tied(scores []int64, list []int, at int) bool {
	same := func(other int) bool {
		return other >= 0 && other < len(list) && scores[list[other]] == scores[list[at]]
	}
	return same(at-1) || same(at+1)
}

// undecided is a *TieError where the order of equals decides who wins: some of
// them fit into what is left, and not all of them do.
func undecided(e *Election, r *Rule, ties *breaker, equals []int, score, left int64) error {
	if len(equals) == 1 || !r.eligible(e, score) {
		return nil
	}
	all, fit := int64(0), 0 // fit: also into what a reserve adds
	for _, p := range equals {
		if e.Withdrawn(p) {
			continue
		}
		all += e.Projects[p].Cost
		if c := e.Projects[p].Cost; c <= left || r.reserved(left, c) {
			fit++
		}
	}
	if fit == 0 || all <= left {
		return nil
	}
	return ties.refuse(slices.Clone(equals))
}
