package jobs

import (
	"context"
	"log/slog"
	"time"
)

// sequencingPause is how long ballots wait for others to be shuffled with.
const sequencingPause = 500 * time.Millisecond

// Ballots moves campaigns on and brings ballots into their logs; see
// [participation.Sequencing].
type Ballots interface {
	Work(ctx context.Context) (more bool, err error)
}

// Sequencing brings ballots into the public logs. Every node may run it: the
// database lets one at a time work on a campaign.
type Sequencing struct {
	Ballots Ballots
	Log     *slog.Logger
}

// Run works until ctx ends.
func (s *Sequencing) Run(ctx context.Context) {
	loop(ctx, s.Log, "ballots", sequencingPause, s.Ballots.Work)
}
