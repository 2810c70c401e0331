package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/bench"
)

func benchClassifierCommand() *cobra.Command {
	var o bench.ClassifierOptions
	var examples string
	c := &cobra.Command{
		Use:   "classifier",
		Short: "Measure what learning topics and suggesting them costs",
		Long: "Make many examples of the messages in a CSV file by leaving out words and taking others of the same topic, learn\n" +
			"from them, and predict messages that none were made of; beside it, add up a row of weights for the hash of each\n" +
			"word, which is the least that a linear classifier does. Times are of the processor. Needs no database.\n\n" +
			"--messages names a file with the columns text, topic, category and agency (default: kursk-pos-train.csv in data\n" +
			"of the folder that the environment's " + sharedEnv + " names).",
		Example: "  otklik bench classifier --messages worked.csv\n  otklik bench classifier --examples 1m --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Examples, err = numbers("examples", examples); err != nil {
				return err
			}
			if shared := os.Getenv(sharedEnv); o.Messages == "" && shared != "" {
				o.Messages = filepath.Join(shared, "data", "kursk-pos-train.csv")
			}
			if o.Messages == "" {
				return usageError{errors.New("--messages must name a file")}
			}
			o.Progress = cmd.ErrOrStderr()
			return profiled(cmd, func() error {
				results, err := bench.Classifier(o)
				if err != nil {
					return err
				}
				return show(cmd, results, bench.ClassifierTable(results))
			})
		},
	}
	c.Flags().StringVar(&o.Messages, "messages", "", "CSV file of messages")
	c.Flags().StringVar(&examples, "examples", "1k,10k,100k", "examples to learn from")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "of what is made at random")
	c.Flags().Bool("json", false, "print JSON")
	c.Flags().String("cpu-profile", "", "write a CPU profile of it all to this file, for `go tool pprof`")
	return c
}
