package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/rubricator"
)

// simulateOptions are the flags of `otklik rubricator simulate`.
type simulateOptions struct {
	tree, routes string
	days         int
	json         bool
}

func rubricatorSimulateCommand() *cobra.Command {
	var o simulateOptions
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Replay appeals of the last days against a draft: who would get what in whose stead",
		Long: "Replay the appeals of the last days against the open draft, or against files (--draft, --routes), beside the rules\n" +
			"in force. «passed on by hand» are appeals that were moved to where the draft sends them at once; «taken away» are\n" +
			"those that are where the rules in force sent them and the draft doesn't.",
		Example: "  otklik rubricator simulate --data ./data\n  otklik rubricator simulate --routes routes.csv --days 90 --json",
		Args:    cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
			if o.days < 1 {
				return usageError{fmt.Errorf("--days must be 1 or more")}
			}
			tree, rules, err := o.proposal(cmd.Context(), a)
			if err != nil {
				return err
			}
			book := a.Rubricator.Book()
			router, err := rubricator.NewRouter(rules, book.Places)
			if err != nil {
				return err
			}
			s := rubricator.NewSimulation(book.Tree, book.Router, tree, router)
			until := a.Clock.Now()
			err = a.Store.EachSent(cmd.Context(), until.Add(-time.Duration(o.days)*24*time.Hour), until, func(one rubricator.Sent) error {
				s.Add(one)
				return nil
			})
			if err != nil {
				return err
			}
			return tellSimulation(cmd, a, s.Result(), o.json)
		}),
	}
	f := c.Flags()
	f.StringVar(&o.tree, "draft", "", "tree of topics to try (.yaml); the one of the open draft, or in force, where none is given")
	f.StringVar(&o.routes, "routes", "", "rules to try (.yaml or .csv)")
	f.IntVar(&o.days, "days", 30, "how many days back")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

// proposal is the tree and the rules to try: those of the open draft, and in
// their stead those of files.
func (o simulateOptions) proposal(ctx context.Context, a *app.App) (*rubricator.Tree, []rubricator.Rule, error) {
	tree := a.Rubricator.Book().Tree
	rules, err := a.Store.ListRules(ctx)
	if err != nil {
		return nil, nil, err
	}
	draft, err := a.Store.FindTreeDraft(ctx)
	switch {
	case err == nil:
		rules = draft.Rules
		if tree, err = rubricator.NewTree(0, draft.Roots); err != nil {
			return nil, nil, err
		}
	case !fault.Is(err, fault.NotFound):
		return nil, nil, err
	case o.tree == "" && o.routes == "":
		return nil, nil, usageError{fmt.Errorf("no draft is open: begin one, or give --draft or --routes")}
	}
	if o.tree != "" {
		f, err := os.Open(o.tree)
		if err != nil {
			return nil, nil, usageError{err}
		}
		defer f.Close()
		if tree, err = rubricator.ParseYAML(f); err != nil {
			return nil, nil, err
		}
	}
	if o.routes != "" {
		f, err := os.Open(o.routes)
		if err != nil {
			return nil, nil, usageError{err}
		}
		defer f.Close()
		if rules, err = importer.ReadRoutes(ctx, a.Store, tree, o.routes, f); err != nil {
			return nil, nil, err
		}
	}
	return tree, rules, nil
}

func tellSimulation(cmd *cobra.Command, a *app.App, r rubricator.Result, asJSON bool) error {
	codes := map[int64]string{}
	agencies, err := a.Store.ListAgencies(cmd.Context())
	if err != nil {
		return err
	}
	for _, one := range agencies {
		codes[one.ID] = one.Code
	}
	name := func(id int64) string { return cmp.Or(codes[id], "nobody") }
	if !asJSON {
		return writeSimulation(cmd.OutOrStdout(), r, name)
	}
	type line struct {
		rubricator.Detour
		From string `json:"from"`
		To   string `json:"to"`
	}
	out := struct {
		rubricator.Result
		Detours []line `json:"detours"`
	}{Result: r, Detours: []line{}}
	for _, w := range r.Detours {
		out.Detours = append(out.Detours, line{w, name(w.From), name(w.To)})
	}
	return json.NewEncoder(cmd.OutOrStdout()).Encode(out)
}

func writeSimulation(w io.Writer, r rubricator.Result, name func(int64) string) error {
	fmt.Fprintf(w, "appeals: %d, would go elsewhere: %d, to nobody: %d, of topics that are no more: %d\n",
		r.Total, r.Elsewhere, r.Unrouted, r.Topicless)
	fmt.Fprintf(w, "passed on by hand, would be there at once: %d; taken away from where they are: %d\n", r.Mended, r.Spoilt)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, one := range r.Detours {
		fmt.Fprintf(t, "%d\t%s\t%s → %s\t%s\n", one.Count, one.Rubric, name(one.From), name(one.To), strings.Join(one.Examples, " "))
	}
	return t.Flush()
}
