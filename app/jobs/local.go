package jobs

import (
	"context"
	"slices"
	"sync"
	"time"
)

// How often the embedded profile looks for work. Both looks cost one index
// probe of an SQLite file.
const (
	localOutbox = 500 * time.Millisecond
	localClocks = 250 * time.Millisecond
)

// Local runs the work in the process, for the embedded profile.
type Local struct {
	Firing   *Firing
	Delivery *Delivery
}

// Run works until ctx ends.
func (l *Local) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { loop(ctx, l.Firing.Log, "deadlines", localClocks, l.fire) })
	wg.Go(func() { loop(ctx, l.Delivery.Log, "outbox", localOutbox, l.deliver) })
	wg.Wait()
}

// fire asks for what is due now: an instant later than now by what storage
// can tell apart, so that a step due this very microsecond is in.
func (l *Local) fire(ctx context.Context) (bool, error) {
	return l.Firing.sweep(ctx, l.Firing.Clock.Now().Add(time.Microsecond))
}

func (l *Local) deliver(ctx context.Context) (bool, error) {
	rows, err := l.Delivery.Outbox.ClaimOutbox(ctx, l.Delivery.Clock.Now(), lease, claimAtOnce)
	if err != nil {
		return false, err
	}
	for some := range slices.Chunk(rows, crossedOutAtOnce) {
		if err := l.Delivery.each(ctx, some); err != nil {
			return false, err
		}
	}
	return len(rows) == claimAtOnce, nil
}
