package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/otklik/otklik/app/report"
)

// reportFilter are the conditions of a filter; ok is false where it lets
// nothing through.
func (s *Store) reportFilter(f report.Filter) (c clauses, ok bool) {
	if !f.Region {
		if len(f.Agencies) == 0 {
			return c, false
		}
		c.add(s.dialect.in("agency_id"), s.dialect.ids(f.Agencies))
	}
	if f.Agency != 0 {
		c.add("agency_id = ?", f.Agency)
	}
	if len(f.Territory) > 0 {
		c.add(s.dialect.in("territory_id"), s.dialect.ids(f.Territory))
	}
	if f.Category != "" {
		c.add("category = ?", f.Category)
	}
	return c, true
}

// sum is one aggregate and the count that it goes to.
type sum struct {
	sql  string
	args []any
	into func(*report.Counts) *int
}

// sums is one walk: of the appeals that the conditions let through, so many.
type sums struct {
	where clauses
	sums  []sum
}

// countWalks is the definition of every count but the hours; the words are
// those of report.Counts.
func countWalks(p report.Period, base clauses, now time.Time) []sums {
	from, to := instant(p.From), instant(p.To)
	within := func(column string) clauses {
		return base.with(column+" >= ? AND "+column+" < ?", from, to)
	}
	count := func(condition string, into func(*report.Counts) *int, args ...any) sum {
		return sum{"count(*) FILTER (WHERE " + condition + ")", args, into}
	}
	all := func(into func(*report.Counts) *int) sum { return sum{"count(*)", nil, into} }
	add := func(expression string, into func(*report.Counts) *int) sum {
		return sum{"coalesce(sum(" + expression + "), 0)", nil, into}
	}
	const (
		accepted  = "stage NOT IN ('rejected', 'withdrawn')"
		unfinal   = "stage NOT IN ('answered', 'closed', 'rejected', 'withdrawn')"
		withdrawn = "first_signed_at IS NULL AND closed_at >= ?"
	)
	return []sums{
		{within("submitted_at"), []sum{
			all(func(c *report.Counts) *int { return &c.Submitted }),
			count(accepted, func(c *report.Counts) *int { return &c.Accepted }),
			count(accepted+" AND review_order = 'fast'", func(c *report.Counts) *int { return &c.FastTrack }),
			count("stage = 'rejected'", func(c *report.Counts) *int { return &c.Rejected }),
			add("hops", func(c *report.Counts) *int { return &c.HopsSum }),
			count("hops >= 2", func(c *report.Counts) *int { return &c.TwoHops }),
			count("lead_id <> 0", func(c *report.Counts) *int { return &c.Joined }),
			count("split_from <> 0", func(c *report.Counts) *int { return &c.Parts }),
		}},
		{within("first_signed_at"), []sum{
			all(func(c *report.Counts) *int { return &c.Closed }),
			count("late", func(c *report.Counts) *int { return &c.ClosedLate }),
			count("extended", func(c *report.Counts) *int { return &c.Extended }),
		}},
		{within("due_at").with("first_signed_at IS NULL AND " + unfinal), []sum{
			all(func(c *report.Counts) *int { return &c.OpenDue }),
			count("due_at < ?", func(c *report.Counts) *int { return &c.OpenPastDue }, instant(now)),
		}},
		{within("answered_at"), []sum{
			all(func(c *report.Counts) *int { return &c.Answered }),
			count("formal", func(c *report.Counts) *int { return &c.Formal }),
			count("rating > 0", func(c *report.Counts) *int { return &c.Rated }),
			add("rating", func(c *report.Counts) *int { return &c.RatingSum }),
			count("rating >= 4", func(c *report.Counts) *int { return &c.Top2 }),
			count("round > 1", func(c *report.Counts) *int { return &c.ReReviewed }),
			count("outcome = 'solved'", func(c *report.Counts) *int { return &c.Solved }),
			count("outcome = 'solved' AND refuted", func(c *report.Counts) *int { return &c.Refuted }),
		}},
		// Open at the end of the period: still waiting, answered since, or
		// rejected or withdrawn since.
		{base.with("submitted_at < ? AND first_signed_at IS NULL AND "+unfinal, to), []sum{
			all(func(c *report.Counts) *int { return &c.OpenNow }),
		}},
		{base.with("submitted_at < ? AND first_signed_at >= ?", to, to), []sum{
			all(func(c *report.Counts) *int { return &c.OpenNow }),
		}},
		{base.with("submitted_at < ? AND "+withdrawn, to, to), []sum{
			all(func(c *report.Counts) *int { return &c.OpenNow }),
		}},
	}
}

// group tells for which value of a column a row of counts is; every query of
// counts selects it first.
const (
	groupAll    = "CAST(0 AS bigint)"
	groupAgency = "agency_id"
)

// counts computes all counts for each value of the group.
func (s *Store) counts(ctx context.Context, p report.Period, f report.Filter, now time.Time, group string) (map[int64]*report.Counts, error) {
	out := map[int64]*report.Counts{}
	base, ok := s.reportFilter(f)
	if !ok {
		return out, nil
	}
	of := func(id int64) *report.Counts {
		if out[id] == nil {
			out[id] = &report.Counts{}
		}
		return out[id]
	}
	for _, walk := range countWalks(p, base, now) {
		if err := s.countWalk(ctx, walk, group, of); err != nil {
			return nil, translate(err)
		}
	}
	return out, translate(s.answerHours(ctx, p, base, group, of))
}

func (s *Store) countWalk(ctx context.Context, walk sums, group string, of func(int64) *report.Counts) error {
	columns := make([]string, len(walk.sums))
	var args []any
	for i, sum := range walk.sums {
		columns[i] = sum.sql
		args = append(args, sum.args...)
	}
	query := fmt.Sprintf("SELECT %s, %s FROM appeals%s GROUP BY 1", group, strings.Join(columns, ", "), walk.where.where())
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), append(args, walk.where.args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		values := make([]int, len(walk.sums))
		dest := []any{&id}
		for i := range values {
			dest = append(dest, &values[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, sum := range walk.sums {
			*sum.into(of(id)) += values[i]
		}
	}
	return rows.Err()
}

// answerHours lists the time from registration to the first signed final
// answer, shortest first, of those signed in the period.
func (s *Store) answerHours(ctx context.Context, p report.Period, base clauses, group string, of func(int64) *report.Counts) error {
	where := base.with("first_signed_at >= ? AND first_signed_at < ?", instant(p.From), instant(p.To))
	query := fmt.Sprintf("SELECT %s, coalesce(registered_at, submitted_at), first_signed_at FROM appeals%s", group, where.where())
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), where.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var began, signed instant
		if err := rows.Scan(&id, &began, &signed); err != nil {
			return err
		}
		c := of(id)
		c.AnswerHours = append(c.AnswerHours, signed.time().Sub(began.time()).Hours())
	}
	return rows.Err()
}

// Counts implements report.Store.
func (s *Store) Counts(ctx context.Context, p report.Period, f report.Filter, now time.Time) (report.Counts, error) {
	all, err := s.counts(ctx, p, f, now, groupAll)
	if err != nil {
		return report.Counts{}, err
	}
	c := report.Counts{}
	if all[0] != nil {
		c = *all[0]
	}
	sortHours(&c)
	c.Population, err = s.population(ctx, f)
	return c, err
}

// population sums the people of the territories of the filter, or of all
// municipalities.
func (s *Store) population(ctx context.Context, f report.Filter) (n int, err error) {
	var c clauses
	if len(f.Territory) > 0 {
		c.add(s.dialect.in("id"), s.dialect.ids(f.Territory))
	} else {
		c.add("kind IN ('district', 'town')")
	}
	err = s.readDB.QueryRowContext(ctx,
		s.dialect.bind("SELECT coalesce(sum(population), 0) FROM territories"+c.where()), c.args...).Scan(&n)
	return n, translate(err)
}
