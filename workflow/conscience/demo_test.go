package conscience_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/workflow/conscience"
)

// node is a rubric of the demo region.
type node struct {
	Code     string
	Name     map[string]string
	Words    []string
	Children []node
}

// topics maps a leaf to its name and words, with those of the nodes above.
func (n node) topics(above []string, into map[string][]string) {
	own := append(append([]string{}, above...), n.Name["ru"], n.Name["en"])
	own = append(own, n.Words...)
	into[n.Code] = own
	for _, c := range n.Children {
		c.topics(own, into)
	}
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile("../../app/demo/data/" + name)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(raw, into))
}

// The demo region's citizens rated their answers: 1 and 2 are those that were
// written formally on purpose.
func TestWeigh_answers_of_the_demo_region(t *testing.T) {
	t.Parallel()
	var tree struct{ Rubrics []node }
	read(t, "rubricator.yaml", &tree)
	topics := map[string][]string{}
	for _, n := range tree.Rubrics {
		n.topics(nil, topics)
	}
	var lives struct {
		Appeals []struct {
			Text, Rubric, Answer, Outcome, Address string
			Rating                                 int
		}
	}
	read(t, "appeals.yaml", &lives)
	good, formal, alarms, found := 0, 0, 0, 0
	var report strings.Builder
	for _, a := range lives.Appeals {
		if a.Answer == "" {
			continue
		}
		codes := conscience.CodesOf(conscience.Weigh(conscience.Case{
			Text: a.Text, Address: a.Address, Topic: topics[a.Rubric],
			Answer: conscience.Answer{Text: a.Answer, Outcome: a.Outcome},
		}))
		switch low := a.Rating == 1 || a.Rating == 2; {
		case low:
			formal++
			if len(codes) > 0 {
				found++
				continue
			}
			report.WriteString("missed: " + a.Answer + "\n")
		default:
			good++
			if len(codes) > 0 {
				alarms++
				report.WriteString("false alarm: " + a.Answer + "\n")
			}
		}
	}
	t.Logf("%d good answers, %d false alarms; %d formal answers, %d found\n%s", good, alarms, formal, found, report.String())
	require.Greater(t, good, 100)
	require.Greater(t, formal, 20)
	require.LessOrEqual(t, float64(alarms)/float64(good), 0.03, "share of good answers flagged")
	require.GreaterOrEqual(t, float64(found)/float64(formal), 0.85, "share of formal answers flagged")
}
