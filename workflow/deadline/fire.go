package deadline

import (
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Fire returns the step to perform at now and the clock with its next step,
// with the entry to record. The step is "" and nothing changes while NextAt is
// ahead or the clock stands.
//
// After an outage one thing is told, not everything that was missed: of
// several warnings the latest, of several overdue days the last. The due step
// is never skipped, so that after it the next step can be past already: fire
// until the step is "".
func (d Deadline) Fire(now time.Time, cal *calendar.Calendar) (Step, Deadline, Entry, error) {
	now = clock.Round(now)
	if !d.Running() || d.NextAt.IsZero() || now.Before(d.NextAt) {
		return "", d, Entry{}, nil
	}
	step, err := d.latest(now, cal)
	if err != nil {
		return "", d, Entry{}, err
	}
	next, entry, err := d.change(Entry{Op: OpStep, Step: step}, now, cal)
	if err != nil {
		return "", d, Entry{}, err
	}
	return step, next, entry, nil
}

// latest returns the highest step, from the planned one on, whose time has
// come.
func (d Deadline) latest(now time.Time, cal *calendar.Calendar) (Step, error) {
	if n := d.Step.OverdueDays(); n > 0 {
		last := int(cal.DayOf(now) - cal.DayOf(d.DueAt))
		if cal.At(cal.DayOf(now), cal.Office().Opens).After(now) {
			last--
		}
		return Overdue(max(n, last)), nil
	}
	plan, err := d.plan(cal)
	if err != nil {
		return "", err
	}
	step := d.Step
	for _, p := range plan {
		if p.step.Rank() > step.Rank() && !p.at.After(now) {
			step = p.step
		}
	}
	return step, nil
}

// passed notes that a step was fired and plans the one after it.
func (d *Deadline) passed(e Entry, cal *calendar.Calendar) error {
	if !d.PausedAt.IsZero() {
		return conflict("deadline.paused", *d)
	}
	rank := e.Step.Rank()
	if rank == 0 {
		return fault.New(fault.Invalid, "deadline.bad_step").With("step", string(e.Step))
	}
	if rank >= StepDue.Rank() {
		if !ladders[d.ladder()].overdue {
			d.end(Missed, e.At)
			return nil
		}
		var err error
		d.Step = Overdue(e.Step.OverdueDays() + 1)
		d.NextAt, err = d.instant(d.Step, cal)
		return err
	}
	plan, err := d.plan(cal)
	if err != nil {
		return err
	}
	for _, p := range plan {
		if p.step.Rank() > rank {
			d.Step, d.NextAt = p.step, p.at
			break
		}
	}
	return nil
}
