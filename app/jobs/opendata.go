package jobs

import (
	"context"
	"log/slog"
	"time"
)

const publishPause = 10 * time.Minute

// Publisher makes the oldest month of open data that is due.
type Publisher interface {
	PublishDue(ctx context.Context) (more bool, err error)
}

// OpenData publishes month by month. Several nodes publish each once: the first
// to end keeps its edition.
type OpenData struct {
	Publisher Publisher
	Log       *slog.Logger
}

// Run works until ctx ends.
func (o *OpenData) Run(ctx context.Context) {
	loop(ctx, o.Log, "open data", publishPause, o.Publisher.PublishDue)
}
