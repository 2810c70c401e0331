package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/otklik/otklik/app/store"
)

// settlePause is how long lies between two looks at how far the index has come.
const settlePause = 20 * time.Millisecond

// settle waits until the index of this node has everything that the log had when
// it was called, as long as ctx allows.
func (a *App) settle(ctx context.Context) error {
	end, err := a.Store.LogEnd(ctx)
	if err != nil {
		return err
	}
	tick := time.NewTicker(settlePause)
	defer tick.Stop()
	for {
		at, err := a.index.Checkpoint(ctx)
		if err != nil || store.PositionReached(at, end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// lagCounted is where counting the events that the index lacks stops.
const lagCounted = 10_000

// metrics writes how far the index is behind the log, in the text form of
// Prometheus.
func (a *App) metrics(ctx context.Context, w io.Writer) error {
	at, err := a.index.Checkpoint(ctx)
	if err != nil {
		return err
	}
	behind, _, err := a.Store.EventsAfter(ctx, at, lagCounted)
	if err != nil {
		return err
	}
	docs, err := a.index.Count(ctx)
	if err != nil {
		return err
	}
	late := 0.0
	if len(behind) > 0 {
		late = max(0, a.Clock.Now().Sub(behind[0].At).Seconds())
	}
	_, err = fmt.Fprintf(w, `# HELP otklik_index_lag_events Events of the log that the index lacks, up to %d.
# TYPE otklik_index_lag_events gauge
otklik_index_lag_events %d
# HELP otklik_index_lag_seconds Age of the oldest event that the index lacks.
# TYPE otklik_index_lag_seconds gauge
otklik_index_lag_seconds %g
# HELP otklik_index_documents Appeals in the index.
# TYPE otklik_index_documents gauge
otklik_index_documents %d
`, lagCounted, len(behind), late, docs)
	return err
}
