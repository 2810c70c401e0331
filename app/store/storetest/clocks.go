package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// dueAt takes an appeal with one clock whose next step is at the instant.
func dueAt(t *testing.T, s *store.Store, at time.Time) int64 {
	t.Helper()
	return take(t, s, Noon, 3, func(in *workflow.Intake) {
		d := clockOf(1, deadline.Review, 3, Noon, Noon.Add(time.Hour))
		d.NextAt = at
		in.Appeal.Deadline = []deadline.Deadline{d}
	})
}

func testClocks(t *testing.T, open Opener) {
	ctx := t.Context()

	t.Run("steps are fed once, earliest first, up to the horizon", func(t *testing.T) {
		s := open(t)
		next, err := s.NextDue(ctx)
		require.NoError(t, err)
		require.True(t, next.IsZero())
		c, a, b := dueAt(t, s, Noon.Add(3*time.Hour)), dueAt(t, s, Noon.Add(time.Hour)), dueAt(t, s, Noon.Add(2*time.Hour))
		next, err = s.NextDue(ctx)
		require.NoError(t, err)
		require.Equal(t, Noon.Add(time.Hour), next)

		due, err := s.FeedDue(ctx, Noon.Add(3*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, []workflow.Due{
			{Appeal: a, N: 1, Step: deadline.StepHalf, At: Noon.Add(time.Hour)},
			{Appeal: b, N: 1, Step: deadline.StepHalf, At: Noon.Add(2 * time.Hour)},
		}, due)
		due, err = s.FeedDue(ctx, Noon.Add(4*time.Hour), 10)
		require.NoError(t, err)
		require.Len(t, due, 1)
		require.Equal(t, c, due[0].Appeal)
		due, err = s.FeedDue(ctx, Noon.Add(4*time.Hour), 10)
		require.NoError(t, err)
		require.Empty(t, due)

		unfired, err := s.ListUnfired(ctx, Noon.Add(150*time.Minute), 10)
		require.NoError(t, err)
		require.Len(t, unfired, 2)
		require.Equal(t, a, unfired[0].Appeal)
	})

	t.Run("a step that has moved is fed again, one that has not isn't", func(t *testing.T) {
		s := open(t)
		id := dueAt(t, s, Noon.Add(time.Hour))
		_, err := s.FeedDue(ctx, Noon.Add(2*time.Hour), 10)
		require.NoError(t, err)
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) { a.Deadline[0].AgencyID = 8 }))
		due, err := s.FeedDue(ctx, Noon.Add(2*time.Hour), 10)
		require.NoError(t, err)
		require.Empty(t, due)
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) {
			a.Deadline[0].Step, a.Deadline[0].NextAt = deadline.StepDue, Noon.Add(90*time.Minute)
		}))
		due, err = s.FeedDue(ctx, Noon.Add(2*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, []workflow.Due{{Appeal: id, N: 1, Step: deadline.StepDue, At: Noon.Add(90 * time.Minute)}}, due)
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) {
			a.Deadline[0].Step, a.Deadline[0].NextAt, a.Deadline[0].State = "", time.Time{}, deadline.Met
		}))
		unfired, err := s.ListUnfired(ctx, Noon.Add(240*time.Hour), 10)
		require.NoError(t, err)
		require.Empty(t, unfired)
	})

	t.Run("steps that were given back are fed again", func(t *testing.T) {
		s := open(t)
		a, b := dueAt(t, s, Noon.Add(time.Hour)), dueAt(t, s, Noon.Add(2*time.Hour))
		due, err := s.FeedDue(ctx, Noon.Add(3*time.Hour), 10)
		require.NoError(t, err)
		require.Len(t, due, 2)
		require.NoError(t, change(ctx, s, a, func(a *workflow.Appeal) { a.Deadline[0].Step = deadline.StepMost }))
		_, err = s.FeedDue(ctx, Noon.Add(3*time.Hour), 10)
		require.NoError(t, err)
		require.NoError(t, s.ReturnDue(ctx, due))
		require.NoError(t, s.ReturnDue(ctx, nil))
		due, err = s.FeedDue(ctx, Noon.Add(3*time.Hour), 10)
		require.NoError(t, err)
		require.Len(t, due, 1, "one of them has another step by now")
		require.Equal(t, b, due[0].Appeal)
	})

	t.Run("of 5,000 overdue at once none stays behind", func(t *testing.T) {
		s := open(t)
		const appeals, each, page = 100, 50, 300
		for i := range appeals {
			take(t, s, Noon, 3, func(in *workflow.Intake) {
				in.Appeal.Deadline = nil
				for n := range each {
					d := clockOf(n+1, deadline.Review, 3, Noon, Noon.Add(time.Hour))
					d.NextAt = Noon.Add(time.Duration(i%7) * time.Second) // hundreds share an instant
					in.Appeal.Deadline = append(in.Appeal.Deadline, d)
				}
			})
		}
		unfired, err := s.ListUnfired(ctx, Noon.Add(time.Hour), appeals*each+1)
		require.NoError(t, err)
		require.Len(t, unfired, appeals*each)
		fed, pages := map[workflow.Due]int{}, 0
		for {
			due, err := s.FeedDue(ctx, Noon.Add(time.Hour), page)
			require.NoError(t, err)
			if len(due) == 0 {
				break
			}
			pages++
			for _, d := range due {
				fed[d]++
			}
		}
		require.Equal(t, (appeals*each+page-1)/page, pages)
		for _, d := range unfired {
			require.Equal(t, 1, fed[d], "%v", d)
		}
		require.Len(t, fed, appeals*each)
		t.Logf("%d overdue at once: %d listed, %d fed in %d pages, none twice", appeals*each, len(unfired), len(fed), pages)
	})

	t.Run("two that feed never get the same step", func(t *testing.T) {
		s := open(t)
		const steps = 120
		for i := range steps {
			dueAt(t, s, Noon.Add(time.Duration(i)*time.Second))
		}
		got := claimAll(t, 4, func() ([]int64, error) {
			due, err := s.FeedDue(ctx, Noon.Add(time.Hour), 7)
			ids := make([]int64, len(due))
			for i, d := range due {
				ids[i] = d.Appeal
			}
			return ids, err
		})
		require.Len(t, got, steps)
	})
}

// claimAll lets workers claim until nothing is left, and fails where an id is
// given twice.
func claimAll(t *testing.T, workers int, claim func() ([]int64, error)) map[int64]bool {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	got := map[int64]bool{}
	var failed error
	twice := 0
	for range workers {
		wg.Go(func() {
			for empty := 0; empty < 3; {
				ids, err := claim()
				mu.Lock()
				if err != nil {
					failed = err
				}
				for _, id := range ids {
					if got[id] {
						twice++
					}
					got[id] = true
				}
				mu.Unlock()
				if len(ids) == 0 {
					empty++ // skipped rows may come free
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, failed)
	require.Zero(t, twice)
	return got
}
