package workflow

import (
	"context"
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// Act takes one action with an appeal and returns it as it stands then.
//
// Forbidden: the actor doesn't see the appeal or the step is another's.
// Conflict: the stage doesn't allow it, or the appeal was changed since the
// version of the command. Invalid: inputs, each with its field.
func (e *Engine) Act(ctx context.Context, by actor.Actor, appeal int64, cmd Command) (*Appeal, error) {
	if !ByCommand(cmd.Action) {
		return nil, fault.New(fault.Invalid, "workflow.unknown_action").With("action", string(cmd.Action))
	}
	var out *Appeal
	err := e.weighing(ctx, by, appeal, cmd, func(w *weighed) error {
		return e.store.InTx(ctx, func(tx Tx) (err error) {
			out, err = e.act(ctx, tx, by, appeal, cmd, 0, w)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// act is Act within a unit of work; bulk is that of which it is a part, 0 for
// none. What was weighed before counts at the version at which it was weighed
// alone: see [Engine.weighing].
func (e *Engine) act(ctx context.Context, tx Tx, by actor.Actor, appeal int64, cmd Command, bulk int64, w *weighed) (*Appeal, error) {
	a, err := tx.FindAppeal(ctx, appeal)
	if err != nil {
		return nil, err
	}
	if err := current(by, a, cmd.Version); err != nil {
		return nil, err
	}
	if w != nil && w.version != a.Version {
		return nil, errMoved
	}
	s, err := e.begin(by, a, cmd, e.clock.Now())
	if err != nil {
		return nil, err
	}
	s.data.Bulk = bulk
	if w != nil {
		s.flags = w.flags
	}
	if slices.Contains(aboutAnswer, cmd.Action) {
		if s.answer, err = tx.FindAnswer(ctx, a.ID, a.Round); err != nil {
			return nil, err
		}
		if cmd.Action == SubmitAnswer && stale(cmd.Draft, s.answer) {
			return nil, fault.New(fault.Conflict, "workflow.stale_draft")
		}
	}
	t, err := line(by, a, s.answer, cmd.Action)
	if err != nil {
		return nil, err
	}
	if err := s.take(ctx, t); err != nil {
		return nil, err
	}
	if err := s.write(ctx, tx, cmd.Action, t.Tell); err != nil {
		return nil, err
	}
	return a, e.release(ctx, tx, s)
}

// elsewhere lists the actions that have a use case of their own.
var elsewhere = []Action{Warn, Attach, Recount, Split, Join, Gather, Share, Propose}

// ByCommand reports whether [Engine.Act] takes the action.
func ByCommand(action Action) bool { return !slices.Contains(elsewhere, action) }

// aboutAnswer lists the actions that read or change the answer in the making.
var aboutAnswer = []Action{SubmitAnswer, Return, Sign, Withdraw}

// current reports whether the actor sees the appeal and saw its present
// version.
func current(by actor.Actor, a *Appeal, version int) error {
	if !CanSee(by, a) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	if version != 0 && version != a.Version {
		return fault.New(fault.Conflict, "workflow.stale")
	}
	return nil
}

// write puts everything that a step changed into its unit of work.
func (s *step) write(ctx context.Context, tx Tx, action Action, tellings []Telling) error {
	if s.saves {
		version := s.answer.Version + 1
		if err := tx.SaveAnswer(ctx, s.answer); err != nil {
			return err
		}
		s.answer.Version = version
		s.data.Answer = s.answer.ID
	}
	event, rows, err := s.record(action, tellings)
	if err != nil {
		return err
	}
	version := s.a.Version + 1
	if err := tx.SaveAppeal(ctx, s.a); err != nil {
		return err
	}
	s.a.Version = version
	if err := tx.AppendEvent(ctx, event); err != nil {
		return err
	}
	if s.passes != "" {
		passed, err := s.passed(ctx, tx)
		if err != nil {
			return err
		}
		rows = append(rows, passed...)
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.AddOutbox(ctx, rows...)
}

// record makes the line of history and the messages of a step. Nothing of the
// appeal may change after it.
func (s *step) record(action Action, tellings []Telling) (*Event, []Outbox, error) {
	event, err := s.event(action)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.notices(tellings)
	return event, rows, err
}
