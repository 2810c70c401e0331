package store_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
)

// TestVoters_keep_no_order votes while the rows of voters are mixed: nobody is lost
// or counted twice, and after the count nothing that the database keeps tells in
// which order they came.
func TestVoters_keep_no_order(t *testing.T) {
	t.Parallel()
	const voters = 40
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, dialect)
			s, err := store.Open(t.Context(), store.Config{URL: url, Seal: storetest.Seal()})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			h := storetest.NewHall(t, s)
			vote := func(n int) error {
				pass, err := voterPass(h, n)
				if err == nil {
					_, err = h.Send(t.Context(), pass, rand.Text(), storetest.Yes)
				}
				return err
			}
			mixed := make(chan error, voters)
			for n := range voters {
				require.NoError(t, vote(n))
				if n%8 == 0 {
					go func() { mixed <- s.MixVoters(t.Context(), 0) }()
				}
				require.True(t, fault.Is(vote(n/2), fault.Conflict), "who voted already")
			}
			for range voters / 8 {
				require.NoError(t, <-mixed)
			}
			h.Work(t)
			c := h.Finish(t)
			require.Equal(t, voters, c.Result.Voters)
			require.Equal(t, voters, c.Result.Ballots)

			db := openSQL(t, dialect, url)
			persons := column[[]byte](t, db, "SELECT person FROM voters"+map[bool]string{true: " NOT INDEXED", false: " ORDER BY ctid"}[dialect == storetest.SQLite])
			require.Len(t, persons, voters)
			require.True(t, slices.IsSortedFunc(persons, bytes.Compare), "the rows stand in the order of hashes")
			if dialect != storetest.SQLite {
				require.Len(t, column[string](t, db, "SELECT DISTINCT xmin::text FROM voters"), 1)
				return
			}
			_, err = db.ExecContext(t.Context(), "SELECT rowid FROM voters")
			require.ErrorContains(t, err, "rowid")
		})
	}
}

func column[T any](t *testing.T, db *sql.DB, query string) (out []T) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var v T
		require.NoError(t, rows.Scan(&v))
		out = append(out, v)
	}
	require.NoError(t, rows.Err())
	return out
}
