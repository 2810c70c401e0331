package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// shape is how many rows of each kind an intake writes: the text of its
// statement depends on nothing else.
type shape struct {
	events, deadlines, outbox, photos int
	draft                             bool
}

// intakeStatements keeps the text by shape: few shapes occur.
var intakeStatements sync.Map

// Columns that the statement writes; seq and id are given by the database.
var (
	eventColumns  = eventTable.columns[1:]
	outboxColumns = outboxTable.columns[1:]
	photoColumns  = photoTable.columns[1:]
)

// intakePostgres writes everything by one statement: one round trip, one
// commit. Nothing is written where the key or the draft has an appeal already,
// or where the draft is gone; fresh is false then.
func (s *Store) intakePostgres(ctx context.Context, in *intake) (fresh bool, err error) {
	sh := shape{len(in.events), len(in.deadlines), len(in.outbox), len(in.photos), in.appeal.DraftHash != nil}
	text, ok := intakeStatements.Load(sh)
	if !ok {
		text, _ = intakeStatements.LoadOrStore(sh, sh.statement())
	}
	rows, err := s.pool.Query(ctx, text.(string), in.args()...) //nolint:errcheck // nothing else is kept there
	if err != nil {
		return false, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return len(ids) == 1, err
}

// args are the parameters of the statement, in its order.
func (in *intake) args() []any {
	args := appealTable.values(in.appeal)
	args = append(args, in.applicant.Sealed, in.applicant.PhoneMark)
	for _, e := range in.events {
		args = append(args, eventTable.values(e)[1:]...)
	}
	for _, d := range in.deadlines {
		args = append(args, deadlineTable.values(d)...)
	}
	for i := range in.outbox {
		args = append(args, outboxTable.values(&in.outbox[i])[1:]...)
	}
	for i := range in.photos {
		args = append(args, photoTable.values(&in.photos[i])[1:]...)
	}
	return args
}

// statement builds the text. Each row of each kind is a SELECT that yields
// nothing where the appeal was not inserted; the types of its parameters are
// written beside them.
func (sh shape) statement() string {
	var b strings.Builder
	n := 0
	params := func(count int) string {
		out := make([]string, count)
		for i := range out {
			n++
			out[i] = "$" + strconv.Itoa(n)
		}
		return strings.Join(out, ", ")
	}
	b.WriteString("WITH ")
	head := "INSERT INTO appeals (" + appealTable.list("") + ") "
	if sh.draft {
		at := strconv.Itoa(slices.Index(appealTable.columns, "draft_hash") + 1)
		b.WriteString("d AS (SELECT token_hash FROM drafts WHERE token_hash = $" + at + " FOR UPDATE), ")
		b.WriteString("a AS (" + head + "SELECT " + typed(appealTable.types, params(len(appealTable.columns))) + " FROM d")
	} else {
		b.WriteString("a AS (" + head + "VALUES (" + params(len(appealTable.columns)) + ")")
	}
	b.WriteString(" ON CONFLICT DO NOTHING RETURNING id)")
	b.WriteString(", p AS (INSERT INTO applicants (appeal_id, sealed, phone_mark) SELECT id, " + params(1) + "::bytea, " + params(1) + "::bytea FROM a)")

	many := func(name, table string, columns, types []string, count int) {
		if count == 0 {
			return
		}
		b.WriteString(", " + name + " AS (INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") ")
		for i := range count {
			if i > 0 {
				b.WriteString(" UNION ALL ")
			}
			b.WriteString("SELECT " + typed(types, params(len(columns))) + " FROM a")
		}
		b.WriteString(")")
	}
	many("e", "events", eventColumns, eventTable.types[1:], sh.events)
	many("c", "deadlines", deadlineTable.columns, deadlineTable.types, sh.deadlines)
	many("o", "outbox", outboxColumns, outboxTable.types[1:], sh.outbox)
	many("f", "photos", photoColumns, photoTable.types[1:], sh.photos)
	if sh.draft {
		b.WriteString(", s AS (UPDATE drafts SET submitted_id = a.id FROM a, d WHERE drafts.token_hash = d.token_hash)")
	}
	b.WriteString(" SELECT id FROM a")
	return b.String()
}

// typed gives each parameter of a row the type of its column: in a SELECT
// PostgreSQL would take it for text.
func typed(types []string, params string) string {
	list := strings.Split(params, ", ")
	for i := range list {
		list[i] += "::" + types[i]
	}
	return strings.Join(list, ", ")
}
