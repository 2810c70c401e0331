package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/deadline"
)

// atDue says what happens by itself when a clock runs out. The other clocks
// only tell people.
var atDue = map[deadline.Kind]Action{
	deadline.Clarification: Lapse,
	deadline.Rating:        Close,
	deadline.Promise:       Resume,
}

// Fire performs one step of a clock that came due. It believes the row, not
// the message: a step that was done, moved or stopped meanwhile, or whose time
// has not come, is not fired and no error. So each step is done once, however
// often it is asked for. When several steps were missed the latest is done;
// what is due after that shows in the row.
func (e *Engine) Fire(ctx context.Context, due Due) (fired bool, err error) {
	err = e.store.InTx(ctx, func(tx Tx) error {
		fired = false
		a, err := tx.FindAppeal(ctx, due.Appeal)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		now := e.clock.Now()
		i := slices.IndexFunc(a.Deadline, func(d deadline.Deadline) bool { return d.N == due.N })
		if i < 0 || a.Deadline[i].Step != due.Step {
			return nil
		}
		fired, err = e.fire(ctx, tx, a, i, now)
		return err
	})
	return fired && err == nil, err
}

func (e *Engine) fire(ctx context.Context, tx Tx, a *Appeal, i int, now time.Time) (bool, error) {
	before := a.Deadline[i]
	name, after, entry, err := before.Fire(now, e.calendar)
	if err != nil || name == "" {
		return false, err
	}
	action, acts := atDue[before.Kind]
	if acts = acts && after.State == deadline.Missed; !acts {
		action = Warn
	}
	s, err := e.begin(actor.Job, a, Command{Action: action}, now)
	if err != nil {
		return false, err
	}
	t, err := line(actor.Job, a, nil, action)
	if err != nil {
		return false, err
	}
	a.Deadline[i] = after
	s.data.Clock = append(s.data.Clock, entry)
	s.data.Kind, s.data.Step, s.data.Level = before.Kind, name, deadline.Level(name)
	if err := s.take(ctx, t); err != nil {
		return false, err
	}
	tellings := t.Tell
	if !acts {
		tellings = warnings(&before, name)
	}
	return true, s.write(ctx, tx, action, tellings)
}
