package proposal

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

// MaxAppeals is how many appeals one proposal may be made of.
const MaxAppeals = 500

// Gather makes a proposal of appeals. Whether the actor sees them was checked by
// who calls. Nothing of the applicants goes into it; they are told by letter once
// everybody can read it, and what they are owed runs on. The organiser's is public
// at once, a coordinator's is read by the organiser first. An appeal is a part of
// one proposal of a campaign: those that are in another already stay there. Sent
// again it is the same proposal.
func (s *Proposals) Gather(ctx context.Context, by actor.Actor, campaign int64, body Body, appeals []int64) (*Proposal, error) {
	appeals = slices.Compact(slices.Sorted(slices.Values(appeals)))
	body.Estimate, body.Merge, body.Parts = nil, 0, nil
	typed := Typed{Body: body, Name: "-"}
	var check fault.Check
	check.That(len(appeals) > 0, "appeals", "proposal.appeals_needed")
	check.That(len(appeals) <= MaxAppeals, "appeals", "proposal.appeals_many", "max", MaxAppeals)
	if err := errors.Join(check.Take(typed.Check(0)), check.Err()); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	var p *Proposal
	err := s.Store.Propose(ctx, campaign, func(tx Tx) error {
		c := tx.Campaign()
		switch {
		case !MayGather(by, c.Agency):
			return fault.New(fault.Forbidden, "error.forbidden")
		case !GathersIn(tx.Phases(), c, now):
			return fault.New(fault.Gone, "proposal.late")
		}
		again, rest, err := unlinked(tx, body, appeals)
		if p = again; err != nil || p != nil {
			return err
		}
		p = &Proposal{Campaign: campaign, State: Moderation, Body: body, CreatedAt: now, ChangedAt: now}
		p.Body.Appeals = len(rest)
		if participation.MayOrganise(by, c.Agency) {
			p.State = Published
		}
		if err := tx.Create(p); err != nil {
			return err
		}
		if err := tx.Note(Note{Proposal: p.ID, N: 1, At: now, By: by.User, Action: Create, To: p.State}); err != nil {
			return err
		}
		if err := tx.Link(p.ID, rest); err != nil || p.State != Published {
			return err
		}
		return tx.TellAppeals(p.ID)
	})
	return p, err
}

// unlinked leaves out the appeals that are parts of a proposal already. again is
// what was made of the same appeals in the same words.
func unlinked(tx Tx, body Body, appeals []int64) (again *Proposal, rest []int64, err error) {
	links, err := tx.ListLinks(appeals)
	if err != nil {
		return nil, nil, err
	}
	in := map[int64]int64{}
	for _, l := range links {
		in[l.Appeal] = l.Proposal
	}
	for _, a := range appeals {
		if in[a] == 0 {
			rest = append(rest, a)
		}
	}
	if len(rest) > 0 {
		return nil, rest, nil
	}
	p, err := tx.Find(in[appeals[0]])
	if err != nil {
		return nil, nil, err
	}
	if p.Body.Title != body.Title || p.Body.Text != body.Text || p.Body.Appeals != len(appeals) {
		return nil, nil, fault.New(fault.Conflict, "proposal.appeals_taken").With("title", p.Body.Title)
	}
	return p, nil, nil
}

// GathersIn reports whether a campaign takes proposals now: from the first day of
// proposals until the last, and not once the vote is published.
func GathersIn(p *Phases, c *participation.Campaign, now time.Time) bool {
	return c.State == participation.Draft && p.Takes(now)
}
