package deadline

import (
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Op is what happened to a clock.
type Op string

// The operations.
const (
	OpOpen     Op = "open"
	OpPause    Op = "pause"
	OpResume   Op = "resume"
	OpExtend   Op = "extend"
	OpAnchor   Op = "anchor"
	OpTransfer Op = "transfer"
	OpRecount  Op = "recount" // with a calendar that was changed since
	OpStep     Op = "step"
	OpClose    Op = "close"
	OpCancel   Op = "cancel"
)

// Entry is what an event records about one clock: the inputs of the change
// and, for a check, the due instant that came of it. Its JSON is part of the
// event's hash: fields may be added with omitempty or omitzero, never renamed
// or removed.
type Entry struct {
	Op       Op            `json:"op"`
	N        int           `json:"n"`
	Kind     Kind          `json:"kind"`
	At       time.Time     `json:"at"`
	Agency   int64         `json:"agency,omitempty"`   // open, transfer
	Amount   Amount        `json:"amount,omitzero"`    // open, extend
	Roll     calendar.Roll `json:"roll,omitempty"`     // open
	Ladder   Ladder        `json:"ladder,omitempty"`   // open
	Anchor   time.Time     `json:"anchor,omitzero"`    // open backwards, anchor: the date counted back from
	Calendar string        `json:"calendar,omitempty"` // open, resume, extend, anchor, step, recount: version used
	Step     Step          `json:"step,omitempty"`     // step: which was fired
	Due      time.Time     `json:"due"`                // after the change
}

// apply performs an entry: the one place where a clock changes, but for
// [Deadline.recount], which needs the entries before. It ignores e.Due. cal is
// needed by open, resume, extend, anchor and step.
func (d Deadline) apply(e Entry, cal *calendar.Calendar) (Deadline, error) {
	if e.Op == OpOpen {
		return begin(e, cal)
	}
	if d.State != Open {
		return d, conflict("deadline.ended", d)
	}
	if e.At.Before(d.StartsAt) {
		return d, conflict("deadline.before_start", d)
	}
	var err error
	switch e.Op {
	case OpPause:
		err = d.pause(e.At)
	case OpResume:
		err = d.resume(e.At, cal)
	case OpExtend:
		err = d.extend(e, cal)
	case OpAnchor:
		err = d.anchor(e, cal)
	case OpStep:
		err = d.passed(e, cal)
	case OpTransfer:
		d.AgencyID = e.Agency
	case OpClose:
		d.end(Met, e.At)
	case OpCancel:
		d.end(Cancelled, e.At)
	default:
		err = fault.New(fault.Invalid, "deadline.bad_op").With("op", string(e.Op))
	}
	return d, err
}

// change applies an entry about d at an instant and completes it.
func (d Deadline) change(e Entry, at time.Time, cal *calendar.Calendar) (Deadline, Entry, error) {
	e.N, e.Kind, e.At = d.N, d.Kind, clock.Round(at)
	if cal != nil {
		e.Calendar = cal.Version()
	}
	next, err := d.apply(e, cal)
	if err != nil {
		return d, Entry{}, err
	}
	e.Due = next.DueAt
	return next, e, nil
}

func begin(e Entry, cal *calendar.Calendar) (Deadline, error) {
	d := Deadline{
		N: e.N, Kind: e.Kind, AgencyID: e.Agency, StartsAt: e.At, Calendar: cal.Version(),
		Amount: e.Amount, Roll: e.Roll, Ladder: e.Ladder, State: Open,
	}
	var err error
	if e.Anchor.IsZero() {
		d.DueAt, err = cal.Due(e.At, e.Amount, e.Roll)
	} else {
		d.DueAt, err = d.before(e, cal)
	}
	if err != nil {
		return Deadline{}, err
	}
	d.DueAt = clock.Round(d.DueAt)
	return d, d.schedule(e.At, cal)
}

// before counts back from the anchor of an entry. Where that day is past
// already what is left is today; for an opinion, which somebody else has yet to
// write, the next working day.
func (d *Deadline) before(e Entry, cal *calendar.Calendar) (time.Time, error) {
	due, err := cal.Before(e.Anchor, d.Amount, d.Roll)
	if err != nil {
		return time.Time{}, err
	}
	first := cal.DayOf(e.At)
	if !due.Before(cal.EndOf(first)) {
		return due, nil
	}
	if d.Kind == Opinion {
		if first, err = cal.NextWorking(first); err != nil {
			return time.Time{}, err
		}
	}
	return cal.EndOf(first), nil
}

// anchor counts back from another date. The due date never moves back.
func (d *Deadline) anchor(e Entry, cal *calendar.Calendar) error {
	if !d.PausedAt.IsZero() {
		return conflict("deadline.paused", *d)
	}
	due, err := d.before(e, cal)
	if err != nil {
		return err
	}
	if due = clock.Round(due); !due.After(d.DueAt) {
		return nil
	}
	d.DueAt, d.Calendar = due, cal.Version()
	return d.schedule(e.At, cal)
}

func (d *Deadline) pause(at time.Time) error {
	if !d.PausedAt.IsZero() {
		return conflict("deadline.paused", *d)
	}
	if at.After(d.DueAt) {
		return conflict("deadline.overdue", *d)
	}
	d.PausedAt, d.Step, d.NextAt = at, "", time.Time{}
	return nil
}

// resume gives back what was left at the pause, in the unit of the rule: so
// many calendar days, working days, or so much time of open office.
func (d *Deadline) resume(at time.Time, cal *calendar.Calendar) error {
	if d.PausedAt.IsZero() || at.Before(d.PausedAt) {
		return conflict("deadline.not_paused", *d)
	}
	due, err := d.remaining(at, cal)
	if err != nil {
		return err
	}
	if due = clock.Round(due); due.After(d.DueAt) {
		d.DueAt = due
	}
	d.Paused += at.Sub(d.PausedAt)
	d.PausedAt, d.Calendar = time.Time{}, cal.Version()
	return d.schedule(at, cal)
}

// remaining returns the due instant of a clock that runs again from at.
func (d *Deadline) remaining(at time.Time, cal *calendar.Calendar) (time.Time, error) {
	stopped, last := cal.DayOf(d.PausedAt), cal.DayOf(d.DueAt)
	switch d.Amount.Unit {
	case calendar.WorkingHours:
		left, err := cal.WorkingTime(d.PausedAt, d.DueAt)
		if err != nil {
			return time.Time{}, err
		}
		return cal.AddWorking(at, left)
	case calendar.WorkingDays:
		left, err := cal.WorkingDaysBetween(stopped, last)
		if err != nil {
			return time.Time{}, err
		}
		return cal.Due(at, calendar.Working(left), d.Roll)
	default:
		return cal.Due(at, calendar.Days(int(last-stopped)), d.Roll)
	}
}

// extend counts the amount from the present due date: the day after it is
// day 1.
func (d *Deadline) extend(e Entry, cal *calendar.Calendar) error {
	if !d.PausedAt.IsZero() {
		return conflict("deadline.paused", *d)
	}
	if e.Amount.N < 1 {
		return fault.New(fault.Invalid, "calendar.bad_amount").With("amount", e.Amount.String())
	}
	due, err := cal.Due(d.DueAt, e.Amount, d.Roll)
	if err != nil {
		return err
	}
	d.DueAt, d.Calendar = clock.Round(due), cal.Version()
	return d.schedule(e.At, cal)
}

func (d *Deadline) end(state State, at time.Time) {
	d.State, d.EndedAt = state, at
	d.Step, d.NextAt = "", time.Time{}
}
