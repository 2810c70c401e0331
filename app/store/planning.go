package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/workflow"
)

// CountDue implements workflow.Planning: a range of the index by due date for
// each agency or executor.
func (s *Store) CountDue(ctx context.Context, q workflow.DueQuery) ([]workflow.DueCount, error) {
	query, args, ok := s.dueStatement(q)
	if !ok {
		return nil, nil
	}
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []workflow.DueCount
	for rows.Next() {
		var quarter int64
		var n int
		if err := rows.Scan(&quarter, &n); err != nil {
			return nil, translate(err)
		}
		out = append(out, workflow.DueCount{At: time.Unix(quarter*900, 0).UTC(), N: n})
	}
	return out, translate(rows.Err())
}

func (s *Store) dueStatement(q workflow.DueQuery) (query string, args []any, ok bool) {
	agencies, all := agenciesOf(q.Scope, q.Agency)
	if !all && len(agencies) == 0 {
		return "", nil, false
	}
	var each []clauses
	switch {
	case q.Mine:
		var c clauses
		if !all {
			c.add(s.dialect.in("agency_id"), s.dialect.ids(agencies))
		}
		each = desks(c, q.Scope)
	case all:
		each = []clauses{{}}
	default:
		for _, agency := range agencies {
			each = append(each, clauses{}.with("agency_id = ?", agency))
		}
	}
	var parts []string
	for _, c := range each {
		c.add("due_at IS NOT NULL")
		c.add("due_sort >= ?", instant(q.From))
		c.add("due_sort < ?", instant(q.To))
		parts = append(parts, fmt.Sprintf("SELECT %s AS at, count(*) AS n FROM appeals%s GROUP BY 1",
			fmt.Sprintf(s.dialect.quarter, "due_sort"), c.where()))
		args = append(args, c.args...)
	}
	return strings.Join(parts, " UNION ALL "), args, len(parts) > 0
}

// ListLoads implements workflow.Planning.
func (s *Store) ListLoads(ctx context.Context, q workflow.LoadQuery) ([]workflow.Load, error) {
	out := make([]workflow.Load, len(q.Users))
	for i, user := range q.Users {
		out[i].User = user
	}
	if len(q.Users) == 0 {
		return out, nil
	}
	of := func(user int64) *workflow.Load { return &out[slices.Index(q.Users, user)] }
	query, args := s.desksStatement(q)
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var l workflow.Load
		if err := rows.Scan(&l.User, &l.Open, &l.Overdue, &l.DueWeek, &l.OnSign); err != nil {
			return nil, translate(err)
		}
		*of(l.User) = l
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err)
	}
	return out, s.answered(ctx, q, of)
}

// desksStatement counts what lies on the desks. Its conditions are those of the
// partial index.
func (s *Store) desksStatement(q workflow.LoadQuery) (query string, args []any) {
	return `SELECT executor_id, count(*), count(*) FILTER (WHERE due_sort < ?),
		count(*) FILTER (WHERE due_sort >= ? AND due_sort < ?), count(*) FILTER (WHERE stage = 'on_sign')
		FROM appeals WHERE ` + tabWalks[workflow.TabMine].where + " AND " + s.dialect.in("executor_id") +
			" AND agency_id = ? GROUP BY executor_id",
		[]any{instant(q.Now), instant(q.Now), instant(q.WeekEnd), s.dialect.ids(q.Users), q.Agency}
}

// answered counts the answers of the period and finds the median of their
// times. SQLite has no median: the times are few enough to read.
func (s *Store) answered(ctx context.Context, q workflow.LoadQuery, of func(int64) *workflow.Load) error {
	query, args := s.answeredStatement(q)
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	took := map[int64][]time.Duration{}
	for rows.Next() {
		var user int64
		var registered, answered instant
		if err := rows.Scan(&user, &registered, &answered); err != nil {
			return translate(err)
		}
		took[user] = append(took[user], answered.time().Sub(registered.time()))
	}
	for user, list := range took {
		slices.Sort(list)
		l := of(user)
		l.Answered = len(list)
		l.Median = (list[(len(list)-1)/2] + list[len(list)/2]) / 2
	}
	return translate(rows.Err())
}

func (s *Store) answeredStatement(q workflow.LoadQuery) (query string, args []any) {
	return `SELECT executor_id, registered_at, answered_at FROM appeals WHERE executor_id <> 0 AND answered_at IS NOT NULL
		AND registered_at IS NOT NULL AND ` + s.dialect.in("executor_id") + " AND answered_at >= ? AND agency_id = ?",
		[]any{s.dialect.ids(q.Users), instant(q.Since), q.Agency}
}

// LastSeen implements workflow.Planning.
func (s *Store) LastSeen(ctx context.Context, users []int64) (map[int64]time.Time, error) {
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind("SELECT user_id, max(seen_at) FROM sessions WHERE "+
		s.dialect.in("user_id")+" GROUP BY user_id"), s.dialect.ids(users))
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	out := map[int64]time.Time{}
	for rows.Next() {
		var user int64
		var seen instant
		if err := rows.Scan(&user, &seen); err != nil {
			return nil, translate(err)
		}
		out[user] = seen.time()
	}
	return out, translate(rows.Err())
}
