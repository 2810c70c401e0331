package jobs

import (
	"context"
	"log/slog"
	"time"
)

// burstPause is how often bursts are looked for.
const burstPause = 10 * time.Minute

// Looks looks for bursts once; see [alert.Watch].
type Looks interface {
	Work(ctx context.Context) (more bool, err error)
}

// Bursts looks for bursts in a node that has an index. Several nodes raise and
// tell of each burst once.
type Bursts struct {
	Watch Looks
	Log   *slog.Logger
}

// Run works until ctx ends.
func (b *Bursts) Run(ctx context.Context) {
	loop(ctx, b.Log, "bursts", burstPause, b.Watch.Work)
}
