package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
)

// A dump keeps the transaction numbers of events; the cluster that it is
// restored into may not have reached them.
func TestMigrate_renumbers_the_log_of_a_restored_dump(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, storetest.Postgres)
	s := storetest.OpenURL(t, url, clock.System{})
	_, _, err := s.Intake(t.Context(), storetest.Sample(1, storetest.Noon, 3))
	require.NoError(t, err)
	db := openSQL(t, storetest.Postgres, url)
	_, err = db.ExecContext(t.Context(), "UPDATE events SET xid = '999999999999'")
	require.NoError(t, err)
	events, _, err := s.EventsAfter(t.Context(), "", 10)
	require.NoError(t, err)
	require.Empty(t, events)

	_, err = s.Migrate(t.Context())
	require.NoError(t, err)
	events, next, err := s.EventsAfter(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, events, 2)
	require.Equal(t, 1, events[0].N)
	_, _, err = s.EventsAfter(t.Context(), next, 10)
	require.NoError(t, err)
	_, _, err = s.EventsAfter(t.Context(), "999999999999:2", 10)
	require.True(t, fault.Is(err, fault.Gone))
}

func TestEvents_are_append_only(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		url := storetest.URL(t, dialect)
		s := storetest.OpenURL(t, url, clock.System{})
		_, _, err := s.Intake(t.Context(), storetest.Sample(1, storetest.Noon, 3))
		require.NoError(t, err)
		db := openSQL(t, dialect, url)
		for _, query := range []string{"UPDATE events SET reason = 'x'", "UPDATE events SET hash = ''", "DELETE FROM events"} {
			_, err := db.ExecContext(t.Context(), query)
			require.ErrorContains(t, err, "append-only", query)
		}
	}
}

func TestReadApplicant_with_another_key(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, storetest.SQLite)
	s := storetest.OpenURL(t, url, clock.System{})
	_, _, err := s.Intake(t.Context(), storetest.Sample(1, storetest.Noon, 3))
	require.NoError(t, err)
	other, err := store.Open(context.Background(), store.Config{URL: url, Seal: []byte("another key, of the same length.")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	_, err = other.ReadApplicant(t.Context(), 1, actor.Job, "letter")
	require.ErrorContains(t, err, "wrong key")
	require.True(t, fault.Is(err, fault.Internal))
}

func TestIntake_after_close_is_unavailable(t *testing.T) {
	t.Parallel()
	s, err := store.Open(context.Background(), store.Config{URL: storetest.URL(t, storetest.SQLite), Seal: storetest.Seal()})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, _, err = s.Intake(t.Context(), storetest.Sample(1, storetest.Noon, 3))
	require.True(t, fault.Is(err, fault.Unavailable))
}
