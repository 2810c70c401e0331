package deadline

import (
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Start opens the n-th clock of an appeal at an instant, owed by an agency.
// A rule that counts backwards needs [StartBefore].
func Start(rule Rule, n int, agency int64, start time.Time, cal *calendar.Calendar) (Deadline, Entry, error) {
	return open(rule, n, agency, start, time.Time{}, cal)
}

// StartBefore opens a clock that ends the rule's amount before the day of the
// anchor: an opinion before the lead's due date, a promise (amount 0) on the
// promised day. Where that is past already it ends with the day of start, an
// opinion with the next working day.
func StartBefore(rule Rule, n int, agency int64, start, anchor time.Time, cal *calendar.Calendar) (Deadline, Entry, error) {
	return open(rule, n, agency, start, anchor, cal)
}

func open(rule Rule, n int, agency int64, start, anchor time.Time, cal *calendar.Calendar) (Deadline, Entry, error) {
	if err := rule.Check(); err != nil {
		return Deadline{}, Entry{}, err
	}
	if rule.Backwards == anchor.IsZero() {
		return Deadline{}, Entry{}, fault.New(fault.Invalid, "deadline.anchor").With("kind", string(rule.Kind))
	}
	e := Entry{Op: OpOpen, Agency: agency, Amount: rule.Amount, Roll: rule.Roll, Ladder: rule.Ladder}
	if !anchor.IsZero() {
		e.Anchor = clock.Round(anchor)
	}
	return Deadline{N: n, Kind: rule.Kind}.change(e, start, cal)
}

// Pause stops the clock: nothing fires until it is resumed. An overdue clock
// can't be paused.
func (d Deadline) Pause(at time.Time) (Deadline, Entry, error) {
	return d.change(Entry{Op: OpPause}, at, nil)
}

// Resume lets the clock run again with what was left of it, counted in the
// unit of its rule. The due date never moves back.
func (d Deadline) Resume(at time.Time, cal *calendar.Calendar) (Deadline, Entry, error) {
	return d.change(Entry{Op: OpResume}, at, cal)
}

// Extend prolongs the clock by an amount counted from its present due date.
// Warnings come anew by the longer term. How much is allowed says
// [Extension.Allow].
func (d Deadline) Extend(amount Amount, at time.Time, cal *calendar.Calendar) (Deadline, Entry, error) {
	return d.change(Entry{Op: OpExtend, Amount: amount}, at, cal)
}

// Anchor lets a clock that counts backwards count from another date, such as
// that of a review which was extended.
func (d Deadline) Anchor(anchor, at time.Time, cal *calendar.Calendar) (Deadline, Entry, error) {
	return d.change(Entry{Op: OpAnchor, Anchor: clock.Round(anchor)}, at, cal)
}

// Transfer gives the clock to another agency. The due date stays.
func (d Deadline) Transfer(agency int64, at time.Time) (Deadline, Entry, error) {
	return d.change(Entry{Op: OpTransfer, Agency: agency}, at, nil)
}

// Close ends the clock as met, late or not.
func (d Deadline) Close(at time.Time) (Deadline, Entry, error) {
	return d.change(Entry{Op: OpClose}, at, nil)
}

// Cancel ends the clock because the thing is no longer owed.
func (d Deadline) Cancel(at time.Time) (Deadline, Entry, error) {
	return d.change(Entry{Op: OpCancel}, at, nil)
}

// Copy returns the clock as it stands as the n-th of another appeal, owed by
// an agency, with the entries to record there: those of the clock among the
// given, from its beginning on, and a transfer where another agency owed it. It
// is due when the original is: nothing is counted anew.
func (d Deadline) Copy(n int, agency int64, entries []Entry, at time.Time) (Deadline, []Entry, error) {
	var out []Entry
	for _, e := range entries {
		if e.N == d.N {
			e.N = n
			out = append(out, e)
		}
	}
	d.N = n
	if d.AgencyID == agency {
		return d, out, nil
	}
	next, transfer, err := d.Transfer(agency, at)
	return next, append(out, transfer), err
}
