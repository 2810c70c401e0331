package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/rubricator"
)

// faulty is what a check that found errors ends with.
type faulty struct{ errors int }

func (f faulty) Error() string { return fmt.Sprintf("the routes have errors: %d", f.errors) }

func rubricatorCheckCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check [FILES]",
		Short: "Look for topics without an owner, rules that clash, never win or mean nothing",
		Long: "Look whether every topic has an agency that answers at every place whatever is answered, and whether every\n" +
			"rule means something and can win. Without files the installation is checked (--data, --database); with files\n" +
			"(those of `otklik import`: territories, rubricator, agencies, routes) they alone, without touching any database.\n" +
			"Ends with 1 when there are errors; warnings and notes are no errors.",
		Example: "  otklik rubricator check --data ./data\n  otklik rubricator check territories.yaml rubricator.yaml agencies.yaml --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				found, err := app.InspectFiles(cmd.Context(), args)
				if err != nil {
					return err
				}
				return tellFindings(cmd.OutOrStdout(), found, asJSON)
			}
			return with(func(_ *cobra.Command, _ []string, a *app.App) error {
				found, err := a.Inspect(cmd.Context())
				if err != nil {
					return err
				}
				return tellFindings(cmd.OutOrStdout(), found, asJSON)
			})(cmd, args)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// findingWords say in English what a kind of finding means.
var findingWords = map[rubricator.FindingKind]string{
	rubricator.Uncovered:        "nobody answers for it",
	rubricator.PartlyUncovered:  "nobody answers for it after some answers",
	rubricator.Clashing:         "neither goes before the other",
	rubricator.UnknownRubric:    "there is no such topic",
	rubricator.UnknownPlace:     "there is no such territory",
	rubricator.UnknownAgency:    "there is no such agency",
	rubricator.UnknownCondition: "no topic of it has that question with that option",
	rubricator.TakesNothing:     "the agency takes no appeals",
	rubricator.NoCoordinator:    "the agency has no coordinator who could sign in",
	rubricator.RetiredRubric:    "the topic is retired",
	rubricator.Shadowed:         "never wins",
	rubricator.AmbiguousAnswer:  "topics of it ask different things under one code",
	rubricator.Redundant:        "changes nothing: without it the same agencies answer",
}

func tellFindings(w io.Writer, found []rubricator.Finding, asJSON bool) error {
	count := map[rubricator.Severity]int{}
	for _, f := range found {
		count[f.Severity]++
	}
	if asJSON {
		out := map[string]any{
			"errors": count[rubricator.Wrong], "warnings": count[rubricator.Dubious], "notes": count[rubricator.Idle],
			"findings": append([]rubricator.Finding{}, found...),
		}
		if err := json.NewEncoder(w).Encode(out); err != nil {
			return err
		}
	} else if err := writeFindings(w, found, count); err != nil {
		return err
	}
	if n := count[rubricator.Wrong]; n > 0 {
		return faulty{n}
	}
	return nil
}

func writeFindings(w io.Writer, found []rubricator.Finding, count map[rubricator.Severity]int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	const mostOfKind = 10
	told := map[rubricator.FindingKind]int{}
	for _, f := range found {
		if told[f.Kind]++; told[f.Kind] > mostOfKind {
			continue
		}
		about, words := cmp.Or(f.Rule, f.Topic, f.Agency), findingWords[f.Kind]
		if f.Agency != "" && about != f.Agency {
			words += ": " + f.Agency
		}
		if f.Rules > 0 {
			words += fmt.Sprintf("; rules that lead to it: %d", f.Rules)
		}
		if f.Other != "" {
			words += "; the other is " + f.Other
		}
		if len(f.Places) > 0 {
			const most = 5
			words += ": " + strings.Join(f.Places[:min(most, len(f.Places))], ", ")
			if more := len(f.Places) - most; more > 0 {
				words += fmt.Sprintf(" and %d more", more)
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Severity, about, words)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, kind := range slices.Sorted(maps.Keys(told)) {
		if more := told[kind] - mostOfKind; more > 0 {
			fmt.Fprintf(w, "and %d more like «%s»; --json lists all\n", more, findingWords[kind])
		}
	}
	_, err := fmt.Fprintf(w, "%d errors, %d warnings, %d notes\n", count[rubricator.Wrong], count[rubricator.Dubious], count[rubricator.Idle])
	return err
}
