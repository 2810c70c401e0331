package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// openSQLite opens the file twice: one connection that writes, so that writers
// queue in the process and not in the file's lock, and a pool that only reads.
func (s *Store) openSQLite(ctx context.Context, cfg Config) error {
	s.dialect = sqliteDialect
	path := strings.TrimPrefix(strings.TrimPrefix(cfg.URL, "sqlite:"), "//")
	if path == "" || strings.Contains(path, "://") {
		return errors.New("database URL: want postgres://… or sqlite:PATH")
	}
	if cfg.ReadURL != "" {
		return errors.New("a replica for reading needs PostgreSQL")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	var err error
	if s.write, s.writeDB, err = openFile(ctx, path, 1, nil); err != nil {
		return err
	}
	// Statistics let the planner choose between indexes; this looks only where
	// they are missing or old. It may fail where another process writes.
	_, _ = s.writeDB.ExecContext(ctx, "PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002")
	readers := cfg.Conns
	if readers <= 0 {
		readers = max(4, runtime.NumCPU())
	}
	reading := url.Values{"_query_only": {"1"}, "_txlock": {"deferred"}}
	if s.read, s.readDB, err = openFile(ctx, path, readers, reading); err != nil {
		return err
	}
	s.freshDB, s.fresh = s.readDB, s.read
	s.group, s.ballots = newGroupCommit(s), newBallotBox(s)
	return nil
}

func openFile(ctx context.Context, path string, conns int, extra url.Values) (*gorm.DB, *sql.DB, error) {
	q := url.Values{
		"_journal_mode":        {"WAL"},
		"_synchronous":         {"FULL"},
		"_foreign_keys":        {"1"},
		"_busy_timeout":        {"10000"}, // milliseconds
		"_txlock":              {"immediate"},
		"_time_integer_format": {"unix_micro"},
		"_inttotime":           {"1"},
		"_dqs":                 {"0"},
		"_pragma":              {"cache_size(-32000)", "mmap_size(268435456)", "temp_store(memory)"},
	}
	for name, values := range extra {
		q[name] = values
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(ctx); err != nil {
		return nil, db, err
	}
	g, err := gorm.Open(sqliteDialector{&gormsqlite.Dialector{DriverName: "sqlite", Conn: db}}, gormConfig())
	return g, db, err
}

// sqliteDialector knows the errors of the pure-Go driver, which gorm's own
// dialector can't read.
type sqliteDialector struct{ *gormsqlite.Dialector }

// Translate implements gorm.ErrorTranslator.
func (d sqliteDialector) Translate(err error) error {
	switch sqliteCode(err) {
	case sqliteUnique, sqlitePrimaryKey:
		return gorm.ErrDuplicatedKey
	case sqliteForeignKey:
		return gorm.ErrForeignKeyViolated
	}
	return err
}

// The result codes that we tell apart, of sqlite.org/rescode.html.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteFull       = 13
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
	sqliteForeignKey = 787
)

// sqliteCode returns the extended result code of an error, 0 for others.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
