package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/workflow"
)

// DeadlinesOptions say how firing is measured.
type DeadlinesOptions struct {
	Options
	Redis   string  // URL of a Redis whose database is empty, for PostgreSQL
	Rows    int     // pending deadlines
	Due     int     // of them in one second
	Seconds float64 // how long plain SQL is measured
	// Lead is how long before the burst the worker starts; 0 is 20 s.
	Lead time.Duration
}

// DeadlinesResult is what firing came to on one database.
type DeadlinesResult struct {
	Database       string  `json:"database"`
	Pending        int     `json:"pending"`
	Due            int     `json:"due"`
	Fired          int     `json:"fired"`  // appeals that were warned
	Missed         int     `json:"missed"` // that were not
	Twice          int     `json:"twice"`  // warnings too many
	Unproven       int     `json:"unproven"`
	P50            float64 `json:"late_p50_ms"` // from the due instant to the commit
	P99            float64 `json:"late_p99_ms"`
	Max            float64 `json:"late_max_ms"`
	FiredPerSecond float64 `json:"fired_per_second"` // from the first due instant to the last commit
	RawPerSecond   float64 `json:"raw_per_second"`   // the same rows changed by plain SQL, a transaction for each
	RedisMB        float64 `json:"redis_mb,omitempty"`
	MemoryMB       float64 `json:"memory_mb"`
}

const (
	usualLead = 20 * time.Second
	burstWait = 5 * time.Minute
)

// Deadlines measures how late deadlines fire that come due together, among many
// that wait: by asynq and Redis on PostgreSQL, in the process on SQLite. What
// counts as fired are events in the database.
func Deadlines(ctx context.Context, o DeadlinesOptions) (results []DeadlinesResult, err error) {
	err = o.each(ctx, func(ctx context.Context, s *scratch) error {
		r, err := o.database(ctx, s)
		if err == nil {
			results = append(results, r)
		}
		return err
	})
	return results, err
}

func (o DeadlinesOptions) database(ctx context.Context, s *scratch) (r DeadlinesResult, err error) {
	if o.Lead == 0 {
		o.Lead = usualLead
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
	b := &burst{cast: cast, rows: max(o.Rows, o.Due), due: o.Due, at: burstDay, progress: o.say}
	o.say("%s: %d pending deadlines, %d of them due in one second", s.kind, b.rows, b.due)
	if err := b.fill(ctx, s.kind, p.database); err != nil {
		return r, err
	}
	r = DeadlinesResult{Database: s.kind, Pending: b.pending, Due: b.due}
	o.say("%s: firing", s.kind)
	if err := o.fire(ctx, s, b, now, &r); err != nil {
		return r, err
	}
	if r.Unproven, err = b.proven(ctx); err != nil {
		return r, err
	}
	o.say("%s: plain SQL", s.kind)
	r.RawPerSecond, err = b.plainRate(ctx, s.kind, p.database, time.Duration(o.Seconds*float64(time.Second)))
	return r, err
}

// lateness collects how late each was.
type lateness struct {
	mu    sync.Mutex
	late  spread
	first int64
	last  time.Time
	many  int64
}

func (l *lateness) add(due workflow.Due, late time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if due.Appeal >= l.first && due.Appeal < l.first+l.many {
		l.late = append(l.late, late)
		l.last = due.At.Add(late)
	}
}

func (l *lateness) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.late)
}

// fire starts the background work and waits until all have fired.
func (o DeadlinesOptions) fire(ctx context.Context, s *scratch, b *burst, now *moved, r *DeadlinesResult) (err error) {
	seen := &lateness{first: b.first, many: int64(b.due)}
	p := b.product
	p.app.Fired = seen.add
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	var queue *redisMeter
	now.show(b.at.Add(-o.Lead))
	if s.kind == postgres {
		if queue, err = newRedisMeter(ctx, o.Redis); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, queue.close(context.WithoutCancel(ctx))) }()
		p.app.Config.Redis = queue.url
		go func() { failed <- p.app.Work(ctx) }()
	} else {
		if err := p.serve(ctx, true); err != nil {
			return err
		}
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(o.Lead + burstWait); seen.count() < b.due && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-failed:
			return fmt.Errorf("worker: %w", err)
		case <-tick.C:
		}
		if queue != nil {
			if err := queue.look(ctx); err != nil {
				return err
			}
		}
	}
	time.Sleep(2 * time.Second) // a second firing would show by now
	if queue != nil {
		r.RedisMB = queue.most()
		stop()
		if err := <-failed; err != nil {
			return err
		}
	}
	found, err := b.count(context.WithoutCancel(ctx), p.database)
	if err != nil {
		return err
	}
	r.Fired, r.Missed, r.Twice = found.appeals, b.due-found.appeals, found.events-found.appeals
	r.P50, r.P99, r.Max = ms(seen.late.at(50)), ms(seen.late.at(99)), ms(seen.late.at(100))
	if took := seen.last.Sub(b.at); took > 0 {
		r.FiredPerSecond = float64(seen.count()) / took.Seconds()
	}
	r.MemoryMB = memory()
	return nil
}

// Aims of the deadlines.
const (
	aimLate  = 2000.0 // p99, ms
	aimRedis = 200.0  // MB
)

// DeadlinesTable puts results into a table for people.
func DeadlinesTable(results []DeadlinesResult) string {
	t := newTable("database", "pending", "due in 1 s", "fired once", "missed", "twice", "late p50 ms", "p99 ms", "max ms",
		"fired/s", "plain SQL/s", "ratio", "Redis MB", "aims")
	for _, r := range results {
		aims := "reached"
		switch {
		case r.Missed > 0 || r.Twice > 0 || r.Unproven > 0:
			aims = fmt.Sprintf("missed %d, twice %d, unproven %d", r.Missed, r.Twice, r.Unproven)
		case r.P99 >= aimLate:
			aims = fmt.Sprintf("p99 above %.0f ms", aimLate)
		case r.RedisMB > aimRedis:
			aims = fmt.Sprintf("Redis above %.0f MB", aimRedis)
		}
		redis := "—"
		if r.Database == postgres {
			redis = millis(r.RedisMB)
		}
		t.row(r.Database, fmt.Sprint(r.Pending), fmt.Sprint(r.Due), fmt.Sprint(r.Fired-r.Twice), fmt.Sprint(r.Missed), fmt.Sprint(r.Twice),
			millis(r.P50), millis(r.P99), millis(r.Max), rate(r.FiredPerSecond), rate(r.RawPerSecond),
			fmt.Sprintf("%.2f", ratio(r.FiredPerSecond, r.RawPerSecond)), redis, aims)
	}
	return t.String()
}
