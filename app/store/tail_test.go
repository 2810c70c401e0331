package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/store/storetest"
)

// Numbers of transactions have an order of their own: 9 before 10. A log that
// is read in the order of their texts leaves events out for good.
func TestEventsAfter_follows_the_numbers_of_transactions(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, storetest.Postgres)
	s := storetest.OpenURL(t, url, clock.System{})
	db := openSQL(t, storetest.Postgres, url)
	for id, xid := range map[int64]string{1: "9", 2: "10", 3: "99", 4: "100"} {
		_, _, err := s.Intake(t.Context(), storetest.Sample(id, storetest.Noon, 3))
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "UPDATE events SET xid = $1::text::xid8 WHERE appeal_id = $2", xid, id)
		require.NoError(t, err)
	}
	var appeals []int64
	for at := ""; ; {
		events, next, err := s.EventsAfter(t.Context(), at, 2)
		require.NoError(t, err)
		if len(events) == 0 {
			break
		}
		require.Len(t, events, 2)
		appeals, at = append(appeals, events[0].Appeal), next
	}
	require.Equal(t, []int64{1, 2, 3, 4}, appeals)
}

// The indexer asks every 300 ms: it must not sort the log for that.
func TestEventsAfter_walks_an_index(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		url := storetest.URL(t, dialect)
		s := storetest.OpenURL(t, url, clock.System{})
		db := openSQL(t, dialect, url)
		db.SetMaxOpenConns(1)
		if dialect == storetest.Postgres { // the table is empty: keep the planner off short cuts
			for _, off := range []string{"enable_seqscan", "enable_bitmapscan"} {
				_, err := db.ExecContext(t.Context(), "SET "+off+" = off")
				require.NoError(t, err)
			}
		}
		query, args := s.TailStatement()
		plan := explain(t, dialect, db, query, args)
		require.Regexp(t, "events_tail|INTEGER PRIMARY KEY", plan)
		require.NotRegexp(t, "(?i)sort|B-TREE", plan)
	}
}
