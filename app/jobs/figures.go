package jobs

import (
	"context"
	"log/slog"
	"time"
)

// figuresPause is how far figures may be behind what happened, and a little.
const figuresPause = 500 * time.Millisecond

// Sums takes the sums behind the figures one batch further; see
// report.Keeper.
type Sums interface {
	Step(ctx context.Context) (more bool, err error)
}

// Figures keeps the sums behind the event log.
type Figures struct {
	Sums Sums
	Log  *slog.Logger
}

// Run works until ctx ends.
func (f *Figures) Run(ctx context.Context) { loop(ctx, f.Log, "figures", figuresPause, f.Sums.Step) }
