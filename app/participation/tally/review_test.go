package tally_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/app/participation/tally"
)

// file writes an approval election with a voter for every vote; projects are
// «id cost votes selected».
func file(rule string, budget int, meta string, projects ...string) string {
	var list, ballots strings.Builder
	voter := 0
	for _, p := range projects {
		var id string
		var cost, votes, selected int
		if _, err := fmt.Sscan(p, &id, &cost, &votes, &selected); err != nil {
			panic(err)
		}
		fmt.Fprintf(&list, "%s;%d;%d\n", id, cost, selected)
		for range votes {
			voter++
			fmt.Fprintf(&ballots, "%d;%s\n", voter, id)
		}
	}
	return fmt.Sprintf("META\nkey;value\nbudget;%d\nvote_type;approval\nrule;%s\n%sPROJECTS\nproject_id;cost;selected\n%sVOTES\nvoter_id;vote\n%s",
		budget, rule, meta, list.String(), ballots.String())
}

func review(t *testing.T, text string) *tally.Review {
	t.Helper()
	e, _ := read(t, text)
	r, err := tally.ParseRule(e.Rule)
	require.NoError(t, err)
	v, err := e.Review(r, tally.Free{Ways: true, Ties: true})
	require.NoError(t, err)
	return v
}

func TestReviewAgrees(t *testing.T) {
	t.Parallel()
	before := func(won, lost int) []tally.Decision { return []tally.Decision{{Won: []int{won}, Lost: []int{lost}}} }
	byFile := []tally.Key{tally.ByFile, tally.Dearer, tally.InOrder}
	const unwanted = "without projects that nobody voted for"
	for name, c := range map[string]struct {
		text, way string
		ties      []tally.Key // nil as usual
		decided   []tally.Decision
	}{
		"as usual":          {text: file("greedy", 10, "", "a 6 3 1", "b 6 2 0", "c 4 1 1")},
		"the cheaper first": {text: file("greedy", 10, "", "a 7 2 0", "b 6 2 1", "c 4 1 1"), ties: []tally.Key{tally.Cheaper, tally.InOrder}, decided: before(1, 0)},
		"the dearer first":  {text: file("greedy", 10, "", "a 6 2 0", "b 7 2 1", "c 3 1 1"), ties: []tally.Key{tally.Dearer, tally.InOrder}, decided: before(1, 0)},
		"as the file has it": {
			text: file("greedy", 10, "", "a 6 2 0", "b 6 2 1", "c 5 1 0", "d 4 1 1"), ties: byFile,
			decided: []tally.Decision{{Won: []int{1}, Lost: []int{0}}},
		},
		"no skip, the count is stopped":  {text: file("greedy-no-skip", 10, "", "a 3 2 0", "b 6 2 0", "c 5 2 1", "d 1 1 0"), ties: byFile, decided: before(2, 1)},
		"nobody voted for it":            {text: file("greedy", 10, "", "a 6 3 1", "b 3 0 0"), way: unwanted},
		"nobody voted for it, and equal": {text: file("greedy", 10, "", "a 6 3 0", "b 6 3 1", "c 3 0 0"), way: unwanted, ties: byFile, decided: before(1, 0)},
		"own rule, with a reserve":       {text: file("greedy-custom", 10, "", "a 6 3 1", "b 5 2 2", "c 1 1 0")},
		"own rule, too little is left":   {text: file("greedy-custom", 10, "", "a 6 3 1", "b 6 2 0", "c 1 1 3")},
		"own rule, as greedy":            {text: file("greedy-custom", 10, "", "a 6 3 1", "b 6 2 0", "c 1 1 1"), way: "as greedy"},
		"equal shares with a threshold":  {text: file("equalshares", 10, "min_project_score_threshold;4\n", "a 5 5 1", "b 1 3 0")},
		"equal shares, cardinality": {
			text: "META\nkey;value\nbudget;4\nvote_type;approval\nrule;equalshares\nPROJECTS\nproject_id;cost;selected\na;3;0\nb;2;1\nVOTES\n" +
				"voter_id;vote\n1;a,b\n2;a,b\n3;a\n4;\n", way: "with projects of equal worth (cardinality)",
		},
		"equal shares, equals": {
			text: "META\nkey;value\nbudget;10\nvote_type;approval\nrule;equalshares\nPROJECTS\nproject_id;cost;selected\na;10;0\nb;10;1\nVOTES\n" +
				"voter_id;vote\n1;a,b\n2;a,b\n", ties: []tally.Key{tally.ByFile, tally.Cheaper, tally.Votes, tally.InOrder}, decided: before(1, 0),
		},
	} {
		v := review(t, c.text)
		require.True(t, v.Agreement.Agrees(), name)
		require.Equal(t, c.way, v.Way, name)
		require.Equal(t, c.ties != nil, v.Ties, name)
		if c.ties != nil {
			require.Equal(t, c.ties, v.Result.Rule.Ties, name)
		}
		require.Equal(t, c.decided, v.Decided, name)
		require.Empty(t, v.Clues, name)
	}
}

// What is not in the file is a clue, and no agreement.
func TestReviewClues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []tally.Clue
	}{
		"another rule": {file("greedy", 10, "", "a 6 3 1", "b 6 2 0", "c 4 1 0"), []tally.Clue{{Rule: "greedy-no-skip"}}},
		"a threshold, a smaller budget, or left out": {
			file("greedy", 10, "", "a 6 4 1", "b 2 2 0", "c 1 1 0"),
			[]tally.Clue{{Demand: &[2]int64{2, 4}}, {Budget: &[2]int64{6, 8}}, {Without: []int{1, 2}}},
		},
		"a reserve":        {file("greedy", 10, "", "a 6 3 1", "b 5 2 1", "c 4 1 0"), []tally.Clue{{Over: 1}, {Rule: "greedy-custom"}}},
		"withdrawn":        {file("greedy", 10, "", "a 6 3 0", "b 6 2 1", "c 4 1 1"), []tally.Clue{{Without: []int{0}}}},
		"the totals":       {strings.NewReplacer("cost;", "cost;votes;", "a;6;", "a;6;3;", "b;6;", "b;6;4;").Replace(file("greedy", 10, "", "a 6 3 0", "b 6 2 1")), []tally.Clue{{Totals: true}, {Without: []int{0}}}},
		"too many without": {file("greedy", 10, "", "a 1 6 0", "b 1 5 0", "c 1 4 0", "d 1 3 0", "e 1 2 1"), nil},
		"equal shares":     {file("equalshares", 10, "", "a 4 2 1", "b 6 3 1", "c 1 1 1"), []tally.Clue{{Over: 1}}},
	} {
		v := review(t, c.text)
		require.False(t, v.Agreement.Agrees(), name)
		require.Equal(t, c.want, v.Clues, name)
	}
}

// A clue can be followed.
func TestLeaveOutAndDemand(t *testing.T) {
	t.Parallel()
	e, _ := read(t, file("greedy", 10, "", "a 6 3 1", "b 6 2 0", "c 4 1 0"))
	require.NoError(t, e.LeaveOut("a"))
	require.Equal(t, []string{"b", "c"}, winners(t, e, "greedy"))
	require.NoError(t, e.Demand("2"))
	require.Equal(t, []string{"b"}, winners(t, e, "greedy"))
	require.ErrorContains(t, e.LeaveOut("zz"), `no project "zz"`)
	require.ErrorContains(t, e.Demand("some"), `threshold: "some": write digits`)
	require.NoError(t, e.Spend("4"))
	require.NoError(t, e.Demand("0"))
	require.Equal(t, []string{"c"}, winners(t, e, "greedy"))
	require.ErrorContains(t, e.Spend("-1"), "below zero")
}

// No order of equals is missed, and none is claimed that isn't there.
func TestReviewAgainstEveryOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := election(t)
		e.Projects = e.Projects[:min(len(e.Projects), 5)]
		for i := range e.Ballots {
			b := &e.Ballots[i]
			keep := func(p int32) bool { return int(p) < len(e.Projects) }
			for at := len(b.Choices) - 1; at >= 0; at-- {
				if !keep(b.Choices[at]) {
					b.Choices, b.Points = slices.Delete(b.Choices, at, at+1), slices.Delete(b.Points, at, at+1)
				}
			}
		}
		e.Budget = int64(rapid.IntRange(10, 300).Draw(t, "small budget"))
		r, err := tally.ParseRule(rapid.SampledFrom([]string{"greedy", "greedy-no-skip"}).Draw(t, "rule"))
		require.NoError(t, err)
		possible := map[string]bool{}
		var all [][]int
		permute(len(e.Projects), func(order []int) {
			won := inOrder(e, order, r.Method == tally.GreedyNoSkip)
			if key := fmt.Sprint(won); !possible[key] {
				possible[key] = true
				all = append(all, won)
			}
		})
		won := rapid.SampledFrom(all).Draw(t, "one that some order gives")
		if rapid.Bool().Draw(t, "any") {
			won = nil
			for p := range e.Projects {
				if rapid.Bool().Draw(t, "won") {
					won = append(won, p)
				}
			}
		}
		e.Meta([2]string{"budget", e.Money(e.Budget)}, [2]string{"vote_type", string(e.Kind)})
		var text bytes.Buffer
		require.NoError(t, e.Write(&text, won))
		again, _, err := tally.Read(&text)
		require.NoError(t, err)
		v, err := again.Review(r, tally.Free{Ties: true})
		require.NoError(t, err)
		require.Equal(t, possible[fmt.Sprint(won)], v.Agreement.Agrees())
	})
}

// permute calls with every order of the numbers below n.
func permute(n int, each func([]int)) {
	var walk func(head, rest []int)
	walk = func(head, rest []int) {
		if len(rest) == 0 {
			each(head)
		}
		for i, p := range rest {
			walk(append(slices.Clone(head), p), slices.Concat(rest[:i], rest[i+1:]))
		}
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	walk(nil, all)
}

// inOrder is the greedy count with equals in an order, as it is told.
func inOrder(e *tally.Election, order []int, stop bool) (won []int) {
	scores, left := e.Scores(), e.Budget
	slices.SortStableFunc(order, func(p, q int) int { return int(scores[q] - scores[p]) })
	for _, p := range order {
		if c := e.Projects[p].Cost; c <= left {
			left -= c
			won = append(won, p)
		} else if stop {
			break
		}
	}
	slices.Sort(won)
	return won
}
