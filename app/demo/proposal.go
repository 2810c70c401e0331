package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
)

// proposing is the gathering of proposals.
type proposing struct {
	Title   lang.Text `yaml:"title"`
	Text    lang.Text `yaml:"text"`
	Budget  int64     `yaml:"budget"`
	Ceiling int64     `yaml:"ceiling"`
	Days    struct {
		Begin, Propose, Check, Opens, Closes, Result, Reports int
	} `yaml:"days"`
	Proposals []wish `yaml:"proposals"`
	Merge     struct {
		Of     []int `yaml:"of"` // places in the list, from 1
		Day    int   `yaml:"day"`
		common `yaml:",inline"`
		Why    string `yaml:"why"`
	} `yaml:"merge"`
	Appeals struct {
		Day       int    `yaml:"day"`
		Topics    string `yaml:"topics"` // how their codes begin
		Territory string `yaml:"territory"`
		common    `yaml:",inline"`
	} `yaml:"appeals"`
}

// common is what every proposal says.
type common struct {
	Title string `yaml:"title"`
	Text  string `yaml:"text"`
	Place string `yaml:"place"`
}

func (c common) body() proposal.Body {
	return proposal.Body{Title: c.Title, Text: c.Text, Place: c.Place}
}

// wish is a proposal and what becomes of it.
type wish struct {
	common     `yaml:",inline"`
	Day        int                 `yaml:"day"`
	Point      []float64           `yaml:"point"` // latitude, longitude
	Cost       int64               `yaml:"cost"`
	Name       string              `yaml:"name"`
	Interested int                 `yaml:"interested"`
	Wait       bool                `yaml:"wait"` // the organiser has not read it
	Reject     string              `yaml:"reject"`
	Agency     string              `yaml:"agency"` // that checks it
	Due        int                 `yaml:"due"`
	Verdict    proposal.Verdict    `yaml:"verdict"`
	Ground     proposal.Ground     `yaml:"ground"`
	Reason     string              `yaml:"reason"`
	Lines      []proposal.CostLine `yaml:"lines"`
	Adopt      bool                `yaml:"adopt"`
}

func (a *assembly) gather(ctx context.Context, in *proposing) error {
	d := in.Days
	a.watch.Set(a.at(d.Begin-2, 10))
	c, err := a.draft(ctx, in.Title, in.Text, a.at(d.Opens, 9), a.at(d.Closes, 20), func(t *participation.Terms) {
		t.Kind, t.Shown, t.Ties = participation.Budget, participation.WhenCounted, participation.TieOrder
		t.Money = &participation.Money{Budget: in.Budget, Rule: "greedy"}
	})
	if err != nil {
		return err
	}
	err = a.Proposals.SavePhases(ctx, a.organiser, &proposal.Phases{
		Campaign: c.ID, Announced: true, ProposeFrom: a.at(d.Begin, 9), ProposeUntil: a.at(d.Propose, 20), CheckUntil: a.at(d.Check, 20),
		ResultBy: a.at(d.Result, 20), ReportsUntil: a.at(d.Reports, 20),
		PerPerson: proposal.DefaultPerPerson, AnswerDays: in.Days.Check - in.Days.Propose - 1, Ceiling: in.Ceiling,
	})
	if err != nil {
		return err
	}
	made := make([]*proposal.Proposal, len(in.Proposals))
	for i := range in.Proposals {
		if made[i], err = a.propose(ctx, c.ID, &in.Proposals[i]); err != nil {
			return fmt.Errorf("%s: %w", in.Proposals[i].Title, err)
		}
	}
	a.goTo(in.Merge.Day, 11)
	var parts []int64
	for _, n := range in.Merge.Of {
		parts = append(parts, made[n-1].ID)
	}
	merge, err := a.Proposals.AskMerge(ctx, a.organiser, c.ID, parts, in.Merge.body(), in.Merge.Why)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if _, err := a.Proposals.AnswerMerge(ctx, c.ID, merge.ID, part, 0, proposal.Yes); err != nil {
			return err
		}
	}
	return a.gatherAppeals(ctx, c.ID, in)
}

// propose lets somebody propose, and officers do with it what the file says.
func (a *assembly) propose(ctx context.Context, campaign int64, in *wish) (*proposal.Proposal, error) {
	a.goTo(in.Day, 12)
	typed := proposal.Typed{Body: in.body(), Name: in.Name, Email: a.mailbox()}
	typed.Cost = in.Cost
	if len(in.Point) == 2 {
		typed.Point = &proposal.Point{Lat: in.Point[0], Lon: in.Point[1]}
	}
	p, code, err := a.Proposals.Keep(ctx, campaign, typed, lang.RU, true)
	if err != nil {
		return nil, err
	}
	digits, err := a.digits(ctx, code)
	if err != nil {
		return nil, err
	}
	if p, err = a.Proposals.Confirm(ctx, campaign, p.ID, 0, code, digits); err != nil || in.Wait {
		return p, err
	}
	a.goTo(in.Day, 16)
	if in.Reject != "" {
		return a.Proposals.Decide(ctx, a.organiser, campaign, p.ID, p.Version, proposal.Reject, in.Reject)
	}
	if p, err = a.Proposals.Decide(ctx, a.organiser, campaign, p.ID, p.Version, proposal.Accept, ""); err != nil {
		return nil, err
	}
	for range in.Interested {
		person := proposal.Person(a.Proposals.Key, campaign, a.mailbox())
		if _, err := a.Proposals.Store.Interest(ctx, p.ID, person, nil); err != nil {
			return nil, err
		}
	}
	if in.Agency == "" {
		return p, nil
	}
	return a.check(ctx, campaign, p, in)
}

// check sends a proposal to an agency, which looks at it.
func (a *assembly) check(ctx context.Context, campaign int64, p *proposal.Proposal, in *wish) (*proposal.Proposal, error) {
	agency, err := a.agency(in.Agency)
	if err != nil {
		return nil, err
	}
	due := a.at(in.Day+14, 18)
	if in.Due != 0 {
		due = a.at(in.Due, 18)
	}
	p, err = a.Proposals.SendToCheck(ctx, a.organiser, campaign, p.ID, p.Version, proposal.Send, proposal.Sending{Agency: agency, Due: due})
	if err != nil || in.Verdict == "" {
		return p, err
	}
	i := slices.IndexFunc(a.users, func(u identity.User) bool { return u.Actor().Holds(actor.Executor, agency) })
	if i < 0 {
		return nil, fmt.Errorf("%s has no executor", in.Agency)
	}
	e := proposal.Estimate{Verdict: in.Verdict, Ground: in.Ground, Reason: in.Reason, Lines: in.Lines, Points: map[string]string{}}
	for _, point := range proposal.Points {
		e.Points[point] = proposal.PointYes
	}
	if in.Verdict != proposal.CanBeDone {
		e.Points["nets"] = proposal.PointNo
	}
	// Of what the authors are asked they are asked today.
	if a.goTo(in.Day+1, 15); in.Verdict == proposal.WithChange {
		a.goTo(-1, 10)
		defer a.watch.Set(a.at(in.Day+1, 15))
	}
	if p, err = a.Proposals.JudgeAs(ctx, a.users[i].Actor(), campaign, p.ID, p.Version, e); err != nil || !in.Adopt {
		return p, err
	}
	return a.Proposals.AdoptAs(ctx, a.organiser, campaign, p.ID, p.Version)
}

// gatherAppeals makes a proposal of appeals of the region, where there are any.
func (a *assembly) gatherAppeals(ctx context.Context, campaign int64, in *proposing) error {
	lives, err := readLives()
	if err != nil {
		return err
	}
	var ids []int64
	for n, l := range lives[:len(lives)-1] { // the last one has another key
		if l.Territory != in.Appeals.Territory || !strings.HasPrefix(l.Rubric, in.Appeals.Topics) || l.DaysAgo <= -in.Appeals.Day {
			continue
		}
		id, err := a.Store.FindIDByKey(ctx, key(n, l))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil
	}
	a.goTo(in.Appeals.Day, 10)
	_, err = a.Proposals.Gather(ctx, a.organiser, campaign, in.Appeals.body(), ids)
	return err
}
