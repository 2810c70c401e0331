package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/participation/tally"
)

// tallyOptions are the flags of `otklik tally`.
type tallyOptions struct {
	rule, utility, start, ties, seed, threshold, budget, write string
	without                                                    []string
	exhaustive, explain, check, all, json                      bool
}

func tallyCommand() *cobra.Command {
	var o tallyOptions
	c := &cobra.Command{
		Use:   "tally FILE.pb",
		Short: "Count a budget vote again, from its ballots",
		Long: "Count a budget vote from a file in the Pabulib format and print who wins. The rule is the one that the file\n" +
			"names, unless --rule names another. Whatever decides is compared with exact arithmetic, so every machine gets\n" +
			"the same winners. Needs no database.\n\n" +
			"With --check the exit status is 0 where the rule gives the winners of the file (column «selected») in some order\n" +
			"of equals and in some way that its name leaves open, both of which are told; 1 where it does not; and 2 where the\n" +
			"file says nothing or names no rule that can be counted.\n\n" +
			"Rules: " + strings.Join(tally.RuleNames(), ", ") + ".",
		Example: "  otklik tally Poland_Swiecie_2023.pb --check\n" +
			"  otklik tally votes.pb --rule equalshares/add1 --explain\n" +
			"  otklik tally votes.pb --all-rules",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runTally(cmd, args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.rule, "rule", "", "count by this rule instead of the file's")
	f.StringVar(&o.utility, "utility", "", "of Equal Shares: cost (default) or cardinality")
	f.StringVar(&o.start, "start", "", "of add1: whole (default), integral or exact")
	f.BoolVar(&o.exhaustive, "exhaustive", false, "of add1: stop as soon as nothing more fits into the budget")
	f.StringVar(&o.ties, "ties", "", "how equals are decided, one after the other: cheaper, dearer, votes, order, lot; none refuses to decide")
	f.StringVar(&o.seed, "seed", "", "of the lot")
	f.StringVar(&o.threshold, "threshold", "", "the points that a project needs to win, instead of the file's")
	f.StringVar(&o.budget, "budget", "", "the budget, instead of the file's")
	f.StringSliceVar(&o.without, "without", nil, "ids of projects to leave out, as if they had been withdrawn")
	f.BoolVar(&o.explain, "explain", false, "tell in words how every winner was found")
	f.BoolVar(&o.check, "check", false, "compare with what the file says")
	f.BoolVar(&o.all, "all-rules", false, "count by every rule, side by side")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	f.StringVar(&o.write, "write", "", "write the election with these winners to a new file")
	return c
}

func runTally(cmd *cobra.Command, path string, o tallyOptions) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	e, warnings, err := tally.Read(file)
	if err != nil {
		return usageError{fmt.Errorf("%s can't be counted:\n%w", path, err)}
	}
	for i, w := range warnings {
		if i == 20 {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: and %d more of this kind\n", path, len(warnings)-i)
			break
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", path, w)
	}
	if err := o.suppose(e); err != nil {
		return usageError{err}
	}
	if o.all {
		return everyRule(cmd.OutOrStdout(), e, o)
	}
	r, err := o.parse(e.Rule)
	if err != nil {
		return usageError{o.unnamed(e, err)}
	}
	if r.Reserve > 0 && o.rule == "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s is a rule of the place's own, which the file may tell in its comment; of those, the one with a reserve is known here\n", path, e.Rule)
	}
	res, err := tally.Count(e, r)
	if err != nil {
		return usageError{err}
	}
	report := tallyReport{e: e, res: res}
	if o.check {
		if err := report.check(o); err != nil {
			return usageError{err}
		}
	}
	if o.write != "" {
		if err := writeElection(o.write, e, report.res.Winners); err != nil {
			return err
		}
	}
	if o.json {
		err = report.json(cmd.OutOrStdout(), o.name(e.Rule))
	} else {
		err = report.print(cmd.OutOrStdout(), o, o.name(e.Rule))
	}
	if err == nil && o.check && !report.review.Agreement.Agrees() {
		return errors.New("the count and the file disagree")
	}
	return err
}

// name is the rule that is counted by.
func (o *tallyOptions) name(ofFile string) string {
	if o.rule != "" {
		return o.rule
	}
	return ofFile
}

// parse puts the rule together from its name and the flags.
func (o *tallyOptions) parse(ofFile string) (tally.Rule, error) {
	name := o.name(ofFile)
	if name == "" {
		return tally.Rule{}, errors.New("the file names no rule: name one with --rule")
	}
	r, err := tally.ParseRule(name)
	if err != nil {
		return r, fmt.Errorf("%w (--rule)", err)
	}
	if o.utility != "" {
		r.Utility = tally.Utility(o.utility)
	}
	if o.start != "" {
		r.Start = tally.Start(o.start)
	}
	r.Exhaustive = o.exhaustive
	r.Seed = o.seed
	switch o.ties {
	case "":
	case "none":
		r.Ties = nil
	default:
		r.Ties = nil
		for k := range strings.SplitSeq(o.ties, ",") {
			r.Ties = append(r.Ties, tally.Key(strings.TrimSpace(k)))
		}
	}
	return r, r.Check()
}

// suppose changes the election as the flags say.
func (o *tallyOptions) suppose(e *tally.Election) error {
	err := e.LeaveOut(o.without...)
	if o.threshold != "" {
		err = errors.Join(err, e.Demand(o.threshold))
	}
	if o.budget != "" {
		err = errors.Join(err, e.Spend(o.budget))
	}
	return err
}

// unnamed adds to the error of a file without a rule that is known, which rules
// would give the winners that the file has.
func (o *tallyOptions) unnamed(e *tally.Election, err error) error {
	if !o.check || o.rule != "" {
		return err
	}
	if given, _ := e.GivenBy(append([]string{"greedy", "greedy-no-skip"}, tally.RuleNames()...)...); len(given) > 0 {
		return fmt.Errorf("%w. Its winners are those of: %s", err, strings.Join(given, ", "))
	}
	return err
}

func writeElection(path string, e *tally.Election, winners []int) error {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) //nolint:gosec // it is to be published
	if err != nil {
		return err
	}
	return errors.Join(e.Write(to, winners), to.Close())
}

// tallyReport is what is told about a count.
type tallyReport struct {
	e      *tally.Election
	res    *tally.Result
	review *tally.Review // nil where nothing was to be compared
}

// check compares with the file. What the flags don't declare may be as the file
// has it, where the rule leaves that open.
func (t *tallyReport) check(o tallyOptions) error {
	free := tally.Free{Ways: o.utility == "" && o.start == "" && !o.exhaustive, Ties: o.ties == ""}
	v, err := t.e.Review(t.res.Rule, free)
	if err == nil {
		t.review, t.res = v, v.Result
	}
	return err
}

func (t *tallyReport) json(to io.Writer, name string) error {
	e, res := t.e, t.res
	type project struct {
		ID    string `json:"id"`
		Name  string `json:"name,omitempty"`
		Cost  string `json:"cost"`
		Score string `json:"score"`
	}
	out := struct {
		Rule     string     `json:"rule"`
		Counted  tally.Rule `json:"counted_by"`
		Ballots  int        `json:"ballots"`
		Budget   string     `json:"budget"`
		Cost     string     `json:"cost"`
		Left     string     `json:"left"`
		Share    string     `json:"share,omitempty"`
		Winners  []string   `json:"winners"`
		Projects []project  `json:"projects"`
		Agrees   *bool      `json:"agrees,omitempty"`
		Variant  string     `json:"variant,omitempty"`
		Ties     []string   `json:"ties_decided,omitempty"`
		Missing  []string   `json:"missing,omitempty"`
		Extra    []string   `json:"extra,omitempty"`
		Clues    []string   `json:"clues,omitempty"`
	}{
		Rule: name, Counted: res.Rule, Ballots: len(e.Ballots), Budget: e.Money(e.Budget), Cost: e.Money(res.Cost),
		Left: e.Money(e.Budget - res.Cost), Winners: e.IDs(res.Winners),
	}
	if res.Endowment != nil {
		out.Share = res.Endowment.RatString()
	}
	scores := e.Scores()
	for _, p := range res.Winners {
		out.Projects = append(out.Projects, project{e.Projects[p].ID, e.Projects[p].Name, e.Money(e.Projects[p].Cost), e.Score(scores[p])})
	}
	if v := t.review; v != nil {
		agrees := v.Agreement.Agrees()
		out.Agrees, out.Variant, out.Ties, out.Clues = &agrees, v.Way, t.decided(), t.clues()
		out.Missing, out.Extra = e.IDs(v.Agreement.Missing), e.IDs(v.Agreement.Extra)
	}
	enc := json.NewEncoder(to)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func (t *tallyReport) print(to io.Writer, o tallyOptions, name string) error {
	e, res := t.e, t.res
	fmt.Fprintf(to, "%s: %d ballots, %d projects, budget %s\n", name, len(e.Ballots), len(e.Projects), e.Money(e.Budget))
	if len(e.Ballots) == 0 {
		fmt.Fprintln(to, "counted by the totals of the file, which has no ballots")
	}
	if t.review != nil && t.review.Way != "" {
		fmt.Fprintf(to, "counted %s\n", t.review.Way)
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nproject\tcost\tvotes\t name")
	scores := e.Scores()
	for _, p := range res.Winners {
		fmt.Fprintf(w, "%s\t%s\t%s\t %s\n", e.Projects[p].ID, e.Money(e.Projects[p].Cost), e.Score(scores[p]), short(e.Projects[p].Name))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(to, "\n%d of %d projects won, ", len(res.Winners), len(e.Projects))
	if over := res.Cost - e.Budget; over > 0 {
		fmt.Fprintf(to, "%s is spent: the budget of %s, and %s from a reserve\n", e.Money(res.Cost), e.Money(e.Budget), e.Money(over))
	} else {
		fmt.Fprintf(to, "%s of %s is spent, %s is left\n", e.Money(res.Cost), e.Money(e.Budget), e.Money(-over))
	}
	if o.explain {
		explain(to, e, res)
	}
	if t.review != nil {
		t.compare(to)
	}
	return nil
}

// short cuts a name for a table.
func short(name string) string {
	const most = 60
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most-1]) + "…"
}

// everyRule counts by each rule, side by side.
func everyRule(to io.Writer, e *tally.Election, o tallyOptions) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "rule\twon\tcost\tvoters with a winner\tas in the file\twinners")
	for _, name := range tally.RuleNames() {
		one := o
		one.rule = name
		r, err := one.parse("")
		if err != nil {
			return usageError{err}
		}
		res, err := tally.Count(e, r)
		if err != nil {
			fmt.Fprintf(w, "%s\t\t\t\t\t%s\n", name, err)
			continue
		}
		same := "—"
		if a, err := e.Agreement(res.Winners); err == nil {
			same = map[bool]string{true: "yes", false: "no"}[a.Agrees()]
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%.1f %%\t%s\t%s\n", name, len(res.Winners), e.Money(res.Cost), 100*e.Served(res.Winners), same, e.List(res.Winners))
	}
	return w.Flush()
}
