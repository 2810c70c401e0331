package workflow

import (
	"context"
)

// FireAtOnce is how many appeals one unit of work of [Engine.FireAll] changes.
const FireAtOnce = 200

// Fired is how one step of a clock went.
type Fired struct {
	Due  Due
	Done bool  // false and no error: it was done, moved or stopped before, or its time has not come
	Err  error // of this one alone
}

// FireAll is [Engine.Fire] of many, in the order given: appeals share units of
// work, so that thousands of clocks that run out together cost few commits.
// One that can't be fired takes no other with it.
func (e *Engine) FireAll(ctx context.Context, dues []Due) []Fired {
	out := make([]Fired, len(dues))
	rest := make([]int, len(dues))
	for i := range dues {
		out[i].Due, rest[i] = dues[i], i
	}
	for len(rest) > 0 {
		var now, later []int
		taken := map[int64]bool{}
		for _, i := range rest {
			// The second clock of an appeal sees what the first has changed.
			if id := dues[i].Appeal; len(now) < FireAtOnce && !taken[id] {
				taken[id] = true
				now = append(now, i)
			} else {
				later = append(later, i)
			}
		}
		e.fireTogether(ctx, out, now)
		rest = later
	}
	return out
}

// fireTogether fires what is at the indexes by one unit of work, and one by one
// what that could not do.
func (e *Engine) fireTogether(ctx context.Context, out []Fired, at []int) {
	var alone []int
	err := e.store.InTx(ctx, func(tx Tx) error {
		alone = nil
		done, steps, err := e.makeSteps(ctx, tx, out, at, &alone)
		if err != nil || len(steps) == 0 {
			return err
		}
		if err := tx.SaveSteps(ctx, steps); err != nil {
			return err
		}
		for _, i := range done {
			out[i].Done = true
		}
		return nil
	})
	if err != nil {
		alone = at
	}
	for _, i := range alone {
		out[i].Done, out[i].Err = e.Fire(ctx, out[i].Due)
	}
}

// makeSteps makes the steps that one unit of work can save together. alone gets
// those that failed or that save more than a step.
func (e *Engine) makeSteps(ctx context.Context, tx Tx, out []Fired, at []int, alone *[]int) (done []int, steps []Step, err error) {
	ids := make([]int64, len(at))
	for k, i := range at {
		ids[k] = out[i].Due.Appeal
	}
	appeals, err := tx.FindAppeals(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[int64]*Appeal, len(appeals))
	for _, a := range appeals {
		byID[a.ID] = a
	}
	now := e.clock.Now()
	for _, i := range at {
		a := byID[out[i].Due.Appeal]
		if a == nil {
			continue
		}
		clock := a.waiting(out[i].Due)
		if clock < 0 {
			continue
		}
		f, err := e.fire(ctx, a, clock, now)
		switch {
		case err != nil || (f != nil && (f.step.saves || f.step.passes != "")):
			*alone = append(*alone, i)
			continue
		case f == nil:
			continue
		}
		event, rows, err := f.step.record(f.action, f.tellings)
		if err != nil {
			*alone = append(*alone, i)
			continue
		}
		done, steps = append(done, i), append(steps, Step{Appeal: a, Event: event, Outbox: rows})
	}
	return done, steps, nil
}
