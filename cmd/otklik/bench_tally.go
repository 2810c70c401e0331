package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/bench"
)

func benchTallyCommand() *cobra.Command {
	var o bench.TallyOptions
	var ballots, rules string
	c := &cobra.Command{
		Use:   "tally",
		Short: "Measure how fast a budget vote is counted",
		Long: "Make up a budget vote and count it by each rule; beside it, count it once by a plain loop over the voters in\n" +
			"floating point. Needs no database.",
		Example: "  otklik bench tally\n  otklik bench tally --ballots 10k --projects 50 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			many, err := numbers("ballots", ballots)
			if err != nil {
				return err
			}
			if len(many) != 1 || o.Projects < 2 {
				return usageError{errors.New("--ballots is one number, and --projects at least 2")}
			}
			o.Ballots, o.Rules = many[0], strings.Split(rules, ",")
			return profiled(cmd, func() error {
				results, err := bench.Tally(o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.TallyTable(results))
			})
		},
	}
	f := c.Flags()
	f.StringVar(&ballots, "ballots", "100k", "ballots")
	f.IntVar(&o.Projects, "projects", 200, "projects")
	f.StringVar(&rules, "rules", "greedy,equalshares,equalshares/add1", "rules")
	f.Bool("json", false, "print JSON")
	f.String("cpu-profile", "", "write a CPU profile of it all to this file, for `go tool pprof`")
	return c
}
