package rubricator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator"
)

func TestSimulation(t *testing.T) {
	t.Parallel()
	tree, places := parse(t, twoBranches), fourPlaces(t)
	route := func(rules ...rubricator.Rule) *rubricator.Router {
		r, err := rubricator.NewRouter(rules, places)
		require.NoError(t, err)
		return r
	}
	fed := rubricator.Condition{Question: "class", Answer: "fed"}
	s := rubricator.NewSimulation(tree, route(rubricator.Rule{Rubric: "*", Agency: 1}),
		tree, route(rubricator.Rule{Rubric: "roads", Agency: 1}, rubricator.Rule{Rubric: "roads.pit", When: fed, Agency: 2}))
	for range 7 {
		s.Add(rubricator.Sent{Number: "p", Rubric: "roads.pit", Territory: 2, Answers: rubricator.Answers{"class": "fed"}, Agency: 2})
	}
	s.Add(rubricator.Sent{Number: "q", Rubric: "roads.pit", Territory: 2, Answers: rubricator.Answers{"class": "own"}, Agency: 1})
	s.Add(rubricator.Sent{Number: "s", Rubric: "roads.pit", Territory: 4, Answers: rubricator.Answers{"class": "fed"}, Agency: 1})
	s.Add(rubricator.Sent{Number: "u", Rubric: "parks", Territory: 4, Agency: 1})
	s.Add(rubricator.Sent{Number: "o", Rubric: "roads.old", Territory: 4, Agency: 1})
	require.Equal(t, rubricator.Result{
		Total: 11, Elsewhere: 9, Unrouted: 1, Topicless: 1, Mended: 7, Spoilt: 1,
		Detours: []rubricator.Detour{
			{Rubric: "roads.pit", From: 1, To: 2, Count: 8, Examples: []string{"p", "p", "p", "p", "p"}},
			{Rubric: "parks", From: 1, To: 0, Count: 1, Examples: []string{"u"}},
		},
	}, s.Result())
}
