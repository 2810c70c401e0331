package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
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

const trayKey = "cube, grain, day, agency_id, territory_id, person_id"

// EachCell implements report.Cells, by one statement for all spans.
func (s *Store) EachCell(ctx context.Context, q report.CellQuery, fn func(span int, k report.Key, sums *report.Sums) error) error {
	if len(q.Spans) == 0 {
		return nil
	}
	var query strings.Builder
	var args []any
	for i, span := range q.Spans {
		c := s.cellFilter(q, span)
		if i > 0 {
			query.WriteString(" UNION ALL ")
		}
		fmt.Fprintf(&query, "SELECT %d, %s, body FROM kpi_trays%s", i, trayKey, c.where())
		args = append(args, c.args...)
	}
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query.String()), args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	var body sql.RawBytes
	for rows.Next() {
		var span int
		var k report.Key
		if err := rows.Scan(&span, &k.Cube, &k.Grain, &k.Day, &k.Agency, &k.Territory, &k.Person, &body); err != nil {
			return translate(err)
		}
		err := report.EachTopic(body, q.Topic, q.Spans[span].Bare, func(topic string, sums *report.Sums) error {
			k.Topic = topic
			return fn(span, k, sums)
		})
		if err != nil {
			return translate(err)
		}
	}
	return translate(rows.Err())
}

func (s *Store) cellFilter(q report.CellQuery, span report.Span) (c clauses) {
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
	c.add("day >= ? AND day < ?", int(span.From), int(span.To))
	return c
}

// eachTray reads the columns of trayKey and the body, which is lent.
func (s *Store) eachTray(ctx context.Context, q querier, query string, args []any, fn func(k report.Key, body []byte) error) error {
	rows, err := q.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var body sql.RawBytes
	for rows.Next() {
		var k report.Key
		if err := rows.Scan(&k.Cube, &k.Grain, &k.Day, &k.Agency, &k.Territory, &k.Person, &body); err != nil {
			return err
		}
		if err := fn(k, body); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EachKPI implements report.Ledger.
func (s *Store) EachKPI(ctx context.Context, cell func(report.Key, *report.Sums) error, portion func(int64, []byte) error) error {
	err := s.eachTray(ctx, s.freshDB, "SELECT "+trayKey+", body FROM kpi_trays", nil, func(k report.Key, body []byte) error {
		return report.EachTopic(body, "", false, func(topic string, sums *report.Sums) error {
			k.Topic = topic
			return cell(k, sums)
		})
	})
	if err != nil {
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
func (s *Store) PutKPIs(ctx context.Context, from, to report.State, portions map[int64][]byte, added map[report.Key]report.Tray) error {
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
		for keys := range slices.Chunk(slices.Collect(maps.Keys(added)), traysAtOnce) {
			if err := s.addTrays(ctx, q, keys, added); err != nil {
				return err
			}
		}
		return nil
	})
}

// traysAtOnce is how many trays a statement takes: parameters are limited.
const traysAtOnce = 500

// addTrays adds to trays and removes those that are empty then.
func (s *Store) addTrays(ctx context.Context, q querier, keys []report.Key, added map[report.Key]report.Tray) error {
	sums := make(map[report.Key]report.Tray, len(keys))
	for _, k := range keys {
		sums[k] = report.Tray{}
	}
	// The keys come first: each is one walk down the primary key.
	query := `WITH k (` + trayKey + `) AS (VALUES ` + keyTuples(keys) + `)
		SELECT c.cube, c.grain, c.day, c.agency_id, c.territory_id, c.person_id, c.body FROM k CROSS JOIN kpi_trays c
		WHERE c.cube = k.cube AND c.grain = k.grain AND c.day = k.day AND c.agency_id = k.agency_id
		AND c.territory_id = k.territory_id AND c.person_id = k.person_id`
	err := s.eachTray(ctx, q, query, nil, func(k report.Key, body []byte) error {
		return report.EachTopic(body, "", false, func(topic string, kept *report.Sums) error {
			sums[k][topic] = kept
			return nil
		})
	})
	if err != nil {
		return err
	}
	var gone []report.Key
	for _, k := range keys {
		if sums[k].Add(added[k]); len(sums[k]) == 0 {
			gone = append(gone, k)
			delete(sums, k)
		}
	}
	if len(gone) > 0 {
		if _, err := q.ExecContext(ctx, "DELETE FROM kpi_trays WHERE ("+trayKey+") IN (VALUES "+keyTuples(gone)+")"); err != nil {
			return err
		}
	}
	return s.putTrays(ctx, q, sums)
}

// keyTuples are keys as values of SQL.
func keyTuples(keys []report.Key) string {
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "(%d, %d, %d, %d, %d, %d)", k.Cube, k.Grain, k.Day, k.Agency, k.Territory, k.Person)
	}
	return b.String()
}

func (s *Store) putTrays(ctx context.Context, q querier, trays map[report.Key]report.Tray) error {
	if len(trays) == 0 {
		return nil
	}
	args := make([]any, 0, 7*len(trays))
	for k, tray := range trays {
		args = append(args, int(k.Cube), int(k.Grain), int(k.Day), k.Agency, k.Territory, k.Person, tray.Encode())
	}
	_, err := q.ExecContext(ctx, s.dialect.bind("INSERT INTO kpi_trays ("+trayKey+", body) VALUES "+tuples(len(trays), 7)+
		" ON CONFLICT ("+trayKey+") DO UPDATE SET body = excluded.body"), args...)
	return err
}

func (s *Store) putPortions(ctx context.Context, q querier, portions map[int64][]byte) error {
	args := make([]any, 0, 2*len(portions))
	for id, body := range portions {
		args = append(args, id, body)
	}
	for len(args) > 0 {
		n := min(2*traysAtOnce, len(args))
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
		for _, table := range []string{"kpi_trays", "kpi_portions"} {
			if _, err := q.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
}

// FillKPIs implements report.Ledger.
func (s *Store) FillKPIs(ctx context.Context, by string, until time.Time, portions map[int64][]byte, trays map[report.Key]report.Tray) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		if err := s.claimed(ctx, q, "UPDATE kpi_state SET claimed_until = ? WHERE id = 1 AND NOT ready AND claimed_by = ?", instant(until), by); err != nil {
			return err
		}
		if err := s.putPortions(ctx, q, portions); err != nil {
			return err
		}
		some := make(map[report.Key]report.Tray, traysAtOnce)
		for k, tray := range trays {
			if some[k] = tray; len(some) == traysAtOnce {
				if err := s.putTrays(ctx, q, some); err != nil {
					return err
				}
				clear(some)
			}
		}
		return s.putTrays(ctx, q, some)
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
