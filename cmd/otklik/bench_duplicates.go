package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/bench"
)

// sharedEnv is the environment variable with the folder of real data, which is
// no part of the project.
const sharedEnv = "OTKLIK_SHARED"

func benchDuplicatesCommand() *cobra.Command {
	var o bench.DuplicatesOptions
	var rows string
	c := &cobra.Command{
		Use:   "duplicates",
		Short: "Measure how well duplicates are found, and what that costs",
		Long: "Make second messages of those in a CSV file (sent again, retold, about another house, …), look each up among all\n" +
			"of the file, and count what is found rightly and wrongly; compare measures of words; fill indexes of several sizes\n" +
			"and measure what one new message costs, beside comparing it with every other. docs/duplicates.md says how the set\n" +
			"is made.\n\n" +
			"--messages names a file with the columns text, topic and category (default: kursk-pos-train.csv in data of the\n" +
			"folder that the environment's " + sharedEnv + " names).",
		Example: "  otklik bench duplicates --messages messages.csv\n  otklik bench duplicates --rows 10k,100k,1m --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Rows, err = numbers("rows", rows); err != nil {
				return err
			}
			if o.Messages == "" && os.Getenv(sharedEnv) != "" {
				o.Messages = filepath.Join(os.Getenv(sharedEnv), "data", "kursk-pos-train.csv")
			}
			if o.Messages == "" {
				return usageError{errors.New("--messages must name a file")}
			}
			if o.Pairs < 1 {
				return usageError{errors.New("--pairs must be at least 1")}
			}
			o.Progress = cmd.ErrOrStderr()
			return profiled(cmd, func() error {
				result, err := bench.Duplicates(cmd.Context(), o)
				if err != nil {
					return err
				}
				return show(cmd, result, bench.DuplicatesTable(result))
			})
		},
	}
	c.Flags().StringVar(&o.Messages, "messages", "", "CSV file of messages")
	c.Flags().IntVar(&o.Pairs, "pairs", 500, "second messages of each kind")
	c.Flags().StringVar(&rows, "rows", "10k,100k", "open appeals that are held")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "of what is made at random")
	c.Flags().Bool("json", false, "print JSON")
	c.Flags().String("cpu-profile", "", "write a CPU profile of it all to this file, for `go tool pprof`")
	return c
}
