package proposal

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

// Proposals are what citizens, organisers and agencies do with proposals. Each use
// case owns its transaction.
type Proposals struct {
	Store     Store
	Campaigns participation.Store
	Codes     participation.Codes
	Clock     clock.Clock
	Key       []byte // of persons and links
}

// SavePhases sets the phases of a draft. Dates of a step that is over stay.
func (s *Proposals) SavePhases(ctx context.Context, by actor.Actor, p *Phases) error {
	c, err := s.organised(ctx, by, p.Campaign)
	if err != nil {
		return err
	}
	if c.Terms.Kind != participation.Budget {
		return fault.New(fault.Conflict, "proposal.budget_only")
	}
	if c.State != participation.Draft {
		return fault.New(fault.Conflict, "proposal.frozen")
	}
	if p.Announced {
		asked := *p
		before, err := s.Store.FindPhases(ctx, p.Campaign)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		asked.Announced = before != nil && before.Announced // announced now, there must be days left
		found := asked.Preflight(c, s.Clock.Now())
		if err := found.Err(); err != nil {
			return err
		}
	}
	return s.Store.SavePhases(ctx, p)
}

// organised finds a campaign that the actor organises.
func (s *Proposals) organised(ctx context.Context, by actor.Actor, campaign int64) (*participation.Campaign, error) {
	c, err := s.Campaigns.FindCampaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	if !participation.MayOrganise(by, c.Agency) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	return c, nil
}

// change performs one action on a proposal: fn checks and fills it in, the row of
// the table says what it becomes and who is told.
func (s *Proposals) change(
	ctx context.Context, campaign, id int64, a Action, fn func(tx Tx, p *Proposal, n *Note) (State, error),
) (*Proposal, error) {
	var out *Proposal
	err := s.Store.Propose(ctx, campaign, func(tx Tx) error {
		p, err := tx.Find(id)
		if err != nil {
			return err
		}
		n := Note{At: s.Clock.Now(), Action: a}
		to, err := fn(tx, p, &n)
		if err != nil {
			return err
		}
		out = p
		return take(tx, p, n, to)
	})
	return out, err
}

// take moves a proposal by the table, notes it, and writes to its authors.
func take(tx Tx, p *Proposal, n Note, to State) error {
	t, ok := find(n.Action, p.State, to)
	if !ok {
		return fault.New(fault.Conflict, "proposal.not_now")
	}
	n.Reason = strings.TrimSpace(n.Reason)
	var check fault.Check
	check.That(!t.Reason || n.Reason != "", "reason", "proposal.reason_needed")
	check.That(utf8.RuneCountInString(n.Reason) <= MaxReason, "reason", "error.too_long", "max", MaxReason)
	if err := check.Err(); err != nil {
		return err
	}
	n.From, n.To, n.Proposal, n.N = t.From, t.To, p.ID, p.Version+1
	p.State, p.ChangedAt = t.To, n.At
	if err := tx.Save(p); err != nil {
		return err
	}
	if err := tx.Note(n); err != nil {
		return err
	}
	if t.Letter == "" {
		return nil
	}
	for i := range p.Authors {
		if err := tx.Letter(Message{Campaign: p.Campaign, Proposal: p.ID, Author: i, Key: t.Letter, Note: n.N}); err != nil {
			return err
		}
	}
	return nil
}

// Decide performs an action of the organiser that needs nothing but a reason:
// accept, return, reject.
func (s *Proposals) Decide(ctx context.Context, by actor.Actor, campaign, id int64, version int, a Action, reason string) (*Proposal, error) {
	if a != Accept && a != Return && a != Reject {
		return nil, fault.New(fault.Conflict, "proposal.not_now")
	}
	return s.change(ctx, campaign, id, a, func(tx Tx, p *Proposal, n *Note) (State, error) {
		if err := organises(tx, by, p, version); err != nil {
			return "", err
		}
		if !p.can(a) {
			return "", fault.New(fault.Conflict, "proposal.not_now")
		}
		n.By, n.Reason = by.User, reason
		if a == Accept && p.Body.Appeals > 0 { // everybody may read it from now on
			return "", tx.TellAppeals(p.ID)
		}
		return "", nil
	})
}

// organises reports why the actor may not decide on the proposal now.
func organises(tx Tx, by actor.Actor, p *Proposal, version int) error {
	c := tx.Campaign()
	switch {
	case !participation.MayOrganise(by, c.Agency):
		return fault.New(fault.Forbidden, "error.forbidden")
	case c.State != participation.Draft:
		return fault.New(fault.Conflict, "proposal.frozen")
	case version != p.Version:
		return fault.New(fault.Conflict, "proposal.changed_meanwhile")
	}
	return nil
}

// Sending is where a proposal is to be checked.
type Sending struct {
	Agency int64
	Due    time.Time
	Reason string // where it was checked or sent before
}

// SendToCheck asks an agency what a proposal costs and whether it can be done. a is
// Send or Recheck.
func (s *Proposals) SendToCheck(
	ctx context.Context, by actor.Actor, campaign, id int64, version int, a Action, in Sending,
) (*Proposal, error) {
	if a != Send && a != Recheck {
		return nil, fault.New(fault.Conflict, "proposal.not_now")
	}
	return s.change(ctx, campaign, id, a, func(tx Tx, p *Proposal, n *Note) (State, error) {
		if err := organises(tx, by, p, version); err != nil {
			return "", err
		}
		var check fault.Check
		check.That(in.Agency != 0, "agency", "proposal.agency_needed")
		check.That(in.Due.After(n.At), "due", "proposal.due_needed")
		if err := check.Err(); err != nil {
			return "", err
		}
		n.By, n.Reason, n.More = by.User, in.Reason, More{Agency: in.Agency, Due: in.Due}
		p.Agency, p.CheckDue, p.AnswerBy = in.Agency, in.Due, time.Time{}
		p.Body.Estimate = nil
		for i := range p.Authors {
			p.Authors[i].Agreed = ""
		}
		return Checking, nil
	})
}

// JudgeAs writes down what the agency says.
func (s *Proposals) JudgeAs(ctx context.Context, by actor.Actor, campaign, id int64, version int, e Estimate) (*Proposal, error) {
	return s.change(ctx, campaign, id, Judge, func(tx Tx, p *Proposal, n *Note) (State, error) {
		switch {
		case !MayJudge(by, p.Agency):
			return "", fault.New(fault.Forbidden, "error.forbidden")
		case version != p.Version:
			return "", fault.New(fault.Conflict, "proposal.changed_meanwhile")
		}
		if err := e.Check(); err != nil {
			return "", err
		}
		e.tidy()
		e.Agency, e.User, e.Name, e.At = p.Agency, by.User, by.Name, n.At
		p.Body.Estimate = &e
		n.By, n.Reason, n.More = by.User, e.Reason, More{Estimate: &e}
		to := e.Verdict.to()
		if to == Changes && len(p.Authors) == 0 {
			to = Feasible // the organiser's own: there is nobody to ask
		}
		if to == Changes {
			p.AnswerBy = n.At.Add(time.Duration(tx.Phases().AnswerDays) * day)
		}
		return to, nil
	})
}

// AdoptAs makes a project of the vote of a proposal that can be carried out. Its
// cost is what the agency estimated.
func (s *Proposals) AdoptAs(ctx context.Context, by actor.Actor, campaign, id int64, version int) (*Proposal, error) {
	return s.change(ctx, campaign, id, Adopt, func(tx Tx, p *Proposal, n *Note) (State, error) {
		if err := organises(tx, by, p, version); err != nil {
			return "", err
		}
		if p.State != Feasible || p.Cost() == 0 {
			return "", fault.New(fault.Conflict, "proposal.not_now")
		}
		n.By = by.User
		return "", tx.ChangeCampaign(func(c *participation.Campaign) (participation.Note, error) {
			if c.Terms.Money == nil {
				return participation.Note{}, fault.New(fault.Conflict, "proposal.budget_only")
			}
			if _, there := c.Terms.Project(p.ProjectID()); !there {
				c.Terms.Money.Projects = append(c.Terms.Money.Projects, p.project())
			}
			return edited(by, n.At), nil
		})
	})
}

// TakeOutOf takes a project out of the vote again, before it is published.
func (s *Proposals) TakeOutOf(ctx context.Context, by actor.Actor, campaign, id int64, version int, reason string) (*Proposal, error) {
	return s.change(ctx, campaign, id, TakeOut, func(tx Tx, p *Proposal, n *Note) (State, error) {
		if err := organises(tx, by, p, version); err != nil {
			return "", err
		}
		n.By, n.Reason = by.User, reason
		return "", tx.ChangeCampaign(func(c *participation.Campaign) (participation.Note, error) {
			if m := c.Terms.Money; m != nil {
				kept := m.Projects[:0:0]
				for _, one := range m.Projects {
					if one.Proposal != p.ID {
						kept = append(kept, one)
					}
				}
				m.Projects = kept
			}
			return edited(by, n.At), nil
		})
	})
}

func edited(by actor.Actor, at time.Time) participation.Note {
	return participation.Note{At: at, By: by.User, Action: participation.Edit, From: participation.Draft, To: participation.Draft}
}

// project is the proposal as people vote on it.
func (p *Proposal) project() participation.Project {
	out := participation.Project{ID: p.ProjectID(), Proposal: p.ID, Cost: p.Cost()}
	out.Name.RU, out.Text.RU = p.Body.Title, p.Body.Text
	if e := p.Body.Estimate; e != nil && e.Verdict == WithChange {
		out.Text.RU += "\n\n" + e.Reason
	}
	return out
}
