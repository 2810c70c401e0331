package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// Outbox keeps the messages that are to leave. See app/store for what each
// method promises.
type Outbox interface {
	ClaimOutbox(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]workflow.Outbox, error)
	DoneOutbox(ctx context.Context, ids []int64) error
	RetryOutbox(ctx context.Context, id int64, at time.Time, cause error) error
	BuryOutbox(ctx context.Context, id int64, cause error) error
}

// Deliverer delivers one message; delivered again, it tells nobody twice. What
// can never be delivered is fault.Invalid or fault.NotFound; every other error
// is tried again.
type Deliverer interface {
	Deliver(ctx context.Context, row workflow.Outbox) error
}

const (
	lease       = 2 * time.Minute // after it a row that nobody finished is claimed again
	claimAtOnce = 200
	mostTries   = 16 // with doubling pauses that is about nine hours
	longestWait = time.Hour
)

// Delivery delivers rows of the outbox and records how it went.
type Delivery struct {
	Outbox Outbox
	Topics map[workflow.Topic]Deliverer
	Clock  clock.Clock
	Log    *slog.Logger
}

// crossedOutAtOnce is how many delivered rows are crossed out by one commit. So
// many are delivered anew after a crash, which changes nothing: see [Deliverer].
const crossedOutAtOnce = 20

// each delivers claimed rows one after the other and crosses out together those
// that were delivered, also where it ends early. The error is of the outbox
// itself: a failed delivery is recorded in its row.
func (d *Delivery) each(ctx context.Context, rows []workflow.Outbox) error {
	var done []int64
	for _, row := range rows {
		err := d.deliver(ctx, row)
		if err == nil {
			done = append(done, row.ID)
			continue
		}
		if err := d.failed(ctx, row, err); err != nil {
			return errors.Join(err, d.Outbox.DoneOutbox(context.WithoutCancel(ctx), done))
		}
	}
	return d.Outbox.DoneOutbox(context.WithoutCancel(ctx), done)
}

// failed records why a row was not delivered.
func (d *Delivery) failed(ctx context.Context, row workflow.Outbox, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // shutting down: the lease runs out and another goes on
	case row.Tries >= mostTries || fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound):
		d.Log.ErrorContext(ctx, "message can't be delivered and is set aside",
			slog.Int64("outbox", row.ID), slog.String("topic", string(row.Topic)), slog.Any("error", err))
		return d.Outbox.BuryOutbox(ctx, row.ID, err)
	default:
		wait := min(longestWait, time.Second<<min(row.Tries, 12))
		d.Log.WarnContext(ctx, "message was not delivered, will try again", slog.Int64("outbox", row.ID),
			slog.String("topic", string(row.Topic)), slog.Duration("in", wait), slog.Any("error", err))
		return d.Outbox.RetryOutbox(ctx, row.ID, d.Clock.Now().Add(wait), err)
	}
}

func (d *Delivery) deliver(ctx context.Context, row workflow.Outbox) error {
	topic, ok := d.Topics[row.Topic]
	if !ok {
		return fault.Wrap(fault.Invalid, "error.internal", fmt.Errorf("no handler of topic %q", row.Topic))
	}
	return topic.Deliver(ctx, row)
}
