package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"github.com/otklik/otklik/workflow"
)

// Task types of asynq.
const (
	taskFire    = "deadline.fire"
	taskDeliver = "outbox.deliver"
)

// Queues of asynq, with how much of the workers each gets.
var queues = map[string]int{"deadline": 6, "outbox": 3}

const (
	feedHorizon = 10 * time.Minute // Redis holds deadlines due within it
	feedPause   = 2 * time.Second
	feedAtOnce  = 2000
	relayPause  = 200 * time.Millisecond
	sweepPause  = 10 * time.Second
	sweepGrace  = 20 * time.Second // what asynq has not fired by then, the sweep does
)

// Queue tops asynq up from the database. Any number of nodes may run one.
type Queue struct {
	Client   *asynq.Client
	Firing   *Firing
	Delivery *Delivery
}

// NewClient returns a client of the Redis at the address, which may name
// Sentinels or a cluster as asynq's ParseRedisURI says.
func NewClient(redisURL string) (*asynq.Client, error) {
	opt, err := asynq.ParseRedisURI(redisURL)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	return asynq.NewClient(opt), nil
}

// Run feeds until ctx ends.
func (q *Queue) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { loop(ctx, q.Firing.Log, "feed deadlines", feedPause, q.feed) })
	wg.Go(func() { loop(ctx, q.Firing.Log, "sweep deadlines", sweepPause, q.sweep) })
	wg.Go(func() { loop(ctx, q.Delivery.Log, "relay outbox", relayPause, q.relay) })
	wg.Wait()
}

// feed gives asynq the deadlines due within the horizon. A task's id is the
// step it is for, so that one fed twice is there once. What asynq won't take
// stays marked in the database and is left to the sweep.
func (q *Queue) feed(ctx context.Context) (bool, error) {
	now := q.Firing.Clock.Now()
	dues, err := q.Firing.Clocks.FeedDue(ctx, now.Add(feedHorizon), feedAtOnce)
	if err != nil {
		return false, err
	}
	var failed error
	for _, due := range dues {
		payload, err := json.Marshal(due)
		if err != nil {
			return false, err
		}
		// asynq floors to the second and would run early: round up.
		wait := max(0, due.At.Sub(now)).Truncate(time.Second)
		if wait > 0 {
			wait += time.Second
		}
		err = q.enqueue(ctx, asynq.NewTask(taskFire, payload),
			asynq.TaskID(fmt.Sprintf("deadline:%d:%d:%s", due.Appeal, due.N, due.Step)), asynq.Queue("deadline"),
			asynq.ProcessIn(wait), asynq.MaxRetry(3), asynq.Timeout(time.Minute))
		if err != nil {
			failed = err
		}
	}
	return len(dues) == feedAtOnce, failed
}

func (q *Queue) sweep(ctx context.Context) (bool, error) {
	return q.Firing.sweep(ctx, q.Firing.Clock.Now().Add(-sweepGrace))
}

// relay hands claimed rows to the workers. A row is done only when a worker
// says so: if Redis loses the task, the lease runs out and it is claimed anew.
func (q *Queue) relay(ctx context.Context) (bool, error) {
	rows, err := q.Delivery.Outbox.ClaimOutbox(ctx, q.Delivery.Clock.Now(), lease, claimAtOnce)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		payload, err := json.Marshal(row)
		if err != nil {
			return false, err
		}
		err = q.enqueue(ctx, asynq.NewTask(taskDeliver, payload),
			asynq.TaskID(fmt.Sprintf("outbox:%d:%d", row.ID, row.Tries)), asynq.Queue("outbox"),
			asynq.MaxRetry(0), asynq.Timeout(lease/2))
		if err != nil {
			return false, err
		}
	}
	return len(rows) == claimAtOnce, nil
}

func (q *Queue) enqueue(ctx context.Context, t *asynq.Task, opts ...asynq.Option) error {
	_, err := q.Client.EnqueueContext(ctx, t, opts...)
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil // it is there already
	}
	return err
}

// Worker takes tasks from asynq.
type Worker struct {
	Redis       string // address
	Concurrency int    // tasks at once
	Firing      *Firing
	Delivery    *Delivery
	Log         *slog.Logger
}

// Run works until ctx ends, then finishes what it has begun.
func (w *Worker) Run(ctx context.Context) error {
	opt, err := asynq.ParseRedisURI(w.Redis)
	if err != nil {
		return fmt.Errorf("redis address: %w", err)
	}
	server := asynq.NewServer(opt, asynq.Config{
		Concurrency: w.Concurrency,
		Queues:      queues,
		BaseContext: func() context.Context { return context.WithoutCancel(ctx) },
		// By default asynq looks for due tasks every 5 s.
		DelayedTaskCheckInterval: 200 * time.Millisecond,
		TaskCheckInterval:        50 * time.Millisecond,
		ShutdownTimeout:          20 * time.Second,
		RetryDelayFunc: func(n int, _ error, _ *asynq.Task) time.Duration {
			return min(time.Second<<n, 30*time.Second)
		},
		Logger:   quiet{w.Log},
		LogLevel: asynq.WarnLevel,
	})
	mux := asynq.NewServeMux()
	mux.HandleFunc(taskFire, w.fire)
	mux.HandleFunc(taskDeliver, w.deliver)
	if err := server.Start(mux); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	<-ctx.Done()
	server.Shutdown()
	return nil
}

// fire re-checks the time: a task can come up to a second early.
func (w *Worker) fire(ctx context.Context, t *asynq.Task) error {
	var due workflow.Due
	if err := json.Unmarshal(t.Payload(), &due); err != nil {
		return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
	}
	if wait := due.At.Sub(w.Firing.Clock.Now()); wait > 0 && wait < 2*time.Second {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return w.Firing.one(ctx, due)
}

func (w *Worker) deliver(ctx context.Context, t *asynq.Task) error {
	var row workflow.Outbox
	if err := json.Unmarshal(t.Payload(), &row); err != nil {
		return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
	}
	return w.Delivery.each(ctx, []workflow.Outbox{row})
}

// quiet writes asynq's own lines to our log.
type quiet struct{ log *slog.Logger }

func (q quiet) line(level slog.Level, args []any) {
	q.log.Log(context.Background(), level, "asynq", slog.String("says", fmt.Sprint(args...)))
}
func (q quiet) Debug(args ...any) { q.line(slog.LevelDebug, args) }
func (q quiet) Info(args ...any)  { q.line(slog.LevelDebug, args) }
func (q quiet) Warn(args ...any)  { q.line(slog.LevelWarn, args) }
func (q quiet) Error(args ...any) { q.line(slog.LevelError, args) }
func (q quiet) Fatal(args ...any) { q.line(slog.LevelError, args) }
