package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/otklik/otklik/app/participation/tally"
)

// TallyOptions say how large the budget vote is.
type TallyOptions struct {
	Ballots, Projects int
	Rules             []string
}

// TallyResult is the count by one rule. The plain loop goes voter by voter in
// floating point and is one count; add1 counts many times.
type TallyResult struct {
	Rule            string  `json:"rule"`
	Ballots         int     `json:"ballots"`
	Projects        int     `json:"projects"`
	Winners         int     `json:"winners"`
	Counts          int     `json:"counts"`
	Seconds         float64 `json:"seconds"`
	SecondsPerCount float64 `json:"seconds_per_count"`
	PlainSeconds    float64 `json:"plain_seconds"` // of one count
	Same            bool    `json:"plain_has_same_winners"`
	MemoryMB        float64 `json:"memory_mb"`
}

// Tally measures how fast a budget vote is counted.
func Tally(o TallyOptions) ([]TallyResult, error) {
	e := budgetVote(o.Ballots, o.Projects)
	var results []TallyResult
	for _, name := range o.Rules {
		rule, err := tally.ParseRule(name)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		res, err := tally.Count(e, rule)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r := TallyResult{
			Rule: name, Ballots: o.Ballots, Projects: o.Projects, Winners: len(res.Winners), Counts: max(1, res.Counts),
			Seconds: time.Since(began).Seconds(), MemoryMB: memory(),
		}
		// The last share is played once more, to tell how it went.
		r.SecondsPerCount = r.Seconds / float64(r.Counts+min(1, res.Counts))
		began = time.Now()
		plain := plainGreedy(e)
		if rule.Method == tally.EqualShares {
			share, _ := res.Endowment.Float64()
			plain = plainShares(e, share)
		}
		r.PlainSeconds = time.Since(began).Seconds()
		r.Same = slices.Equal(slices.Sorted(slices.Values(plain)), slices.Sorted(slices.Values(res.Winners)))
		results = append(results, r)
	}
	return results, nil
}

// budgetVote makes an approval vote as cities have them: some projects many
// want, most few; costs over two powers of ten; one to fifteen on a ballot; a
// budget for about a third of the costs.
func budgetVote(ballots, projects int) *tally.Election {
	random := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // the same vote in every run
	e := &tally.Election{Kind: tally.Approval}
	total := int64(0)
	for p := range projects {
		cost := int64(math.Exp(random.NormFloat64()*1.1+11)/100) * 100
		total += cost
		e.Projects = append(e.Projects, tally.Project{ID: fmt.Sprint(p + 1), Cost: cost})
	}
	e.Budget = total / 3
	popular := rand.NewZipf(random, 1.2, 12, uint64(projects-1)) //nolint:gosec // more than one
	for range ballots {
		var b tally.Ballot
		for range 1 + random.IntN(15) {
			if p := int32(popular.Uint64()); !slices.Contains(b.Choices, p) { //nolint:gosec // below the number of projects
				b.Choices, b.Points = append(b.Choices, p), append(b.Points, 1)
			}
		}
		e.Ballots = append(e.Ballots, b)
	}
	return e
}

// plainGreedy counts votes and goes down the list.
func plainGreedy(e *tally.Election) (winners []int) {
	votes := make([]int, len(e.Projects))
	for i := range e.Ballots {
		for _, p := range e.Ballots[i].Choices {
			votes[p]++
		}
	}
	list := make([]int, len(votes))
	for p := range list {
		list[p] = p
	}
	slices.SortStableFunc(list, func(p, q int) int { return votes[q] - votes[p] })
	left := e.Budget
	for _, p := range list {
		if e.Projects[p].Cost <= left {
			left -= e.Projects[p].Cost
			winners = append(winners, p)
		}
	}
	return winners
}

// plainShares is Equal Shares with costs as worth, in floating point: every
// project asked in every round.
func plainShares(e *tally.Election, share float64) (winners []int) {
	money := make([]float64, len(e.Ballots))
	backers := make([][]int32, len(e.Projects))
	for i := range e.Ballots {
		money[i] = share
		for _, p := range e.Ballots[i].Choices {
			backers[p] = append(backers[p], int32(i))
		}
	}
	price := func(p int) float64 {
		now := 0.0
		for {
			left, rich := float64(e.Projects[p].Cost), 0
			for _, v := range backers[p] {
				if money[v] <= now {
					left -= money[v]
				} else {
					rich++
				}
			}
			if rich == 0 {
				return math.Inf(1)
			}
			next := left / float64(rich)
			if next <= now {
				return now
			}
			now = next
		}
	}
	for won := make([]bool, len(e.Projects)); ; {
		best, bestPrice, bestWorth := -1, 0.0, math.Inf(1)
		for p := range e.Projects {
			if won[p] || len(backers[p]) == 0 {
				continue
			}
			if now := price(p); now/float64(e.Projects[p].Cost) < bestWorth {
				best, bestPrice, bestWorth = p, now, now/float64(e.Projects[p].Cost)
			}
		}
		if best < 0 {
			return winners
		}
		won[best] = true
		winners = append(winners, best)
		for _, v := range backers[best] {
			money[v] = max(0, money[v]-bestPrice)
		}
	}
}

// TallyTable puts results into a table for people.
func TallyTable(results []TallyResult) string {
	t := newTable("rule", "ballots", "projects", "winners", "counts", "s", "ms a count", "plain loop, ms", "to plain", "same winners", "memory MB")
	for _, r := range results {
		same := "yes"
		if !r.Same {
			same = "no"
		}
		t.row(r.Rule, fmt.Sprint(r.Ballots), fmt.Sprint(r.Projects), fmt.Sprint(r.Winners), fmt.Sprint(r.Counts), fmt.Sprintf("%.2f", r.Seconds),
			millis(1000*r.SecondsPerCount), millis(1000*r.PlainSeconds), fmt.Sprintf("%.2f", r.SecondsPerCount/r.PlainSeconds), same, millis(r.MemoryMB))
	}
	return t.String()
}
