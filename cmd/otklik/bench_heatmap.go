package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/bench"
)

func benchHeatmapCommand() *cobra.Command {
	var o bench.HeatmapOptions
	var appeals string
	c := &cobra.Command{
		Use:   "heatmap",
		Short: "Measure a heat map over a text query, beside facets of bleve and PostgreSQL",
		Long: "Print appeals from the sentences of messages, index them, and ask for heat maps of municipalities and topics in\n" +
			"every way by turns: ours, a plain loop over arrays with the hits known (the raw limit), two facets of a plain\n" +
			"bleve index (which give only the margins), and PostgreSQL with tsvector, a GIN index and GROUP BY where a server\n" +
			"is named.\n\n" +
			"--messages names a CSV file with the columns text, topic and category (default: kursk-pos-train.csv in data of the\n" +
			"folder that the environment's " + sharedEnv + " names; else the messages of the demo region).",
		Example: "  otklik bench heatmap --appeals 100k\n  otklik bench heatmap --appeals 1m --postgres postgres://user@localhost/postgres --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			many, err := numbers("appeals", appeals)
			if err != nil {
				return err
			}
			if len(many) != 1 || o.Rounds < 1 {
				return usageError{errors.New("--appeals is one number, and --rounds at least 1")}
			}
			o.Appeals = many[0]
			if o.Postgres == "" {
				o.Postgres = os.Getenv(postgresEnv)
			}
			if shared := os.Getenv(sharedEnv); o.Messages == "" && shared != "" {
				o.Messages = filepath.Join(shared, "data", "kursk-pos-train.csv")
			}
			o.Progress = cmd.ErrOrStderr()
			return profiled(cmd, func() error {
				result, err := bench.Heatmap(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, result, bench.HeatmapTable(result))
			})
		},
	}
	f := c.Flags()
	f.StringVar(&appeals, "appeals", "100k", "appeals")
	f.StringVar(&o.Messages, "messages", "", "CSV file of messages")
	f.IntVar(&o.Rounds, "rounds", 40, "how often each question is asked in each way")
	f.StringVar(&o.Postgres, "postgres", "", "URL of a PostgreSQL server on which databases may be made (default: the environment's "+postgresEnv+")")
	f.BoolVar(&o.Together, "together", false, "fill all three at once: sooner where there are many, but documents a second and memory are not told")
	f.Bool("json", false, "print JSON")
	f.String("cpu-profile", "", "write a CPU profile of it all to this file, for `go tool pprof`")
	return c
}
