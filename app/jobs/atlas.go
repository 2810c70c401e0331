package jobs

import (
	"context"
	"log/slog"
	"time"
)

// atlasPause is between looks whether a period is to be drawn.
const atlasPause = time.Hour

// Maps draws a public heat map that is due; see atlas.Publisher.
type Maps interface {
	Step(ctx context.Context) (more bool, err error)
}

// Atlas draws the public heat maps.
type Atlas struct {
	Maps Maps
	Log  *slog.Logger
}

// Run works until ctx ends.
func (a *Atlas) Run(ctx context.Context) { loop(ctx, a.Log, "public maps", atlasPause, a.Maps.Step) }
