package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/otklik/otklik/workflow"
)

// TestStates_the_document_is_that_of_the_table writes or checks
// docs/states.md.
func TestStates_the_document_is_that_of_the_table(t *testing.T) {
	t.Parallel()
	golden(t, "../docs/states.md", statesDocument())
}

func statesDocument() string {
	var b strings.Builder
	b.WriteString("# Stages of an appeal\n\n" +
		"Generated from the table in `workflow/transition.go`: change that, then run `go generate ./workflow`.\n" +
		"Why it is as it is: [ADR 3](adr/0003-transitions.md).\n\n```mermaid\nstateDiagram-v2\n    [*] --> draft\n")
	for _, from := range workflow.Stages {
		for _, to := range workflow.Stages {
			var labels []string
			for _, line := range workflow.Transitions() {
				if line.To == to && slices.Contains(line.From, from) {
					label := fmt.Sprintf("%s (%s)", line.Action, join(line.Who, ", "))
					if !slices.Contains(labels, label) {
						labels = append(labels, label)
					}
				}
			}
			if len(labels) > 0 {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, strings.Join(labels, " / "))
			}
		}
		if from.Final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", from)
		}
	}
	b.WriteString("```\n\n" +
		"author: the citizen. worker: the executor to whom the appeal is assigned. officer: any role in the agency that has\n" +
		"the appeal. co_executor: who owes the appeal an opinion, in whatever agency. job: a clock that came due. intake: the moment of submission. All others are roles in that agency, or\n" +
		"regional ones.\n\n" +
		"| action | from | when | who | only if | needs | to | effects | clocks | reason |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, l := range workflow.Transitions() {
		to := string(l.To)
		if to == "" {
			to = "(stays)"
		}
		reason := ""
		if l.Public {
			reason = "public"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", l.Action, join(l.From, ", "), l.When.Name,
			join(l.Who, ", "), names(l.Guards, func(g workflow.Guard) string { return g.Name }),
			names(l.Needs, func(i workflow.Input) string { return i.Name }), to,
			names(l.Effects, func(e workflow.Effect) string { return e.Name }),
			names(l.Clocks, func(c workflow.Tick) string { return fmt.Sprintf("%s %s", c.Do, c.Kind) }), reason)
	}
	return b.String()
}

func join[T ~string](list []T, sep string) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return strings.Join(out, sep)
}

func names[T any](list []T, name func(T) string) string {
	var out []string
	for _, v := range list {
		out = append(out, strings.ReplaceAll(name(v), "*", "all"))
	}
	return strings.Join(out, ", ")
}
