package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
)

func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database up to date",
		Long: "Apply the migrations that the database lacks. The embedded profile does so by itself at start; in\n" +
			"production run this before the new version of the nodes.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			done, err := app.Migrate(cmd.Context(), cfg)
			for _, name := range done {
				fmt.Fprintln(cmd.OutOrStdout(), "applied", name)
			}
			if err == nil && len(done) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "the database is up to date")
			}
			return err
		},
	}
}

func reindexCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Build the search index anew",
		Long: "Build the search index anew from the database, beside the one in force, and put it in force. A running\n" +
			"server with the same --index goes on answering and changes over by itself.",
		Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
			total, err := a.Store.CountAppeals(cmd.Context())
			if err != nil {
				return err
			}
			bar := progress(cmd, total, "indexing")
			start := a.Clock.Now()
			done := 0
			err = app.Reindex(cmd.Context(), a.Config.Index, a.Store, a.Log, func(n int) {
				done = n
				_ = bar.Set(n)
			})
			if err != nil {
				return err
			}
			_ = bar.Finish()
			fmt.Fprintf(cmd.OutOrStdout(), "\n%d appeals indexed in %s\n", done, a.Clock.Now().Sub(start).Round(10*time.Millisecond))
			return nil
		}),
	}
}

func duplicatesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "duplicates",
		Short: "Suspicions of duplicates",
	}
	c.AddCommand(&cobra.Command{
		Use:   "rebuild",
		Short: "Compare all appeals that await an answer anew",
		Long: "Forget what was suspected and compare every appeal that awaits an answer with every other. What officers said\n" +
			"not to be a duplicate stays so. It may run beside a server.",
		Example: "  otklik duplicates rebuild --data /var/lib/otklik",
		Args:    cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
			appeals, pairs, err := a.SuspectAnew(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d appeals compared, %d pairs to look at\n", appeals, pairs)
			return nil
		}),
	})
	return c
}

func auditCommand() *cobra.Command {
	audit := &cobra.Command{
		Use:   "audit",
		Short: "Prove that the history is whole",
	}
	audit.AddCommand(&cobra.Command{
		Use:   "verify",
		Short: "Check every chain of events and recompute every due date",
		Long: "Check the hash chain of every appeal's events and recompute every due date from the events alone. Whatever\n" +
			"doesn't agree is named, and the exit status is 1. Nothing is changed; it may run beside a server.",
		Example: "  otklik audit verify --data /var/lib/otklik",
		Args:    cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
			total, err := a.Store.CountAppeals(cmd.Context())
			if err != nil {
				return err
			}
			bar := progress(cmd, total, "verifying")
			result, err := a.Audit(cmd.Context(), func() { _ = bar.Add(1) })
			if err != nil {
				return err
			}
			_ = bar.Finish()
			fmt.Fprintln(cmd.ErrOrStderr())
			lines, broken, err := a.AuditJournal(cmd.Context())
			if err != nil {
				return err
			}
			if broken != "" {
				result.Findings = append(result.Findings, broken)
				result.Wrong++
			}
			for _, f := range result.Findings {
				fmt.Fprintln(cmd.OutOrStdout(), f)
			}
			if more := result.Wrong - len(result.Findings); more > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "… and %d more\n", more)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d appeals, %d events, %d deadlines: %d wrong\n",
				result.Appeals, result.Events, result.Deadlines, result.Wrong)
			fmt.Fprintf(cmd.OutOrStdout(), "%d lines of the journal\n", lines)
			if result.Wrong > 0 {
				return errors.New("the history is not whole")
			}
			return nil
		}),
	})
	return audit
}

// progress draws a bar on standard error where a person is looking, and nothing
// into a file or a pipe.
func progress(cmd *cobra.Command, total int, what string) *progressbar.ProgressBar {
	seen := false
	if file, ok := cmd.ErrOrStderr().(*os.File); ok {
		info, err := file.Stat()
		seen = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return progressbar.NewOptions(total, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(cmd.ErrOrStderr()),
		progressbar.OptionSetVisibility(seen),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish())
}
