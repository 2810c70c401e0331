package jobs

import (
	"context"
	"log/slog"
	"time"
)

// clockPause is how often a sweep looks.
const clockPause = 15 * time.Second

// Sweep does again and again what the clock has to do. Every node may run it: Work
// does nothing twice.
type Sweep struct {
	Name string
	Work func(ctx context.Context) (more bool, err error)
	Log  *slog.Logger
}

// Run works until ctx ends.
func (s *Sweep) Run(ctx context.Context) { loop(ctx, s.Log, s.Name, clockPause, s.Work) }
