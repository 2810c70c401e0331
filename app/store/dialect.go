package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/otklik/otklik/migrations"
)

// idBlock is how many appeal ids are taken from the database at once. The
// sequence of PostgreSQL counts in the same steps.
const idBlock = 64

// dialect is everything in which the databases differ, but for the intake.
type dialect struct {
	name migrations.Dialect
	// numbered parameters ($1) instead of question marks
	numbered bool
	// arrays can be parameters
	arrays bool
	// lock holds a selected row until the transaction ends. SQLite needs none:
	// its transactions begin with the write lock.
	lock string
	// skipLocked is lock, passing over rows that others hold.
	skipLocked string
	// nextBlock takes a block of ids and returns the first.
	nextBlock string
	// among is a condition: the column is one of the ids of one parameter, made
	// by ids.
	among string
	ids   func([]int64) any
	// aside before a column of a condition says that its index is not worth
	// walking. SQLite chooses by rules of thumb; PostgreSQL knows the numbers.
	aside string
	// position is the function that finds a text in a text, from 1; 0 is nowhere.
	position string
	// withDigit is a condition: the text has a digit.
	withDigit string
	// quarter is the number of the quarter of an hour since 1970 of a column.
	quarter string
	// tail selects events after a position; see tail.go.
	tail, tailAt, tailEnd string
	// lockJournal lets one transaction at a time add to the journal; SQLite has
	// one writer anyway.
	lockJournal string
	// lockTree lets one transaction at a time publish a version of the tree.
	lockTree  string
	rebaseLog func(context.Context, *sql.DB) error
}

var postgresDialect = dialect{
	name:       migrations.Postgres,
	numbered:   true,
	arrays:     true,
	lock:       " FOR UPDATE",
	skipLocked: " FOR UPDATE SKIP LOCKED",
	nextBlock:  "SELECT nextval('appeal_ids')",
	among:      "%s = ANY(?)",
	ids:        func(ids []int64) any { return ids },
	position:   "strpos",
	withDigit:  "%s ~ '[0-9]'",
	quarter:    "floor(extract(epoch FROM %s) / 900)::bigint",
	// Below the oldest running transaction nothing can appear any more. The order
	// is qualified: a bare xid would be the selected text, of which 9 follows 10.
	tail: `SELECT %s, xid::text FROM events WHERE (xid, seq) > (?::text::xid8, ?)
		AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY events.xid, events.seq LIMIT ?`,
	tailAt: "SELECT count(*) FROM events WHERE xid = ?::text::xid8 AND seq = ?",
	tailEnd: `SELECT xid::text, seq FROM events WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
		ORDER BY events.xid DESC, events.seq DESC LIMIT 1`,
	lockJournal: "SELECT pg_advisory_xact_lock(2026112209)",
	lockTree:    "SELECT pg_advisory_xact_lock(2026112212)",
	rebaseLog:   rebaseLog,
}

var sqliteDialect = dialect{
	name:      migrations.SQLite,
	nextBlock: "UPDATE appeal_ids SET last = last + " + strconv.Itoa(idBlock) + " RETURNING last - " + strconv.Itoa(idBlock-1),
	among:     "%s IN (SELECT value FROM json_each(?))",
	ids:       idsAsJSON,
	aside:     "+",
	position:  "instr",
	withDigit: "%s GLOB '*[0-9]*'",
	quarter:   "%s / 900000000",
	// One writer at a time: numbers are given in the order of commits. The
	// first parameter stands where PostgreSQL has the transaction.
	tail:      "SELECT %s, '0' FROM events WHERE ? = '0' AND seq > ? ORDER BY seq LIMIT ?",
	tailAt:    "SELECT count(*) FROM events WHERE ? = '0' AND seq = ?",
	tailEnd:   "SELECT '0', seq FROM events ORDER BY seq DESC LIMIT 1",
	rebaseLog: func(context.Context, *sql.DB) error { return nil },
}

func idsAsJSON(ids []int64) any {
	if ids == nil {
		ids = []int64{}
	}
	out, _ := json.Marshal(ids) // numbers: it can't fail
	return string(out)
}

// in is the condition that the column is one of the ids; its parameter is
// d.ids of them.
func (d dialect) in(column string) string { return fmt.Sprintf(d.among, column) }

// bind gives a statement, written with question marks, the parameters of the
// database.
func (d dialect) bind(query string) string {
	if !d.numbered {
		return query
	}
	var b strings.Builder
	n := 0
	for {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}

// querier is a database handle or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// list runs a statement that selects t's columns.
func list[T any](ctx context.Context, d dialect, q querier, t table[T], query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, d.bind(query), args...) //nolint:rowserrcheck // collect checks it
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return t.collect(rows)
}

// rebaseLog renumbers the transactions of events that this cluster hasn't
// reached: a dump was restored into a younger one. Their order stays.
func rebaseLog(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `UPDATE events SET xid = '1'
		WHERE xid > pg_snapshot_xmax(pg_current_snapshot())`)
	return err
}
