package jobs

import (
	"context"
	"log/slog"
	"time"
)

// longestRest is the most that a loop waits after errors.
const longestRest = 30 * time.Second

// loop calls work until ctx ends: again at once when there is more to do, after
// the pause when there is not, and more and more slowly while it fails.
func loop(ctx context.Context, log *slog.Logger, name string, pause time.Duration, work func(context.Context) (more bool, err error)) {
	rest := pause
	for ctx.Err() == nil {
		more, err := work(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			rest = min(2*max(rest, 100*time.Millisecond), longestRest)
			log.WarnContext(ctx, "job failed, will try again", slog.String("job", name), slog.Duration("in", rest), slog.Any("error", err))
		case more:
			rest = pause
			continue
		default:
			rest = pause
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
	}
}
