package proposal

import (
	"context"
	"errors"

	"github.com/otklik/otklik/app/fault"
)

// errNothing ends a change for which there was nothing to do after all.
var errNothing = errors.New("nothing to do")

// Work does what the clock has to do: who was asked and stayed silent has said
// «no». Any number of nodes may run it.
func (s *Proposals) Work(ctx context.Context) (more bool, err error) {
	now := s.Clock.Now()
	late, err := s.Store.ListLate(ctx, now)
	if err != nil {
		return false, err
	}
	var errs []error
	for i := range late {
		_, err := s.change(ctx, late[i].Campaign, late[i].ID, Silence, func(_ Tx, p *Proposal, _ *Note) (State, error) {
			if p.State != Changes || now.Before(p.AnswerBy) {
				return "", errNothing
			}
			return "", nil
		})
		errs = append(errs, unless(err))
	}
	merges, err := s.Store.ListLateMerges(ctx, now)
	if err != nil {
		return false, err
	}
	for i := range merges {
		err := s.Store.Propose(ctx, merges[i].Campaign, func(tx Tx) error {
			m, err := tx.FindMerge(merges[i].ID)
			if err != nil {
				return err
			}
			if m.State != Asked || now.Before(m.Until) {
				return errNothing
			}
			return endMerge(tx, m, Lapsed)
		})
		errs = append(errs, unless(err))
	}
	return false, errors.Join(errs...)
}

// unless forgets what another node has done already.
func unless(err error) error {
	if errors.Is(err, errNothing) || fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
