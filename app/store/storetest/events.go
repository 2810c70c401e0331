package storetest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
)

// tailWait is how long an event may take to be shown: transactions of any
// database of the server, such as those of other tests, hold the log back.
const tailWait = time.Minute

// tailFor reads the log from a position until it has so many events.
func tailFor(t *testing.T, s *store.Store, from string, want int) (events []workflow.Event, next string) {
	t.Helper()
	next = from
	for began := time.Now(); len(events) < want && time.Since(began) < tailWait; {
		var page []workflow.Event
		page, next = tail(t, s, next)
		events = append(events, page...)
		if len(page) == 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}
	require.Len(t, events, want)
	return events, next
}

// tail reads the log from a position to its end, in small pages.
func tail(t *testing.T, s *store.Store, from string) (events []workflow.Event, next string) {
	t.Helper()
	for {
		page, to, err := s.EventsAfter(t.Context(), from, 3)
		require.NoError(t, err)
		if len(page) == 0 {
			require.Equal(t, from, to)
			return events, to
		}
		events, from = append(events, page...), to
	}
}

func testEvents(t *testing.T, open Opener) {
	t.Run("the log is walked in pages to its end", func(t *testing.T) {
		s := open(t)
		none, start := tail(t, s, "")
		require.Empty(t, none)
		require.Empty(t, start)
		var ids []int64
		for range 5 {
			ids = append(ids, take(t, s, Noon, 3))
		}
		events, end := tailFor(t, s, start, 10)
		for i, e := range events {
			require.Equal(t, ids[i/2], e.Appeal)
			require.Equal(t, i%2+1, e.N)
		}
		more, same := tail(t, s, end)
		require.Empty(t, more)
		require.Equal(t, end, same)
		require.NoError(t, change(t.Context(), s, ids[0], func(a *workflow.Appeal) { a.Level = 1 }))
		tailFor(t, s, end, 1)
	})

	t.Run("the end of the log is where its walk ends", func(t *testing.T) {
		s := open(t)
		end, err := s.LogEnd(t.Context())
		require.NoError(t, err)
		require.Empty(t, end)
		take(t, s, Noon, 3)
		take(t, s, Noon, 3)
		_, walked := tailFor(t, s, "", 4) // transactions of others may hold it back
		end, err = s.LogEnd(t.Context())
		require.NoError(t, err)
		require.Equal(t, walked, end)
	})

	t.Run("a position of another log is unknown", func(t *testing.T) {
		s := open(t)
		take(t, s, Noon, 3)
		for _, position := range []string{"999999999999:5", "0:999999", "1:1", "nonsense", ":", "5"} {
			_, _, err := s.EventsAfter(t.Context(), position, 10)
			if position == "1:1" && s.Dialect() == SQLite {
				requireKind(t, fault.Gone, err)
				continue
			}
			requireKind(t, fault.Gone, err)
			require.ErrorContains(t, err, "log.position_unknown")
		}
	})

	t.Run("a commit that comes late is not passed over", func(t *testing.T) { testLateCommit(t, open) })

	t.Run("under load every event is seen once", func(t *testing.T) { testTailUnderLoad(t, open) })
}

// testLateCommit holds a transaction that has its event's number already while
// others commit. SQLite has one writer: there the others wait.
func testLateCommit(t *testing.T, open Opener) {
	t.Helper()
	s := open(t)
	ctx := t.Context()
	slow, quick := take(t, s, Noon, 3), take(t, s, Noon, 3)
	_, position := tailFor(t, s, "", 4)

	written, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.InTx(ctx, func(tx workflow.Tx) error {
			e := workflow.Event{Appeal: slow, N: 3, At: Noon, Action: workflow.Start, Hash: "slow"}
			if err := tx.AppendEvent(ctx, &e); err != nil {
				return err
			}
			close(written)
			<-release
			return nil
		})
	}()
	<-written
	if s.Dialect() != SQLite {
		require.NoError(t, change(ctx, s, quick, func(a *workflow.Appeal) { a.Level = 1 }))
		early, at := tail(t, s, position)
		require.Empty(t, early, "an event above a running transaction was shown")
		position = at
	}
	close(release)
	require.NoError(t, <-done)
	want := 2
	if s.Dialect() == SQLite {
		want = 1
	}
	events, _ := tailFor(t, s, position, want)
	require.True(t, slices.ContainsFunc(events, func(e workflow.Event) bool { return e.Hash == "slow" }))
}

func testTailUnderLoad(t *testing.T, open Opener) {
	t.Helper()
	s := open(t)
	ctx := t.Context()
	const writers, each = 8, 25
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		wg.Go(func() {
			for range each {
				id, err := s.NextID(ctx)
				if err == nil {
					_, _, err = s.Intake(ctx, Sample(id, Noon, 3))
				}
				if err == nil {
					err = change(ctx, s, id, func(a *workflow.Appeal) { a.Level = 1 })
				}
				if err != nil {
					errs[w] = err
					return
				}
			}
		})
	}
	finished := make(chan struct{})
	go func() { wg.Wait(); close(finished) }()
	seen := map[int64]bool{}
	position := ""
	const all = writers * each * 3
	var ended time.Time
	for len(seen) < all && (ended.IsZero() || time.Since(ended) < tailWait) {
		select {
		case <-finished:
			if ended.IsZero() {
				ended = time.Now()
			}
		default:
		}
		events, next, err := s.EventsAfter(ctx, position, 50)
		require.NoError(t, err)
		for _, e := range events {
			require.False(t, seen[e.Seq], "event %d came twice", e.Seq)
			seen[e.Seq] = true
		}
		position = next
	}
	<-finished
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Len(t, seen, all)
}
