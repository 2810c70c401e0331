package campaign

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/tally"
	"github.com/otklik/otklik/app/web/ui"
)

// sum writes an amount with kopecks as the story has it: «1 066,67 ₽».
func sum(ctx context.Context, amount string) string {
	whole, rest, _ := strings.Cut(amount, ".")
	n, _ := strconv.Atoi(whole) // we wrote it
	mark := "."
	if ui.Lang(ctx) == lang.RU {
		mark = ","
	}
	if strings.Trim(rest, "0") == "" {
		return money(ctx, int64(n))
	}
	return ui.Number(ctx, n) + mark + rest + "\u00a0₽"
}

// bought are the purchases that made the result: none where the rule took the
// greedy outcome instead.
func (r results) bought() []participation.Purchase {
	if c := r.story.Compared; c != nil && c.Taken == tally.Greedy {
		return nil
	}
	return r.story.Purchases
}

// telling is one paragraph of how the winners were found.
type telling struct {
	head  string
	lines []string
}

// opening tells the shares with which everybody began.
func (r results) opening(ctx context.Context) []string {
	s := r.story
	if s.Share == "" || len(r.bought()) == 0 {
		return []string{ui.T(ctx, "result.story.down", "budget", money(ctx, r.Terms.Money.Budget))}
	}
	out := []string{ui.T(ctx, "result.story.shares", "budget", money(ctx, r.Terms.Money.Budget),
		"voters", ui.Plural(ctx, "result.ballots", s.Ballots), "share", sum(ctx, s.FirstShare))}
	if s.Counts > 1 && s.Share != s.FirstShare {
		out = append(out, ui.Plural(ctx, "result.story.raised", s.Counts, "share", sum(ctx, s.Share)))
	}
	return out
}

// rounds are the purchases in words, one after the other.
func (r results) rounds(ctx context.Context) []telling {
	var out []telling
	each := "result.story.paid"
	if r.story.Points {
		each = "result.story.paid_points"
	}
	for _, p := range r.bought() {
		one := telling{head: ui.T(ctx, "result.story.bought", "project", r.project(ctx, p.Project), "cost", money(ctx, r.cost(p.Project)))}
		if p.InFull > 0 {
			one.lines = append(one.lines, ui.Plural(ctx, each, int(p.InFull), "price", sum(ctx, p.Price)))
		}
		if p.Short > 0 {
			one.lines = append(one.lines, ui.Plural(ctx, "result.story.last", int(p.Short), "sum", money(ctx, p.Last)))
		}
		for _, id := range p.Equal {
			one.lines = append(one.lines, ui.T(ctx, "result.story.equal", "project", r.project(ctx, id)))
		}
		for _, o := range p.Out {
			one.lines = append(one.lines, ui.T(ctx, "result.story.out", "project", r.project(ctx, o.Project), "left", money(ctx, o.Behind),
				"cost", money(ctx, r.cost(o.Project))))
		}
		out = append(out, one)
	}
	return out
}

// steps are the projects down the list in words.
func (r results) steps(ctx context.Context) []telling {
	var out []telling
	for _, s := range r.story.Steps {
		key := "result.story.votes"
		if r.story.Points {
			key = "result.story.points"
		}
		one := telling{head: ui.Plural(ctx, key, int(s.Score), "project", r.project(ctx, s.Project), "cost", money(ctx, r.cost(s.Project)))}
		switch s.Verdict {
		case tally.Funded:
			if s.Score == 0 {
				one.lines = append(one.lines, ui.T(ctx, "result.story.nobody"))
			}
			one.lines = append(one.lines, ui.T(ctx, "result.story.funded", "left", money(ctx, s.Left)))
		case tally.TooDear:
			one.lines = append(one.lines, ui.T(ctx, "result.story.too_dear", "left", money(ctx, s.Left)))
		case tally.BelowThreshold:
			one.lines = append(one.lines, ui.T(ctx, "result.story.below"))
		case tally.Withdrawn:
			one.lines = append(one.lines, ui.T(ctx, "result.story.withdrawn"))
		case tally.FromReserve: // files of elsewhere have reserves, campaigns don't
		}
		if s.Tied {
			one.lines = append(one.lines, ui.T(ctx, "result.story.tied"))
		}
		out = append(out, one)
	}
	return out
}

// compared tells which of two outcomes was taken, where the rule asks.
func (r results) compared(ctx context.Context) string {
	c := r.story.Compared
	if c == nil {
		return ""
	}
	key := "result.story.kept_shares"
	if c.Taken == tally.Greedy {
		key = "result.story.took_greedy"
	}
	return ui.T(ctx, key, "shares", ui.Number(ctx, c.Shares), "greedy", ui.Number(ctx, c.Greedy))
}

// whatIf is the same ballots under several rules: projects down, rules across.
type whatIf struct {
	rules  []participation.RuleOutcome
	rows   []whatIfRow
	differ int // projects that not every rule funds
}

type whatIfRow struct {
	id     string
	votes  int
	funded []bool
	differ bool
}

func (r results) whatIf() whatIf {
	w := whatIf{rules: r.story.Rules}
	for _, v := range r.Projects.Votes {
		row := whatIfRow{id: v.ID, votes: v.N}
		for _, o := range w.rules {
			row.funded = append(row.funded, slices.Contains(o.Winners, v.ID))
		}
		for i := range w.rules {
			// A rule that needs a draw says nothing yet.
			row.differ = row.differ || !w.rules[i].Draw && row.funded[i] != row.funded[0]
		}
		if row.differ {
			w.differ++
		}
		w.rows = append(w.rows, row)
	}
	slices.SortStableFunc(w.rows, func(a, b whatIfRow) int { return b.votes - a.votes })
	return w
}
