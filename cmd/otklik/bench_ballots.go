package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/bench"
)

func benchBallotsCommand() *cobra.Command {
	var o bench.BallotsOptions
	var ballots string
	c := &cobra.Command{
		Use:   "ballots",
		Short: "Measure how fast ballots are taken, and whether the last minute loses any",
		Long: "Hold a vote in a database of its own: check, hide and write ballots while the log is brought up beside, in turns\n" +
			"with plain inserts of the same two rows into the same tables. Then the last minute: fifty times as many ballots as\n" +
			"in the minute before, all of which arrived before the closing and are written after it. All of them must be\n" +
			"counted, or the measurement fails.",
		Example: "  otklik bench ballots --sqlite --ballots 100k\n  otklik bench ballots --postgres postgres://user@localhost/postgres --ballots 1m --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			many, err := numbers("ballots", ballots)
			if err != nil {
				return err
			}
			if len(many) != 1 || o.Voters < 1 || o.Voters > 1000 {
				return usageError{errors.New("--ballots is one number, and --voters from 1 to 1000")}
			}
			o.Ballots = many[0]
			choose(cmd, &o.Options)
			return profiled(cmd, func() error {
				results, err := bench.Ballots(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.BallotsTable(results))
			})
		},
	}
	benchFlags(c, &o.Options)
	c.Flags().StringVar(&ballots, "ballots", "100k", "ballots")
	c.Flags().IntVar(&o.Voters, "voters", 32, "voters who send at once")
	return c
}
