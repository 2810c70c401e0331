package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/workflow"
)

// captured is a row as the product wrote it.
type captured struct {
	table  string
	insert string // statement with numbered parameters
	values []any
	id     int // where the appeal's id stands
	number int // where its number stands, -1 where the table has none
}

// given are columns that the database fills itself.
var given = map[string][]string{"appeals": {"due_sort"}, "events": {"seq", "xid"}, "outbox": {"id"}}

// capture submits an appeal and reads the rows that it became.
func capture(ctx context.Context, p *product, f *forms) ([]captured, error) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a text, no secret
	receipt, err := p.app.Engine.Submit(ctx, workflow.Submission{
		Text: text(r), Rubric: f.topics[0].Code, Source: workflow.FromAPI,
		Place:     workflow.Place{Territory: f.places[0].ID, Address: address(r)},
		Applicant: workflow.Applicant{Name: "Житель области", Phone: "+70000000000", Lang: "ru"},
	})
	if err != nil {
		return nil, err
	}
	db, err := openSQL(p.database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var out []captured
	for _, t := range []struct{ name, id string }{
		{"appeals", "id"}, {"applicants", "appeal_id"}, {"events", "appeal_id"}, {"deadlines", "appeal_id"}, {"outbox", "appeal_id"},
	} {
		rows, err := captureTable(ctx, db, t.name, t.id, receipt.ID)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, fmt.Errorf("an appeal left no row in %s", t.name)
		}
		out = append(out, rows...)
	}
	return out, nil
}

func captureTable(ctx context.Context, db *sql.DB, table, key string, id int64) ([]captured, error) {
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT * FROM %s WHERE %s = $1", table, key), id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []captured
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, newCaptured(table, key, columns, values))
	}
	return out, rows.Err()
}

func newCaptured(table, key string, columns []string, values []any) captured {
	c := captured{table: table, number: -1}
	var names, places []string
	for i, column := range columns {
		if slices.Contains(given[table], column) {
			continue
		}
		switch column {
		case key:
			c.id = len(names)
		case "number":
			c.number = len(names)
		}
		names = append(names, column)
		places = append(places, fmt.Sprintf("$%d", len(names)))
		c.values = append(c.values, values[i])
	}
	c.insert = "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
	return c
}

// of is the row of another appeal.
func (c *captured) of(id int64) []any {
	values := append([]any(nil), c.values...)
	values[c.id] = id
	if c.number >= 0 {
		values[c.number] = fmt.Sprintf("plain-%d", id)
	}
	return values
}

// plain writes the captured rows as a program would that has only a driver:
// into a database of its own with the product's schema.
type plain struct {
	rows []captured
	pool *pgxpool.Pool // PostgreSQL
	db   *sql.DB       // SQLite: one writer
	stmt []*sql.Stmt
	last atomic.Int64
}

func newPlain(ctx context.Context, s *scratch, rows []captured) (*plain, error) {
	target, err := s.database(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := app.Migrate(ctx, config.Config{Database: target}); err != nil {
		return nil, err
	}
	p := &plain{rows: rows}
	if s.kind == postgres {
		cfg, err := pgxpool.ParseConfig(target)
		if err != nil {
			return nil, err
		}
		cfg.MaxConns = 32
		p.pool, err = pgxpool.NewWithConfig(ctx, cfg)
		return p, err
	}
	if p.db, err = openSQL(target); err != nil {
		return nil, err
	}
	for i := range rows {
		stmt, err := p.db.PrepareContext(ctx, rows[i].insert) //nolint:sqlclosecheck // by close
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.stmt = append(p.stmt, stmt)
	}
	return p, nil
}

func (p *plain) close() error {
	if p.pool != nil {
		p.pool.Close()
		return nil
	}
	for _, stmt := range p.stmt {
		_ = stmt.Close()
	}
	return p.db.Close()
}

// run writes appeals on so many connections, one after the other on each.
func (p *plain) run(ctx context.Context, connections int, length time.Duration, write func(context.Context, int64) error) (perSecond float64, err error) {
	var done atomic.Int64
	start := time.Now()
	end := start.Add(length)
	err = together(connections, func(int) error {
		for first := true; ctx.Err() == nil && (first || time.Now().Before(end)); first = false {
			if err := write(ctx, p.last.Add(1)); err != nil {
				return err
			}
			done.Add(1)
		}
		return ctx.Err()
	})
	return float64(done.Load()) / time.Since(start).Seconds(), err
}

// transaction writes one appeal: BEGIN, a statement for each row, COMMIT.
func (p *plain) transaction(ctx context.Context, id int64) error {
	if p.pool == nil {
		return p.local(ctx, id)
	}
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		for i := range p.rows {
			if _, err := tx.Exec(ctx, p.rows[i].insert, p.rows[i].of(id)...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *plain) local(ctx context.Context, id int64) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it was committed
	for i := range p.rows {
		if _, err := tx.StmtContext(ctx, p.stmt[i]).ExecContext(ctx, p.rows[i].of(id)...); err != nil { //nolint:sqlclosecheck // it ends with tx
			return err
		}
	}
	return tx.Commit()
}

// batch writes one appeal by one round trip, which is one transaction too.
func (p *plain) batch(ctx context.Context, id int64) error {
	var b pgx.Batch
	for i := range p.rows {
		b.Queue(p.rows[i].insert, p.rows[i].of(id)...)
	}
	return p.pool.SendBatch(ctx, &b).Close()
}
