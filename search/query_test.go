package search

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func numberOf(s string) (string, bool) {
	return "26-000123-4", strings.ReplaceAll(s, " ", "") == "260001234"
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		box  string
		want Query
	}{
		"nothing is asked":              {"", Query{}},
		"spaces are nothing":            {" \t\n ", Query{}},
		"words are words":               {"  яма\n на   дороге ", Query{Text: "яма на дороге"}},
		"a number takes its form":       {" 26 000123 4 ", Query{Number: "26-000123-4"}},
		"signs of query languages stay": {`+яма -"двор" agency:7`, Query{Text: `+яма -"двор" agency:7`}},
		"broken bytes part words":       {"яма\xff\x00снег", Query{Text: "яма снег"}},
		"a novel is cut":                {strings.Repeat("я", 900), Query{Text: strings.Repeat("я", MaxText)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, Parse(c.box, numberOf))
		})
	}
	require.Equal(t, Query{Text: "26 000123 4"}, Parse("26 000123 4", nil))
}

func FuzzParse(f *testing.F) {
	f.Add("яма на дороге")
	f.Add("26-000123-4")
	f.Add("\xf0\x28\x8c\x28 \x00")
	f.Fuzz(func(t *testing.T, box string) {
		q := Parse(box, numberOf)
		require.True(t, utf8.ValidString(q.Text))
		require.LessOrEqual(t, utf8.RuneCountInString(q.Text), MaxText)
		require.Equal(t, q.Text, Parse(q.Text, nil).Text, "what was tidied stays")
	})
}
