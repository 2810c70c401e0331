// Package migrations holds the schema of each database as SQL and brings a
// database up to it.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Dialect names a database.
type Dialect string

// The databases.
const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// Files are the migrations of a database.
func Files(dialect Dialect) fs.FS {
	dir, err := fs.Sub(files, string(dialect))
	if err != nil { // only an invalid name: the dialects are constants
		panic(fmt.Sprintf("migrations of %s: %v", dialect, err))
	}
	return dir
}

func provider(db *sql.DB, dialect Dialect) (*goose.Provider, error) {
	dir := Files(dialect)
	// Branches of the history come together: a number below the last may be new.
	late := goose.WithAllowOutofOrder(true)
	if dialect == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, db, dir, late)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("migration lock: %w", err)
	}
	return goose.NewProvider(goose.DialectPostgres, db, dir, late, goose.WithSessionLocker(locker))
}

// Up applies every migration that the database lacks and returns their names.
// On PostgreSQL nodes that start together wait for one another.
func Up(ctx context.Context, db *sql.DB, dialect Dialect) ([]string, error) {
	p, err := provider(db, dialect)
	if err != nil {
		return nil, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate %s: %w", dialect, err)
	}
	names := make([]string, len(done))
	for i, r := range done {
		names[i] = r.Source.Path
	}
	return names, nil
}

// Pending reports whether the database lacks a migration.
func Pending(ctx context.Context, db *sql.DB, dialect Dialect) (bool, error) {
	p, err := provider(db, dialect)
	if err != nil {
		return false, err
	}
	return p.HasPending(ctx)
}
