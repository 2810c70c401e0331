package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// dueColumns make a workflow.Due.
const dueColumns = "appeal_id, n, step, next_at"

func listDue(ctx context.Context, d dialect, q querier, query string, args ...any) ([]workflow.Due, error) {
	rows, err := q.QueryContext(ctx, d.bind(query), args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []workflow.Due
	for rows.Next() {
		var due workflow.Due
		var step string
		var at instant
		if err := rows.Scan(&due.Appeal, &due.N, &step, &at); err != nil {
			return nil, translate(err)
		}
		due.Step, due.At = deadline.Step(step), at.time()
		out = append(out, due)
	}
	slices.SortFunc(out, func(a, b workflow.Due) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Appeal, b.Appeal), cmp.Compare(a.N, b.N))
	})
	return out, translate(rows.Err())
}

// FeedDue implements workflow.Clocks. Two that feed at once never get the same
// deadline.
func (s *Store) FeedDue(ctx context.Context, horizon time.Time, limit int) ([]workflow.Due, error) {
	return listDue(ctx, s.dialect, s.writeDB, s.feedStatement(), instant(horizon), limit)
}

func (s *Store) feedStatement() string {
	return `UPDATE deadlines SET queued = true WHERE (appeal_id, n) IN (
		SELECT appeal_id, n FROM deadlines WHERE next_at IS NOT NULL AND NOT queued AND next_at < ?
		ORDER BY next_at LIMIT ?` + s.dialect.skipLocked + `) RETURNING ` + dueColumns
}

// ReturnDue implements workflow.Clocks. A step that has moved since stays as it
// is.
func (s *Store) ReturnDue(ctx context.Context, dues []workflow.Due) error {
	for some := range slices.Chunk(dues, returnAtOnce) {
		rows := make([]*deadlineRow, len(some))
		for i, due := range some {
			rows[i] = &deadlineRow{AppealID: due.Appeal, N: due.N, Step: string(due.Step)}
		}
		names := []string{"appeal_id", "n", "step"}
		query, args := many(s.dialect, deadlineTable, deadlineTable.places(names), rows)
		if _, err := s.writeDB.ExecContext(ctx, s.dialect.bind("WITH v ("+strings.Join(names, ", ")+") AS ("+query+`)
			UPDATE deadlines SET queued = false FROM v
			WHERE deadlines.appeal_id = v.appeal_id AND deadlines.n = v.n AND deadlines.step = v.step`), args...); err != nil {
			return translate(err)
		}
	}
	return nil
}

// returnAtOnce is how many rows go in one statement.
const returnAtOnce = 1000

// ListUnfired implements workflow.Clocks.
func (s *Store) ListUnfired(ctx context.Context, before time.Time, limit int) ([]workflow.Due, error) {
	return listDue(ctx, s.dialect, s.freshDB, "SELECT "+dueColumns+
		" FROM deadlines WHERE next_at IS NOT NULL AND next_at < ? ORDER BY next_at LIMIT ?", instant(before), limit)
}

// NextDue implements workflow.Clocks.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	var at instant
	err := s.freshDB.QueryRowContext(ctx,
		"SELECT next_at FROM deadlines WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1").Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return at.time(), translate(err)
}
