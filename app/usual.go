package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/workflow"
)

// usualKept is how long a node believes what it read.
const usualKept = 10 * time.Minute

// usual tells how long answers usually take, from memory.
type usual struct {
	times workflow.UsualTimes
	clock clock.Clock
	log   *slog.Logger

	mu    sync.Mutex
	read  time.Time
	known map[topicAt]int // days
}

type topicAt struct {
	rubric string
	agency int64
}

// UsualDays is how many days an answer of the agency on the topic usually takes,
// or of all agencies where that one has answered too few; false where there are
// too few altogether.
func (u *usual) UsualDays(ctx context.Context, rubric string, agency int64) (int, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := u.clock.Now(); u.read.IsZero() || now.Sub(u.read) >= usualKept || now.Before(u.read) {
		u.read = now
		u.load(ctx)
	}
	for _, of := range []topicAt{{rubric, agency}, {rubric, 0}} {
		if days, ok := u.known[of]; ok {
			return days, true
		}
	}
	return 0, false
}

// load reads them; where it can't the former stay, and the law's term is told
// where there are none.
func (u *usual) load(ctx context.Context) {
	times, err := u.times.ListUsualTimes(ctx)
	if err != nil {
		u.log.WarnContext(ctx, "how long answers usually take is not known anew", slog.Any("error", err))
		return
	}
	u.known = make(map[topicAt]int, len(times))
	for _, t := range times {
		u.known[topicAt{t.Rubric, t.Agency}] = t.Days
	}
}
