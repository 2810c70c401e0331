package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/bench"
)

// postgresEnv names the variable with the URL of a PostgreSQL server on which
// tests and measurements may make databases.
const postgresEnv = "OTKLIK_TEST_POSTGRES"

// redisEnv names the variable with the URL of a Redis for the same.
const redisEnv = "OTKLIK_TEST_REDIS"

func benchCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the product beside plain SQL",
		Long: "Measure the product beside plain SQL doing the same, in one run. Databases are made for it, on the given\n" +
			"PostgreSQL server and in a temporary folder, and removed afterwards; nothing of yours is touched. Compare the\n" +
			"ratios: absolute figures drift with the machine and with what else it does.",
	}
	c.AddCommand(benchIntakeCommand(), benchInboxCommand(), benchNearCommand(), benchDeadlinesCommand(), benchAuditCommand(), benchDuplicatesCommand(), benchTallyCommand(), benchBallotsCommand(),
		benchDashboardCommand(), benchHeatmapCommand(), benchClassifierCommand())
	return c
}

func benchIntakeCommand() *cobra.Command {
	var o bench.IntakeOptions
	var connections string
	c := &cobra.Command{
		Use:   "intake",
		Short: "Measure how many appeals a second are taken",
		Long: "Send appeals of about 600 characters through the HTTP API, each durable, routed, deadlined and indexed, while\n" +
			"deadlines, notices and the index run in the same process as in `otklik serve`; beside it, by turns, write the\n" +
			"same rows by plain SQL in transactions. In the end every appeal that was answered must be there.",
		Example: "  otklik bench intake --sqlite\n  otklik bench intake --postgres postgres://user@localhost/postgres --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Connections, err = numbers("connections", connections); err != nil {
				return err
			}
			if o.Seconds <= 0 {
				return usageError{errors.New("--seconds must be more than 0")}
			}
			choose(cmd, &o.Options)
			return profiled(cmd, func() error {
				results, err := bench.Intake(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.IntakeTable(results))
			})
		},
	}
	benchFlags(c, &o.Options)
	c.Flags().Float64Var(&o.Seconds, "seconds", 8, "how long each way is measured at each number of connections")
	c.Flags().StringVar(&connections, "connections", "1,8,32", "numbers of connections")
	return c
}

func benchInboxCommand() *cobra.Command {
	var o bench.InboxOptions
	var rows string
	c := &cobra.Command{
		Use:   "inbox",
		Short: "Measure how long pages of the inbox and cards take",
		Long: "Fill databases with copies of appeals that went through the product, and open pages through the HTTP handler as\n" +
			"officers who are signed in; beside it read the same rows by plain SQL. The first size is measured again by turns\n" +
			"with each other one. SQLite goes up to 100k rows unless --rows says otherwise.",
		Example: "  otklik bench inbox --sqlite --rows 10k,100k\n  otklik bench inbox --postgres postgres://user@localhost/postgres --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Rows, err = numbers("rows", rows); err != nil {
				return err
			}
			if o.Samples < 1 {
				return usageError{errors.New("--samples must be at least 1")}
			}
			if !cmd.Flags().Changed("rows") {
				o.SQLiteRows = 100_000
			}
			choose(cmd, &o.Options)
			return profiled(cmd, func() error {
				results, err := bench.Inbox(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.InboxTable(results))
			})
		},
	}
	benchFlags(c, &o.Options)
	c.Flags().StringVar(&rows, "rows", "10k,100k,1m", "sizes of the table; others are compared with the first")
	c.Flags().IntVar(&o.Samples, "samples", 200, "how often each page is opened")
	c.Flags().BoolVar(&o.Index, "index", true, "fill the search index too: a card looks for similar cases in it")
	return c
}

func benchNearCommand() *cobra.Command {
	var o bench.NearOptions
	var rows string
	c := &cobra.Command{
		Use:   "near",
		Short: "Measure how fast a person is told what others told near by",
		Long: "Fill databases with open appeals, and ask through the HTTP handler what was told of the same problem near by, as\n" +
			"the form does while one types: with the beginning of a stored appeal, with and without its topic and its place.",
		Example: "  otklik bench near --sqlite --rows 100k",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := numbers("rows", rows)
			if err != nil {
				return err
			}
			if o.Samples < 1 {
				return usageError{errors.New("--samples must be at least 1")}
			}
			o.Rows = found[0]
			choose(cmd, &o.Options)
			return profiled(cmd, func() error {
				results, err := bench.Near(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.NearTable(results))
			})
		},
	}
	benchFlags(c, &o.Options)
	c.Flags().StringVar(&rows, "rows", "100k", "appeals that await an answer")
	c.Flags().IntVar(&o.Samples, "samples", 300, "how often each way is asked")
	return c
}

func benchDeadlinesCommand() *cobra.Command {
	var o bench.DeadlinesOptions
	var rows, due string
	c := &cobra.Command{
		Use:   "deadlines",
		Short: "Measure how late deadlines fire that come due together",
		Long: "Fill a database with pending deadlines, many of them due in one second, and let the background work fire them:\n" +
			"through asynq and Redis on PostgreSQL, in the process on SQLite. Lateness counts from the due instant to the\n" +
			"commit; what fired are events in the database, each once. Beside it the same rows are changed by plain SQL.\n\n" +
			"--redis names a Redis database that is empty, and is emptied in the end (default: an empty one of the Redis in\n" +
			"the environment's " + redisEnv + ").",
		Example: "  otklik bench deadlines --sqlite --rows 100k\n" +
			"  otklik bench deadlines --postgres postgres://user@localhost/postgres --redis redis://localhost:6379/9",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for flag, into := range map[string]*int{"rows": &o.Rows, "due": &o.Due} {
				found, err := numbers(flag, map[string]string{"rows": rows, "due": due}[flag])
				if err != nil {
					return err
				}
				*into = found[0]
			}
			choose(cmd, &o.Options)
			var err error
			if o.Redis, err = cmd.Flags().GetString("redis"); err != nil {
				return err
			}
			if o.Redis == "" {
				o.Redis = os.Getenv(redisEnv)
			}
			return profiled(cmd, func() error {
				results, err := bench.Deadlines(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.DeadlinesTable(results))
			})
		},
	}
	benchFlags(c, &o.Options)
	c.Flags().StringVar(&rows, "rows", "1m", "pending deadlines")
	c.Flags().StringVar(&due, "due", "10k", "of them due in one second")
	c.Flags().Float64Var(&o.Seconds, "seconds", 5, "how long plain SQL is measured at most")
	return c
}

func benchAuditCommand() *cobra.Command {
	var o bench.AuditOptions
	var rows string
	c := &cobra.Command{
		Use:   "audit",
		Short: "Measure how fast the history of worked appeals is proven",
		Long: "Let appeals live whole lives through the engine (asked, redirected, extended, answered, rated, disputed, late),\n" +
			"put them into a database, and prove every chain and every due date as `otklik audit verify` does. Then change\n" +
			"one row behind its back, and prove again: it must be found.",
		Example: "  otklik bench audit --sqlite --rows 100k\n  otklik bench audit --rows 100k --keep /tmp/region && otklik audit verify --data /tmp/region",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := numbers("rows", rows)
			if err != nil {
				return err
			}
			o.Rows = found[0]
			if o.Keep != "" {
				if o.Postgres != "" {
					return usageError{errors.New("--keep leaves an SQLite database: it goes without --postgres")}
				}
				o.SQLite = true
			}
			choose(cmd, &o.Options)
			return profiled(cmd, func() error {
				results, err := bench.Audit(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.AuditTable(results))
			})
		},
	}
	benchFlags(c, &o.Options)
	c.Flags().StringVar(&rows, "rows", "100k", "worked appeals")
	c.Flags().StringVar(&o.Keep, "keep", "", "leave the region, whole, in this new folder, for `otklik audit verify --data FOLDER`")
	return c
}

func benchFlags(c *cobra.Command, o *bench.Options) {
	c.Flags().StringVar(&o.Postgres, "postgres", "", "URL of a PostgreSQL server on which databases may be made (default: the environment's "+postgresEnv+")")
	c.Flags().BoolVar(&o.SQLite, "sqlite", false, "measure SQLite (also where no database is named)")
	c.Flags().Bool("json", false, "print JSON")
	c.Flags().String("cpu-profile", "", "write a CPU profile of it all to this file, for `go tool pprof`")
}

// choose takes what was named; where nothing was, SQLite and the server of the
// environment.
func choose(cmd *cobra.Command, o *bench.Options) {
	if o.Postgres == "" && !o.SQLite {
		o.Postgres, o.SQLite = os.Getenv(postgresEnv), true
	}
	o.Progress = cmd.ErrOrStderr()
}

// profiled runs a measurement, under the profiler where one was asked for.
func profiled(cmd *cobra.Command, run func() error) error {
	path, err := cmd.Flags().GetString("cpu-profile")
	if err != nil || path == "" {
		return errors.Join(err, run())
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("cpu-profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return errors.Join(err, file.Close())
	}
	err = run()
	pprof.StopCPUProfile()
	return errors.Join(err, file.Close())
}

func show(cmd *cobra.Command, results any, table string) error {
	if asJSON, err := cmd.Flags().GetBool("json"); err != nil || !asJSON {
		fmt.Fprint(cmd.OutOrStdout(), table)
		return err
	}
	enc := json.NewEncoder(cmd.OutOrStdout())
	enc.SetIndent("", "  ")
	return enc.Encode(results)
}

// numbers reads «1,8,32» or «10k,1m».
func numbers(flag, text string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(strings.ToLower(text), ",") {
		digits, by := strings.TrimSpace(part), 1
		for suffix, times := range map[string]int{"k": 1000, "m": 1_000_000} {
			if rest, ok := strings.CutSuffix(digits, suffix); ok {
				digits, by = rest, times
			}
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > 100_000_000 {
			return nil, usageError{fmt.Errorf("--%s: %q is not a number such as 8, 10k or 1m", flag, part)}
		}
		out = append(out, n*by)
	}
	return out, nil
}
