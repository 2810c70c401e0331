package live

import (
	"context"

	"github.com/otklik/otklik/app/actor"
)

// Sight is what a change is to somebody.
type Sight int

// The sights.
const (
	Hidden Sight = iota // never theirs to know of
	Seen                // they may open the appeal
	Left                // they could open it before the change and can't any more
)

// Change is one event of an appeal, as far as it may be told.
type Change struct {
	Appeal int64
	N      int   // number of the event within the appeal
	By     int64 // user, 0 for citizens and jobs
	// See says what the change is to somebody, as the appeal stands now.
	See func(by actor.Actor) Sight
}

// Log is the event log of all appeals.
type Log interface {
	// End returns the position behind the last event that anybody can read;
	// "" where the log is empty.
	End(ctx context.Context) (position string, err error)
	// After returns changes behind a position in the order of the log, and the
	// position behind them. A position that the log doesn't know is fault.Gone.
	After(ctx context.Context, position string, limit int) (changes []Change, next string, err error)
}

// Notices tells who was given notices.
type Notices interface {
	// NewestNotice returns the highest number of a notice, 0 where there is none.
	NewestNotice(ctx context.Context) (int64, error)
	// NoticesAfter lists who was given notices with higher numbers, each once,
	// and the highest of them.
	NoticesAfter(ctx context.Context, id int64) (users []int64, newest int64, err error)
}
