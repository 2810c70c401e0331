package jobs

import (
	"context"
	"encoding/json"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

// People finds an officer as they are now.
type People interface {
	FindUser(ctx context.Context, id int64) (*identity.User, error)
}

// Bulk runs commands for many appeals when they can't be taken back any more.
type Bulk struct {
	Bulking *workflow.Bulking
	People  People
}

// Deliver runs one, or what a crash left of it. Who may not sign in any more
// may do nothing.
func (b *Bulk) Deliver(ctx context.Context, row workflow.Outbox) error {
	var run workflow.BulkRun
	if err := json.Unmarshal([]byte(row.Payload), &run); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	return b.Bulking.Run(ctx, run.Bulk, func(ctx context.Context, id int64) (actor.Actor, error) {
		u, err := b.People.FindUser(ctx, id)
		if err != nil {
			return actor.Actor{}, err
		}
		if u.Disabled {
			return actor.Actor{Kind: actor.Officer}, nil
		}
		return u.Actor(), nil
	})
}
