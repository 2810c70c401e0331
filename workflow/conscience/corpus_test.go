package conscience_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow/conscience"
)

// labelled is one answer of testdata/answers.toml.
type labelled struct {
	Name     string
	Formal   bool
	Codes    []string
	Asked    string
	Topic    []string
	Outcome  string
	Text     string
	Template string // that the agency has
	Earlier  string // that it signed
}

func corpus(t *testing.T) []labelled {
	t.Helper()
	var file struct {
		Answer []labelled `toml:"answer"`
	}
	meta, err := toml.DecodeFile("testdata/answers.toml", &file)
	require.NoError(t, err)
	require.Empty(t, meta.Undecoded())
	return file.Answer
}

func (l labelled) weigh() []conscience.Flag {
	c := conscience.Case{Text: l.Asked, Topic: l.Topic, Answer: conscience.Answer{Text: l.Text, Outcome: l.Outcome}}
	if l.Template != "" {
		c.Sources = append(c.Sources, conscience.Source{Name: "Шаблон", Text: l.Template})
	}
	if l.Earlier != "" {
		c.Sources = append(c.Sources, conscience.Source{Appeal: 7, Number: "26-000007-7", Text: l.Earlier})
	}
	return conscience.Weigh(c)
}

// tally counts what a rule found of what there was.
type tally struct{ found, right, there int }

func (c tally) precision() float64 { return float64(c.right) / float64(max(c.found, 1)) }
func (c tally) recall() float64    { return float64(c.right) / float64(max(c.there, 1)) }

func TestWeigh_labelled_answers(t *testing.T) {
	t.Parallel()
	all := corpus(t)
	require.GreaterOrEqual(t, len(all), 40)
	codes := map[string]*tally{}
	of := func(code string) *tally {
		if codes[code] == nil {
			codes[code] = &tally{}
		}
		return codes[code]
	}
	whole := of("formal")
	var report strings.Builder
	for _, l := range all {
		var got []string
		for _, c := range conscience.CodesOf(l.weigh()) {
			got = append(got, string(c))
		}
		count := func(c *tally, found, there bool) {
			if found {
				c.found++
			}
			if there {
				c.there++
			}
			if found && there {
				c.right++
			}
		}
		count(whole, len(got) > 0, l.Formal)
		for _, code := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(got, l.Codes)))) {
			count(of(code), slices.Contains(got, code), slices.Contains(l.Codes, code))
		}
		if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(l.Codes))) {
			fmt.Fprintf(&report, "%s: %v, labelled %v\n", l.Name, got, l.Codes)
		}
	}
	for code, c := range codes {
		fmt.Fprintf(&report, "%-14s precision %.2f recall %.2f (found %d, right %d, there %d)\n", code, c.precision(), c.recall(), c.found, c.right, c.there)
	}
	t.Log("\n" + report.String())
	require.GreaterOrEqual(t, whole.precision(), 0.95, "a flag that cries wolf is clicked away")
	require.GreaterOrEqual(t, whole.recall(), 0.85)
}
