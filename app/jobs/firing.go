package jobs

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// Firer performs steps of deadlines; it re-reads each row, so that a stale or
// repeated call does nothing.
type Firer interface {
	FireAll(ctx context.Context, dues []workflow.Due) []workflow.Fired
}

// Firing fires deadlines and tells what it did.
type Firing struct {
	Clocks workflow.Clocks
	Engine Firer
	Clock  clock.Clock
	Log    *slog.Logger
	// Fired is told of every step that was performed, with how late it was;
	// nil tells nobody.
	Fired func(due workflow.Due, late time.Duration)
}

// all fires what it is given and returns what could not be fired.
func (f *Firing) all(ctx context.Context, dues []workflow.Due) (failed []workflow.Fired) {
	for some := range slices.Chunk(dues, workflow.FireAtOnce) {
		for _, got := range f.Engine.FireAll(ctx, some) {
			switch {
			case got.Err != nil && !fault.Is(got.Err, fault.NotFound):
				failed = append(failed, got)
			case got.Done && f.Fired != nil:
				f.Fired(got.Due, f.Clock.Now().Sub(got.Due.At))
			}
		}
		if ctx.Err() != nil {
			return failed
		}
	}
	return failed
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
		failed := f.all(ctx, dues)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		for _, bad := range failed {
			f.Log.ErrorContext(ctx, "deadline can't be fired", slog.Int64("appeal", bad.Due.Appeal), slog.Int("n", bad.Due.N),
				slog.String("step", string(bad.Due.Step)), slog.Any("error", bad.Err))
		}
		switch {
		case len(dues) < limit:
			return false, nil
		case len(failed) < len(dues):
			return true, nil
		case limit >= sweepMost:
			return false, fault.New(fault.Unavailable, "error.unavailable")
		}
	}
}
