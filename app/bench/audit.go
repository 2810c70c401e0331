package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/workflow"
)

// AuditOptions say how the proof of history is measured.
type AuditOptions struct {
	Options
	Rows int    // worked appeals
	Keep string // folder in which the region stays (SQLite), "" for none
}

// AuditResult is the proof of the history of one database.
type AuditResult struct {
	Database         string  `json:"database"`
	Appeals          int     `json:"appeals"`
	Events           int     `json:"events"`
	Deadlines        int     `json:"deadlines"`
	Wrong            int     `json:"wrong"`
	MadePerSecond    float64 `json:"lives_made_per_second"`
	AppealsPerSecond float64 `json:"appeals_per_second"`
	EventsPerSecond  float64 `json:"events_per_second"`
	Found            int     `json:"found_after_one_row_was_changed"`
	Kept             bool    `json:"kept,omitempty"` // whole, so no row was changed
	MemoryMB         float64 `json:"memory_mb"`
}

// livesAtOnce is how many lives are put into the database together.
const livesAtOnce = 500

// Audit measures how fast the history of worked appeals is proven. In the end
// one event is changed and the proof must find it.
func Audit(ctx context.Context, o AuditOptions) (results []AuditResult, err error) {
	err = o.each(ctx, func(ctx context.Context, s *scratch) error {
		r, err := o.database(ctx, s)
		results = append(results, r)
		return err
	})
	return results, err
}

func (o AuditOptions) database(ctx context.Context, s *scratch) (r AuditResult, err error) {
	if s.keep = o.Keep; s.keep != "" {
		if err := os.Mkdir(s.keep, 0o700); err != nil {
			return r, fmt.Errorf("keep: %w", err)
		}
	}
	now := &moved{}
	now.show(burstDay)
	p, err := openProduct(ctx, s, app.WithClock(now))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.settle(ctx); err != nil {
		return r, err
	}
	cast, err := newCast(ctx, p)
	if err != nil {
		return r, err
	}
	r.Database = s.kind
	o.say("%s: %d lives", s.kind, o.Rows)
	began := time.Now()
	if err := o.lives(ctx, s, cast); err != nil {
		return r, err
	}
	r.MadePerSecond = float64(o.Rows) / time.Since(began).Seconds()
	o.say("%s: proving", s.kind)
	runtime.GC()
	began = time.Now()
	result, err := p.app.Audit(ctx, o.progress(s.kind))
	if err != nil {
		return r, err
	}
	took := time.Since(began).Seconds()
	r.Appeals, r.Events, r.Deadlines, r.Wrong = result.Appeals, result.Events, result.Deadlines, result.Wrong
	r.AppealsPerSecond, r.EventsPerSecond = float64(r.Appeals)/took, float64(r.Events)/took
	r.MemoryMB = memory()
	for _, f := range result.Findings[:min(5, len(result.Findings))] {
		o.say("%s", f)
	}
	if s.keep != "" {
		r.Kept = true
		return r, nil
	}
	o.say("%s: one row is changed", s.kind)
	if err := spoil(ctx, s.kind, p.database); err != nil {
		return r, err
	}
	result, err = p.app.Audit(ctx, func() {})
	r.Found = result.Wrong - r.Wrong
	return r, err
}

func (o AuditOptions) progress(kind string) func() {
	done := 0
	return func() {
		if done++; done%20_000 == 0 {
			o.say("%s: %d of %d", kind, done, o.Rows)
		}
	}
}

// lives makes the lives on all processors and puts them into the database while
// the next are made.
func (o AuditOptions) lives(ctx context.Context, s *scratch, c *cast) error {
	db, err := openSQL(c.product.database)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	indexes, err := dropIndexes(ctx, s.kind, conn)
	if err != nil {
		return err
	}
	made := make(chan []workflow.Case)
	group, all := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	var makers errgroup.Group
	for w := range workers {
		share := o.Rows / workers
		if w < o.Rows%workers {
			share++
		}
		makers.Go(func() error { return c.make(all, uint64(w), share, made) }) //nolint:gosec // a few workers
	}
	group.Go(func() error {
		defer close(made)
		return makers.Wait()
	})
	group.Go(func() error {
		put := 0
		for cases := range made {
			if err := c.product.app.Store.PutCases(all, cases, resident); err != nil {
				return err
			}
			if put/20_000 != (put+len(cases))/20_000 {
				o.say("%s: %d of %d", s.kind, put+len(cases), o.Rows)
			}
			put += len(cases)
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	for _, index := range append(indexes, "ANALYZE") {
		if _, err := conn.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	return nil
}

// make lives so many lives.
func (c *cast) make(ctx context.Context, seed uint64, many int, to chan<- []workflow.Case) error {
	s, err := c.scene(seed)
	if err != nil {
		return err
	}
	until := c.product.app.Clock.Now()
	for done := 0; done < many; {
		cases := make([]workflow.Case, 0, livesAtOnce)
		for range min(livesAtOnce, many-done) {
			if err := s.live(ctx, until); err != nil {
				return err
			}
			cases = append(cases, s.ledger.Case)
		}
		done += len(cases)
		select {
		case to <- cases:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// spoil changes the words of one event, as who owns the database can.
func spoil(ctx context.Context, kind, target string) error {
	db, err := openSQL(target)
	if err != nil {
		return err
	}
	defer db.Close()
	guard := "DROP TRIGGER events_no_update"
	if kind == postgres {
		guard += " ON events"
	}
	if _, err := db.ExecContext(ctx, guard); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "UPDATE events SET reason = reason || '.' WHERE seq = (SELECT max(seq) / 2 FROM events)")
	return err
}

// AuditTable puts results into a table for people.
func AuditTable(results []AuditResult) string {
	t := newTable("database", "appeals", "events", "deadlines", "wrong", "appeals/s", "events/s", "found after one row was changed",
		"lives made/s", "memory MB")
	for _, r := range results {
		found := fmt.Sprint(r.Found)
		if r.Kept {
			found = "kept whole"
		}
		t.row(r.Database, fmt.Sprint(r.Appeals), fmt.Sprint(r.Events), fmt.Sprint(r.Deadlines), fmt.Sprint(r.Wrong),
			rate(r.AppealsPerSecond), rate(r.EventsPerSecond), found, rate(r.MadePerSecond), millis(r.MemoryMB))
	}
	return t.String()
}
