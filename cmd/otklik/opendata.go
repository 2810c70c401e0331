package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
)

func openDataCommand() *cobra.Command {
	var replace bool
	var out string
	c := &cobra.Command{
		Use:   "open-data YYYY-MM",
		Short: "Make the open data of a month by hand",
		Long: "Make the depersonalised table of the appeals of a month (or of its quarter, where public maps are of quarters), its\n" +
			"dictionary and its passport, and keep them beside those that the server makes by itself 14 days after the end, once\n" +
			"the public map is drawn. A period that has an edition keeps it, unless --replace is given: who has both can compare them. --out also writes the files into a folder.",
		Example: "  otklik open-data 2026-09 --out /tmp/opendata --data /var/lib/otklik",
		Args:    cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, args []string, a *app.App) error {
			month, err := time.ParseInLocation("2006-01", args[0], a.Config.Zone)
			if err != nil {
				return usageError{fmt.Errorf("%q is no month, such as 2026-09", args[0])}
			}
			e, fresh, err := a.PublishOpenData(cmd.Context(), month, replace)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d appeals, %d rows, %d appeals left out\n", e.Period, e.Appeals, e.Rows, e.Loose)
			if !fresh {
				fmt.Fprintln(cmd.OutOrStdout(), "The period has an edition, which was kept; --replace puts this one in its place.")
			}
			if out == "" {
				return nil
			}
			if err := os.MkdirAll(out, 0o750); err != nil {
				return err
			}
			for _, f := range e.Files {
				r, err := gzip.NewReader(bytes.NewReader(f.Body))
				if err != nil {
					return err
				}
				body, err := io.ReadAll(r)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(out, f.Name), body, 0o600); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", f.SHA256, f.Name)
			}
			return nil
		}),
	}
	c.Flags().BoolVar(&replace, "replace", false, "put this edition in the place of the one that is kept")
	c.Flags().StringVar(&out, "out", "", "folder to write the files to")
	return c
}
