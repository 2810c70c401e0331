package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// CalendarChange is an edit of the production calendar on its way: what it
// would move is counted, an administrator confirms, and then it comes into
// force. A stored date moves in no other way.
type CalendarChange struct {
	ID       int64
	State    ChangeState
	From, To string // versions of the calendar
	Days     []calendar.DayChange
	Note     string // the law or decree, shown to the authors whose dates move

	// What it would move, or has moved where it is confirmed.
	Examined int // appeals looked at
	Later    int // dates that come later
	Earlier  int
	Moved    int
	Cursor   int64      // id of the appeal looked at last
	Sample   []Proposal // the first of them

	MoveLater, MoveEarlier bool // as confirmed

	CreatedBy, ConfirmedBy int64
	CreatedAt, ConfirmedAt time.Time
	EndedAt                time.Time
	Version                int
}

// ChangeState is where a change of the calendar stands.
type ChangeState string

// The states in their order; a dropped one never comes into force.
const (
	ChangeCounting ChangeState = "counting" // what it would move is being counted
	ChangeProposed ChangeState = "proposed" // waits for an administrator
	ChangeApplying ChangeState = "applying" // in force, dates are being moved
	ChangeDone     ChangeState = "done"
	ChangeDropped  ChangeState = "dropped"
)

// Active reports whether it stands in the way of another.
func (s ChangeState) Active() bool {
	return s == ChangeCounting || s == ChangeProposed || s == ChangeApplying
}

// CalendarStore keeps calendars and their changes.
type CalendarStore interface {
	// SaveCalendar keeps a calendar under its version for good.
	SaveCalendar(ctx context.Context, version string, body []byte) error
	// FindCalendar answers fault.NotFound for a version that was never kept.
	FindCalendar(ctx context.Context, version string) ([]byte, error)
	// CreateChange inserts and sets the id; while another change is active it
	// is fault.Conflict.
	CreateChange(ctx context.Context, c *CalendarChange) error
	// SaveChange updates, expecting c.Version and storing one more; Conflict
	// when another was faster.
	SaveChange(ctx context.Context, c *CalendarChange) error
	FindChange(ctx context.Context, id int64) (*CalendarChange, error)
	// FindActive returns the change that is on its way, nil where none is.
	FindActive(ctx context.Context) (*CalendarChange, error)
	// FindInForce returns the version that was confirmed last, "" where none was.
	FindInForce(ctx context.Context) (version string, err error)
	// ListChanges returns the latest first.
	ListChanges(ctx context.Context, limit int) ([]CalendarChange, error)
	// ListOpenAppeals returns ids after one of appeals with an open clock that is
	// due at or after the instant, in order.
	ListOpenAppeals(ctx context.Context, after int64, due time.Time, limit int) ([]int64, error)
	FindCases(ctx context.Context, ids []int64) ([]Case, error)
}

// Calendars brings changes of the production calendar into force. It is safe
// for concurrent use, also on several nodes.
type Calendars struct {
	Store  CalendarStore
	Engine *Engine
	Clock  clock.Clock
}

const (
	changeBatch = 100 // appeals at once
	// MostProposals is how many dates a change keeps to be shown.
	MostProposals = 200
	// changeMargin is how long before the first changed day a date can lie that
	// moves: the longest stretch of days off over which dates are rolled.
	changeMargin = 20 * 24 * time.Hour
	// changeSettle is how long a confirmed change waits before dates move, so
	// that by then every node counts new dates with it.
	changeSettle = 90 * time.Second
	changeTries  = 5
)

// MaxChangeNote is the longest reason of a change, in characters.
const MaxChangeNote = 500

// Propose begins a change to a calendar. Nothing is in force yet.
//
// Forbidden: only system administrators may. Invalid: there is no reason, or
// no day differs. Conflict: another change is on its way.
func (c *Calendars) Propose(ctx context.Context, by actor.Actor, to *calendar.Calendar, note string) (*CalendarChange, error) {
	if err := mayChange(by); err != nil {
		return nil, err
	}
	note = clean(note)
	var check fault.Check
	check.That(note != "", "note", "calendar.note_required")
	check.That(length(note) <= MaxChangeNote, "note", "workflow.text_long", "max", MaxChangeNote)
	from := c.Engine.Calendar()
	days := from.Diff(to)
	check.That(len(days) > 0 || from.Version() != to.Version(), "file", "calendar.no_change")
	if err := check.Err(); err != nil {
		return nil, err
	}
	if err := c.Store.SaveCalendar(ctx, to.Version(), to.Encode()); err != nil {
		return nil, err
	}
	change := &CalendarChange{
		State: ChangeCounting, From: from.Version(), To: to.Version(), Days: days, Note: note,
		CreatedBy: by.User, CreatedAt: c.Clock.Now(), Version: 1,
	}
	return change, c.Store.CreateChange(ctx, change)
}

func mayChange(by actor.Actor) error {
	if by.Kind != actor.Officer || !by.Has(actor.SystemAdmin) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return nil
}

// Confirm brings a proposed change into force: what is counted from now on is
// counted with it, and the dates of open appeals move as chosen. Conflict: it
// was not counted yet, or was decided already.
func (c *Calendars) Confirm(ctx context.Context, by actor.Actor, id int64, later, earlier bool) error {
	return c.decide(ctx, by, id, func(change *CalendarChange) {
		change.State, change.ConfirmedBy, change.ConfirmedAt = ChangeApplying, by.User, c.Clock.Now()
		change.MoveLater, change.MoveEarlier = later, earlier
		change.Cursor, change.Examined = 0, 0
	}, ChangeProposed)
}

// Drop ends a change that is not in force.
func (c *Calendars) Drop(ctx context.Context, by actor.Actor, id int64) error {
	return c.decide(ctx, by, id, func(change *CalendarChange) {
		change.State, change.EndedAt = ChangeDropped, c.Clock.Now()
	}, ChangeCounting, ChangeProposed)
}

func (c *Calendars) decide(ctx context.Context, by actor.Actor, id int64, set func(*CalendarChange), from ...ChangeState) error {
	if err := mayChange(by); err != nil {
		return err
	}
	change, err := c.Store.FindChange(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(from, change.State) {
		return fault.New(fault.Conflict, "calendar.decided")
	}
	if change.State == ChangeProposed && change.From != c.Engine.Calendar().Version() {
		return fault.New(fault.Conflict, "calendar.outdated")
	}
	set(change)
	if err := c.Store.SaveChange(ctx, change); err != nil {
		return err
	}
	if change.State == ChangeApplying {
		return c.Reload(ctx)
	}
	return nil
}

// Reload puts in force what was confirmed last, on this node or another. Years
// that the calendar in force lacks and a newer release knows stay.
func (c *Calendars) Reload(ctx context.Context) error {
	version, err := c.Store.FindInForce(ctx)
	if err != nil || version == "" {
		return err
	}
	now := c.Engine.Calendar()
	if version == now.Version() {
		return nil
	}
	confirmed, err := c.find(ctx, version)
	if err != nil {
		return err
	}
	next := confirmed.In(now.Zone()).Filled(now)
	if next.Version() == now.Version() {
		return nil
	}
	if err := c.Store.SaveCalendar(ctx, next.Version(), next.Encode()); err != nil {
		return err
	}
	c.Engine.SetCalendar(next)
	return nil
}

func (c *Calendars) find(ctx context.Context, version string) (*calendar.Calendar, error) {
	body, err := c.Store.FindCalendar(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", version, err)
	}
	return calendar.Decode(body)
}

// Work takes the change that is on its way one batch further, and reports
// whether there is more to do at once.
func (c *Calendars) Work(ctx context.Context) (more bool, err error) {
	change, err := c.Store.FindActive(ctx)
	if err != nil || change == nil || change.State == ChangeProposed {
		return false, err
	}
	if change.State == ChangeApplying && c.Clock.Now().Before(change.ConfirmedAt.Add(changeSettle)) {
		return false, nil
	}
	if err = c.batch(ctx, change); err == nil {
		err = c.Store.SaveChange(ctx, change)
	}
	if fault.Is(err, fault.Conflict) {
		return true, nil // decided or taken further meanwhile: look again
	}
	return change.State == ChangeCounting || change.State == ChangeApplying, err
}

func (c *Calendars) batch(ctx context.Context, change *CalendarChange) error {
	to, err := c.find(ctx, change.To)
	if err != nil {
		return err
	}
	var ids []int64
	if len(change.Days) > 0 {
		from := to.EndOf(change.Days[0].Day).Add(-changeMargin)
		if ids, err = c.Store.ListOpenAppeals(ctx, change.Cursor, from, changeBatch); err != nil {
			return err
		}
	}
	cases, err := c.Store.FindCases(ctx, ids)
	if err != nil {
		return err
	}
	for i := range cases {
		if change.State == ChangeApplying {
			err = c.apply(ctx, &cases[i], change, to)
		} else {
			err = c.count(&cases[i], change, to)
		}
		if err != nil {
			return err
		}
	}
	change.Examined += len(ids)
	switch {
	case len(ids) > 0:
		change.Cursor = ids[len(ids)-1]
	case change.State == ChangeCounting:
		change.State = ChangeProposed
	default:
		change.State, change.EndedAt = ChangeDone, c.Clock.Now()
	}
	return nil
}

func (c *Calendars) count(kase *Case, change *CalendarChange, to *calendar.Calendar) error {
	proposed, err := Proposals(kase, to, c.Clock.Now())
	if err != nil {
		return err
	}
	for _, p := range proposed {
		if p.To.After(p.From) {
			change.Later++
		} else {
			change.Earlier++
		}
		if len(change.Sample) < MostProposals {
			change.Sample = append(change.Sample, p)
		}
	}
	return nil
}

func (c *Calendars) apply(ctx context.Context, kase *Case, change *CalendarChange, to *calendar.Calendar) error {
	r := Recounting{Change: change.ID, Calendar: to, Reason: change.Note, Later: change.MoveLater, Earlier: change.MoveEarlier}
	for try := 0; ; try++ {
		moved, err := c.Engine.Recount(ctx, kase, r)
		if err == nil {
			change.Moved += moved
			return nil
		}
		if !fault.Is(err, fault.Conflict) || try == changeTries {
			return fmt.Errorf("recount %s: %w", kase.Appeal.Number, err)
		}
		fresh, err := c.Store.FindCases(ctx, []int64{kase.Appeal.ID})
		if err != nil {
			return err
		}
		if len(fresh) == 0 {
			return errors.New("an appeal is gone in mid-work")
		}
		kase = &fresh[0]
	}
}
