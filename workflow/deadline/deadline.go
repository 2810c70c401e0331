package deadline

import (
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Amount is so many calendar days, working days or working hours.
type Amount = calendar.Amount

// State is where a clock stands.
type State string

// The states. A duty that is overdue stays open until it is done: see
// [Deadline.Overdue]. One that was done late is met: see [Deadline.Late].
const (
	Open      State = "open"
	Met       State = "met"       // done
	Missed    State = "missed"    // ran out, and its due action was taken
	Cancelled State = "cancelled" // no longer owed
)

// Deadline is one dated obligation of an appeal. Its JSON is stored: fields
// may be added, never renamed.
type Deadline struct {
	N        int           `json:"n"` // ordinal within the appeal, from 1
	Kind     Kind          `json:"kind"`
	AgencyID int64         `json:"agency"` // who owes it, or asked the citizen
	StartsAt time.Time     `json:"starts_at"`
	DueAt    time.Time     `json:"due_at"`
	Calendar string        `json:"calendar"` // version that DueAt was computed with
	Amount   Amount        `json:"amount"`   // of the rule; extensions are in the entries
	Roll     calendar.Roll `json:"roll"`
	Ladder   Ladder        `json:"ladder,omitempty"` // "" is the kind's usual one
	State    State         `json:"state"`
	EndedAt  time.Time     `json:"ended_at,omitzero"`  // met, missed or cancelled; zero while open
	PausedAt time.Time     `json:"paused_at,omitzero"` // since when it stands still, zero while it runs
	Paused   time.Duration `json:"paused,omitempty"`   // finished pauses in all, nanoseconds
	Step     Step          `json:"step,omitempty"`     // what fires next, "" when nothing will
	NextAt   time.Time     `json:"next_at,omitzero"`   // when it fires, zero when nothing will
}

func (d Deadline) ladder() Ladder {
	if d.Ladder != "" {
		return d.Ladder
	}
	return d.Kind.Ladder()
}

// term is the whole running time, pauses not counted.
func (d Deadline) term() time.Duration { return d.DueAt.Sub(d.StartsAt) - d.Paused }

// until is the instant up to which time has run, seen at now: it stops at a
// pause and at the end.
func (d Deadline) until(now time.Time) time.Time {
	if !d.PausedAt.IsZero() {
		return d.PausedAt
	}
	if !d.EndedAt.IsZero() && d.EndedAt.Before(now) {
		return d.EndedAt
	}
	return now
}

// Spent is the share of the time that has run at now: 0 at the start, 1 at the
// due instant, more when overdue. Pauses don't count.
func (d Deadline) Spent(now time.Time) float64 {
	term := d.term()
	if term <= 0 {
		return 1
	}
	return max(0, float64(d.until(now).Sub(d.StartsAt)-d.Paused)/float64(term))
}

// Left is the time up to the due instant at now, negative when overdue. It
// stands still in a pause and after the end.
func (d Deadline) Left(now time.Time) time.Duration { return d.DueAt.Sub(d.until(now)) }

// Overdue reports whether it is still owed and its due instant has passed.
func (d Deadline) Overdue(now time.Time) bool {
	return d.State == Open && d.until(now).After(d.DueAt)
}

// Late reports whether it was met after its due instant.
func (d Deadline) Late() bool {
	return d.State == Met && d.until(d.EndedAt).After(d.DueAt)
}

// Running reports whether it is open and not paused.
func (d Deadline) Running() bool { return d.State == Open && d.PausedAt.IsZero() }

func conflict(key string, d Deadline) error {
	return fault.New(fault.Conflict, key).With("n", d.N).With("kind", string(d.Kind))
}
