// Package storetest opens fresh databases for tests, and holds the one suite
// that every database of the store must pass.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver «pgx»
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/migrations"
)

// The dialects that Open takes.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// PostgresEnv names the environment variable with the URL of a PostgreSQL
// server on which the tests may create databases.
const PostgresEnv = "OTKLIK_TEST_POSTGRES"

// Seal is the key of personal data in tests.
func Seal() []byte { return []byte("a key that only the tests use :)") }

// Dialects lists the databases that tests can run on here: PostgreSQL only
// where its URL is given.
func Dialects() []string {
	if os.Getenv(PostgresEnv) == "" {
		return []string{SQLite}
	}
	return []string{SQLite, Postgres}
}

// Open returns a migrated, empty store with a database of its own, which goes
// with the test.
func Open(tb testing.TB, dialect string) *store.Store {
	tb.Helper()
	return OpenAt(tb, dialect, clock.System{})
}

// OpenAt is Open with a clock.
func OpenAt(tb testing.TB, dialect string, c clock.Clock) *store.Store {
	tb.Helper()
	return OpenURL(tb, URL(tb, dialect), c)
}

// OpenURL opens a database that [URL] made, such as a second time.
func OpenURL(tb testing.TB, url string, c clock.Clock) *store.Store {
	tb.Helper()
	s, err := store.Open(context.Background(), store.Config{URL: url, Seal: Seal(), Clock: c, Conns: 12})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	return s
}

// URL makes a migrated, empty database for the test and returns its address.
func URL(tb testing.TB, dialect string) string {
	tb.Helper()
	switch dialect {
	case SQLite:
		return sqliteURL(tb)
	case Postgres:
		return postgresURL(tb)
	}
	tb.Fatalf("no such dialect: %q", dialect)
	return ""
}

// migrated is the content of an empty, migrated SQLite file.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "otklik-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{URL: "sqlite:" + path, Seal: Seal()})
	if err != nil {
		return nil, err
	}
	if _, err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // the last connection folds the log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

func sqliteURL(tb testing.TB) string {
	tb.Helper()
	content, err := migrated()
	require.NoError(tb, err)
	path := filepath.Join(tb.TempDir(), "otklik.db")
	require.NoError(tb, os.WriteFile(path, content, 0o600))
	return "sqlite:" + path
}

func postgresURL(tb testing.TB) string {
	tb.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		tb.Skipf("%s has no URL of a PostgreSQL server", PostgresEnv)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", server)
	require.NoError(tb, err)
	defer db.Close()
	template, err := ensureTemplate(ctx, db, server)
	require.NoError(tb, err)
	var suffix [6]byte
	_, err = rand.Read(suffix[:])
	require.NoError(tb, err)
	name := "otklik_test_" + hex.EncodeToString(suffix[:])
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
	require.NoError(tb, err)
	tb.Cleanup(func() { dropDatabase(tb, server, name) })
	return databaseURL(server, name)
}

func dropDatabase(tb testing.TB, server, name string) {
	tb.Helper()
	db, err := sql.Open("pgx", server)
	require.NoError(tb, err)
	defer db.Close()
	_, err = db.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	require.NoError(tb, err)
}

func databaseURL(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

// ensureTemplate returns the name of a migrated database that others are
// copied from. Its name is a sum of the migrations; test processes that start
// together wait for the one that makes it.
func ensureTemplate(ctx context.Context, db *sql.DB, server string) (string, error) {
	sum, err := migrationSum()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("otklik_template_%08x", sum)
	conn, err := db.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(sum)); err != nil {
		return "", err
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", int64(sum)) //nolint:errcheck // the connection ends anyway
	var there bool
	if err := conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM pg_database WHERE datname = $1", name).Scan(&there); err != nil || there {
		return name, err
	}
	making := name + "_making"
	if _, err := conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+making+" WITH (FORCE)"); err != nil {
		return "", err
	}
	if _, err := conn.ExecContext(ctx, "CREATE DATABASE "+making); err != nil {
		return "", err
	}
	s, err := store.Open(ctx, store.Config{URL: databaseURL(server, making), Seal: Seal()})
	if err != nil {
		return "", err
	}
	_, err = s.Migrate(ctx)
	if closed := s.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+making+" RENAME TO "+name)
	return name, err
}

func migrationSum() (uint32, error) {
	sum := crc32.NewIEEE()
	files := migrations.Files(migrations.Postgres)
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		_, err = sum.Write(data)
		return err
	})
	return sum.Sum32(), err
}
