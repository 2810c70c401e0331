package participation

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/tally"
)

// Story is how a budget vote came out, so that a voter can follow it, and what the
// same ballots would have given under other rules. It follows from the ballots
// alone, and is worked out once.
type Story struct {
	Format  int `json:"format"` // storyFormat: another is worked out anew
	Ballots int `json:"ballots"`
	// Points says that ballots give points: scores and prices are of points, not of
	// voters.
	Points bool `json:"points,omitempty"`
	// Share is what every voter began the count with and FirstShare their plain part
	// of the budget, in units of the currency; empty where there are no shares.
	Share      string      `json:"share,omitempty"`
	FirstShare string      `json:"first_share,omitempty"`
	Counts     int         `json:"counts,omitempty"` // how often it was counted, with greater shares each time
	Purchases  []Purchase  `json:"purchases,omitempty"`
	Steps      []StoryStep `json:"steps,omitempty"` // down the list of what has most votes
	// Compared is voters by the outcome in which they have more projects, where the
	// rule asks.
	Compared *tally.Comparison `json:"compared,omitempty"`
	Rules    []RuleOutcome     `json:"rules"` // the campaign's own comes first
}

const storyFormat = 1

// Purchase is a project bought by those who voted for it.
type Purchase struct {
	Project string `json:"project"`
	InFull  int64  `json:"in_full"` // voters who paid the price
	Price   string `json:"price"`   // for one voter, or one point of a ballot with points
	Short   int64  `json:"short"`   // voters who gave the last they had
	Last    int64  `json:"last"`    // what those gave together, rounded
	// Out are projects that can't be bought from here on, with what their voters
	// still have.
	Out []OutOfReach `json:"out,omitempty"`
	// Equal are others that were as good: the declared ties decided.
	Equal []string `json:"equal,omitempty"`
}

// OutOfReach is a project whose voters don't have its cost together.
type OutOfReach struct {
	Project string `json:"project"`
	Behind  int64  `json:"behind"` // rounded
}

// StoryStep is a project on the way down the list.
type StoryStep struct {
	Project string        `json:"project"`
	Score   int64         `json:"score"`
	Left    int64         `json:"left"` // of the budget, after it
	Verdict tally.Verdict `json:"verdict"`
	Tied    bool          `json:"tied,omitempty"`
}

// RuleOutcome is what a rule makes of the ballots.
type RuleOutcome struct {
	Rule    string   `json:"rule"`
	Draw    bool     `json:"draw,omitempty"` // equals stopped it: a draw would have to decide
	Winners []string `json:"winners"`
	Cost    int64    `json:"cost"`
	// Served is ballots with at least one funded project.
	Served int `json:"served"`
	// Gain is what part of the money went to projects of a ballot, on average, in
	// thousandths.
	Gain int `json:"gain"`
}

// comparedRules are those that are shown side by side.
var comparedRules = []string{"equalshares/add1u", "equalshares/add1", "equalshares", "greedy", "greedy-no-skip"}

// Story tells how the result came about; nil where there is nothing to tell.
func (c *Counting) Story(r *Result) (*Story, error) {
	if c.election == nil || r.Projects == nil || !r.Quorum || c.ballots == c.blank {
		return nil, nil
	}
	e := c.Election(r.Projects)
	if len(e.Projects) == 0 {
		return nil, nil
	}
	s := &Story{Format: storyFormat, Ballots: c.ballots, Points: c.election.Kind != tally.Approval && c.election.Kind != tally.ChooseOne}
	own := c.terms.Money.Rule
	for _, name := range slices.Insert(slices.DeleteFunc(slices.Clone(comparedRules), func(n string) bool { return n == own }), 0, own) {
		terms, money := *c.terms, *c.terms.Money
		money.Rule = name
		terms.Money = &money
		rule, err := terms.Rule(r.Draw)
		if err != nil {
			return nil, err
		}
		if name != own && !c.terms.Money.BallotForm().Fits(&rule) {
			continue
		}
		counted, err := tally.Count(e, rule)
		var tie *tally.TieError
		switch {
		case errors.As(err, &tie) && name != own:
			s.Rules = append(s.Rules, RuleOutcome{Rule: name, Draw: true, Winners: []string{}})
			continue
		case err != nil:
			return nil, err
		}
		s.Rules = append(s.Rules, outcomeOf(e, name, counted))
		if name == own {
			s.tell(e, counted)
		}
	}
	return s, nil
}

func outcomeOf(e *tally.Election, name string, counted *tally.Result) RuleOutcome {
	o := RuleOutcome{Rule: name, Winners: e.IDs(counted.Winners), Cost: counted.Cost}
	won := make([]bool, len(e.Projects))
	for _, p := range counted.Winners {
		won[p] = true
	}
	sum := new(big.Int)
	for _, b := range e.Ballots {
		var got int64
		for i, p := range b.Choices {
			if won[p] && b.Points[i] > 0 {
				got += e.Projects[p].Cost
			}
		}
		if got > 0 {
			o.Served++
		}
		sum.Add(sum, big.NewInt(got))
	}
	if o.Cost > 0 {
		all := new(big.Int).Mul(big.NewInt(o.Cost), big.NewInt(int64(len(e.Ballots))))
		o.Gain = int(sum.Div(sum.Mul(sum, big.NewInt(1000)), all).Int64())
	}
	return o
}

// tell writes down how the winners were found.
func (s *Story) tell(e *tally.Election, counted *tally.Result) {
	s.Compared = counted.Compared
	if counted.Endowment != nil {
		s.Share, s.FirstShare = counted.Endowment.FloatString(2), big.NewRat(e.Budget, int64(len(e.Ballots))).FloatString(2)
		s.Counts = counted.Counts
	}
	for _, r := range counted.Rounds {
		p := Purchase{
			Project: e.Projects[r.Project].ID, InFull: r.InFull, Price: r.Price.FloatString(2), Short: r.Short, Last: rounded(r.Last), Equal: e.IDs(r.Tied),
		}
		for _, d := range r.Dropped {
			p.Out = append(p.Out, OutOfReach{Project: e.Projects[d.Project].ID, Behind: rounded(d.Behind)})
		}
		s.Purchases = append(s.Purchases, p)
	}
	for _, step := range counted.Steps {
		s.Steps = append(s.Steps, StoryStep{
			Project: e.Projects[step.Project].ID, Score: step.Score, Left: step.Left, Verdict: step.Verdict, Tied: step.Tied,
		})
	}
}

// rounded is an amount in whole units, half away from zero.
func rounded(r *big.Rat) int64 {
	n, _ := new(big.Int).SetString(r.FloatString(0), 10)
	return n.Int64()
}

// Story finds how the campaign's result came about, and works it out where nobody
// asked yet; nil where there is nothing to tell.
func (v *Voting) Story(ctx context.Context, c *Campaign) (*Story, error) {
	if c.Result == nil || c.Result.Projects == nil || !c.Result.Quorum {
		return nil, nil
	}
	known, err := v.knownStory(ctx, c.ID)
	if known != nil || err != nil {
		return known, err
	}
	v.stories.Lock()
	defer v.stories.Unlock()
	if known, err := v.knownStory(ctx, c.ID); known != nil || err != nil {
		return known, err
	}
	counting, err := v.counting(ctx, c)
	if err != nil {
		return nil, err
	}
	s, err := counting.Story(c.Result)
	if s == nil || err != nil {
		return nil, err
	}
	return s, v.Store.KeepStory(ctx, c.ID, s)
}

func (v *Voting) knownStory(ctx context.Context, campaign int64) (*Story, error) {
	s, err := v.Store.FindStory(ctx, campaign)
	if fault.Is(err, fault.NotFound) || err == nil && s.Format != storyFormat {
		return nil, nil
	}
	return s, err
}

// counting adds up the ballots of a campaign.
func (v *Voting) counting(ctx context.Context, c *Campaign) (*Counting, error) {
	terms, err := Thaw(c.Frozen)
	if err != nil {
		return nil, err
	}
	counting := NewCounting(terms)
	err = v.Box.EachBallot(ctx, c.ID, func(b Ballot) error {
		choice, err := Decode(terms, b.Choice)
		if err == nil {
			counting.Add(choice)
		}
		return err
	})
	return counting, err
}
