package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
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
