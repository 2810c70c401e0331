package jobs

import (
	"context"
	"log/slog"
	"time"
)

// learningPause is how often a training that somebody asked for is looked for.
const learningPause = 5 * time.Second

// Lessons trains what suggests topics when there is reason to; see
// [rubricator.Learning].
type Lessons interface {
	Work(ctx context.Context) (more bool, err error)
}

// Learning trains, one node at a time.
type Learning struct {
	Lessons Lessons
	Log     *slog.Logger
}

// Run works until ctx ends.
func (l *Learning) Run(ctx context.Context) {
	loop(ctx, l.Log, "learning", learningPause, l.Lessons.Work)
}
