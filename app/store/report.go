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
	if f.Executor != 0 {
		c.add("executor_id <> 0 AND executor_id = ?", f.Executor)
	}
	if f.Category != "" {
		c.add("category = ?", f.Category)
	}
	if f.Address != "" {
		c.add(s.dialect.house()+" = ?", f.Address)
	}
	return c, true
}

// sum is one aggregate and the count that it goes to.
type sum struct {
	sql  string
	args []any
	into func(*report.Counts) *int
	// name is that of the list of the appeals that it counts, condition which of
	// the walk they are; "" is of a sum that counts none.
	name, condition string
}

// sums is one walk: of the appeals that the conditions let through, so many.
type sums struct {
	where clauses
	sums  []sum
}

// unfinal is the condition of what awaits an answer, first or further.
const unfinal = "stage NOT IN ('answered', 'closed', 'rejected', 'withdrawn')"

// countWalks is the definition of every count but the hours; the words are
// those of report.Counts.
func countWalks(p report.Period, base clauses, now time.Time) []sums {
	from, to := instant(p.From), instant(p.To)
	within := func(column string) clauses {
		return base.with(column+" >= ? AND "+column+" < ?", from, to)
	}
	count := func(name, condition string, into func(*report.Counts) *int, args ...any) sum {
		return sum{"count(*) FILTER (WHERE " + condition + ")", args, into, name, condition}
	}
	all := func(name string, into func(*report.Counts) *int) sum {
		return sum{"count(*)", nil, into, name, "1 = 1"}
	}
	add := func(expression string, into func(*report.Counts) *int) sum {
		return sum{"coalesce(sum(" + expression + "), 0)", nil, into, "", ""}
	}
	const (
		firstRight = `(SELECT e.agency_id FROM events e WHERE e.appeal_id = appeals.id AND e.n = 1)
			= (SELECT e.agency_id FROM events e WHERE e.appeal_id = appeals.id AND e.to_stage = 'answered'
			AND e.action IN ('sign', 'share') ORDER BY e.n LIMIT 1)`
		accepted  = "stage NOT IN ('rejected', 'withdrawn')"
		withdrawn = "first_signed_at IS NULL AND closed_at >= ?"
	)
	return []sums{
		{within("submitted_at"), []sum{
			all("submitted", func(c *report.Counts) *int { return &c.Submitted }),
			count("accepted", accepted, func(c *report.Counts) *int { return &c.Accepted }),
			count("fast_track", accepted+" AND review_order = 'fast'", func(c *report.Counts) *int { return &c.FastTrack }),
			count("rejected", "stage = 'rejected'", func(c *report.Counts) *int { return &c.Rejected }),
			add("hops", func(c *report.Counts) *int { return &c.HopsSum }),
			count("two_hops", "hops >= 2", func(c *report.Counts) *int { return &c.TwoHops }),
			count("joined", "lead_id <> 0", func(c *report.Counts) *int { return &c.Joined }),
			count("parts", "split_from <> 0", func(c *report.Counts) *int { return &c.Parts }),
		}},
		{within("first_signed_at"), []sum{
			all("closed", func(c *report.Counts) *int { return &c.Closed }),
			count("closed_late", "late", func(c *report.Counts) *int { return &c.ClosedLate }),
			count("extended", "extended", func(c *report.Counts) *int { return &c.Extended }),
			count("first_right", firstRight, func(c *report.Counts) *int { return &c.FirstRight }),
		}},
		{within("due_sort").with("due_at IS NOT NULL AND first_signed_at IS NULL AND " + unfinal), []sum{
			all("open_due", func(c *report.Counts) *int { return &c.OpenDue }),
			count("open_past_due", "due_at < ?", func(c *report.Counts) *int { return &c.OpenPastDue }, instant(now)),
		}},
		{within("answered_at"), []sum{
			all("answered", func(c *report.Counts) *int { return &c.Answered }),
			count("formal", "formal", func(c *report.Counts) *int { return &c.Formal }),
			count("rated", "rating > 0", func(c *report.Counts) *int { return &c.Rated }),
			add("rating", func(c *report.Counts) *int { return &c.RatingSum }),
			count("top2", "rating >= 4", func(c *report.Counts) *int { return &c.Top2 }),
			count("re_reviewed", "round > 1", func(c *report.Counts) *int { return &c.ReReviewed }),
			count("solved", "outcome = 'solved'", func(c *report.Counts) *int { return &c.Solved }),
			count("refuted", "outcome = 'solved' AND refuted", func(c *report.Counts) *int { return &c.Refuted }),
		}},
		// Open at the end of the period: still waiting, answered since, or
		// rejected or withdrawn since.
		{base.with("submitted_at < ? AND first_signed_at IS NULL AND "+unfinal, to), []sum{
			all("", func(c *report.Counts) *int { return &c.OpenNow }),
		}},
		{base.with("submitted_at < ? AND first_signed_at >= ?", to, to), []sum{
			all("", func(c *report.Counts) *int { return &c.OpenNow }),
		}},
		{base.with("submitted_at < ? AND "+withdrawn, to, to), []sum{
			all("", func(c *report.Counts) *int { return &c.OpenNow }),
		}},
	}
}

// groupColumns tell of what a row of counts is; every query of counts selects
// one first.
var groupColumns = map[report.Group]string{
	report.GroupNone: "CAST(0 AS bigint)", report.GroupAgency: "agency_id", report.GroupTerritory: "territory_id",
	report.GroupPerson: "executor_id",
}

// CountsBy implements report.Plain.
func (s *Store) CountsBy(ctx context.Context, p report.Period, f report.Filter, now time.Time, by report.Group) (map[int64]*report.Counts, error) {
	out, group := map[int64]*report.Counts{}, groupColumns[by]
	base, ok := s.reportFilter(f)
	if !ok {
		return out, nil
	}
	if by == report.GroupPerson {
		base.add("executor_id <> 0")
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

// answerHours counts the time from registration to the first signed final
// answer of those signed in the period.
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
		of(id).Hours.Merge(report.HoursOf(signed.time().Sub(began.time())), 1)
	}
	return rows.Err()
}

// PastDue implements report.Plain.
func (s *Store) PastDue(ctx context.Context, p report.Period, f report.Filter, by report.Group) (map[int64]int, error) {
	out := map[int64]int{}
	base, ok := s.reportFilter(f)
	if !ok {
		return out, nil
	}
	if by == report.GroupPerson {
		base.add("executor_id <> 0")
	}
	where := base.with("due_at IS NOT NULL AND due_sort >= ? AND due_sort < ? AND first_signed_at IS NULL AND "+unfinal, instant(p.From), instant(p.To))
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind("SELECT "+groupColumns[by]+", count(*) FROM appeals"+where.where()+" GROUP BY 1"), where.args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, translate(err)
		}
		out[id] = n
	}
	return out, translate(rows.Err())
}

// Population sums the people of the territories of the filter, or of all
// municipalities.
func (s *Store) Population(ctx context.Context, f report.Filter) (n int, err error) {
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
