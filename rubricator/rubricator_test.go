package rubricator_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

const sample = `
rubrics:
  - code: roads
    name: {ru: Дороги, en: Roads}
    words: [трасса]
    children:
      - code: roads.pothole
        name: {ru: Яма на дороге, en: Pothole}
        words: [выбоина, разбитый асфальт, колея]
        order: fast
        photo: required
        questions:
          - {code: size, type: choice, name: {ru: 'Насколько большая?'}, required: true, options: [{code: big, name: {ru: Большая}}]}
          - {code: since, type: date, name: {ru: 'С какого дня?'}}
          - {code: depth, type: number, name: {ru: 'Глубина, см'}}
      - code: roads.snow
        name: {ru: Не чистят снег, en: Snow is not cleared}
        season: {from: "10-15", to: "04-15"}
  - code: gas
    name: {ru: Газ, en: Gas}
    children:
      - code: gas.smell
        name: {ru: Пахнет газом, en: Smell of gas}
        emergency: {ru: Звоните 104 или 112, en: Call 104 or 112}
`

func parse(t *testing.T, yaml string) *rubricator.Tree {
	t.Helper()
	tree, err := rubricator.ParseYAML(strings.NewReader(yaml))
	require.NoError(t, err)
	return tree
}

type region struct {
	roots  []*rubricator.Rubric
	rules  []rubricator.Rule
	places []territory.Territory
}

func (r region) LatestVersion(context.Context) (int64, []*rubricator.Rubric, error) {
	return 1, r.roots, nil
}
func (r region) ListRules(context.Context) ([]rubricator.Rule, error) { return r.rules, nil }
func (r region) ListTerritories(context.Context) ([]territory.Territory, error) {
	return r.places, nil
}

func TestParseYAML_round_trips_and_fills_defaults(t *testing.T) {
	t.Parallel()
	tree := parse(t, sample)
	var b strings.Builder
	require.NoError(t, tree.WriteYAML(&b))
	again := parse(t, b.String())
	var b2 strings.Builder
	require.NoError(t, again.WriteYAML(&b2))
	require.Equal(t, b.String(), b2.String())

	leaf, ok := tree.Find("roads.pothole")
	require.True(t, ok)
	require.Equal(t, 10, leaf.Days)
	require.Equal(t, "roads", leaf.Category().Code)
	require.Len(t, tree.Leaves(), 3)
}

func TestParseYAML_names_line_and_reason_of_everything_wrong(t *testing.T) {
	t.Parallel()
	_, err := rubricator.ParseYAML(strings.NewReader(`
rubrics:
  - code: Roads
    name: {en: Roads}
  - code: a
    name: {ru: А}
    order: quick
    days: 400
    classifier: "12"
  - code: a
    name: {ru: Б}
    season: {from: "13-40", to: "01-01"}
    questions: [{code: x, type: choice, name: {ru: 'Что?'}}]
`))
	for _, want := range []string{
		`line 3: code: "Roads"`, "line 3: name:", "line 5: order:", "line 5: days:", "line 5: classifier:",
		`line 10: code: "a" is used twice, first in line 5`, "line 10: season:", "line 10: questions[0].options:",
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = rubricator.ParseYAML(strings.NewReader("rubrics:\n  - {code: a, name: {ru: А}, dayz: 3}\n"))
	require.ErrorContains(t, err, `line 2: unknown key "dayz"`)
}

func TestParseCSV(t *testing.T) {
	t.Parallel()
	tree, err := rubricator.ParseCSV(strings.NewReader(
		"code,name_ru,words,days\nroads,Дороги,,\nroads.pit,Яма,выбоина|колея,12\n"))
	require.NoError(t, err)
	leaf, _ := tree.Find("roads.pit")
	require.Equal(t, []string{"выбоина", "колея"}, leaf.Words)
	require.Equal(t, 12, leaf.Days)

	_, err = rubricator.ParseCSV(strings.NewReader("code,name_ru,days\nroads.pit,Яма,много\n"))
	require.ErrorContains(t, err, `line 2: days: "много" is not a number`)
	require.ErrorContains(t, err, `line 2: code: "roads.pit": the row of "roads" must come before it`)
	_, err = rubricator.ParseCSV(strings.NewReader("code,title\n"))
	require.ErrorContains(t, err, "unknown column")
	require.ErrorContains(t, err, "name_ru: this column is missing")
}

func TestRubric_TakesAppeals(t *testing.T) {
	t.Parallel()
	tree := parse(t, sample)
	november := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, code string
		day        time.Time
		key        string
	}{
		{"a leaf takes appeals", "roads.pothole", july, ""},
		{"a branch does not", "roads", july, "rubric.not_a_leaf"},
		{"an emergency does not", "gas.smell", july, "rubric.emergency"},
		{"snow in November does, the season wraps the year", "roads.snow", november, ""},
		{"snow in July does not", "roads.snow", july, "rubric.out_of_season"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, _ := tree.Find(c.code)
			err := r.TakesAppeals(c.day)
			if c.key == "" {
				require.NoError(t, err)
				return
			}
			require.True(t, fault.Is(err, fault.Invalid))
			require.ErrorContains(t, err, c.key)
		})
	}
}

func TestRubric_CheckReplies(t *testing.T) {
	t.Parallel()
	leaf, _ := parse(t, sample).Find("roads.pothole")
	replies, err := leaf.CheckReplies(map[string]string{"size": "big", "since": "1.11.2026", "depth": "12,5"}, 0, lang.RU)
	require.NoError(t, err)
	require.Equal(t, []rubricator.Reply{
		{Question: "size", Asked: "Насколько большая?", Value: "big", Shown: "Большая"},
		{Question: "since", Asked: "С какого дня?", Value: "2026-11-01", Shown: "01.11.2026"},
		{Question: "depth", Asked: "Глубина, см", Value: "12,5", Shown: "12,5"},
	}, replies)

	_, err = leaf.CheckReplies(map[string]string{"since": "вчера", "depth": "много"}, 0, lang.RU)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, []fault.Field{
		{Name: "q.size", Key: "error.required"}, {Name: "q.since", Key: "error.not_a_date"}, {Name: "q.depth", Key: "error.not_a_number"},
	}, f.Fields)
}

func TestRubricator_Suggest(t *testing.T) {
	t.Parallel()
	suggest := func(t *testing.T, text string) []rubricator.Suggestion {
		t.Helper()
		r := rubricator.New(region{roots: parse(t, sample).Roots}, nil)
		require.NoError(t, r.Reload(t.Context()))
		advice := r.Suggest(text, 0, 5)
		require.False(t, advice.Learned)
		require.True(t, advice.Unsure || advice.Topics[0].Share >= 0.5)
		return advice.Topics
	}
	for _, c := range []struct{ name, text, want string }{
		{"another form of the word", "на нашей улице огромные ямы", "roads.pothole"},
		{"a word that people use", "сплошные выбоины", "roads.pothole"},
		{"a typing slip", "выбоена посреди дороги", "roads.pothole"},
		{"English", "a deep pothole, again", "roads.pothole"},
		{"capitals and ё", "СНЕГ НЕ ЧИСТЯТ ВСЁ ЗАВАЛЕНО", "roads.snow"},
		{"an emergency is suggested, so that its banner is seen", "в подъезде пахнет газом", "gas.smell"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := suggest(t, c.text)
			require.NotEmpty(t, out)
			require.Equal(t, c.want, out[0].Rubric.Code)
			require.NotEmpty(t, out[0].Words)
		})
	}
	t.Run("nothing fits nonsense", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, suggest(t, "!!! ъъъ 123"))
		require.Empty(t, suggest(t, ""))
	})
}

func FuzzParseYAML(f *testing.F) {
	f.Add(sample)
	f.Add("rubrics: [1]")
	f.Add("rubrics:\n  -")
	f.Fuzz(func(_ *testing.T, s string) {
		_, _ = rubricator.ParseYAML(strings.NewReader(s))
	})
}

func FuzzParseCSV(f *testing.F) {
	f.Add("code,name_ru\nа,Б\n")
	f.Fuzz(func(_ *testing.T, s string) {
		_, _ = rubricator.ParseCSV(strings.NewReader(s))
	})
}

func BenchmarkSuggest(b *testing.B) {
	raw, err := os.ReadFile("../app/demo/data/rubricator.yaml")
	require.NoError(b, err)
	tree, err := rubricator.ParseYAML(strings.NewReader(string(raw)))
	require.NoError(b, err)
	r := rubricator.New(region{roots: tree.Roots}, nil)
	require.NoError(b, r.Reload(b.Context()))
	for b.Loop() {
		r.Suggest("на перекрёстке у школы огромная яма, машины бьют колёса, второй месяц никто не чинит", 0, 5)
	}
}
