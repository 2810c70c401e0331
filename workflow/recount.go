package workflow

import (
	"context"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// Recounting is a change of the calendar as an administrator confirmed it.
type Recounting struct {
	Change   int64 // number of the change
	Calendar *calendar.Calendar
	Reason   string // shown to the authors whose date moves
	Later    bool   // dates that come later move
	Earlier  bool   // dates that come earlier move
}

// wants reports whether a move from one date to another was confirmed.
func (r Recounting) wants(from, to time.Time) bool {
	if to.After(from) {
		return r.Later
	}
	return r.Earlier
}

// Proposal is a due date that another calendar would put elsewhere.
type Proposal struct {
	Appeal int64         `json:"appeal"`
	Number string        `json:"number"`
	N      int           `json:"n"`
	Kind   deadline.Kind `json:"kind"`
	From   time.Time     `json:"from"`
	To     time.Time     `json:"to"`
}

// Proposals lists the dates of a case that a calendar would move: what is open
// and not late yet. It changes nothing.
func Proposals(c *Case, cal *calendar.Calendar, now time.Time) ([]Proposal, error) {
	var out []Proposal
	entries := entriesOf(c.Events)
	for _, d := range c.Appeal.Deadline {
		next, _, changed, err := d.Recount(entries, now, cal)
		if err != nil {
			return nil, err
		}
		if changed {
			out = append(out, Proposal{
				Appeal: c.Appeal.ID, Number: c.Appeal.Number, N: d.N, Kind: d.Kind, From: d.DueAt, To: next.DueAt,
			})
		}
	}
	return out, nil
}

// Recount counts the clocks of a case anew as confirmed and says how many
// dates moved. The move is an event of its own; where none moves there is none,
// so that it may be asked for again. Conflict: the case was changed since it
// was read.
func (e *Engine) Recount(ctx context.Context, c *Case, r Recounting) (moved int, err error) {
	entries := entriesOf(c.Events)
	err = e.store.InTx(ctx, func(tx Tx) error {
		moved = 0
		a, err := tx.FindAppeal(ctx, c.Appeal.ID)
		if err != nil {
			return err
		}
		if a.Events != len(c.Events) {
			return fault.New(fault.Conflict, "workflow.stale")
		}
		cmd := Command{Action: Recount, Reason: r.Reason}
		s, err := e.begin(actor.Job, a, cmd, e.clock.Now())
		if err != nil {
			return err
		}
		for i, d := range a.Deadline {
			next, entry, changed, err := d.Recount(entries, s.now, r.Calendar)
			if err != nil {
				return err
			}
			if changed && r.wants(d.DueAt, next.DueAt) {
				a.Deadline[i] = next
				s.data.Clock = append(s.data.Clock, entry)
				moved++
			}
		}
		if moved == 0 {
			return nil
		}
		t, err := line(actor.Job, a, nil, Recount)
		if err != nil {
			return err
		}
		s.data.Change = r.Change
		if err := s.take(ctx, t); err != nil {
			return err
		}
		tellings := t.Tell
		if s.due.Equal(a.DueAt) {
			tellings = nil // only a clock between officers moved
		}
		return s.write(ctx, tx, Recount, tellings)
	})
	return moved, err
}
