package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
)

// later is past every instant at which the suite's outbox rows are ready.
func later(d time.Duration) time.Time { return time.Now().UTC().Add(time.Hour + d) }

func claimIDs(t *testing.T, s *store.Store, now time.Time, limit int) ([]int64, error) {
	t.Helper()
	rows, err := s.ClaimOutbox(t.Context(), now, time.Minute, limit)
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}

func testOutbox(t *testing.T, open Opener) {
	ctx := t.Context()

	t.Run("a row is claimed, comes back after its lease, and goes when done", func(t *testing.T) {
		s := open(t)
		id := take(t, s, Noon, 3)
		rows, err := s.ClaimOutbox(ctx, later(0), time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, workflow.Outbox{
			ID: rows[0].ID, Topic: workflow.TopicNotifyAuthor, Appeal: id, Event: 2, Payload: `{"key":"submitted"}`, Tries: 1,
		}, rows[0])
		again, err := claimIDs(t, s, later(59*time.Second), 10)
		require.NoError(t, err)
		require.Empty(t, again)
		rows, err = s.ClaimOutbox(ctx, later(time.Minute), time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, 2, rows[0].Tries)
		require.NoError(t, s.DoneOutbox(ctx, []int64{rows[0].ID}))
		require.NoError(t, s.DoneOutbox(ctx, nil))
		again, err = claimIDs(t, s, later(24*time.Hour), 10)
		require.NoError(t, err)
		require.Empty(t, again)
	})

	t.Run("a row that failed is tried again later, and set aside in the end", func(t *testing.T) {
		s := open(t)
		take(t, s, Noon, 3)
		ids, err := claimIDs(t, s, later(0), 10)
		require.NoError(t, err)
		cause := errors.New(strings.Repeat("ошибка\x00 ", 200))
		require.NoError(t, s.RetryOutbox(ctx, ids[0], later(time.Hour), cause))
		none, err := claimIDs(t, s, later(59*time.Minute), 10)
		require.NoError(t, err)
		require.Empty(t, none)
		same, err := claimIDs(t, s, later(time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, ids, same)
		require.NoError(t, s.BuryOutbox(ctx, ids[0], cause))
		none, err = claimIDs(t, s, later(100*time.Hour), 10)
		require.NoError(t, err)
		require.Empty(t, none)
		waiting, dead, err := s.CountOutbox(ctx)
		require.NoError(t, err)
		require.Equal(t, []int{0, 1}, []int{waiting, dead})
	})

	t.Run("two workers never get the same row", func(t *testing.T) {
		s := open(t)
		const rows = 200
		for range rows / 2 {
			take(t, s, Noon, 3, func(in *workflow.Intake) { in.Outbox = append(in.Outbox, in.Outbox[0]) })
		}
		now := later(0)
		require.Len(t, claimAll(t, 4, func() ([]int64, error) { return claimIDs(t, s, now, 9) }), rows)
	})
}
