package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/store/storetest"
)

// plainIntake are the statements that write the rows of storetest.Sample, with
// constant content: what a program would do that keeps nothing else in mind.
var plainIntake = []string{
	`INSERT INTO appeals (id, number, rule_set, review_order, stage, round, rubric_version, rubric, category, review_n,
		review_unit, territory_id, lat, lon, address, agency_id, body, replies, source, submitted_at, due_at, event_count,
		last_hash, version) VALUES ($1, $2, 'message', 'general', 'moderation', 1, 1, 'roads.surface.pothole', 'roads', 30,
		'calendar_days', 7, 51.73, 36.19, 'улица Ленина, 1', 3, $3, '[{"question":"size","asked":"Какого размера яма?","value":"big"}]',
		'portal', $4, $5, 2, 'second', 1)`,
	`INSERT INTO applicants (appeal_id, sealed) VALUES ($1, $2)`,
	`INSERT INTO events (appeal_id, n, at, actor_kind, agency_id, action, from_stage, to_stage, data, prev_hash, hash)
		VALUES ($1, $2, $3, 'citizen', 3, 'submit', 'draft', 'new', '{"rubric":"roads.surface.pothole"}', 'a', $4)`,
	`INSERT INTO deadlines (appeal_id, n, kind, agency_id, due_at, state, step, next_at, body)
		VALUES ($1, $2, 'review', 3, $3, 'open', 'half', $4, $5)`,
	`INSERT INTO outbox (topic, appeal_id, event_n, payload, ready_at) VALUES ('notify.author', $1, 2, '{"key":"submitted"}', $2)`,
}

// plainCalls are the statements with their arguments for one appeal.
func plainCalls(id int64) (texts []string, args [][]any) {
	in := storetest.Sample(id, storetest.Noon, 3)
	due := in.Appeal.DueAt
	clockBody := strings.Repeat("x", 300)
	add := func(i int, values ...any) {
		texts, args = append(texts, plainIntake[i]), append(args, values)
	}
	add(0, id, in.Appeal.Number, in.Appeal.Text, storetest.Noon, due)
	add(1, id, make([]byte, 120))
	add(2, id, 1, storetest.Noon, "first")
	add(2, id, 2, storetest.Noon, "second")
	add(3, id, 1, due, due, clockBody)
	add(3, id, 2, due, due, clockBody)
	add(4, id, storetest.Noon)
	return texts, args
}

// BenchmarkIntake compares the store with plain SQL for the same rows, on a
// database of the same state.
func BenchmarkIntake(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		ways := map[string]func(b *testing.B, url string) func(context.Context) error{"store": storeIntake}
		if dialect == storetest.Postgres {
			ways["pgx-tx"], ways["pgx-batch"] = pgxTx, pgxBatch
		} else {
			ways["sql-tx"] = sqliteTx
		}
		for _, clients := range []int{1, 8, 32} {
			for way, prepare := range ways {
				b.Run(fmt.Sprintf("%s/%d/%s", dialect, clients, way), func(b *testing.B) {
					write := prepare(b, storetest.URL(b, dialect))
					runClients(b, clients, write)
				})
			}
		}
	}
}

// runClients spreads b.N calls over so many callers.
func runClients(b *testing.B, clients int, call func(context.Context) error) {
	b.Helper()
	ctx := context.Background()
	var left atomic.Int64
	left.Store(int64(b.N))
	errs := make(chan error, clients)
	b.ResetTimer()
	for range clients {
		go func() {
			for left.Add(-1) >= 0 {
				if err := call(ctx); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range clients {
		require.NoError(b, <-errs)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appeals/s")
}

func storeIntake(b *testing.B, url string) func(context.Context) error {
	b.Helper()
	s := storetest.OpenURL(b, url, clock.System{})
	return func(ctx context.Context) error {
		id, err := s.NextID(ctx)
		if err != nil {
			return err
		}
		_, _, err = s.Intake(ctx, storetest.Sample(id, storetest.Noon, 3))
		return err
	}
}

func openPgx(b *testing.B, url string) *pgxpool.Pool {
	b.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(b, err)
	config.MaxConns = 12
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(b, err)
	b.Cleanup(pool.Close)
	return pool
}

func pgxTx(b *testing.B, url string) func(context.Context) error {
	b.Helper()
	pool := openPgx(b, url)
	var id atomic.Int64
	return func(ctx context.Context) error {
		texts, args := plainCalls(id.Add(1))
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			for i := range texts {
				if _, err := tx.Exec(ctx, texts[i], args[i]...); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func pgxBatch(b *testing.B, url string) func(context.Context) error {
	b.Helper()
	pool := openPgx(b, url)
	var id atomic.Int64
	return func(ctx context.Context) error {
		texts, args := plainCalls(id.Add(1))
		var batch pgx.Batch
		for i := range texts {
			batch.Queue(texts[i], args[i]...)
		}
		return pool.SendBatch(ctx, &batch).Close()
	}
}

func sqliteTx(b *testing.B, url string) func(context.Context) error {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+
		"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_foreign_keys=1&_time_integer_format=unix_micro")
	require.NoError(b, err)
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	stmts := map[string]*sql.Stmt{}
	for _, text := range plainIntake {
		if stmts[text], err = db.Prepare(strings.NewReplacer("$1", "?1", "$2", "?2", "$3", "?3", "$4", "?4", "$5", "?5").Replace(text)); err != nil {
			b.Fatal(err)
		}
	}
	var id atomic.Int64
	return func(ctx context.Context) error {
		texts, args := plainCalls(id.Add(1))
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for i := range texts {
			if _, err := tx.StmtContext(ctx, stmts[texts[i]]).ExecContext(ctx, args[i]...); err != nil {
				_ = tx.Rollback()
				return err
			}
		}
		return tx.Commit()
	}
}
