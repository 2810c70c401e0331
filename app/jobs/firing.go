package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// Firer performs one step of a deadline; it re-reads the row, so that a stale
// or repeated call does nothing and returns false.
type Firer interface {
	Fire(ctx context.Context, due workflow.Due) (fired bool, err error)
}

// Firing fires deadlines and counts what it did.
type Firing struct {
	Clocks workflow.Clocks
	Engine Firer
	Clock  clock.Clock
	Log    *slog.Logger
	// Fired is told of every step that was performed, with how late it was;
	// nil tells nobody.
	Fired func(due workflow.Due, late time.Duration)
}

func (f *Firing) one(ctx context.Context, due workflow.Due) error {
	fired, err := f.Engine.Fire(ctx, due)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if fired && f.Fired != nil {
		f.Fired(due, f.Clock.Now().Sub(due.At))
	}
	return nil
}

// sweepAtOnce is how many deadlines one sweep starts with. Where so many can't
// be fired that they fill it, the sweep looks further, so that broken rows
// never hide sound ones.
const (
	sweepAtOnce = 500
	sweepMost   = 1 << 16
)

// sweep fires what was due before the instant and has not fired.
func (f *Firing) sweep(ctx context.Context, before time.Time) (more bool, err error) {
	for limit := sweepAtOnce; ; limit *= 4 {
		dues, err := f.Clocks.ListUnfired(ctx, before, limit)
		if err != nil {
			return false, err
		}
		failed := 0
		for _, due := range dues {
			if err := f.one(ctx, due); err != nil {
				if ctx.Err() != nil {
					return false, ctx.Err()
				}
				failed++
				f.Log.ErrorContext(ctx, "deadline can't be fired", slog.Int64("appeal", due.Appeal), slog.Int("n", due.N),
					slog.String("step", string(due.Step)), slog.Any("error", err))
			}
		}
		switch {
		case len(dues) < limit:
			return false, nil
		case failed < len(dues):
			return true, nil
		case limit >= sweepMost:
			return false, fault.New(fault.Unavailable, "error.unavailable")
		}
	}
}
