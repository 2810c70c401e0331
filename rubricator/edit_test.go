package rubricator_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

const two = `
rubrics:
  - code: a
    name: {ru: А}
    children:
      - {code: a.one, name: {ru: Один}, days: 20, questions: [{code: q, type: text, name: {ru: "Что?"}}]}
      - {code: a.two, name: {ru: Два}}
  - code: b
    name: {ru: Б}
    children:
      - {code: b.one, name: {ru: Раз}}
`

func drafted(t *testing.T) (*rubricator.Draft, *rubricator.Tree) {
	t.Helper()
	old, err := rubricator.ParseYAML(strings.NewReader(two))
	require.NoError(t, err)
	same, err := rubricator.ParseYAML(strings.NewReader(two))
	require.NoError(t, err)
	return &rubricator.Draft{Roots: same.Roots, Rules: []rubricator.Rule{{Rubric: "*", Agency: 1}, {Rubric: "a.one", Agency: 2}}}, old
}

// shape is a tree as «a(a.one a.two) b(b.one)».
func shape(list []*rubricator.Rubric) string {
	var out []string
	for _, r := range list {
		s := r.Code
		if !r.Leaf() {
			s += "(" + shape(r.Children) + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestDraft_Move(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code string
		way  rubricator.Way
		want string
	}{
		{"a.two", rubricator.Up, "a(a.two a.one) b(b.one)"},
		{"a.one", rubricator.Up, "a(a.one a.two) b(b.one)"},
		{"a", rubricator.Down, "b(b.one) a(a.one a.two)"},
		{"b", rubricator.In, "a(a.one a.two b(b.one))"},
		{"a.one", rubricator.Out, "a(a.two) a.one b(b.one)"},
		{"b.one", rubricator.Out, "a(a.one a.two) b.one"},
		{"a", rubricator.Out, "a(a.one a.two) b(b.one)"},
	} {
		d, old := drafted(t)
		require.NoError(t, d.Move(c.code, c.way, old))
		require.Equal(t, c.want, shape(d.Roots), "%s %s", c.code, c.way)
	}
	d, old := drafted(t)
	requireKey(t, "rubricator.under_topic", d.Move("a.two", rubricator.In, old))
	requireKey(t, "rubricator.into_itself", d.MoveTo("a", "a", old))
	requireKey(t, "rubricator.node_gone", d.MoveTo("x", "a", old))
	require.NoError(t, d.MoveTo("b.one", "a", old))
	require.Equal(t, "a(a.one a.two b.one)", shape(d.Roots), "a section in which nothing is left goes")
}

func TestDraft_Put(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, from, parent, before, want string }{
		{"a.two", "a", "a", "a.one", "a(a.two a.one) b(b.one)"},
		{"a.one", "a", "a", "", "a(a.two a.one) b(b.one)"},
		{"a.one", "a", "a", "a.two", "a(a.one a.two) b(b.one)"},
		{"a.one", "a", "a", "a.one", "a(a.one a.two) b(b.one)"},
		{"a.one", "a", "b", "b.one", "a(a.two) b(a.one b.one)"},
		{"a.one", "a", "", "b", "a(a.two) a.one b(b.one)"},
		{"b", "", "", "a", "b(b.one) a(a.one a.two)"},
		{"b", "", "a", "a.two", "a(a.one b(b.one) a.two)"},
		{"b.one", "b", "a", "a.one", "a(b.one a.one a.two)"},
	} {
		d, old := drafted(t)
		require.NoError(t, d.Put(c.code, c.from, rubricator.Spot{Parent: c.parent, Before: c.before}, old))
		require.Equal(t, c.want, shape(d.Roots), "%v", c)
	}
	for key, c := range map[string]struct{ code, from, parent, before string }{
		"rubricator.node_moved":  {"a.one", "b", "b", ""},
		"rubricator.node_gone":   {"a.one", "a", "b", "b.two"},
		"rubricator.under_topic": {"a.one", "a", "a.two", ""},
		"rubricator.into_itself": {"a", "", "a", ""},
	} {
		d, old := drafted(t)
		requireKey(t, key, d.Put(c.code, c.from, rubricator.Spot{Parent: c.parent, Before: c.before}, old))
		require.Equal(t, "a(a.one a.two) b(b.one)", shape(d.Roots))
	}
	d, old := drafted(t)
	requireKey(t, "rubricator.node_moved", d.Put("a.one", "a", rubricator.Spot{Parent: "b", Before: "a.two"}, old))
}

func requireKey(t *testing.T, key string, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, key, fault.As(err).Key)
}

func TestDraft_Set_never_overwrites_what_was_not_seen(t *testing.T) {
	t.Parallel()
	d, _ := drafted(t)
	r, _ := d.Find("a.one")
	seen, mine, theirs := r.Seen(), *r, *r
	theirs.Days, mine.Name.RU = 5, "Иначе"
	require.NoError(t, d.Set("a.one", seen, theirs))
	err := d.Set("a.one", seen, mine)
	require.True(t, fault.Is(err, fault.Conflict), err)
	r, _ = d.Find("a.one")
	require.Equal(t, 5, r.Days)
	section, _ := d.Find("a")
	require.NoError(t, d.Set("a", section.Seen(), rubricator.Rubric{Name: lang.Text{RU: "Ы"}}))
	require.Equal(t, "a(a.one a.two) b(b.one)", shape(d.Roots), "what is below stays")
}

func TestDraft_adds_and_takes_out_what_was_never_published(t *testing.T) {
	t.Parallel()
	d, old := drafted(t)
	code := d.FreeCode("a", "Один Щит")
	require.Equal(t, "a.odin-shchit", code)
	require.NoError(t, d.Add("a", &rubricator.Rubric{Code: code, Name: lang.Text{RU: "Щ"}}, old))
	require.Equal(t, "a.odin-shchit-2", d.FreeCode("a", "Один щит"))
	requireKey(t, "rubricator.code_taken", d.Add("b", &rubricator.Rubric{Code: code}, old))
	requireKey(t, "rubric.check.code", d.Add("b", &rubricator.Rubric{Code: "Ж"}, old))
	requireKey(t, "rubricator.under_topic", d.Add("b.one", &rubricator.Rubric{Code: "b.one.x"}, old))
	d.Rules = append(d.Rules, rubricator.Rule{Rubric: code, Agency: 9})
	require.NoError(t, d.Remove(code, old))
	require.Len(t, d.Rules, 2, "its routes go with it")
	requireKey(t, "rubricator.was_published", d.Remove("a", old))
	requireKey(t, "rubricator.was_published", d.Remove("a.one", old))
}

func TestDraft_Retire_merges_and_splits(t *testing.T) {
	t.Parallel()
	d, old := drafted(t)
	require.NoError(t, d.Retire(rubricator.Retirement{
		Codes: []string{"a.one"}, Fresh: []*rubricator.Rubric{{Code: "a.x", Name: lang.Text{RU: "Икс"}}, {Code: "a.y", Name: lang.Text{RU: "Игрек"}}},
	}))
	tree, problems := rubricator.Check(d.Roots, old)
	require.Empty(t, problems)
	require.Equal(t, "a(a.one a.x a.y a.two) b(b.one)", shape(d.Roots))
	made, _ := tree.Find("a.y")
	require.Equal(t, 20, made.Days)
	require.Len(t, made.Questions, 1)
	require.True(t, slices.Contains(d.Rules, rubricator.Rule{Rubric: "a.y", Agency: 2}), "routes are copied")
	require.Len(t, tree.Successors("a.one"), 2)
	require.NoError(t, d.Retire(rubricator.Retirement{Codes: []string{"a.two", "b.one"}, Successors: []string{"a.x"}}))
	tree, problems = rubricator.Check(d.Roots, old)
	require.Empty(t, problems)
	now, ok := tree.Current("b.one")
	require.True(t, ok)
	require.Equal(t, "a.x", now.Code)
	requireKey(t, "rubricator.bad_successor", d.Retire(rubricator.Retirement{Codes: []string{"a.x"}, Successors: []string{"a.x"}}))

	diff := rubricator.Differ(old, tree)
	require.Equal(t, rubricator.Sum{Added: 2, Retired: 3}, diff.Sum())
	require.NoError(t, d.Revive("b.one"))
	again, problems := rubricator.Check(d.Roots, old)
	require.Empty(t, problems)
	require.Equal(t, rubricator.Sum{Added: 2, Retired: 2}, rubricator.Differ(old, again).Sum())
}

func TestDiffer_says_what_differs(t *testing.T) {
	t.Parallel()
	d, old := drafted(t)
	r, _ := d.Find("a.one")
	r.Days, r.Name.EN, r.Season = 10, "One", &rubricator.Season{From: "10-15", To: "04-15"}
	r.Questions = []rubricator.Question{{Code: "n", Type: "number", Name: lang.Text{RU: "Сколько?"}}}
	require.NoError(t, d.MoveTo("a.two", "b", old))
	require.NoError(t, d.Move("b", rubricator.Up, old))
	tree, problems := rubricator.Check(d.Roots, old)
	require.Empty(t, problems)
	var got []string
	for _, c := range rubricator.Differ(old, tree) {
		code := ""
		if c.Rubric != nil {
			code = c.Rubric.Code
		}
		got = append(got, strings.TrimSpace(strings.Join([]string{string(c.Kind), code, c.Field, c.Question, c.From + ">" + c.To}, " ")))
	}
	require.ElementsMatch(t, []string{
		"edited a.one name.en  >One", "edited a.one days  20>10", "edited a.one season  >10-15–04-15",
		"question_added a.one  n >Сколько?", "question_removed a.one  q Что?>", "moved a.two   a>b", "sorted    >",
	}, got)
	require.Empty(t, rubricator.Differ(old, old))
}

func TestReroutings_compare_every_topic_everywhere(t *testing.T) {
	t.Parallel()
	places := []territory.Territory{
		{ID: 1, Code: "r", Kind: "region", Name: lang.Text{RU: "О"}},
		{ID: 2, Parent: 1, Code: "m", Kind: "district", Name: lang.Text{RU: "М"}, Col: 1, Row: 1},
		{ID: 3, Parent: 1, Code: "n", Kind: "district", Name: lang.Text{RU: "Н"}, Col: 2, Row: 1},
	}
	d, old := drafted(t)
	before, err := rubricator.NewBook(1, old.Roots, d.Rules, places)
	require.NoError(t, err)
	require.NoError(t, d.Retire(rubricator.Retirement{Codes: []string{"a.one"}, Fresh: []*rubricator.Rubric{{Code: "a.x", Name: lang.Text{RU: "Икс"}}}}))
	d.Rules = append(d.Rules, rubricator.Rule{Rubric: "b", Territory: 3, Agency: 7})
	after, err := rubricator.NewBook(2, d.Roots, d.Rules, places)
	require.NoError(t, err)
	moved := rubricator.Reroutings(before, after)
	require.Len(t, moved, 1, "the new topic has the routes of the one that it takes the place of")
	require.Equal(t, "b.one", moved[0].Leaf.Code)
	require.Equal(t, []int64{3}, moved[0].Places)
	require.Equal(t, [2]int64{1, 7}, [2]int64{moved[0].From, moved[0].To})

	replay, err := rubricator.Suggested(before, after, []rubricator.Past{{Number: "1", Text: "икс", Rubric: "a.one"}, {Number: "2", Text: "раз", Rubric: "b.one"}})
	require.NoError(t, err)
	require.Equal(t, 1, replay.Topicless)
	require.Zero(t, replay.Unmapped)
	require.Len(t, replay.Differ, 1)
	require.Equal(t, "a.x", replay.Differ[0].To.Code)
}

// The file of a tree is written the same for ever after it was written once.
func FuzzTree_WriteYAML(f *testing.F) {
	f.Add("Яма", "Pothole", "яма\nвыбоина", "Позвоните: 112\n\n  и ждите", "a|b: # ")
	f.Add(" \ttrue", "null", "- x", "|\n >\n", "\"'\\")
	f.Add("0x1F", "2026-01-01", "\u0085\u2028", "\n\nx", "~")
	f.Fuzz(func(t *testing.T, ru, en, word, help, option string) {
		leaf := &rubricator.Rubric{
			Code: "a", Name: lang.Text{RU: ru, EN: en}, Words: strings.Split(word, "\n"), Help: lang.Text{RU: help},
			Questions: []rubricator.Question{
				{Code: "q", Type: rubricator.QChoice, Name: lang.Text{RU: "?"}, Options: []rubricator.Option{{Code: "o", Name: lang.Text{RU: option}}}},
				{Code: "w", Type: rubricator.QText, Name: lang.Text{RU: ru}, When: &rubricator.When{Question: "q", Is: []string{"o"}}},
			},
		}
		tree, err := rubricator.NewTree(0, []*rubricator.Rubric{leaf, {Code: "old", Name: lang.Text{RU: "С"}, Retired: true, Successors: []string{"a"}}})
		if err != nil {
			t.Skip("not a tree")
		}
		var once, twice bytes.Buffer
		if tree.WriteYAML(&once) != nil {
			t.Skip("not text")
		}
		read, err := rubricator.ParseYAML(bytes.NewReader(once.Bytes()))
		require.NoError(t, err, once.String())
		require.NoError(t, read.WriteYAML(&twice))
		require.Equal(t, once.String(), twice.String())
		require.Empty(t, rubricator.Differ(tree, read))
	})
}
