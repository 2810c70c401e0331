package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/classifier"
)

func rubricatorTrainCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "train",
		Short: "Train what suggests topics, now",
		Long: "Train a model on the region's answered appeals, all but the last weeks, and measure it and the one in force on\n" +
			"the last weeks; or, with --from, on a CSV file (columns text, topic, category, agency; topics and agencies by\n" +
			"code or by name), of which every fifth line is measured on. The new one is put in force if it is right no less\n" +
			"often; nodes take it over within a minute.",
		Example: "  otklik rubricator train\n  otklik rubricator train --from worked.csv",
		Args:    cobra.NoArgs,
	}
	from := c.Flags().String("from", "", "CSV file to learn from instead of the database")
	c.RunE = with(func(cmd *cobra.Command, _ []string, a *app.App) error {
		var examples []classifier.Example
		if *from != "" {
			var err error
			if examples, err = readExamples(cmd, *from); err != nil {
				return err
			}
		}
		m, err := a.TrainModel(cmd.Context(), examples)
		if fault.Is(err, fault.Conflict) {
			return errors.New("a training is on its way already: see `otklik rubricator models`")
		}
		if err != nil {
			return err
		}
		toldModel(cmd, m)
		return nil
	})
	return c
}

// toldModel says what came of a training.
func toldModel(cmd *cobra.Command, m *app.Model) {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "model %d learned from %d examples, measured on %d\n", m.ID, m.Examples, m.Tested)
	if own := m.Figures.Own; own != nil {
		fmt.Fprintf(out, "topic: %.3f first, %.3f among three, %.3f among five", own.TopicTop1, own.TopicTop3, own.TopicTop5)
		if was := m.Figures.Rival; was != nil {
			fmt.Fprintf(out, "; the one before it: %.3f, %.3f, %.3f", was.TopicTop1, was.TopicTop3, was.TopicTop5)
		}
		fmt.Fprintln(out)
	}
	if m.State.InForce() {
		fmt.Fprintln(out, "it is in force now")
	} else {
		fmt.Fprintf(out, "it is not in force (%s); `otklik rubricator models activate %d` puts it there\n", verdict(m), m.ID)
	}
}

// verdict is a verdict in words.
func verdict(m *app.Model) string { return strings.ReplaceAll(m.Verdict, "_", " ") }

func rubricatorModelsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "models",
		Short: "List the trainings of what suggests topics",
		Long: "List the trainings, the latest first: what each learned from, how often it was right on the last weeks, and\n" +
			"which one is in force.",
		Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
			list, err := a.Store.ListModels(cmd.Context(), 100)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "nothing was trained yet: the names and words of the rubricator suggest")
				return nil
			}
			t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "id\tstate\ttrained\tcause\texamples\ttop 1\ttop 3\tfile, kB\twhy")
			for i := range list {
				m := &list[i]
				top1, top3 := "-", "-"
				if own := m.Figures.Own; own != nil {
					top1, top3 = fmt.Sprintf("%.3f", own.TopicTop1), fmt.Sprintf("%.3f", own.TopicTop3)
				}
				fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%d\t%s\t%s\t%d\t%s\n", m.ID, m.State,
					m.CreatedAt.In(a.Config.Zone).Format("2006-01-02 15:04"), m.Cause, m.Examples, top1, top3, m.Size/1000, verdict(m))
			}
			return t.Flush()
		}),
	}
	c.AddCommand(
		&cobra.Command{
			Use: "activate ID", Short: "Put a model in force", Args: cobra.ExactArgs(1),
			Long: "Put a trained model in force again. Its file must still be there: those of the last five are kept.",
			RunE: with(func(cmd *cobra.Command, args []string, a *app.App) error {
				id, err := strconv.ParseInt(args[0], 10, 64)
				if err != nil {
					return usageError{fmt.Errorf("%q is no number of a model: see `otklik rubricator models`", args[0])}
				}
				return putInForce(cmd, a, id, "command")
			}),
		},
		&cobra.Command{
			Use: "rollback", Short: "Put the former model in force again", Args: cobra.NoArgs,
			Long: "Put the model in force again that was before the present one.",
			RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
				former, err := a.Learning.Former(cmd.Context())
				if fault.Is(err, fault.NotFound) {
					return errors.New("there is no former model to go back to")
				}
				if err != nil {
					return err
				}
				return putInForce(cmd, a, former.ID, "rolled_back")
			}),
		},
	)
	return c
}

func putInForce(cmd *cobra.Command, a *app.App, id int64, why string) error {
	switch err := a.Learning.ActivateAs(cmd.Context(), 0, id, why); {
	case fault.Is(err, fault.NotFound):
		return fmt.Errorf("there is no model %d: see `otklik rubricator models`", id)
	case fault.Is(err, fault.Conflict):
		return fmt.Errorf("model %d can't be put in force: it is being trained, or its file is gone", id)
	case err != nil:
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "model %d is in force\n", id)
	return nil
}
