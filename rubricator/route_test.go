package rubricator_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// fourPlaces is a region with a district that has a settlement, and a town.
func fourPlaces(t testing.TB) *territory.Index {
	t.Helper()
	places, err := territory.NewIndex([]territory.Territory{
		{ID: 1, Code: "r", Kind: "region"},
		{ID: 2, Parent: 1, Code: "m", Kind: "district"},
		{ID: 3, Parent: 2, Code: "s", Kind: "settlement"},
		{ID: 4, Parent: 1, Code: "n", Kind: "town"},
	})
	require.NoError(t, err)
	return places
}

func TestRouter_Route_most_specific_wins(t *testing.T) {
	t.Parallel()
	tree := parse(t, sample)
	places := fourPlaces(t)
	router, err := rubricator.NewRouter([]rubricator.Rule{
		{Rubric: "*", Territory: 4, Agency: 10},
		{Rubric: "roads", Territory: 0, Agency: 20},
		{Rubric: "roads", Territory: 2, Agency: 30},
		{Rubric: "roads.snow", Territory: 0, Agency: 40},
	}, places)
	require.NoError(t, err)
	for _, c := range []struct {
		name, leaf string
		at, agency int64
	}{
		{"the branch's rule serves its leaf", "roads.pothole", 4, 20},
		{"the municipality's rule beats the region's", "roads.pothole", 2, 30},
		{"a settlement belongs to its municipality", "roads.pothole", 3, 30},
		{"a deeper rubric beats a deeper territory", "roads.snow", 2, 40},
		{"the default serves the rest", "gas.smell", 4, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			leaf, _ := tree.Find(c.leaf)
			d, err := router.Route(leaf, c.at, nil)
			require.NoError(t, err)
			require.Equal(t, c.agency, d.Agency)
		})
	}
	leaf, _ := tree.Find("gas.smell")
	_, err = router.Route(leaf, 2, nil)
	require.True(t, fault.Is(err, fault.Unavailable))
	require.Equal(t, []string{"gas.smell@m"}, holes(router.Holes(tree)))

	_, err = rubricator.NewRouter([]rubricator.Rule{{Rubric: "*"}, {Rubric: "*"}}, places)
	require.Error(t, err)
}

func holes(hs []rubricator.Hole) []string {
	var out []string
	for _, h := range hs {
		out = append(out, h.Leaf.Code+"@"+h.Territory.Code)
	}
	return out
}

// asked is a leaf three levels down with two choices.
const asked = `
rubrics:
  - code: a
    name: {ru: А}
    children:
      - code: a.b
        name: {ru: Б}
        children:
          - code: a.b.c
            name: {ru: В}
            questions:
              - {code: q, type: choice, name: {ru: 'Чья?'}, options: [{code: one, name: {ru: Раз}}, {code: two, name: {ru: Два}}]}
              - {code: p, type: choice, name: {ru: 'Какая?'}, options: [{code: one, name: {ru: Раз}}]}
          - {code: a.b.d, name: {ru: Г}}
`

// everyRule is one rule for each rubric on the leaf's path, place on the
// settlement's path and condition on q; each has an agency of its own.
func everyRule() []rubricator.Rule {
	var out []rubricator.Rule
	for _, rubric := range []string{rubricator.Any, "a", "a.b", "a.b.c"} {
		for _, at := range []int64{0, 1, 2, 3} {
			for _, answer := range []string{"", "one", "two"} {
				rule := rubricator.Rule{Rubric: rubric, Territory: at, Agency: int64(len(out) + 1)}
				if answer != "" {
					rule.When = rubricator.Condition{Question: "q", Answer: answer}
				}
				out = append(out, rule)
			}
		}
	}
	return out
}

// before is the order of specificity as it is written down, said another way
// than the router does it.
func before(a, b rubricator.Rule) bool {
	rubrics := []string{"a.b.c", "a.b", "a", rubricator.Any}
	if x, y := slices.Index(rubrics, a.Rubric), slices.Index(rubrics, b.Rubric); x != y {
		return x < y
	}
	if x, y := a.When != (rubricator.Condition{}), b.When != (rubricator.Condition{}); x != y {
		return x
	}
	return a.Territory > b.Territory // they lie in one another: 3 in 2 in 1 in 0
}

// Every set of up to three of the 48 rules, in every order: 18,472 sets.
func TestRouter_Route_the_order_of_rules_is_nothing_and_the_most_specific_wins(t *testing.T) {
	t.Parallel()
	leaf, _ := parse(t, asked).Find("a.b.c")
	places, all := fourPlaces(t), everyRule()
	sets := 0
	try := func(set ...rubricator.Rule) {
		sets++
		for _, rules := range orders(set) {
			router, err := rubricator.NewRouter(rules, places)
			if err != nil {
				t.Fatal(err)
			}
			for _, answer := range []string{"", "one", "two"} {
				var want rubricator.Rule
				for _, r := range rules {
					if fits := r.When.Answer == "" || r.When.Answer == answer; fits && (want.Agency == 0 || before(r, want)) {
						want = r
					}
				}
				got, err := router.Route(leaf, 3, rubricator.Answers{"q": answer})
				if (err != nil) != (want.Agency == 0) || got.Rule != want || got.Agency != want.Agency {
					t.Fatalf("%v answered %q: got %v, want %v", rules, answer, got, want)
				}
			}
		}
	}
	for i, a := range all {
		try(a)
		for j, b := range all[i+1:] {
			try(a, b)
			for _, c := range all[i+j+2:] {
				try(a, b, c)
			}
		}
	}
	require.Equal(t, 48+1128+17296, sets)
}

func orders(set []rubricator.Rule) [][]rubricator.Rule {
	if len(set) == 1 {
		return [][]rubricator.Rule{set}
	}
	var out [][]rubricator.Rule
	for i := range set {
		rest := slices.Delete(slices.Clone(set), i, i+1)
		for _, o := range orders(rest) {
			out = append(out, append(o, set[i]))
		}
	}
	return out
}

func TestRouter_ties_are_refused(t *testing.T) {
	t.Parallel()
	when := func(question, answer string) rubricator.Condition {
		return rubricator.Condition{Question: question, Answer: answer}
	}
	for _, c := range []struct {
		name    string
		rules   []rubricator.Rule
		clashes []rubricator.Clash
	}{
		{"the same twice", []rubricator.Rule{{Rubric: "*", Agency: 1}, {Rubric: "*", Agency: 2}}, []rubricator.Clash{{0, 1}}},
		{"the same condition twice", []rubricator.Rule{
			{Rubric: "a", When: when("q", "one"), Agency: 1}, {Rubric: "a"}, {Rubric: "a", When: when("q", "one"), Agency: 1},
		}, []rubricator.Clash{{0, 2}}},
		{"two questions at one place", []rubricator.Rule{
			{Rubric: "a", When: when("q", "one")}, {Rubric: "a", When: when("p", "one")}, {Rubric: "a", When: when("p", "two")},
		}, []rubricator.Clash{{0, 1}, {0, 2}}},
		{"two questions at two places", []rubricator.Rule{
			{Rubric: "a", When: when("q", "one")}, {Rubric: "a", Territory: 2, When: when("p", "one")},
		}, nil},
		{"two answers of one question", []rubricator.Rule{
			{Rubric: "a", When: when("q", "one")}, {Rubric: "a", When: when("q", "two")}, {Rubric: "a"},
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.clashes, rubricator.Clashes(c.rules))
			_, err := rubricator.NewRouter(c.rules, fourPlaces(t))
			require.Equal(t, c.clashes != nil, err != nil)
		})
	}
}

func TestRouter_Explain(t *testing.T) {
	t.Parallel()
	tree := parse(t, asked)
	leaf, _ := tree.Find("a.b.c")
	one := rubricator.Condition{Question: "q", Answer: "one"}
	rules := []rubricator.Rule{
		{Rubric: "*", Agency: 1},
		{Rubric: "a", Agency: 2},
		{Rubric: "a", Territory: 2, Agency: 3},
		{Rubric: "a", When: one, Agency: 4},
		{Rubric: "a", Territory: 4, Agency: 5},
	}
	router, err := rubricator.NewRouter(rules, fourPlaces(t))
	require.NoError(t, err)

	e, err := router.Explain(leaf, 3, rubricator.Answers{"q": "one"})
	require.NoError(t, err)
	require.Equal(t, rules[3], e.Rule, "an answer goes before a place")
	require.Equal(t, []rubricator.Considered{
		{Rule: rules[2], Why: rubricator.LostByCondition}, {Rule: rules[1], Why: rubricator.LostByCondition}, {Rule: rules[0], Why: rubricator.LostByRubric},
	}, e.Lost)
	require.Zero(t, e.Before)

	e, err = router.Explain(leaf, 3, rubricator.Answers{"q": "two"})
	require.NoError(t, err)
	require.Equal(t, int64(3), e.Agency)
	require.Equal(t, []rubricator.Considered{
		{Rule: rules[3], Why: rubricator.LostByAnswer}, {Rule: rules[1], Why: rubricator.LostByTerritory}, {Rule: rules[0], Why: rubricator.LostByRubric},
	}, e.Lost)
	require.Equal(t, 1, e.Before)

	owners, whole := router.Owners(leaf, 3)
	require.Equal(t, []int64{4, 3}, owners)
	require.True(t, whole)
	other, _ := tree.Find("a.b.d")
	owners, _ = router.Owners(other, 3)
	require.Equal(t, []int64{3}, owners, "a leaf that doesn't ask never meets the condition")
}

func TestRuleRef_round_trips(t *testing.T) {
	t.Parallel()
	places := fourPlaces(t)
	for _, r := range everyRule() {
		ref := r.Ref(places)
		again, ok := rubricator.ParseRuleRef(ref.String())
		require.True(t, ok, ref)
		require.Equal(t, ref, again)
	}
	require.Equal(t, "a.b.c @ s ? q = two", fmt.Sprint(everyRule()[47].Ref(places)))
	for _, bad := range []string{"", "a", "a @ b ? c"} {
		_, ok := rubricator.ParseRuleRef(bad)
		require.False(t, ok, bad)
	}
}
