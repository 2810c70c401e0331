package deadline

import (
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Recount counts the clock anew with a calendar that was changed since: as if
// every entry of its history had been counted with it. entries are those of
// the appeal so far, in order. What is late stays late and what has ended stays
// as it is; a date that would have passed by now is the end of today. Where the
// due instant stays, changed is false and there is no entry.
func (d Deadline) Recount(entries []Entry, at time.Time, cal *calendar.Calendar) (next Deadline, e Entry, changed bool, err error) {
	if d.State != Open || d.Overdue(at) {
		return d, Entry{}, false, nil
	}
	e = Entry{Op: OpRecount, N: d.N, Kind: d.Kind, At: clock.Round(at), Calendar: cal.Version()}
	next, err = d.recount(e, entries, cal)
	if err != nil || next.DueAt.Equal(d.DueAt) {
		return d, Entry{}, false, err
	}
	e.Due = next.DueAt
	return next, e, true, nil
}

// recount performs an entry of [OpRecount] after the entries before it.
func (d Deadline) recount(e Entry, before []Entry, cal *calendar.Calendar) (Deadline, error) {
	if d.State != Open {
		return d, conflict("deadline.ended", d)
	}
	var anew Deadline
	for _, old := range before {
		// Steps and earlier recounts moved nothing that is counted here.
		if old.N != d.N || old.Op == OpStep || old.Op == OpRecount {
			continue
		}
		var err error
		anew, err = anew.apply(old, cal)
		if fault.Is(err, fault.Conflict) {
			return d, nil // with this calendar the history could not have been: it stays
		}
		if err != nil {
			return d, err
		}
	}
	due := anew.DueAt
	if today := cal.EndOf(cal.DayOf(e.At)); due.Before(today) {
		due = today
	}
	d.DueAt, d.Calendar = due, cal.Version()
	if !d.Running() {
		return d, nil
	}
	return d, d.schedule(e.At, cal)
}
