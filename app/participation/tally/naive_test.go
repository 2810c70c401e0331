package tally_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/app/participation/tally"
)

// naive is Equal Shares as it is told, in fractions, voter by voter.
func naive(e *tally.Election, cost bool, share *big.Rat) []int {
	money := make([]*big.Rat, len(e.Ballots))
	for i := range money {
		money[i] = new(big.Rat).Set(share)
	}
	votes := e.Votes()
	won := map[int]bool{}
	var winners []int
	for {
		best, bestPrice, bestRank := -1, new(big.Rat), new(big.Rat)
		for p := range e.Projects {
			if won[p] || e.Projects[p].Cost == 0 {
				continue
			}
			price := price(e, p, money)
			if price == nil {
				continue
			}
			rank := new(big.Rat).Set(price)
			if cost {
				rank.Quo(rank, new(big.Rat).SetInt64(e.Projects[p].Cost))
			}
			c := 1
			if best >= 0 {
				c = bestRank.Cmp(rank)
				if a, b := e.Projects[best], e.Projects[p]; c == 0 && (b.Cost < a.Cost || b.Cost == a.Cost && votes[p] > votes[best]) {
					c = 1
				}
			}
			if c > 0 {
				best, bestPrice, bestRank = p, price, rank
			}
		}
		if best < 0 {
			return winners
		}
		won[best] = true
		winners = append(winners, best)
		for i, b := range e.Ballots {
			for k, p := range b.Choices {
				if int(p) != best {
					continue
				}
				pay := new(big.Rat).Mul(bestPrice, new(big.Rat).SetInt64(b.Points[k]))
				if pay.Cmp(money[i]) > 0 {
					pay.Set(money[i])
				}
				money[i].Sub(money[i], pay)
			}
		}
	}
}

// price is the least price of a point at which the backers pay for the project,
// nil where they can't.
func price(e *tally.Election, project int, money []*big.Rat) *big.Rat {
	type backer struct {
		money  *big.Rat
		points int64
	}
	var rich []backer
	have := new(big.Rat)
	for i, b := range e.Ballots {
		for k, p := range b.Choices {
			if int(p) == project && b.Points[k] > 0 {
				rich = append(rich, backer{money[i], b.Points[k]})
				have.Add(have, money[i])
			}
		}
	}
	cost := new(big.Rat).SetInt64(e.Projects[project].Cost)
	if len(rich) == 0 || have.Cmp(cost) < 0 {
		return nil
	}
	most := new(big.Rat)
	for {
		points := int64(0)
		for _, b := range rich {
			points += b.points
		}
		if points == 0 {
			return most
		}
		price := new(big.Rat).Quo(cost, new(big.Rat).SetInt64(points))
		var still []backer
		for _, b := range rich {
			each := new(big.Rat).Quo(b.money, new(big.Rat).SetInt64(b.points))
			if each.Cmp(price) < 0 {
				cost.Sub(cost, b.money)
				if each.Cmp(most) > 0 {
					most = each
				}
			} else {
				still = append(still, b)
			}
		}
		if len(still) == len(rich) {
			return price
		}
		rich = still
	}
}

// election draws an election with many ties: few costs, few points.
func election(t *rapid.T) *tally.Election {
	kind := rapid.SampledFrom([]tally.Kind{tally.Approval, tally.Cumulative}).Draw(t, "kind")
	projects := rapid.IntRange(1, 8).Draw(t, "projects")
	e := &tally.Election{Kind: kind, Budget: int64(rapid.IntRange(1, 400).Draw(t, "budget"))}
	for p := range projects {
		e.Projects = append(e.Projects, tally.Project{ID: string(rune('a' + p)), Cost: int64(rapid.IntRange(1, 12).Draw(t, "cost") * 10)})
	}
	for range rapid.IntRange(1, 14).Draw(t, "voters") {
		var b tally.Ballot
		for p := range projects {
			points := int64(1)
			if kind == tally.Cumulative {
				points = int64(rapid.IntRange(0, 3).Draw(t, "points"))
			}
			if rapid.Bool().Draw(t, "backs") {
				b.Choices, b.Points = append(b.Choices, int32(p)), append(b.Points, points)
			}
		}
		e.Ballots = append(e.Ballots, b)
	}
	return e
}

func TestSharesAgainstNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := election(t)
		r, err := tally.ParseRule("equalshares")
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "cardinality") {
			r.Utility = tally.CardinalityUtility
		}
		got, err := tally.Count(e, r)
		require.NoError(t, err)
		want := naive(e, r.Utility == tally.CostUtility, big.NewRat(e.Budget, int64(len(e.Ballots))))
		require.Equal(t, want, got.Winners)
		// Nobody pays more than the cost, and nothing above the budget is bought.
		require.LessOrEqual(t, got.Cost, e.Budget)
		for _, round := range got.Rounds {
			require.Equal(t, round.Supporters, round.InFull+round.Short)
		}
	})
}

// add1 by steps of one, without skipping any.
func TestAdd1AgainstNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := election(t)
		r, err := tally.ParseRule("equalshares/add1")
		require.NoError(t, err)
		r.Start = rapid.SampledFrom([]tally.Start{tally.StartWhole, tally.StartIntegral, tally.StartExact}).Draw(t, "start")
		r.Exhaustive = rapid.Bool().Draw(t, "exhaustive")
		got, err := tally.Count(e, r)
		require.NoError(t, err)
		require.Equal(t, naiveAdd1(e, &r), got.Winners)
	})
}

func naiveAdd1(e *tally.Election, r *tally.Rule) []int {
	n := int64(len(e.Ballots))
	sum := func(projects []int) (s int64) {
		for _, p := range projects {
			s += e.Projects[p].Cost
		}
		return s
	}
	votes := make([]int64, len(e.Projects))
	for _, b := range e.Ballots {
		for k, p := range b.Choices {
			votes[p] += b.Points[k]
		}
	}
	share := big.NewRat(e.Budget, n)
	whole := new(big.Rat).SetInt64(e.Budget / n)
	if r.Start == tally.StartIntegral {
		share = whole
	}
	won := naive(e, true, share)
	if r.Start == tally.StartWhole {
		share = whole
	}
	for {
		open, fits := 0, false
		for p := range e.Projects {
			in := false
			for _, w := range won {
				in = in || w == p
			}
			if !in && votes[p] > 0 {
				open++
				fits = fits || e.Projects[p].Cost <= e.Budget-sum(won)
			}
		}
		if open == 0 || r.Exhaustive && !fits {
			return won
		}
		share = new(big.Rat).Add(share, big.NewRat(1, 1))
		next := naive(e, true, share)
		if sum(next) > e.Budget {
			return won
		}
		won = next
	}
}

func TestTieIsRefused(t *testing.T) {
	t.Parallel()
	e, _, err := tally.Read(strings.NewReader(`META
key;value
budget;100
vote_type;approval
rule;equalshares
PROJECTS
project_id;cost
a;100
b;100
VOTES
voter_id;vote
1;a,b
2;b,a
`))
	require.NoError(t, err)
	for _, name := range []string{"greedy", "greedy-no-skip", "equalshares", "equalshares/add1"} {
		r, err := tally.ParseRule(name)
		require.NoError(t, err)
		got, err := tally.Count(e, r)
		require.NoError(t, err, name)
		require.Equal(t, []int{0}, got.Winners, name)
		r.Ties = []tally.Key{tally.Cheaper, tally.Votes}
		_, err = tally.Count(e, r)
		var tie *tally.TieError
		require.ErrorAs(t, err, &tie, name)
		require.Equal(t, []string{"a", "b"}, tie.Projects)
		r.Ties, r.Seed = []tally.Key{tally.Lot}, "2026"
		first, err := tally.Count(e, r)
		require.NoError(t, err)
		again, err := tally.Count(e, r)
		require.NoError(t, err)
		require.Equal(t, first.Winners, again.Winners)
	}
}
