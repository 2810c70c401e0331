package store_test

import (
	"context"
	"database/sql"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
)

// filledByDatabase are columns that no row struct has, on purpose.
var filledByDatabase = []string{"appeals.due_sort", "events.xid"}

// tablesOfOthers are tables that no row struct is for.
var tablesOfOthers = []string{"goose_db_version", "sqlite_sequence", "appeal_ids"}

func TestRows_have_the_columns_of_the_schema(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, dialect)
			want := map[string][]string{}
			for table, columns := range store.Columns() {
				want[table] = slices.Clone(columns)
			}
			for _, name := range filledByDatabase {
				table, column, _ := strings.Cut(name, ".")
				if name != "events.xid" || dialect == storetest.Postgres {
					want[table] = append(want[table], column)
				}
			}
			got := schemaOf(t, dialect, url)
			for _, table := range tablesOfOthers {
				delete(got, table)
			}
			for table := range want {
				slices.Sort(want[table])
			}
			require.Equal(t, want, got)
		})
	}
}

func schemaOf(t *testing.T, dialect, url string) map[string][]string {
	t.Helper()
	driver, query := "pgx", `SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = 'public' ORDER BY 1, 2`
	if dialect == storetest.SQLite {
		driver, url = "sqlite", strings.TrimPrefix(url, "sqlite:")
		query = "SELECT m.name, x.name FROM sqlite_master m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' ORDER BY 1, 2"
	}
	db, err := sql.Open(driver, url)
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var table, column string
		require.NoError(t, rows.Scan(&table, &column))
		out[table] = append(out[table], column)
	}
	require.NoError(t, rows.Err())
	return out
}

func TestMigrate_twice_does_nothing(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, dialect)
			done, err := s.Migrate(t.Context())
			require.NoError(t, err)
			require.Empty(t, done)
			pending, err := s.Pending(t.Context())
			require.NoError(t, err)
			require.False(t, pending)
			require.NoError(t, s.Ping(t.Context()))
			require.Equal(t, dialect, s.Dialect())
		})
	}
}

func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]store.Config{
		"a short key":           {URL: t.TempDir() + "/a.db", Seal: []byte("short")},
		"an unknown scheme":     {URL: "mysql://localhost/x", Seal: storetest.Seal()},
		"no address":            {Seal: storetest.Seal()},
		"a server that is down": {URL: "postgres://127.0.0.1:1/x?connect_timeout=1", Seal: storetest.Seal()},
		"a folder":              {URL: "sqlite:" + os.TempDir(), Seal: storetest.Seal()},
	} {
		s, err := store.Open(context.Background(), cfg)
		require.Error(t, err, name)
		require.Nil(t, s, name)
	}
}
