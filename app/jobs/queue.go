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
	taskFire    = "deadlines.fire"
	taskDeliver = "outbox.deliver"
)

// Queues of asynq, with how much of the workers each gets.
var queues = map[string]int{"deadline": 6, "outbox": 3}

const (
	feedHorizon = 10 * time.Minute // Redis holds deadlines due within it
	feedPause   = 2 * time.Second
	feedAtOnce  = 5000
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

// feed gives asynq the deadlines due within the horizon, those of one second
// together. What asynq won't take is given back, to be fed again; what it
// loses is left to the sweep.
func (q *Queue) feed(ctx context.Context) (bool, error) {
	now := q.Firing.Clock.Now()
	dues, err := q.Firing.Clocks.FeedDue(ctx, now.Add(feedHorizon), feedAtOnce)
	if err != nil {
		return false, err
	}
	for done := 0; done < len(dues); {
		b := firstBatch(dues[done:])
		if err := q.enqueue(ctx, asynq.NewTask(taskFire, b.payload()), asynq.TaskID(b.id()), asynq.Queue("deadline"),
			asynq.ProcessIn(max(0, b.start().Sub(now))), asynq.MaxRetry(3), asynq.Timeout(time.Minute)); err != nil {
			ctx := context.WithoutCancel(ctx)
			return false, errors.Join(err, q.Firing.Clocks.ReturnDue(ctx, dues[done:]))
		}
		done += len(b)
	}
	return len(dues) == feedAtOnce, nil
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
	if !w.awaitRedis(ctx, server) {
		return nil
	}
	if err := server.Start(mux); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	<-ctx.Done()
	server.Shutdown()
	return nil
}

// awaitRedis waits until Redis answers, false where ctx ends before. Meanwhile
// the sweep of [Queue] fires deadlines without it.
func (w *Worker) awaitRedis(ctx context.Context, server *asynq.Server) bool {
	answers := false
	wait, stop := context.WithCancel(ctx)
	defer stop()
	loop(wait, w.Log, "reach redis", time.Second, func(context.Context) (bool, error) {
		if err := server.Ping(); err != nil {
			return false, err
		}
		answers = true
		stop()
		return false, nil
	})
	return answers
}

// fire waits for the last of its deadlines: asynq counts in seconds.
func (w *Worker) fire(ctx context.Context, t *asynq.Task) error {
	dues, err := readBatch(t.Payload())
	if err != nil || len(dues) == 0 {
		return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
	}
	if wait := dues[len(dues)-1].At.Sub(w.Firing.Clock.Now()); wait > 0 && wait < 2*time.Second {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if failed := w.Firing.all(ctx, dues); len(failed) > 0 {
		return fmt.Errorf("%d of %d deadlines: %w", len(failed), len(dues), failed[0].Err)
	}
	return ctx.Err()
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
