package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/live"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/migrations"
	"github.com/otklik/otklik/workflow"
)

// Config says which database to open and how.
type Config struct {
	// URL is postgres://…, sqlite:PATH, or a path of an SQLite file.
	URL string
	// ReadURL is a replica for reading; "" reads where it writes. PostgreSQL
	// only. What was just written may be missing there for a moment.
	ReadURL string
	// Seal is the key of personal data, 32 bytes.
	Seal []byte
	// Conns is the most connections to PostgreSQL, or of readers of SQLite;
	// 0 is a sensible number.
	Conns int
	// Clock dates what the store itself dates; nil is the wall clock.
	Clock clock.Clock
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect dialect
	sealer  *sealer
	markKey []byte // of phones
	clock   clock.Clock

	// write changes; read may lag behind on a replica; fresh reads and sees
	// every change that was committed.
	write, read, fresh       *gorm.DB
	writeDB, readDB, freshDB *sql.DB

	pool, readPool *pgxpool.Pool                                     // nil on SQLite
	group          *groupCommit                                      // nil on PostgreSQL
	ballots        *group[participation.Casting, participation.Cast] // nil on PostgreSQL

	ids struct {
		sync.Mutex
		next, last int64 // handed out next, and the last of the block
	}
}

var (
	_ workflow.Store  = (*Store)(nil)
	_ workflow.Reader = (*Store)(nil)
	_ workflow.Clocks = (*Store)(nil)
	_ workflow.Drafts = (*Store)(nil)
	_ identity.Store  = (*Store)(nil)
	_ notify.Store    = (*Store)(nil)

	_ workflow.Bulks    = (*Store)(nil)
	_ workflow.Views    = (*Store)(nil)
	_ workflow.Planning = (*Store)(nil)
	_ identity.Absences = (*Store)(nil)
	_ live.Presences    = (*Store)(nil)
	_ live.Notices      = (*Store)(nil)

	_ participation.Store = (*Store)(nil)
	_ participation.Box   = (*Store)(nil)
	_ participation.Log   = (*Store)(nil)
	_ participation.Codes = (*Store)(nil)
)

// Open connects to a database. It changes nothing in it: see [Store.Migrate].
func Open(ctx context.Context, cfg Config) (*Store, error) {
	sealer, err := newSealer(cfg.Seal)
	if err != nil {
		return nil, err
	}
	markKey, err := newMarkKey(cfg.Seal)
	if err != nil {
		return nil, err
	}
	s := &Store{sealer: sealer, markKey: markKey, clock: cfg.Clock}
	if s.clock == nil {
		s.clock = clock.System{}
	}
	if isPostgres(cfg.URL) {
		err = s.openPostgres(ctx, cfg)
	} else {
		err = s.openSQLite(ctx, cfg)
	}
	if err != nil {
		_ = s.Close()
		if fault.Is(err, fault.Invalid) {
			return nil, err
		}
		return nil, fault.Wrap(fault.Unavailable, "store.open", err)
	}
	return s, nil
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Dialect names the database: «postgres» or «sqlite».
func (s *Store) Dialect() string { return string(s.dialect.name) }

// Migrate brings the schema up to date and returns the migrations applied.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	done, err := migrations.Up(ctx, s.writeDB, s.dialect.name)
	if err != nil {
		return nil, translate(err)
	}
	return done, translate(s.dialect.rebaseLog(ctx, s.writeDB))
}

// Pending reports whether the schema lacks a migration.
func (s *Store) Pending(ctx context.Context) (bool, error) {
	pending, err := migrations.Pending(ctx, s.writeDB, s.dialect.name)
	return pending, translate(err)
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.writeDB.PingContext(ctx); err != nil {
		return fault.Wrap(fault.Unavailable, "error.unavailable", err)
	}
	return nil
}

// Close ends all connections.
func (s *Store) Close() error {
	if s.group != nil {
		s.group.stop()
		s.ballots.stop()
	}
	var failed error
	for _, db := range []*sql.DB{s.readDB, s.writeDB} {
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil {
			failed = fmt.Errorf("close the database: %w", err)
		}
	}
	for _, pool := range []*pgxpool.Pool{s.readPool, s.pool} {
		if pool != nil {
			pool.Close()
		}
	}
	return failed
}
