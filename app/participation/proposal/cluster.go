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
// who calls. Nothing of the applicants goes into it; they are told by letter, and
// what they are owed runs on. The organiser's is public at once, a coordinator's
// is read by the organiser first.
func (s *Proposals) Gather(ctx context.Context, by actor.Actor, campaign int64, body Body, appeals []int64) (*Proposal, error) {
	appeals = slices.Compact(slices.Sorted(slices.Values(appeals)))
	body.Appeals, body.Estimate, body.Merge, body.Parts = len(appeals), nil, 0, nil
	typed := Typed{Body: body, Name: "-"}
	var check fault.Check
	check.That(len(appeals) > 0, "appeals", "proposal.appeals_needed")
	check.That(len(appeals) <= MaxAppeals, "appeals", "proposal.appeals_many", "max", MaxAppeals)
	if err := errors.Join(check.Take(typed.Check(0)), check.Err()); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	p := &Proposal{Campaign: campaign, Body: body, CreatedAt: now, ChangedAt: now}
	err := s.Store.Propose(ctx, campaign, func(tx Tx) error {
		c := tx.Campaign()
		switch {
		case !MayGather(by, c.Agency):
			return fault.New(fault.Forbidden, "error.forbidden")
		case !GathersIn(tx.Phases(), c, now):
			return fault.New(fault.Gone, "proposal.late")
		}
		p.State = Moderation
		if participation.MayOrganise(by, c.Agency) {
			p.State = Published
		}
		if err := tx.Create(p); err != nil {
			return err
		}
		if err := tx.Note(Note{Proposal: p.ID, N: 1, At: now, By: by.User, Action: Create, To: p.State}); err != nil {
			return err
		}
		return tx.Link(p.ID, appeals)
	})
	return p, err
}

// GathersIn reports whether officers may make proposals of appeals for a campaign
// now: from the first day of proposals, until they are no longer taken.
func GathersIn(p *Phases, c *participation.Campaign, now time.Time) bool {
	return c.State == participation.Draft && p.Takes(now)
}
