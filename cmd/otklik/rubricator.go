package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/rubricator/classifier"
)

func rubricatorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rubricator",
		Short: "Train, measure and choose what suggests topics; check the routes",
	}
	c.AddCommand(
		rubricatorEvalCommand(), rubricatorTrainCommand(), rubricatorModelsCommand(), rubricatorRoutesCommand(), rubricatorCheckCommand(), rubricatorSimulateCommand(),
	)
	return c
}

// evalOptions are the flags of `otklik rubricator eval`.
type evalOptions struct {
	train, test, plot string
	folds, repeats    int
	json              bool
}

func rubricatorEvalCommand() *cobra.Command {
	var o evalOptions
	c := &cobra.Command{
		Use:   "eval",
		Short: "Measure how often topic and agency are guessed right",
		Long: "Train on one CSV file (columns text, topic, category, agency; place where there is one) and measure on\n" +
			"another; or, with --folds, train on all parts of one file but one and measure on that one, by turns. Needs no\n" +
			"database and keeps nothing.",
		Example: "  otklik rubricator eval --train worked.csv --test later.csv\n" +
			"  otklik rubricator eval --train worked.csv --folds 5 --repeats 3 --plot calibration.png",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return rubricatorEval(cmd, o) },
	}
	f := c.Flags()
	f.StringVar(&o.train, "train", "", "CSV file to learn from")
	f.StringVar(&o.test, "test", "", "CSV file to measure on")
	f.IntVar(&o.folds, "folds", 0, "instead of --test: cut --train in so many parts")
	f.IntVar(&o.repeats, "repeats", 1, "with --folds: cut it anew so many times")
	f.StringVar(&o.plot, "plot", "", "PNG file for the reliability diagram")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return c
}

func (o evalOptions) check() error {
	switch {
	case o.train == "":
		return errors.New("--train is needed: a CSV file with the columns text, topic, category, agency")
	case (o.test == "") == (o.folds == 0):
		return errors.New("give either --test FILE or --folds K")
	case o.folds != 0 && o.folds < 2:
		return errors.New("--folds must be 2 or more")
	case o.repeats < 1:
		return errors.New("--repeats must be 1 or more")
	}
	return nil
}

func readExamples(cmd *cobra.Command, name string) ([]classifier.Example, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, usageError{err}
	}
	defer func() { _ = f.Close() }()
	examples, left, err := classifier.ReadExamples(f, name)
	if err != nil {
		return nil, usageError{err}
	}
	if left > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %d lines without a topic were left out\n", name, left)
	}
	return examples, nil
}

func rubricatorEval(cmd *cobra.Command, o evalOptions) error {
	if err := o.check(); err != nil {
		return usageError{err}
	}
	train, err := readExamples(cmd, o.train)
	if err != nil {
		return err
	}
	var reports []classifier.Report
	if o.folds > 0 {
		if o.folds > len(train) {
			return usageError{fmt.Errorf("%d examples can't be cut in %d parts", len(train), o.folds)}
		}
		seeds := make([]uint64, o.repeats)
		for i := range seeds {
			seeds[i] = uint64(i) + 1
		}
		bar := progress(cmd, o.folds*o.repeats, "training")
		reports, err = classifier.Validate(train, o.folds, seeds, func(classifier.Report) { _ = bar.Add(1) })
		_ = bar.Finish()
		fmt.Fprintln(cmd.ErrOrStderr())
	} else {
		var test []classifier.Example
		if test, err = readExamples(cmd, o.test); err != nil {
			return err
		}
		var r classifier.Report
		r, err = classifier.Evaluate(train, test)
		reports = append(reports, r)
	}
	if err != nil {
		return err
	}
	mean, deviation := classifier.Summary(reports)
	if o.plot != "" {
		if err := writePlot(o.plot, mean); err != nil {
			return err
		}
	}
	if o.json {
		out := map[string]any{}
		if err := merge(out, mean); err != nil {
			return err
		}
		if len(reports) > 1 {
			spread := map[string]any{}
			if err := merge(spread, deviation); err != nil {
				return err
			}
			delete(spread, "calibration")
			out["deviation"] = spread
		}
		return json.NewEncoder(cmd.OutOrStdout()).Encode(out)
	}
	return printReport(cmd.OutOrStdout(), mean, deviation, len(reports))
}

// merge adds the fields of a report to an object.
func merge(into map[string]any, r classifier.Report) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, &into)
}

func writePlot(name string, r classifier.Report) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return classifier.Plot(f, r)
}

func printReport(w io.Writer, mean, deviation classifier.Report, runs int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name string, value, spread float64, form string) {
		fmt.Fprintf(t, "%s\t"+form, name, value)
		if runs > 1 {
			fmt.Fprintf(t, "\t± "+form, spread)
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintf(t, "texts: train, test\t%d, %d\n", mean.Train, mean.Test)
	line("topic, first guess", mean.TopicTop1, deviation.TopicTop1, "%.3f")
	line("topic, among three", mean.TopicTop3, deviation.TopicTop3, "%.3f")
	line("topic, among five", mean.TopicTop5, deviation.TopicTop5, "%.3f")
	line("category, weighted F1", mean.CategoryWeightedF1, deviation.CategoryWeightedF1, "%.3f")
	line("category, macro F1", mean.CategoryMacroF1, deviation.CategoryMacroF1, "%.3f")
	line("agency", mean.AgencyTop1, deviation.AgencyTop1, "%.3f")
	line("agency, true topic given", mean.AgencyGivenTopic, deviation.AgencyGivenTopic, "%.3f")
	line("calibration error", mean.ECE, deviation.ECE, "%.3f")
	line("texts with confidence ≥ 0.9", mean.SureShare, deviation.SureShare, "%.3f")
	line("right among those", mean.SureRight, deviation.SureRight, "%.3f")
	line("texts that are asked about", mean.Unsure, deviation.Unsure, "%.3f")
	line("texts per second, one core", mean.TextsPerSecond, deviation.TextsPerSecond, "%.0f")
	line("training, seconds of one core", mean.TrainSeconds, deviation.TrainSeconds, "%.1f")
	line("model, MB", float64(mean.ModelBytes)/1e6, float64(deviation.ModelBytes)/1e6, "%.1f")
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nconfidence  texts  right")
	for _, b := range mean.Bins {
		if b.Texts > 0 {
			fmt.Fprintf(w, "%10.2f  %5d  %5.2f  %s\n", b.Confidence, b.Texts, b.Right, bar(b.Right))
		}
	}
	fmt.Fprintln(w, "\ntaken for another most often")
	for _, c := range mean.Confusions {
		fmt.Fprintf(w, "%4d  %s → %s\n", c.Times, c.Truth, c.Guess)
	}
	return nil
}

func bar(share float64) string {
	out := make([]rune, int(math.Round(20*share)))
	for i := range out {
		out[i] = '▇'
	}
	return string(out)
}
