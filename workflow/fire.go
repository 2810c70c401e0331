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
		i := a.waiting(due)
		if i < 0 {
			return nil
		}
		f, err := e.fire(ctx, a, i, e.clock.Now())
		if err != nil || f == nil {
			return err
		}
		fired = true
		return f.step.write(ctx, tx, f.action, f.tellings)
	})
	return fired && err == nil, err
}

// fire makes the step of a clock, nil where there is none to take now.
func (e *Engine) fire(ctx context.Context, a *Appeal, i int, now time.Time) (*fired, error) {
	before := a.Deadline[i]
	if now.Before(before.NextAt) {
		return nil, nil // by this clock; what a clock that was ahead wrote makes nothing due
	}
	name, after, entry, err := before.Fire(a.notBefore(now), e.Calendar())
	if err != nil || name == "" {
		return nil, err
	}
	f := &fired{action: Warn, tellings: warnings(&before, name)}
	action, acts := atDue[before.Kind]
	if acts = acts && after.State == deadline.Missed; acts {
		f.action = action
	}
	s, err := e.begin(actor.Job, a, Command{Action: f.action}, now)
	if err != nil {
		return nil, err
	}
	t, err := line(actor.Job, a, nil, f.action)
	if err != nil {
		return nil, err
	}
	switch {
	case acts:
		f.tellings = t.Tell
	case a.Lead != 0 && before.Kind == deadline.Promise:
		f.tellings = nil // the promise is the lead's to keep
	}
	a.Deadline[i] = after
	if j := slices.IndexFunc(a.Opinions, func(o Opinion) bool { return o.Clock == before.N }); j >= 0 {
		s.opinion = &a.Opinions[j]
	}
	s.data.Clock = append(s.data.Clock, entry)
	s.data.Kind, s.data.Step, s.data.Level = before.Kind, name, deadline.Level(name)
	f.step = s
	return f, s.take(ctx, t)
}

// fired is a step of a clock that was made and is to be written.
type fired struct {
	step     *step
	action   Action
	tellings []Telling
}

// waiting is the index of the clock that still waits for the step, -1 where it
// was done, moved or stopped.
func (a *Appeal) waiting(due Due) int {
	return slices.IndexFunc(a.Deadline, func(d deadline.Deadline) bool { return d.N == due.N && d.Step == due.Step })
}
