package store

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
)

// translate turns what a database said into a fault. A fault stays as it is,
// and so does a cancelled context.
func translate(err error) error {
	var ours *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows), errors.Is(err, pgx.ErrNoRows):
		return fault.Wrap(fault.NotFound, "error.not_found", err)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return fault.Wrap(fault.Conflict, "error.duplicate", err)
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return fault.Wrap(fault.Invalid, "error.reference", err)
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Unavailable, "error.unavailable", err)
	}
	if kind, key := classify(err); kind != "" {
		return fault.Wrap(kind, key, err)
	}
	return fault.Wrap(fault.Internal, "error.internal", err)
}

// classify reads the drivers' own errors.
func classify(err error) (fault.Kind, string) {
	switch sqliteCode(err) & 0xff {
	case sqliteBusy, sqliteLocked, sqliteFull:
		return fault.Unavailable, "error.unavailable"
	}
	switch sqliteCode(err) {
	case sqliteUnique, sqlitePrimaryKey:
		return fault.Conflict, "error.duplicate"
	case sqliteForeignKey:
		return fault.Invalid, "error.reference"
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return classifyPostgres(pg.Code)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) || pgconn.Timeout(err) {
		return fault.Unavailable, "error.unavailable"
	}
	return "", ""
}

// classifyPostgres reads an SQLSTATE.
func classifyPostgres(code string) (fault.Kind, string) {
	switch code {
	case "23505", "21000": // a unique value twice, in the table or in the statement
		return fault.Conflict, "error.duplicate"
	case "22021": // bytes that are no text
		return fault.Invalid, "error.invalid"
	case "23503":
		return fault.Invalid, "error.reference"
	case "40001", "40P01", "55P03": // serialisation, deadlock, lock not available
		return fault.Conflict, "error.conflict"
	}
	switch {
	case strings.HasPrefix(code, "08"), // connection
		strings.HasPrefix(code, "53"),  // resources
		strings.HasPrefix(code, "57P"), // shutdown
		code == "25006":                // read-only: the primary moved
		return fault.Unavailable, "error.unavailable"
	}
	return "", ""
}

// stale is what a lost version check answers.
func stale() error { return fault.New(fault.Conflict, "error.conflict") }

// missing is what a Find method answers where there is nothing.
func missing() error { return fault.New(fault.NotFound, "error.not_found") }
