package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
)

// tries is how many callers a race has.
const tries = 64

func testIntake(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()

	t.Run("is read back whole", func(t *testing.T) {
		id, err := s.NextID(ctx)
		require.NoError(t, err)
		in := Sample(id, Noon, 3, func(in *workflow.Intake) {
			in.Photos = []workflow.Photo{{Key: "a.jpg", Width: 800, Height: 600, Bytes: 12345, SHA256: "00ff"}}
		})
		_, fresh, err := s.Intake(ctx, in)
		require.NoError(t, err)
		require.True(t, fresh)
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Len(t, c.Events, 2)
		in.Appeal.LastAt = c.Events[1].At
		require.Equal(t, in.Appeal, c.Appeal)
		require.Less(t, c.Events[0].Seq, c.Events[1].Seq)
		for i, e := range c.Events {
			e.Seq = 0
			require.Equal(t, in.Events[i], e)
		}
		require.Len(t, c.Photos, 1)
		photo, appeal, err := s.FindPhoto(ctx, c.Photos[0].ID)
		require.NoError(t, err)
		require.Equal(t, id, appeal)
		require.Equal(t, c.Photos[0], photo)
		require.Equal(t, "a.jpg", photo.Key)
		found, err := s.FindID(ctx, in.Appeal.Number)
		require.NoError(t, err)
		require.Equal(t, id, found)
	})

	t.Run("without a place, replies, clocks and letters", func(t *testing.T) {
		id := take(t, s, Noon, 3, func(in *workflow.Intake) {
			in.Appeal.Place = workflow.Place{Territory: 1}
			in.Appeal.Replies, in.Appeal.Deadline, in.Outbox = nil, nil, nil
		})
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Nil(t, c.Appeal.Place.Point)
		require.Empty(t, c.Appeal.Replies)
		require.Empty(t, c.Appeal.Deadline)
	})

	t.Run("a number that is taken is a conflict", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		_, _, err := s.Intake(ctx, Sample(id, Noon, 3))
		requireKind(t, fault.Conflict, err)
	})

	t.Run("one that fails writes nothing", func(t *testing.T) {
		id, err := s.NextID(ctx)
		require.NoError(t, err)
		_, _, err = s.Intake(ctx, Sample(id, Noon, 3, func(in *workflow.Intake) { in.Events[1].N = 1 }))
		requireKind(t, fault.Conflict, err)
		_, err = s.FindCase(ctx, id)
		requireKind(t, fault.NotFound, err)
	})

	t.Run("many at once with one key make one appeal", func(t *testing.T) {
		raceIntake(t, open, func(in *workflow.Intake) { in.Key = "token-1:abc" })
	})
	t.Run("many at once of one draft make one appeal", func(t *testing.T) {
		raceDraft(t, open)
	})
	t.Run("of a draft that is gone", func(t *testing.T) {
		id, err := s.NextID(ctx)
		require.NoError(t, err)
		_, _, err = s.Intake(ctx, Sample(id, Noon, 3, func(in *workflow.Intake) { in.Draft = "nobody" }))
		requireKind(t, fault.Gone, err)
		_, err = s.FindCase(ctx, id)
		requireKind(t, fault.NotFound, err)
	})

	t.Run("many at once with an error among them keep the others", func(t *testing.T) {
		var wg sync.WaitGroup
		errs := make([]error, tries)
		ids := make([]int64, tries)
		for i := range tries {
			wg.Go(func() {
				id, err := s.NextID(ctx)
				if err != nil {
					errs[i] = err
					return
				}
				ids[i] = id
				_, _, errs[i] = s.Intake(ctx, Sample(id, Noon, 3, func(in *workflow.Intake) {
					if i%8 == 0 {
						in.Events[1].N = 1
					}
				}))
			})
		}
		wg.Wait()
		for i, err := range errs {
			_, found := s.FindCase(ctx, ids[i])
			if i%8 == 0 {
				requireKind(t, fault.Conflict, err)
				requireKind(t, fault.NotFound, found)
				continue
			}
			require.NoError(t, err)
			require.NoError(t, found)
		}
	})

	t.Run("ids are never given twice", func(t *testing.T) {
		var seen sync.Map
		var wg sync.WaitGroup
		var twice atomic.Int64
		for range 8 {
			wg.Go(func() {
				for range 200 {
					id, err := s.NextID(ctx)
					if _, there := seen.LoadOrStore(id, true); there || err != nil {
						twice.Add(1)
					}
				}
			})
		}
		wg.Wait()
		require.Zero(t, twice.Load())
	})
}

// raceIntake submits the same thing many times at once: one is fresh, the
// others get its id.
func raceIntake(t *testing.T, open Opener, same func(*workflow.Intake)) {
	t.Helper()
	s := open(t)
	ctx := t.Context()
	var wg sync.WaitGroup
	var made atomic.Int64
	ids := make([]int64, tries)
	errs := make([]error, tries)
	for i := range tries {
		wg.Go(func() {
			id, err := s.NextID(ctx)
			if err != nil {
				errs[i] = err
				return
			}
			var fresh bool
			ids[i], fresh, errs[i] = s.Intake(ctx, Sample(id, Noon, 3, same))
			if fresh {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	for i := range tries {
		require.NoError(t, errs[i])
		require.Equal(t, ids[0], ids[i])
	}
	require.EqualValues(t, 1, made.Load())
	all, err := s.ListAppealIDs(ctx, 0, 10)
	require.NoError(t, err)
	require.Equal(t, ids[:1], all)
}

func raceDraft(t *testing.T, open Opener) {
	t.Helper()
	s := open(t)
	d := &workflow.Draft{Source: workflow.FromPortal, Text: "Яма"}
	require.NoError(t, s.CreateDraft(t.Context(), d))
	raceIntake(t, func(*testing.T) *store.Store { return s }, func(in *workflow.Intake) { in.Draft = d.Token })
	after, err := s.FindDraft(t.Context(), d.Token)
	require.NoError(t, err)
	all, err := s.ListAppealIDs(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, all, []int64{after.Submitted})
	requireKind(t, fault.Conflict, s.SaveDraft(t.Context(), d))
}
