package deadline

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// MismatchError says that a recorded due instant is not the one that its
// inputs give.
type MismatchError struct {
	N        int
	Kind     Kind
	Op       Op
	Recorded time.Time
	Computed time.Time
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("deadline %d (%s), %s: recorded due %s, computed %s", e.N, e.Kind, e.Op,
		e.Recorded.Format(time.RFC3339Nano), e.Computed.Format(time.RFC3339Nano))
}

// Replay performs the entries of one appeal in their order and returns its
// clocks by N. Every due instant is computed from inputs alone; where it is
// not the recorded one a [MismatchError] is joined to the error and the replay
// goes on with the computed one. An entry that can't be performed (an unknown
// N or calendar, a change after the end) ends the replay with its error.
//
// Step entries only move the warnings: without them due instants and states
// are the same but for windows that ran out.
func Replay(entries []Entry, calendars func(version string) (*calendar.Calendar, error)) ([]Deadline, error) {
	var clocks []Deadline
	var mismatches []error
	for i, e := range entries {
		at := slices.IndexFunc(clocks, func(d Deadline) bool { return d.N == e.N })
		if err := e.fits(clocks, at); err != nil {
			return nil, errors.Join(append(mismatches, fmt.Errorf("entry %d: %w", i, err))...)
		}
		if at < 0 {
			clocks = append(clocks, Deadline{})
			at = len(clocks) - 1
		}
		next, err := clocks[at].replay(e, entries[:i], calendars)
		if err != nil {
			return nil, errors.Join(append(mismatches, fmt.Errorf("entry %d: %w", i, err))...)
		}
		if !next.DueAt.Equal(e.Due) {
			mismatches = append(mismatches, &MismatchError{N: e.N, Kind: e.Kind, Op: e.Op, Recorded: e.Due, Computed: next.DueAt})
		}
		clocks[at] = next
	}
	slices.SortFunc(clocks, func(a, b Deadline) int { return a.N - b.N })
	return clocks, errors.Join(mismatches...)
}

func (d Deadline) replay(e Entry, before []Entry, calendars func(string) (*calendar.Calendar, error)) (Deadline, error) {
	var cal *calendar.Calendar
	switch e.Op {
	case OpOpen, OpResume, OpExtend, OpAnchor, OpStep, OpRecount:
		var err error
		if cal, err = calendars(e.Calendar); err != nil {
			return d, err
		}
	case OpPause, OpTransfer, OpClose, OpCancel:
	}
	if e.Op == OpRecount {
		return d.recount(e, before, cal)
	}
	return d.apply(e, cal)
}

// fits reports an entry that does not belong to the clock at the index, -1
// where there is none of its N.
func (e Entry) fits(clocks []Deadline, at int) error {
	bad := func(key string) error {
		return fault.New(fault.Invalid, key).With("n", e.N).With("op", string(e.Op))
	}
	switch {
	case e.Op == OpOpen && at >= 0:
		return bad("deadline.opened_twice")
	case e.Op != OpOpen && at < 0:
		return bad("deadline.not_opened")
	case at >= 0 && clocks[at].Kind != e.Kind:
		return bad("deadline.other_kind")
	}
	return nil
}
