package bench

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// plainClients is how many connections change rows at once, as a worker does.
const plainClients = 8

// What firing a warning changes, as a program would that has only a driver.
var plainFiring = []string{
	"UPDATE appeals SET event_count = event_count + 1, last_hash = $1, version = version + 1 WHERE id = $2",
	"UPDATE deadlines SET step = 'most', next_at = $1, body = $2, queued = false WHERE appeal_id = $3 AND kind = 'review'",
	`INSERT INTO events (appeal_id, n, at, actor_kind, actor_id, agency_id, action, from_stage, to_stage, reason, due_before,
		due_after, data, prev_hash, hash) VALUES ($1, $2, $3, 'job', 0, $4, 'warn', 'in_work', 'in_work', '', $5, $5, $6, $7, $7)`,
	`INSERT INTO outbox (topic, appeal_id, event_n, payload, tries, ready_at, last_error, dead)
		VALUES ('notify.officers', $1, $2, '{"key":"warn.review.soon","agency":1,"user":1}', 0, $3, '', false)`,
}

// plainRow is what the statements need of an appeal.
type plainRow struct {
	id, n, agency int64
	hash, data    string
	body          string
	at, due       any
}

// plainRate changes the rows of those that have fired once more by plain SQL, a
// transaction for each, and says how many a second. The history is not whole
// after that.
func (b *burst) plainRate(ctx context.Context, kind, target string, length time.Duration) (perSecond float64, err error) {
	db, err := openSQL(target)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	rows, err := b.plainRows(ctx, db)
	if err != nil {
		return 0, err
	}
	work := func(i int) error { return plainFire(ctx, db, &rows[i]) }
	clients := 1 // SQLite has one writer
	if kind == postgres {
		cfg, err := pgxpool.ParseConfig(target)
		if err != nil {
			return 0, err
		}
		cfg.MaxConns, clients = plainClients, plainClients
		pool, err := pgxpool.NewWithConfig(ctx, cfg)
		if err != nil {
			return 0, err
		}
		defer pool.Close()
		work = func(i int) error {
			return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
				for k, args := range rows[i].args() {
					if _, err := tx.Exec(ctx, plainFiring[k], args...); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	var next, done atomic.Int64
	start := time.Now()
	err = together(clients, func(int) error {
		for i := int(next.Add(1)) - 1; i < len(rows) && time.Since(start) < length; i = int(next.Add(1)) - 1 {
			if err := work(i); err != nil {
				return err
			}
			done.Add(1)
		}
		return ctx.Err()
	})
	return float64(done.Load()) / time.Since(start).Seconds(), err
}

func (b *burst) plainRows(ctx context.Context, db *sql.DB) ([]plainRow, error) {
	found, err := db.QueryContext(ctx, fmt.Sprintf(`SELECT e.appeal_id, e.n, e.agency_id, e.hash, e.data, d.body, e.at, e.due_after
		FROM events e JOIN deadlines d ON d.appeal_id = e.appeal_id AND d.kind = 'review'
		WHERE e.action = 'warn' AND e.appeal_id >= %d AND e.appeal_id < %d`, b.first, b.first+int64(b.due)))
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows []plainRow
	for found.Next() {
		var r plainRow
		if err := found.Scan(&r.id, &r.n, &r.agency, &r.hash, &r.data, &r.body, &r.at, &r.due); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}

func (r *plainRow) args() [][]any {
	return [][]any{
		{r.hash, r.id}, {r.due, r.body, r.id}, {r.id, r.n + 1, r.at, r.agency, r.due, r.data, r.hash}, {r.id, r.n + 1, r.at},
	}
}

func plainFire(ctx context.Context, db *sql.DB, r *plainRow) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it was committed
	for k, args := range r.args() {
		if _, err := tx.ExecContext(ctx, plainFiring[k], args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
