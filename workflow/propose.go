package workflow

import (
	"context"
	"slices"

	"github.com/otklik/otklik/app/actor"
)

// Propose notes that the appeal became a part of a proposal of a budget vote, and
// tells its author. No clock moves: they are answered as before. Asked again, it
// changes nothing.
func (e *Engine) Propose(ctx context.Context, appeal int64, to ProposalLink) error {
	return e.store.InTx(ctx, func(tx Tx) error {
		a, err := tx.FindAppeal(ctx, appeal)
		if err != nil {
			return err
		}
		history, err := tx.ListEvents(ctx, appeal)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(history, func(e Event) bool { return e.Data.Proposal != nil && *e.Data.Proposal == to }) {
			return nil
		}
		s, err := e.begin(actor.Job, a, Command{Action: Propose}, e.clock.Now())
		if err != nil {
			return err
		}
		t, err := line(actor.Job, a, nil, Propose)
		if err != nil {
			return err
		}
		s.data.Proposal = &to
		if err := s.take(ctx, t); err != nil {
			return err
		}
		return s.write(ctx, tx, Propose, t.Tell)
	})
}
