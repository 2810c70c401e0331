package dashboard

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/otklik/otklik/app/clock"
)

// How long a figure is shown before it is counted anew, and how many are kept.
const (
	memoLife = 3 * time.Second
	wordLife = time.Minute // words that rise over weeks are the same a minute later
	memoMost = 256
)

// memo keeps figures for a moment, so that several people who look at one
// screen, or one who sorts a table, don't count it each time. The key holds
// everything that the figure depends on, rights included.
type memo struct {
	clock clock.Clock
	mu    sync.Mutex
	kept  map[string]remembered
}

type remembered struct {
	value any
	until time.Time
}

func newMemo(c clock.Clock) *memo { return &memo{clock: c, kept: map[string]remembered{}} }

// recall returns the figure of the key, counted now or a moment ago. Errors
// aren't kept.
func recall[T any](ctx context.Context, m *memo, what string, of any, count func(context.Context) (T, error)) (T, error) {
	return recallFor(ctx, m, memoLife, what, of, count)
}

// recallFor is recall of what is kept for another time.
func recallFor[T any](ctx context.Context, m *memo, life time.Duration, what string, of any, count func(context.Context) (T, error)) (T, error) {
	key := fmt.Sprintf("%s %+v", what, of)
	m.mu.Lock()
	old, ok := m.kept[key]
	m.mu.Unlock()
	if value, same := old.value.(T); ok && same && m.clock.Now().Before(old.until) {
		return value, nil
	}
	value, err := count(ctx)
	if err != nil {
		return value, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= memoMost {
		clear(m.kept)
	}
	m.kept[key] = remembered{value, m.clock.Now().Add(life)}
	return value, nil
}
