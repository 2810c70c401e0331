package main

import (
	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/importer"
)

func rubricatorRoutesCommand() *cobra.Command {
	var form string
	c := &cobra.Command{
		Use:   "routes",
		Short: "Write the rules that say who answers, as «import routes» reads them",
		Args:  cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
			rules, err := a.Store.ListRules(cmd.Context())
			if err != nil {
				return err
			}
			places, err := a.Store.ListTerritories(cmd.Context())
			if err != nil {
				return err
			}
			agencies, err := a.Store.ListAgencies(cmd.Context())
			if err != nil {
				return err
			}
			return importer.WriteRoutes(cmd.OutOrStdout(), form, rules, places, agencies)
		}),
	}
	c.Flags().StringVar(&form, "form", "yaml", "yaml or csv")
	return c
}
