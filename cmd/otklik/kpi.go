package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
)

func kpiCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "kpi",
		Short: "The sums behind the dashboards",
	}
	c.AddCommand(
		&cobra.Command{
			Use:   "rebuild",
			Short: "Make the sums anew from the appeals",
			Long: "Empty the sums from which dashboards come and make them anew. It may run beside a server: meanwhile its pages\n" +
				"count the appeals themselves, which takes longer.",
			Example: "  otklik kpi rebuild --data /var/lib/otklik",
			Args:    cobra.NoArgs,
			RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
				total, err := a.Store.CountAppeals(cmd.Context())
				if err != nil {
					return err
				}
				bar, done := progress(cmd, total, "counting"), 0
				if err := a.RebuildKPIs(cmd.Context(), func(n int) { done = n; _ = bar.Set(n) }); err != nil {
					return err
				}
				_ = bar.Finish()
				fmt.Fprintf(cmd.OutOrStdout(), "%d appeals counted\n", done)
				return nil
			}),
		},
		&cobra.Command{
			Use:   "verify",
			Short: "Count every appeal anew and compare with the sums",
			Long: "Bring the sums to the end of the event log, count every appeal anew from its row and its events, and compare its\n" +
				"portion and the sum of all with what is kept. What differs is named, and the exit status is 1. What changes while\n" +
				"it runs may be named too: then run it again.",
			Example: "  otklik kpi verify --data /var/lib/otklik",
			Args:    cobra.NoArgs,
			RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
				total, err := a.Store.CountAppeals(cmd.Context())
				if err != nil {
					return err
				}
				bar := progress(cmd, total, "verifying")
				v, err := a.VerifyKPIs(cmd.Context(), func(n int) { _ = bar.Set(n) })
				if err != nil {
					return err
				}
				_ = bar.Finish()
				for _, f := range v.Findings {
					fmt.Fprintln(cmd.OutOrStdout(), f)
				}
				if more := v.Wrong - len(v.Findings); more > 0 {
					fmt.Fprintf(cmd.OutOrStdout(), "… and %d more\n", more)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d appeals, %d cells: %d wrong\n", v.Appeals, v.Cells, v.Wrong)
				if v.Wrong > 0 {
					return errors.New("the sums are not those of the appeals: `otklik kpi rebuild` makes them anew")
				}
				return nil
			}),
		},
	)
	return c
}
