package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
)

// listed finds the walk and the condition of a named count.
func listed(count string, p report.Period, base clauses, now time.Time) (clauses, bool) {
	for _, walk := range countWalks(p, base, now) {
		for _, sum := range walk.sums {
			switch {
			case sum.name == "":
			case sum.name == count:
				return walk.where.with(sum.condition, sum.args...), true
			case count == "misrouted" && sum.name == "first_right":
				return walk.where.with("NOT coalesce((" + sum.condition + "), false)"), true
			}
		}
	}
	return clauses{}, false
}

// ListCounted implements report.Store. A count that there is not is
// fault.NotFound.
func (s *Store) ListCounted(ctx context.Context, count string, p report.Period, f report.Filter, now time.Time, below int64, limit int) ([]int64, error) {
	base, ok := s.reportFilter(f)
	if !ok {
		return nil, nil
	}
	c, ok := listed(count, p, base, now)
	if !ok {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	if below > 0 {
		c = c.with(s.dialect.aside+"id < ?", below)
	}
	query := fmt.Sprintf("SELECT id FROM appeals%s ORDER BY %sid DESC LIMIT %d", c.where(), s.dialect.aside, limit)
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), c.args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, translate(err)
		}
		out = append(out, id)
	}
	return out, translate(rows.Err())
}

// flats begin the number of a flat in an address as it was typed.
var flats = []string{" кв.", " Кв.", ",кв.", " кв ", " квартира", " Квартира", " apt", " Apt", " flat ", " Flat "}

// house is the address up to the house: which flat it is points at a person.
func (d dialect) house() string {
	var b strings.Builder
	b.WriteString("rtrim(CASE")
	for _, word := range flats {
		at := d.position + "(address, '" + word + "')"
		b.WriteString(" WHEN " + at + " > 0 THEN substr(address, 1, " + at + " - 1)")
	}
	b.WriteString(" ELSE address END, ' ,')")
	return b.String()
}

// Again implements report.Store.
func (s *Store) Again(ctx context.Context, p report.Period, f report.Filter, limit int) ([]report.PlaceLine, error) {
	base, ok := s.reportFilter(f)
	if !ok {
		return nil, nil
	}
	where := base.with("address <> '' AND "+fmt.Sprintf(s.dialect.withDigit, s.dialect.house())+" AND submitted_at >= ? AND submitted_at < ?", instant(p.From), instant(p.To))
	query := fmt.Sprintf(`SELECT territory_id, %s, category, count(*), count(*) FILTER (WHERE first_signed_at IS NULL AND %s)
		FROM appeals%s GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 4 DESC, 5 DESC, 2, 1, 3 LIMIT %d`, s.dialect.house(), unfinal, where.where(), limit)
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), where.args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []report.PlaceLine
	for rows.Next() {
		var l report.PlaceLine
		if err := rows.Scan(&l.Territory, &l.Address, &l.Category, &l.Count, &l.Open); err != nil {
			return nil, translate(err)
		}
		out = append(out, l)
	}
	return out, translate(rows.Err())
}
