package store

import (
	"context"
	"fmt"
	"time"

	"github.com/otklik/otklik/app/report"
)

// Topics implements report.Plain: those with the most appeals submitted in the
// period. Open are those of them that still await an answer, Late those that
// were answered late or are past due.
func (s *Store) Topics(ctx context.Context, p report.Period, f report.Filter, now time.Time, limit int) ([]report.TopicLine, error) {
	base, ok := s.reportFilter(f)
	if !ok {
		return nil, nil
	}
	before := p.Before()
	where := base.with("submitted_at >= ? AND submitted_at < ?", instant(before.From), instant(p.To)) // and what lies between
	const open = "first_signed_at IS NULL AND " + unfinal
	query := fmt.Sprintf(`SELECT rubric, count(*) FILTER (WHERE submitted_at >= ?), count(*) FILTER (WHERE submitted_at < ?),
		count(*) FILTER (WHERE submitted_at >= ? AND %s),
		count(*) FILTER (WHERE submitted_at >= ? AND (late OR %s AND due_at < ?))
		FROM appeals%s GROUP BY rubric ORDER BY 2 DESC, rubric LIMIT ?`, open, open, where.where())
	from := instant(p.From)
	args := append([]any{from, instant(before.To), from, from, instant(now)}, where.args...)
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), append(args, limit)...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []report.TopicLine
	for rows.Next() {
		var l report.TopicLine
		if err := rows.Scan(&l.Rubric, &l.Count, &l.Before, &l.Open, &l.Late); err != nil {
			return nil, translate(err)
		}
		if l.Count > 0 {
			out = append(out, l)
		}
	}
	return out, translate(rows.Err())
}

// LateTopics implements report.Plain.
func (s *Store) LateTopics(ctx context.Context, p report.Period, f report.Filter, due report.Period) (map[string]int, error) {
	base, ok := s.reportFilter(f)
	out := map[string]int{}
	if !ok {
		return out, nil
	}
	where := base.with("due_at IS NOT NULL AND due_sort >= ? AND due_sort < ? AND "+s.dialect.aside+"submitted_at >= ? AND "+s.dialect.aside+"submitted_at < ? AND first_signed_at IS NULL AND "+
		unfinal, instant(due.From), instant(due.To), instant(p.From), instant(p.To))
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind("SELECT rubric, count(*) FROM appeals"+where.where()+" GROUP BY rubric"), where.args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var rubric string
		var n int
		if err := rows.Scan(&rubric, &n); err != nil {
			return nil, translate(err)
		}
		out[rubric] = n
	}
	return out, translate(rows.Err())
}

// groupStep is the step by which instants are grouped in the database: the
// offset of every zone is a multiple of it, so that a step lies in one day.
const groupStep = 15 * time.Minute

// Days implements report.Plain: a line for each day of the period, also where
// nothing happened.
func (s *Store) Days(ctx context.Context, p report.Period, f report.Filter, zone *time.Location) ([]report.DayLine, error) {
	base, ok := s.reportFilter(f)
	if !ok {
		return nil, nil
	}
	var lines []report.DayLine
	index := map[string]int{}
	for day := p.From.In(zone); day.Before(p.To); day = nextDay(day) {
		index[day.Format(time.DateOnly)] = len(lines)
		lines = append(lines, report.DayLine{Day: day.Format(time.DateOnly)})
	}
	for _, of := range []struct {
		column string
		into   func(*report.DayLine) *int
	}{
		{"submitted_at", func(l *report.DayLine) *int { return &l.Submitted }},
		{"answered_at", func(l *report.DayLine) *int { return &l.Answered }},
	} {
		quarters, err := s.quarters(ctx, of.column, p, base)
		if err != nil {
			return nil, translate(err)
		}
		for quarter, n := range quarters {
			day := time.Unix(0, 0).Add(time.Duration(quarter) * groupStep).In(zone).Format(time.DateOnly)
			*of.into(&lines[index[day]]) += n
		}
	}
	return lines, nil
}

// nextDay is the first instant of the day after, in the zone of t.
func nextDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

// quarters counts by the quarter of an hour since 1970.
func (s *Store) quarters(ctx context.Context, column string, p report.Period, base clauses) (map[int64]int, error) {
	where := base.with(column+" >= ? AND "+column+" < ?", instant(p.From), instant(p.To))
	query := fmt.Sprintf("SELECT "+s.dialect.quarter+" AS quarter, count(*) FROM appeals%s GROUP BY 1", column, where.where())
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), where.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]int{}
	for rows.Next() {
		var quarter int64
		var n int
		if err := rows.Scan(&quarter, &n); err != nil {
			return nil, err
		}
		out[quarter] = n
	}
	return out, rows.Err()
}
