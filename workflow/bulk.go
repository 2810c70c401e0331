package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/conscience"
)

// MaxBulk is how many appeals one command may be for.
const MaxBulk = 100

// BulkActions are what can be done with many appeals at once, in the order of
// the screen.
var BulkActions = []Action{Accept, Assign, Redirect, Sign}

// Bulk is one command for many appeals. It is held until RunAt, so that it can
// be taken back, and then taken with each appeal as by the officer alone: each
// gets an event of its own, or is left as it is with the reason why.
type Bulk struct {
	ID        int64
	Token     string // of the form that asked for it
	User      int64
	Command   Command // action, executor, agency, reason
	State     BulkState
	CreatedAt time.Time
	RunAt     time.Time
	EndedAt   time.Time
	Items     []BulkItem
}

// BulkState is where a bulk stands.
type BulkState string

// The states of a bulk.
const (
	BulkHeld      BulkState = "held"
	BulkCancelled BulkState = "cancelled"
	BulkRunning   BulkState = "running"
	BulkDone      BulkState = "done"
)

// BulkItem is one appeal of a bulk.
type BulkItem struct {
	Appeal  int64
	Number  string
	Version int // that the officer saw: one that changed since is left alone
	State   BulkItemState
	Why     string         // catalogue key of why it was left alone
	Params  map[string]any // of that sentence
}

// BulkItemState is how it went with one appeal.
type BulkItemState string

// The states of an item.
const (
	ItemWaiting   BulkItemState = "waiting"
	ItemDone      BulkItemState = "done"
	ItemRefused   BulkItemState = "refused"
	ItemCancelled BulkItemState = "cancelled"
)

// Count counts the items in a state.
func (b *Bulk) Count(state BulkItemState) (n int) {
	for _, item := range b.Items {
		if item.State == state {
			n++
		}
	}
	return n
}

// Bulks keeps them. Find methods answer fault.NotFound.
type Bulks interface {
	// CreateBulk keeps a held bulk with the message that will run it, and sets
	// its id. A token that was used before keeps nothing and loads the bulk that
	// has it. An appeal that already waits in another is fault.Conflict.
	CreateBulk(ctx context.Context, b *Bulk) error
	FindBulk(ctx context.Context, id int64) (*Bulk, error)
	// FindBulkByToken finds that of a form.
	FindBulkByToken(ctx context.Context, token string) (*Bulk, error)
	// CancelBulk takes a held one back; one that is not held any more is
	// fault.Conflict.
	CancelBulk(ctx context.Context, id int64, at time.Time) error
	// StartBulk makes a held one that is due running and returns it; so it does
	// with one that a crash left running. false: there is nothing to do.
	StartBulk(ctx context.Context, id int64, now time.Time) (b *Bulk, due bool, err error)
	EndBulk(ctx context.Context, id int64, at time.Time) error
	// ListWaiting returns those of the appeals that wait in a bulk.
	ListWaiting(ctx context.Context, appeals []int64) ([]int64, error)
}

// BulkRun is the payload of TopicBulk.
type BulkRun struct {
	Bulk int64 `json:"bulk"`
}

// Bulking holds commands for many appeals and runs them.
type Bulking struct {
	Engine *Engine
	Bulks  Bulks
	Clock  clock.Clock
	// Window is how long a command can be taken back.
	Window time.Duration
}

// Try reports why a command would not be taken with the case, nil when it
// would. Nothing is changed; the case is as it was loaded.
func (e *Engine) Try(ctx context.Context, by actor.Actor, c *Case, cmd Command) error {
	a := c.Appeal
	a.Deadline, a.Replies = slices.Clone(a.Deadline), slices.Clone(a.Replies)
	if err := current(by, &a, cmd.Version); err != nil {
		return err
	}
	s, err := e.begin(by, &a, cmd, e.clock.Now())
	if err != nil {
		return err
	}
	if slices.Contains(aboutAnswer, cmd.Action) {
		for _, answer := range c.Answers {
			if answer.Round == a.Round && answer.State != AnswerSigned {
				s.answer = &answer
			}
		}
	}
	t, err := line(by, &a, s.answer, cmd.Action)
	if err != nil {
		return err
	}
	if cmd.Action == Sign && s.answer != nil && e.witness != nil {
		flags, err := e.weigh(ctx, c, *s.answer)
		if err != nil {
			return err
		}
		s.flags = conscience.CodesOf(flags)
	}
	return s.take(ctx, t)
}

// Hold keeps a command for later. The rights are checked when it runs: until
// then they may change.
//
// Invalid: an action that isn't for many, no appeals, too many.
func (b *Bulking) Hold(ctx context.Context, by actor.Actor, token string, cmd Command, items []BulkItem) (*Bulk, error) {
	switch {
	case by.Kind != actor.Officer || by.User == 0:
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	case !slices.Contains(BulkActions, cmd.Action):
		return nil, fault.New(fault.Invalid, "workflow.unknown_action").With("action", string(cmd.Action))
	case len(items) == 0:
		return nil, fault.New(fault.Invalid, "bulk.nothing_chosen")
	case len(items) > MaxBulk:
		return nil, fault.New(fault.Invalid, "bulk.too_many").With("max", MaxBulk)
	}
	now := clock.Round(b.Clock.Now())
	out := &Bulk{
		Token: token, User: by.User, Command: cmd.cleaned(), State: BulkHeld, CreatedAt: now, RunAt: now.Add(b.Window),
	}
	for _, item := range items {
		out.Items = append(out.Items, BulkItem{Appeal: item.Appeal, Number: item.Number, Version: item.Version, State: ItemWaiting})
	}
	return out, b.Bulks.CreateBulk(ctx, out)
}

// Cancel takes a held command back. Only who gave it may.
func (b *Bulking) Cancel(ctx context.Context, by actor.Actor, id int64) error {
	found, err := b.Bulks.FindBulk(ctx, id)
	if err != nil {
		return err
	}
	if by.Kind != actor.Officer || by.User != found.User {
		return fault.New(fault.NotFound, "error.not_found")
	}
	return b.Bulks.CancelBulk(ctx, id, b.Clock.Now())
}

// Run takes the command with every appeal that still waits, by the officer who
// gave it as they are now. It can be called any number of times, also after a
// crash in the middle: the step and the note that it was taken are one
// transaction. An error means that something is left to be done later.
func (b *Bulking) Run(ctx context.Context, id int64, officer func(ctx context.Context, user int64) (actor.Actor, error)) error {
	found, due, err := b.Bulks.StartBulk(ctx, id, b.Clock.Now())
	if err != nil || !due {
		return err
	}
	by, err := officer(ctx, found.User)
	if err != nil {
		return err
	}
	for i := range found.Items {
		if item := &found.Items[i]; item.State == ItemWaiting {
			if err := b.one(ctx, by, found, item); err != nil {
				return err
			}
		}
	}
	return b.Bulks.EndBulk(ctx, id, b.Clock.Now())
}

// one takes the command with one appeal, or notes why not.
func (b *Bulking) one(ctx context.Context, by actor.Actor, bulk *Bulk, item *BulkItem) error {
	cmd := bulk.Command
	cmd.Version = item.Version
	err := b.Engine.weighing(ctx, by, item.Appeal, cmd, func(w *weighed) error {
		return b.Engine.store.InTx(ctx, func(tx Tx) error {
			done := *item
			done.State = ItemDone
			waited, err := tx.EndBulkItem(ctx, bulk.ID, done)
			if err != nil || !waited {
				return err
			}
			_, err = b.Engine.act(ctx, tx, by, item.Appeal, cmd, bulk.ID, w)
			return err
		})
	})
	switch fault.KindOf(err) {
	case "":
		return nil
	case fault.Conflict, fault.Forbidden, fault.Invalid, fault.NotFound:
	default:
		return err // the database, not the case: later
	}
	refused := *item
	refused.State = ItemRefused
	refused.Why, refused.Params = Refusal(err)
	if refused.Why == "error.conflict" {
		return err // two transactions met, nobody changed the case: later
	}
	return b.Engine.store.InTx(ctx, func(tx Tx) error {
		_, err := tx.EndBulkItem(ctx, bulk.ID, refused)
		return err
	})
}

// Refusal is the sentence that says why: that of the first wrong input, or of
// the error itself.
func Refusal(err error) (key string, params map[string]any) {
	var e *fault.Error
	if !errors.As(err, &e) {
		return "error.internal", nil
	}
	if len(e.Fields) > 0 {
		return e.Fields[0].Key, e.Fields[0].Params
	}
	return e.Key, e.Params
}

// BulkMessage is the message that runs a bulk when its window ends.
func BulkMessage(b *Bulk) (Outbox, error) {
	data, err := json.Marshal(BulkRun{Bulk: b.ID})
	if err != nil {
		return Outbox{}, fault.Wrap(fault.Internal, "error.internal", err)
	}
	return Outbox{Topic: TopicBulk, Payload: string(data), After: b.RunAt}, nil
}
