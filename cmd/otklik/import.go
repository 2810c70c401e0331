package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/importer"
)

func importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Bring in a region: territories, addresses, landmarks, rubricator, agencies, appeals",
		Long: "Bring in files of a region, in this order: territories, addresses and landmarks where there are any, rubricator,\n" +
			"agencies, appeals.\n\n" +
			"A file is checked whole before anything is written; wrong lines are listed with the reason and nothing is\n" +
			"imported then. --dry-run says what would be done. docs/import.md describes the formats.",
	}
	cmd.PersistentFlags().Bool("dry-run", false, "say what would be done and change nothing")
	agencies := importing("agencies FILE.yaml", "Import agencies, with their routes, people and answer templates",
		func(cmd *cobra.Command, a *app.App, file *os.File, dry bool) error {
			password, err := cmd.Flags().GetString("password")
			if err != nil {
				return err
			}
			results, err := importer.Agencies(cmd.Context(), a.Store, file.Name(), file, password, dry)
			for _, r := range results {
				told(cmd, r, dry)
			}
			return err
		})
	agencies.Flags().String("password", "", "password of users who have none in the file")
	cmd.AddCommand(
		importing("territories FILE", "Import places: boundaries (.geojson) or places without boundaries (.yaml)",
			func(cmd *cobra.Command, a *app.App, file *os.File, dry bool) error {
				r, err := importer.Territories(cmd.Context(), a.Store, file.Name(), file, dry)
				return tell(cmd, r, dry, err)
			}),
		importing("addresses FILE.csv", "Import streets and houses (columns as in docs/address.md); the file replaces those of its territories",
			func(cmd *cobra.Command, a *app.App, file *os.File, dry bool) error {
				bar := progress(cmd, -1, "rows")
				r, err := importer.Addresses(cmd.Context(), a.Store, file.Name(), file, dry, func(rows int) { _ = bar.Set(rows) })
				_ = bar.Finish()
				return tell(cmd, r, dry, err)
			}),
		importing("landmarks FILE.csv", "Import schools, clinics, stops and other objects that people go by",
			func(cmd *cobra.Command, a *app.App, file *os.File, dry bool) error {
				r, err := importer.Landmarks(cmd.Context(), a.Store, file.Name(), file, dry)
				return tell(cmd, r, dry, err)
			}),
		importing("rubricator FILE", "Publish a tree of topics (.yaml or .csv) as the new version",
			func(cmd *cobra.Command, a *app.App, file *os.File, dry bool) error {
				r, err := importer.Rubricator(cmd.Context(), a.Store, file.Name(), file, dry)
				return tell(cmd, r, dry, err)
			}),
		agencies,
		importing("routes FILE", "Replace the rules that say who answers (.yaml or .csv)",
			func(cmd *cobra.Command, a *app.App, file *os.File, dry bool) error {
				r, err := importer.Routes(cmd.Context(), a.Store, file.Name(), file, dry)
				return tell(cmd, r, dry, err)
			}),
		appealsImport(),
	)
	return cmd
}

func appealsImport() *cobra.Command {
	cmd := importing("appeals FILE.csv", "Import messages from another system; their clocks start now",
		func(cmd *cobra.Command, a *app.App, file *os.File, dry bool) error {
			path, err := cmd.Flags().GetString("receipts")
			if err != nil {
				return err
			}
			slips, err := openReceipts(path, dry)
			if err != nil {
				return err
			}
			bar := progress(cmd, -1, "appeals")
			r, err := importer.Appeals(cmd.Context(), a.Engine, a.Rubricator.Book(), file.Name(), file, dry,
				func(t importer.Taken) error {
					bar.ChangeMax(t.Total)
					_ = bar.Set(t.Done)
					return slips.write(t)
				})
			_ = bar.Finish()
			return tell(cmd, r, dry, errors.Join(err, slips.close()))
		})
	cmd.Flags().String("receipts", "", "write id, number and secret of each appeal to this file, for its owner's eyes")
	return cmd
}

// receipts is the table of what was taken; the zero value writes nothing.
type receipts struct {
	file *os.File
	rows *csv.Writer
}

// openReceipts begins the table. Whoever has a secret acts as the author, so
// that nobody else may read the file.
func openReceipts(path string, dry bool) (receipts, error) {
	if path == "" || dry {
		return receipts{}, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return receipts{}, usageError{fmt.Errorf("receipts: %w", err)}
	}
	if err := f.Chmod(0o600); err != nil { // it may have been there
		return receipts{}, errors.Join(err, f.Close())
	}
	r := receipts{file: f, rows: csv.NewWriter(f)}
	return r, r.rows.Write([]string{"id", "number", "secret"})
}

func (r receipts) write(t importer.Taken) error {
	if r.rows == nil {
		return nil
	}
	return r.rows.Write([]string{t.ID, t.Receipt.Number, t.Receipt.Secret})
}

func (r receipts) close() error {
	if r.rows == nil {
		return nil
	}
	r.rows.Flush()
	return errors.Join(r.rows.Error(), r.file.Close())
}

func importing(use, short string, run func(*cobra.Command, *app.App, *os.File, bool) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, args []string, a *app.App) error {
			dry, err := cmd.Flags().GetBool("dry-run")
			if err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return usageError{err}
			}
			defer file.Close()
			err = run(cmd, a, file, dry)
			if errors.As(err, new(fault.Lines)) {
				return fmt.Errorf("%s: nothing was imported:\n%w", filepath.Base(args[0]), err)
			}
			return err
		}),
	}
}

func tell(cmd *cobra.Command, r importer.Result, dry bool, err error) error {
	if err == nil {
		told(cmd, r, dry)
	}
	return err
}

func told(cmd *cobra.Command, r importer.Result, dry bool) {
	prefix := ""
	if dry {
		prefix = "dry run, "
	}
	fmt.Fprintln(cmd.OutOrStdout(), prefix+r.String())
}
