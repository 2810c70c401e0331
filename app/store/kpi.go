package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
)

var (
	_ report.Store  = (*Store)(nil)
	_ report.Ledger = (*Store)(nil)
)

// KPIState implements report.Cells.
func (s *Store) KPIState(ctx context.Context) (report.State, error) {
	var out report.State
	err := s.freshDB.QueryRowContext(ctx, "SELECT zone, rules, position, ready FROM kpi_state WHERE id = 1").
		Scan(&out.Zone, &out.Rules, &out.Position, &out.Ready)
	return out, translate(err)
}

const cellKey = "cube, grain, day, agency_id, territory_id, person_id, topic"

// scanCell reads the columns of cellKey and the body.
func scanCell(rows *sql.Rows, k *report.Key, sums *report.Sums, body *sql.RawBytes) error {
	if err := rows.Scan(&k.Cube, &k.Grain, &k.Day, &k.Agency, &k.Territory, &k.Person, &k.Topic, body); err != nil {
		return err
	}
	return sums.Decode(*body)
}

// EachCell implements report.Cells.
func (s *Store) EachCell(ctx context.Context, q report.CellQuery, fn func(report.Key, *report.Sums) error) error {
	for _, span := range q.Spans {
		var c clauses
		c.add("cube = ? AND grain = ?", int(q.Cube), int(span.Grain))
		if len(q.Agencies) == 1 {
			c.add("agency_id = ?", q.Agencies[0])
		} else if q.Agencies != nil {
			c.add(s.dialect.in("agency_id"), s.dialect.ids(q.Agencies))
		}
		if len(q.Territory) == 1 {
			c.add("territory_id = ?", q.Territory[0])
		} else if len(q.Territory) > 0 {
			c.add(s.dialect.in("territory_id"), s.dialect.ids(q.Territory))
		}
		if q.Person != 0 {
			c.add("person_id = ?", q.Person)
		}
		if q.Topic != "" {
			c.add("topic = ?", q.Topic)
		}
		c.add("day >= ? AND day < ?", int(span.From), int(span.To))
		if err := s.eachCell(ctx, s.readDB, "SELECT "+cellKey+", body FROM kpi_cells"+c.where(), c.args, fn); err != nil {
			return translate(err)
		}
	}
	return nil
}

func (s *Store) eachCell(ctx context.Context, q querier, query string, args []any, fn func(report.Key, *report.Sums) error) error {
	rows, err := q.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var body sql.RawBytes
	for rows.Next() {
		var k report.Key
		var sums report.Sums
		if err := scanCell(rows, &k, &sums, &body); err != nil {
			return err
		}
		if err := fn(k, &sums); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EachKPI implements report.Ledger.
func (s *Store) EachKPI(ctx context.Context, cell func(report.Key, *report.Sums) error, portion func(int64, []byte) error) error {
	if err := s.eachCell(ctx, s.freshDB, "SELECT "+cellKey+", body FROM kpi_cells", nil, cell); err != nil {
		return translate(err)
	}
	rows, err := s.freshDB.QueryContext(ctx, "SELECT appeal_id, body FROM kpi_portions")
	if err != nil {
		return translate(err)
	}
	return translate(eachPortion(rows, portion))
}

func eachPortion(rows *sql.Rows, fn func(int64, []byte) error) error {
	defer rows.Close()
	for rows.Next() {
		var id int64
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		if err := fn(id, body); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ChangedAfter implements report.Ledger.
func (s *Store) ChangedAfter(ctx context.Context, position string, limit int) (appeals []int64, events int, next string, err error) {
	found, next, err := s.EventsAfter(ctx, position, limit)
	seen := make(map[int64]bool, len(found))
	for i := range found {
		if id := found[i].Appeal; !seen[id] {
			seen[id] = true
			appeals = append(appeals, id)
		}
	}
	return appeals, len(found), next, err
}

// Portions implements report.Ledger.
func (s *Store) Portions(ctx context.Context, appeals []int64) (map[int64][]byte, error) {
	out := make(map[int64][]byte, len(appeals))
	rows, err := s.freshDB.QueryContext(ctx,
		s.dialect.bind("SELECT appeal_id, body FROM kpi_portions WHERE "+s.dialect.in("appeal_id")), s.dialect.ids(appeals))
	if err != nil {
		return nil, translate(err)
	}
	return out, translate(eachPortion(rows, func(id int64, body []byte) error {
		out[id] = body
		return nil
	}))
}

// PutKPIs implements report.Ledger.
func (s *Store) PutKPIs(ctx context.Context, from, to report.State, portions map[int64][]byte, added map[report.Key]*report.Sums) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		// First of all: on PostgreSQL another node waits here, and does nothing.
		done, err := q.ExecContext(ctx, s.dialect.bind("UPDATE kpi_state SET position = ? WHERE id = 1 AND ready AND position = ? AND zone = ? AND rules = ?"),
			to.Position, from.Position, from.Zone, from.Rules)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, stale())
		}
		if err := s.putPortions(ctx, q, portions); err != nil {
			return err
		}
		keys := make([]report.Key, 0, len(added))
		for k := range added {
			keys = append(keys, k)
		}
		for len(keys) > 0 {
			n := min(cellsAtOnce, len(keys))
			if err := s.addCells(ctx, q, keys[:n], added); err != nil {
				return err
			}
			keys = keys[n:]
		}
		return nil
	})
}

// cellsAtOnce is how many cells a statement takes: parameters are limited.
const cellsAtOnce = 500

// addCells adds to cells and removes those that are zero then.
func (s *Store) addCells(ctx context.Context, q querier, keys []report.Key, added map[report.Key]*report.Sums) error {
	sums := make(map[report.Key]*report.Sums, len(keys))
	for _, k := range keys {
		sums[k] = &report.Sums{}
		sums[k].Add(added[k], 1)
	}
	text, args := keyTuples(keys)
	// The keys come first: each is one walk down the primary key.
	query := `WITH k (cube, grain, day, agency_id, territory_id, person_id, topic) AS (VALUES ` + text + `)
		SELECT c.cube, c.grain, c.day, c.agency_id, c.territory_id, c.person_id, c.topic, c.body FROM k CROSS JOIN kpi_cells c
		WHERE c.cube = k.cube AND c.grain = k.grain AND c.day = k.day AND c.agency_id = k.agency_id
		AND c.territory_id = k.territory_id AND c.person_id = k.person_id AND c.topic = k.topic`
	err := s.eachCell(ctx, q, query, args, func(k report.Key, kept *report.Sums) error {
		sums[k].Add(kept, 1)
		return nil
	})
	if err != nil {
		return err
	}
	var gone []report.Key
	for k, sum := range sums {
		if sum.Zero() {
			gone = append(gone, k)
			delete(sums, k)
		}
	}
	if len(gone) > 0 {
		text, args := keyTuples(gone)
		if _, err := q.ExecContext(ctx, s.dialect.bind("DELETE FROM kpi_cells WHERE ("+cellKey+") IN (VALUES "+text+")"), args...); err != nil {
			return err
		}
	}
	return s.putCells(ctx, q, sums)
}

// keyTuples are keys as values of SQL: numbers as they are, topics as
// parameters.
func keyTuples(keys []report.Key) (text string, args []any) {
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "(%d, %d, %d, %d, %d, %d, CAST(? AS text))", k.Cube, k.Grain, k.Day, k.Agency, k.Territory, k.Person)
		args = append(args, k.Topic)
	}
	return b.String(), args
}

func (s *Store) putCells(ctx context.Context, q querier, cells map[report.Key]*report.Sums) error {
	if len(cells) == 0 {
		return nil
	}
	args := make([]any, 0, 8*len(cells))
	for k, sums := range cells {
		args = append(args, int(k.Cube), int(k.Grain), int(k.Day), k.Agency, k.Territory, k.Person, k.Topic, sums.Encode())
	}
	_, err := q.ExecContext(ctx, s.dialect.bind("INSERT INTO kpi_cells ("+cellKey+", body) VALUES "+tuples(len(cells), 8)+
		" ON CONFLICT ("+cellKey+") DO UPDATE SET body = excluded.body"), args...)
	return err
}

func (s *Store) putPortions(ctx context.Context, q querier, portions map[int64][]byte) error {
	args := make([]any, 0, 2*len(portions))
	for id, body := range portions {
		args = append(args, id, body)
	}
	for len(args) > 0 {
		n := min(2*cellsAtOnce, len(args))
		_, err := q.ExecContext(ctx, s.dialect.bind("INSERT INTO kpi_portions (appeal_id, body) VALUES "+tuples(n/2, 2)+
			" ON CONFLICT (appeal_id) DO UPDATE SET body = excluded.body"), args[:n]...)
		if err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// ClaimKPIs implements report.Ledger.
func (s *Store) ClaimKPIs(ctx context.Context, by string, now, until time.Time) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		done, err := q.ExecContext(ctx, s.dialect.bind(`UPDATE kpi_state SET ready = ?, claimed_by = ?, claimed_until = ?
			WHERE id = 1 AND (claimed_until IS NULL OR claimed_until < ? OR claimed_by = ?)`), false, by, instant(until), instant(now), by)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "error.conflict"))
		}
		for _, table := range []string{"kpi_cells", "kpi_portions"} {
			if _, err := q.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
}

// FillKPIs implements report.Ledger.
func (s *Store) FillKPIs(ctx context.Context, by string, until time.Time, portions map[int64][]byte, cells map[report.Key]*report.Sums) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		if err := s.claimed(ctx, q, "UPDATE kpi_state SET claimed_until = ? WHERE id = 1 AND NOT ready AND claimed_by = ?", instant(until), by); err != nil {
			return err
		}
		if err := s.putPortions(ctx, q, portions); err != nil {
			return err
		}
		some := make(map[report.Key]*report.Sums, cellsAtOnce)
		for k, sums := range cells {
			if some[k] = sums; len(some) == cellsAtOnce {
				if err := s.putCells(ctx, q, some); err != nil {
					return err
				}
				clear(some)
			}
		}
		return s.putCells(ctx, q, some)
	})
}

// OpenKPIs implements report.Ledger.
func (s *Store) OpenKPIs(ctx context.Context, by string, state report.State) error {
	return translate(s.claimed(ctx, s.writeDB, `UPDATE kpi_state SET ready = ?, zone = ?, rules = ?, position = ?, claimed_by = '',
		claimed_until = NULL WHERE id = 1 AND NOT ready AND claimed_by = ?`, true, state.Zone, state.Rules, state.Position, by))
}

// claimed changes the state while the claim holds; else it is fault.Conflict.
func (s *Store) claimed(ctx context.Context, q querier, query string, args ...any) error {
	done, err := q.ExecContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, stale())
	}
	return nil
}
