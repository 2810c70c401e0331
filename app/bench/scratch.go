package bench

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // driver «pgx»
	_ "modernc.org/sqlite"             // driver «sqlite»
)

const (
	postgres = "postgres"
	sqlite   = "sqlite"
)

// scratch makes databases and folders that go away with it.
type scratch struct {
	kind   string
	server string // URL of the PostgreSQL server
	names  []string
	dirs   []string
	keep   string // folder that stays and gets everything, "" for none
}

// folder makes a temporary folder.
func (s *scratch) folder() (string, error) {
	if s.keep != "" {
		return s.keep, nil
	}
	dir, err := os.MkdirTemp("", "otklik-bench-")
	if err == nil {
		s.dirs = append(s.dirs, dir)
	}
	return dir, err
}

// database makes an empty database and returns its URL.
func (s *scratch) database(ctx context.Context) (string, error) {
	if s.kind == sqlite {
		dir, err := s.folder()
		return "sqlite:" + filepath.Join(dir, "otklik.db"), err
	}
	u, err := url.Parse(s.server)
	if err != nil {
		return "", errors.New("the URL of the PostgreSQL server can't be read") // it may hold a password
	}
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails
	name := "otklik_bench_" + hex.EncodeToString(random[:])
	if err := s.tell(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	s.names = append(s.names, name)
	u.Path = "/" + name
	return u.String(), nil
}

// drop removes everything.
func (s *scratch) drop(ctx context.Context) error {
	var errs []error
	for _, name := range s.names {
		errs = append(errs, s.tell(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"))
	}
	for _, dir := range s.dirs {
		errs = append(errs, os.RemoveAll(dir))
	}
	s.names, s.dirs = nil, nil
	return errors.Join(errs...)
}

func (s *scratch) tell(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.server)
	if err != nil {
		return fmt.Errorf("connect to the server: %w", err)
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// openSQL opens one connection as a program would that knows nothing of the
// product. SQLite gets the pragmas that the product has: durable.
func openSQL(target string) (*sql.DB, error) {
	driver, dsn := "pgx", target
	if path, ok := sqlitePath(target); ok {
		q := url.Values{
			"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"}, "_busy_timeout": {"10000"},
			"_txlock": {"immediate"}, "_pragma": {"cache_size(-32000)", "mmap_size(268435456)", "temp_store(memory)"},
		}
		driver, dsn = "sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode()
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func sqlitePath(target string) (path string, ok bool) {
	const scheme = "sqlite:"
	if len(target) < len(scheme) || target[:len(scheme)] != scheme {
		return "", false
	}
	return target[len(scheme):], true
}
