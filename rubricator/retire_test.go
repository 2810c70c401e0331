package rubricator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator"
)

// parsed reads a tree of leaves that stand in one section.
func parsed(t *testing.T, leaves string) (*rubricator.Tree, error) {
	t.Helper()
	return rubricator.ParseYAML(strings.NewReader("rubrics:\n  - code: s\n    name: {ru: С}\n    children:\n" + leaves))
}

func TestTree_retired_leaves_lead_to_what_took_their_place(t *testing.T) {
	t.Parallel()
	tree, err := parsed(t, `
      - {code: a, name: {ru: А}, retired: true, successors: [b]}
      - {code: b, name: {ru: Б}, retired: true, successors: [c]}
      - {code: c, name: {ru: В}}
      - {code: d, name: {ru: Г}, retired: true, successors: [c, e]}
      - {code: e, name: {ru: Д}}
      - {code: f, name: {ru: Е}, retired: true}
`)
	require.NoError(t, err)
	for code, want := range map[string]string{"a": "c", "b": "c", "c": "c", "d": "c e", "e": "e", "f": "", "s": "", "?": ""} {
		var got []string
		for _, r := range tree.Successors(code) {
			got = append(got, r.Code)
		}
		require.Equal(t, want, strings.Join(got, " "), code)
		now, ok := tree.Current(code)
		require.Equal(t, len(got) == 1, ok, code)
		if ok {
			require.Equal(t, want, now.Code)
		}
	}
	require.Equal(t, []string{"c", "a", "b"}, tree.Same("c"))
	require.Equal(t, []string{"c", "a", "b"}, tree.Same("a"))
	require.Equal(t, []string{"e"}, tree.Same("e"))
	require.Equal(t, []string{"d"}, tree.Same("d"))
	require.Len(t, tree.Leaves(), 2)
	leaf, _ := tree.Find("a")
	require.Equal(t, "rubric.retired", fault.As(leaf.TakesAppeals(time.Now())).Key)
}

func TestTree_refuses_mappings_that_lead_nowhere(t *testing.T) {
	t.Parallel()
	for leaves, want := range map[string]string{
		"      - {code: a, name: {ru: А}, successors: [b]}\n      - {code: b, name: {ru: Б}}":                                                                                  "only a retired topic has successors",
		"      - {code: a, name: {ru: А}, retired: true, successors: [x]}\n      - {code: b, name: {ru: Б}}":                                                                   `the successor "x" is no topic`,
		"      - {code: a, name: {ru: А}, retired: true, successors: [s]}\n      - {code: b, name: {ru: Б}}":                                                                   `the successor "s" is no topic`,
		"      - {code: a, name: {ru: А}, retired: true, successors: [a]}\n      - {code: b, name: {ru: Б}}":                                                                   "a: its successors lead back to it",
		"      - {code: a, name: {ru: А}, retired: true, successors: [c]}\n      - {code: c, name: {ru: В}, retired: true, successors: [a]}\n      - {code: b, name: {ru: Б}}": "c: its successors lead back to it",
		"      - {code: a, name: {ru: А}, retired: true}":                                                                                                                      "no topic that takes appeals",
		"      - {code: a, name: {ru: А}, retired: true, children: [{code: b, name: {ru: Б}}]}":                                                                                "only a topic can be retired",
		"      - {code: a, name: {ru: А}, questions: [{code: q, type: text, name: {ru: В}, when: {}}]}":                                                                        "needs a choice that is asked earlier",
	} {
		_, err := parsed(t, leaves)
		require.ErrorContains(t, err, want)
	}
}

func TestTree_Keeps_every_topic_that_was_published(t *testing.T) {
	t.Parallel()
	old, err := parsed(t, "      - {code: a, name: {ru: А}}\n      - {code: b, name: {ru: Б}}\n      - {code: z, name: {ru: Я}, retired: true}\n")
	require.NoError(t, err)
	next, err := parsed(t, "      - {code: a, name: {ru: А}, retired: true, successors: [c]}\n      - {code: b, name: {ru: Б}, children: [{code: c, name: {ru: В}}]}\n")
	require.NoError(t, err)
	err = next.Keeps(old)
	require.ErrorContains(t, err, "b was published as a topic and can't become a section")
	require.ErrorContains(t, err, "z was published and isn't here")
	require.NotContains(t, err.Error(), "a was published")
}

const conditional = `
      - code: a
        name: {ru: А}
        questions:
          - {code: kind, type: choice, name: {ru: "Что?"}, options: [{code: road, name: {ru: Дорога}}, {code: yard, name: {ru: Двор}}]}
          - {code: lane, type: choice, name: {ru: "Где?"}, required: true, when: {question: kind, is: [road]}, options: [{code: side, name: {ru: Край}}]}
          - {code: depth, type: number, name: {ru: Глубина}, required: true, when: {question: lane, is: [side]}}
          - {code: proof, type: photo, name: {ru: Фото}, required: true, when: {question: kind, is: [yard]}}
`

func TestCheckReplies_requires_only_what_is_asked(t *testing.T) {
	t.Parallel()
	tree, err := parsed(t, conditional)
	require.NoError(t, err)
	leaf, _ := tree.Find("a")
	for _, c := range []struct {
		name   string
		given  map[string]string
		photos int
		kept   string // questions
		wrong  string // fields
	}{
		{"nothing said: nothing more is asked", nil, 0, "", ""},
		{"a required one is asked now", map[string]string{"kind": "road"}, 0, "", "q.lane"},
		{"and the one after it", map[string]string{"kind": "road", "lane": "side"}, 0, "", "q.depth"},
		{"all said", map[string]string{"kind": "road", "lane": "side", "depth": "7"}, 0, "kind lane depth", ""},
		{"replies to what is not asked are left out", map[string]string{"kind": "yard", "lane": "side", "depth": "x"}, 1, "kind", ""},
		{"a photo is wanted then", map[string]string{"kind": "yard"}, 0, "", "photos"},
	} {
		replies, err := leaf.CheckReplies(c.given, c.photos, lang.RU)
		var kept, wrong []string
		for _, r := range replies {
			kept = append(kept, r.Question)
		}
		if err != nil {
			for _, f := range fault.As(err).Fields {
				wrong = append(wrong, f.Name)
			}
		}
		require.Equal(t, c.kept, strings.Join(kept, " "), c.name)
		require.Equal(t, c.wrong, strings.Join(wrong, " "), c.name)
	}
	for bad, want := range map[string]string{
		strings.Replace(conditional, "{question: kind, is: [road]}", "{question: depth, is: [road]}", 1): `a choice that is asked earlier, which "depth" is not`,
		strings.Replace(conditional, "{question: kind, is: [road]}", "{question: lane, is: [side]}", 1):  `a choice that is asked earlier, which "lane" is not`,
		strings.Replace(conditional, "{question: kind, is: [road]}", "{question: kind, is: [x]}", 1):     `options of kind, of which "x" is none`,
		strings.Replace(conditional, "{question: kind, is: [road]}", "{question: kind, is: []}", 1):      "options of kind",
	} {
		_, err := parsed(t, bad)
		require.ErrorContains(t, err, want)
	}
}
