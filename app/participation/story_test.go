package participation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/tally"
)

// Six want the two costly things of the centre, four the cheap one of the village:
// by votes the village gets nothing, by equal shares it is served.
func TestStory_tells_rounds_and_compares_rules(t *testing.T) {
	t.Parallel()
	terms := &participation.Terms{Kind: participation.Budget, Ties: participation.TieOrder, Money: &participation.Money{
		Budget: 1000, Rule: "equalshares", Projects: []participation.Project{
			{ID: "fountain", Name: lang.Text{RU: "Фонтан"}, Cost: 600},
			{ID: "lights", Name: lang.Text{RU: "Огни"}, Cost: 400},
			{ID: "well", Name: lang.Text{RU: "Колодец"}, Cost: 300},
		},
	}}
	c := participation.NewCounting(terms)
	vote := func(n int, picks ...string) {
		for range n {
			c.Add(&participation.Choice{Answers: []participation.Answer{{Question: participation.Projects, Picks: picks}}})
		}
	}
	vote(6, "fountain", "lights")
	vote(4, "well")
	r, err := c.Result(10, "")
	require.NoError(t, err)
	require.Equal(t, []string{"lights", "well"}, r.Projects.Winners)
	s, err := c.Story(r)
	require.NoError(t, err)
	require.Equal(t, "100.00", s.Share)
	require.Equal(t, "100.00", s.FirstShare)
	require.Equal(t, []participation.Purchase{
		{Project: "lights", InFull: 6, Price: "66.67", Equal: []string{"fountain"}},
		{Project: "well", InFull: 4, Price: "75.00", Out: []participation.OutOfReach{{Project: "fountain", Behind: 200}}, Equal: []string{}},
	}, s.Purchases)
	own := s.Rules[0]
	require.Equal(t, participation.RuleOutcome{
		Rule: "equalshares", Winners: []string{"lights", "well"}, Cost: 700, Served: 10, Gain: 514,
	}, own)
	byRule := map[string]participation.RuleOutcome{}
	for _, o := range s.Rules {
		byRule[o.Rule] = o
	}
	require.Len(t, byRule, 5, "the own rule stands there once")
	require.Equal(t, participation.RuleOutcome{Rule: "greedy", Winners: []string{"fountain", "lights"}, Cost: 1000, Served: 6, Gain: 600}, byRule["greedy"])

	terms.Money.Rule = "greedy"
	r, err = c.Result(10, "")
	require.NoError(t, err)
	s, err = c.Story(r)
	require.NoError(t, err)
	require.Empty(t, s.Purchases)
	require.Equal(t, []tally.Verdict{tally.Funded, tally.Funded, tally.TooDear},
		[]tally.Verdict{s.Steps[0].Verdict, s.Steps[1].Verdict, s.Steps[2].Verdict})

	terms.Quorum = 11
	r, err = c.Result(10, "")
	require.NoError(t, err)
	s, err = c.Story(r)
	require.NoError(t, err)
	require.Nil(t, s, "nothing was decided, so there is nothing to tell")
}

func TestStory_says_where_another_rule_would_need_a_draw(t *testing.T) {
	t.Parallel()
	terms := &participation.Terms{Kind: participation.Budget, Ties: participation.TieStop, Money: &participation.Money{
		Budget: 100, Rule: "equalshares", Projects: []participation.Project{{ID: "a", Cost: 100}, {ID: "b", Cost: 60}, {ID: "c", Cost: 60}},
	}}
	c := participation.NewCounting(terms)
	for _, p := range []string{"a", "a", "a", "b", "b", "c", "c"} {
		c.Add(&participation.Choice{Answers: []participation.Answer{{Question: participation.Projects, Picks: []string{p}}}})
	}
	r, err := c.Result(7, "")
	require.NoError(t, err)
	s, err := c.Story(r)
	require.NoError(t, err)
	require.False(t, s.Rules[0].Draw)
	draws := 0
	for _, o := range s.Rules {
		if o.Draw {
			draws++
		}
	}
	require.Positive(t, draws)
}
