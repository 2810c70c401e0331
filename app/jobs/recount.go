package jobs

import (
	"context"
	"log/slog"
	"time"
)

// recountPause is how often a change of the calendar is looked for.
const recountPause = 2 * time.Second

// Changes takes a change of the production calendar one batch further; see
// [workflow.Calendars].
type Changes interface {
	Work(ctx context.Context) (more bool, err error)
}

// Recount counts what a change of the calendar moves, and moves it.
type Recount struct {
	Changes Changes
	Log     *slog.Logger
}

// Run works until ctx ends.
func (r *Recount) Run(ctx context.Context) {
	loop(ctx, r.Log, "calendar", recountPause, r.Changes.Work)
}
