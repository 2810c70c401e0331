package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/bench"
)

func benchDashboardCommand() *cobra.Command {
	var o bench.DashboardOptions
	var appeals string
	c := &cobra.Command{
		Use:   "dashboard",
		Short: "Measure how fast a year of figures opens",
		Long: "Fill databases with copies of appeals that went through the product, make the sums behind the figures, and open\n" +
			"dashboards of a year and a quarter through the HTTP handler; beside it count one period by GROUP BY over the\n" +
			"appeals, as pages did without sums. Each look waits until nothing of the one before is remembered.",
		Example: "  otklik bench dashboard --appeals 100k --sqlite\n  otklik bench dashboard --appeals 1m --postgres postgres://user@localhost/postgres --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			many, err := numbers("appeals", appeals)
			if err != nil {
				return err
			}
			if len(many) != 1 || o.Samples < 1 {
				return usageError{errors.New("--appeals is one number, and --samples at least 1")}
			}
			o.Appeals = many[0]
			choose(cmd, &o.Options)
			return profiled(cmd, func() error {
				results, err := bench.Dashboard(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.DashboardTable(results))
			})
		},
	}
	benchFlags(c, &o.Options)
	c.Flags().StringVar(&appeals, "appeals", "100k", "appeals")
	c.Flags().BoolVar(&o.Heat, "heat", false, "open the heat map too; the search index is filled for it")
	c.Flags().IntVar(&o.Samples, "samples", 10, "how often each page is opened")
	return c
}
