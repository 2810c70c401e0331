package rubricator_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator"
)

const twoBranches = `
rubrics:
  - code: roads
    name: {ru: Дороги}
    children:
      - code: roads.pit
        name: {ru: Яма}
        questions: [{code: class, type: choice, name: {ru: 'Чья дорога?'}, options: [{code: fed, name: {ru: Федеральная}}, {code: own, name: {ru: Местная}}]}]
      - code: roads.sign
        name: {ru: Знак}
        questions: [{code: class, type: choice, name: {ru: 'Какой знак?'}, options: [{code: fed, name: {ru: Запрещающий}}]}]
      - {code: roads.old, name: {ru: Была}, retired: true}
  - {code: gas, name: {ru: Пахнет газом}, emergency: {ru: Звоните 112}}
  - {code: parks, name: {ru: Парк}}
`

func TestInspect(t *testing.T) {
	t.Parallel()
	tree := parse(t, twoBranches)
	bodies := []rubricator.Body{
		{ID: 1, Code: "a", Takes: true, Coordinators: 1},
		{ID: 2, Code: "b", Takes: true, Coordinators: 1},
		{ID: 3, Code: "mute", Coordinators: 1},
		{ID: 4, Code: "empty", Takes: true},
	}
	fed := rubricator.Condition{Question: "class", Answer: "fed"}
	all := rubricator.Rule{Rubric: "*", Agency: 1}
	for _, c := range []struct {
		name  string
		rules []rubricator.Rule
		want  []rubricator.Finding
	}{
		{"one rule for all is whole", []rubricator.Rule{all}, nil},
		{"no rules are holes", nil, []rubricator.Finding{
			{Severity: "error", Kind: "hole", Topic: "roads.pit", Places: []string{"m", "s", "n"}, At: -1},
			{Severity: "error", Kind: "hole", Topic: "roads.sign", Places: []string{"m", "s", "n"}, At: -1},
			{Severity: "error", Kind: "hole", Topic: "parks", Places: []string{"m", "s", "n"}, At: -1},
		}},
		{"a hole after some answers", []rubricator.Rule{
			{Rubric: "roads.pit", When: fed, Agency: 2}, {Rubric: "roads.sign", Agency: 1}, {Rubric: "parks", Agency: 1},
		}, []rubricator.Finding{{Severity: "error", Kind: "hole_by_answer", Topic: "roads.pit", Places: []string{"m", "s", "n"}, At: -1}}},
		{"a hole in one district", []rubricator.Rule{
			{Rubric: "*", Territory: 2, Agency: 1}, {Rubric: "roads", Territory: 4, Agency: 1},
		}, []rubricator.Finding{{Severity: "error", Kind: "hole", Topic: "parks", Places: []string{"n"}, At: -1}}},
		{"a clash", []rubricator.Rule{all, {Rubric: "*", Agency: 2}}, []rubricator.Finding{
			{Severity: "error", Kind: "clash", Rule: "* @ *", Other: "* @ *", At: 1},
		}},
		{"codes that nothing has", []rubricator.Rule{
			all,
			{Rubric: "sea", Agency: 1},
			{Rubric: "parks", Territory: 77, Agency: 1},
			{Rubric: "parks", Agency: 99},
			{Rubric: "parks", Territory: 2, When: fed, Agency: 1},
			{Rubric: "roads.pit", When: rubricator.Condition{Question: "class", Answer: "sea"}, Agency: 2},
		}, []rubricator.Finding{
			{Severity: "error", Kind: "unknown_rubric", Rule: "sea @ *", Topic: "sea", At: 1},
			{Severity: "error", Kind: "unknown_place", Rule: "parks @ #77", At: 2},
			{Severity: "error", Kind: "unknown_agency", Rule: "parks @ *", Agency: "#99", At: 3},
			{Severity: "error", Kind: "unknown_condition", Rule: "parks @ m ? class = fed", At: 4},
			{Severity: "error", Kind: "unknown_condition", Rule: "roads.pit @ * ? class = sea", At: 5},
		}},
		{"agencies that can't answer", []rubricator.Rule{all, {Rubric: "parks", Agency: 3}, {Rubric: "roads", Agency: 4}, {Rubric: "parks", Territory: 2, Agency: 4}}, []rubricator.Finding{
			{Severity: "error", Kind: "takes_nothing", Rule: "parks @ *", Agency: "mute", At: 1},
			{Severity: "warning", Kind: "no_coordinator", Agency: "empty", Rules: 2, At: -1},
		}},
		{"a rule for a retired topic", []rubricator.Rule{all, {Rubric: "roads.old", Agency: 2}}, []rubricator.Finding{
			{Severity: "warning", Kind: "retired_rubric", Rule: "roads.old @ *", Topic: "roads.old", At: 1},
		}},
		{"rules that never win, one way and another", []rubricator.Rule{
			all,
			{Rubric: "gas", Agency: 2},
			{Rubric: "roads.pit", Agency: 2},
			{Rubric: "roads.sign", Agency: 2},
			{Rubric: "roads", Agency: 1},
			{Rubric: "parks", Territory: 1, Agency: 2},
			{Rubric: "parks", Agency: 1},
		}, []rubricator.Finding{
			{Severity: "warning", Kind: "shadowed", Rule: "gas @ *", At: 1},
			{Severity: "warning", Kind: "shadowed", Rule: "roads @ *", Other: "roads.pit @ *", At: 4},
			{Severity: "warning", Kind: "shadowed", Rule: "* @ *", Other: "roads.pit @ *", At: 0},
			{Severity: "warning", Kind: "shadowed", Rule: "parks @ *", Other: "parks @ r", At: 6},
		}},
		{"one code asks two things", []rubricator.Rule{all, {Rubric: "roads", When: fed, Agency: 2}}, []rubricator.Finding{
			{Severity: "warning", Kind: "ambiguous_answer", Rule: "roads @ * ? class = fed", Topic: "roads.sign", At: 1},
		}},
		{"a rule that changes nothing", []rubricator.Rule{
			all, {Rubric: "roads", Agency: 2}, {Rubric: "roads.pit", Agency: 2}, {Rubric: "roads.sign", Territory: 2, Agency: 1},
		}, []rubricator.Finding{{Severity: "note", Kind: "redundant", Rule: "roads.pit @ *", At: 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := rubricator.Inspect(tree, c.rules, fourPlaces(t), bodies)
			require.ElementsMatch(t, c.want, got)
			wrong := false
			for i, f := range got {
				wrong = wrong || f.Severity == rubricator.Wrong
				require.False(t, i > 0 && f.Severity == rubricator.Wrong && got[i-1].Severity != rubricator.Wrong, "errors come first")
			}
			require.Equal(t, wrong, rubricator.Faulty(got))
		})
	}
}

// Against a router that is asked everything: no hole is missed or invented, and
// taking away a shadowed or redundant rule sends nothing elsewhere.
func TestInspect_agrees_with_the_router_on_random_rules(t *testing.T) {
	t.Parallel()
	tree, places := parse(t, asked), fourPlaces(t)
	universe := everyRule()
	bodies := make([]rubricator.Body, len(universe)+1)
	for i := range bodies {
		bodies[i] = rubricator.Body{ID: int64(i), Code: fmt.Sprint(i), Takes: true, Coordinators: 1}
	}
	decisions := func(rules []rubricator.Rule) map[string]int64 {
		router, err := rubricator.NewRouter(rules, places)
		require.NoError(t, err)
		out := map[string]int64{}
		for _, leaf := range tree.Leaves() {
			for _, at := range []int64{1, 2, 3, 4} {
				for _, answer := range []string{"", "one", "two"} {
					if leaf.Code == "a.b.d" && answer != "" {
						continue // it asks nothing
					}
					d, err := router.Route(leaf, at, rubricator.Answers{"q": answer})
					if err != nil {
						d.Agency = -1
					}
					out[fmt.Sprintf("%s@%d %s", leaf.Code, at, answer)] = d.Agency
				}
			}
		}
		return out
	}
	dice := rand.New(rand.NewPCG(1, 2))
	seen := map[rubricator.FindingKind]int{}
	for range 600 {
		var rules []rubricator.Rule
		for _, i := range dice.Perm(len(universe))[:1+dice.IntN(8)] {
			r := universe[i]
			r.Agency = int64(1 + dice.IntN(2))
			rules = append(rules, r)
		}
		whole := decisions(rules)
		holes := false
		for at, agency := range whole {
			holes = holes || agency < 0 && !strings.Contains(at, "@1 ") // the region itself needs none
		}
		found := rubricator.Inspect(tree, rules, places, bodies)
		require.Equal(t, holes, rubricator.Faulty(found), "%v", rules)
		for _, f := range found {
			seen[f.Kind]++
			if f.Kind != rubricator.Shadowed && f.Kind != rubricator.Redundant {
				continue
			}
			rest := append(append([]rubricator.Rule{}, rules[:f.At]...), rules[f.At+1:]...)
			require.Equal(t, whole, decisions(rest), "%v without %s", rules, f.Rule)
		}
	}
	for _, kind := range []rubricator.FindingKind{rubricator.Uncovered, rubricator.PartlyUncovered, rubricator.Shadowed, rubricator.Redundant} {
		require.NotZero(t, seen[kind], kind)
	}
}
