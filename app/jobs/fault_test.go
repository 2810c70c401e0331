package jobs_test

import (
	"context"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// asking counts how often the engine is asked for a step, whatever it then
// does.
type asking struct {
	jobs.Firer
	mu sync.Mutex
	by map[deadline.Step]int
}

func (a *asking) FireAll(ctx context.Context, dues []workflow.Due) []workflow.Fired {
	out := a.Firer.FireAll(ctx, dues)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range dues {
		a.by[d.Step]++
	}
	return out
}

func (a *asking) count(step deadline.Step) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.by[step]
}

func (a *asking) all() map[deadline.Step]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.by)
}

// silent is an outbox without rows: letters and notices have tests of their own.
type silent struct{ jobs.Outbox }

func (silent) ClaimOutbox(context.Context, time.Time, time.Duration, int) ([]workflow.Outbox, error) {
	return nil, nil
}

// crowd is appeals whose clocks run out together.
type crowd struct {
	*town
	ids   []int64
	half  time.Time // the first step of all of them is due
	asked *asking
}

func newCrowd(t *testing.T, dialect string, many int) *crowd {
	t.Helper()
	c := &crowd{town: newTown(t, dialect), asked: &asking{by: map[deadline.Step]int{}}}
	c.asked.Firer, c.firing.Engine = c.engine, c.asked
	c.delivery.Outbox = silent{}
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		wg.Go(func() {
			for range many / 4 {
				id := c.submit(t)
				mu.Lock()
				c.ids = append(c.ids, id)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, c.ids, many)
	first, err := c.store.FindCase(t.Context(), c.ids[0])
	require.NoError(t, err)
	d := first.Appeal.Open(deadline.Review)
	require.Equal(t, deadline.StepHalf, d.Step)
	c.half = d.NextAt
	return c
}

// fires waits until nothing due is left.
func (c *crowd) fires(t *testing.T) {
	t.Helper()
	now := c.clock.Now().Add(time.Microsecond)
	eventually(t, func() bool {
		unfired, err := c.store.ListUnfired(t.Context(), now, 1)
		return err == nil && len(unfired) == 0
	}, "everything due has fired")
}

// once proves by the events that each appeal was told each step exactly once,
// never before its time, and that its history is whole.
func (c *crowd) once(t *testing.T, steps ...deadline.Step) {
	t.Helper()
	missed, twice, early := 0, 0, 0
	for _, id := range c.ids {
		events := c.events(t, id)
		require.NoError(t, workflow.Verify(events))
		told := map[deadline.Step]int{}
		for _, e := range events {
			if e.Action == workflow.Warn && e.Data.Kind == deadline.Review {
				told[e.Data.Step]++
				if e.At.Before(c.half) {
					early++
				}
			}
		}
		for _, step := range steps {
			switch n := told[step]; {
			case n == 0:
				missed++
			case n > 1:
				twice++
			}
			delete(told, step)
		}
		require.Empty(t, told, "nothing else is told")
	}
	require.Zero(t, missed, "missed")
	require.Zero(t, twice, "told twice")
	require.Zero(t, early, "told early")
	c.mu.Lock()
	defer c.mu.Unlock()
	for step, n := range c.fired {
		require.Equal(t, 1, n, step)
	}
	t.Logf("%d appeals, steps %v: asked %v, fired %d, 0 missed, 0 twice, 0 early", len(c.ids), steps, c.asked.all(), len(c.fired))
}

// works starts a worker and returns what stops it.
func (c *crowd) works(t *testing.T, address string) {
	t.Helper()
	worker := &jobs.Worker{Redis: address, Concurrency: 4, Firing: c.firing, Delivery: c.delivery, Log: c.firing.Log}
	inBackground(t, func(ctx context.Context) {
		if err := worker.Run(ctx); err != nil {
			t.Errorf("worker: %v", err)
		}
	})
}

func (c *crowd) feeds(t *testing.T, address string) {
	t.Helper()
	client, err := jobs.NewClient(address)
	require.NoError(t, err)
	t.Cleanup(func() { client.Close() })
	inBackground(t, (&jobs.Queue{Client: client, Firing: c.firing, Delivery: c.delivery}).Run)
}

func needPostgres(t *testing.T) string {
	t.Helper()
	if len(storetest.Dialects()) < 2 {
		t.Skip("OTKLIK_TEST_POSTGRES names no PostgreSQL")
	}
	return storetest.Postgres
}

func dial(t *testing.T, address string) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(address)
	require.NoError(t, err)
	c := redis.NewClient(opt)
	t.Cleanup(func() { c.Close() })
	return c
}

func TestFaults_a_burst_is_fired_once_by_two_workers(t *testing.T) {
	t.Parallel()
	address := redisAddress(t)
	c := newCrowd(t, needPostgres(t), 2000)
	for range 2 {
		c.feeds(t, address)
		c.works(t, address)
	}
	// Past the grace of the sweep: both feeds, both sweeps and both workers go
	// for the same clocks.
	c.clock.Set(c.half.Add(time.Minute))
	begun := time.Now()
	c.fires(t)
	t.Logf("all fired %s after they came due", time.Since(begun).Round(10*time.Millisecond))
	c.once(t, deadline.StepHalf)
}

func TestFaults_two_loops_over_one_file_fire_once(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, storetest.SQLite, 400)
	for range 2 {
		inBackground(t, (&jobs.Local{Firing: c.firing, Delivery: c.delivery}).Run)
	}
	c.clock.Set(c.half)
	c.fires(t)
	c.once(t, deadline.StepHalf)
}

// Redis comes back from an old copy: what it lost since fires by the sweep, what
// it brings again is asked for again and has no effect.
func TestFaults_redis_comes_back_with_old_data(t *testing.T) {
	t.Parallel()
	const many = 400
	address := redisAddress(t)
	c := newCrowd(t, needPostgres(t), many)
	r := dial(t, address)
	c.clock.Set(c.half)
	c.feeds(t, address) // and nobody works yet
	eventually(t, func() bool {
		n, err := r.LLen(t.Context(), "asynq:{deadline}:pending").Result()
		return err == nil && n >= many/workflow.FireAtOnce
	}, "the clocks are in Redis")
	old := map[string]string{}
	keys, err := r.Keys(t.Context(), "asynq:{deadline}*").Result()
	require.NoError(t, err)
	for _, key := range keys {
		old[key] = r.Dump(t.Context(), key).Val()
	}
	c.works(t, address)
	c.fires(t)
	before := c.asked.count(deadline.StepHalf)

	// The next steps are in Redis when it falls back to the copy.
	one, err := c.store.FindCase(t.Context(), c.ids[0])
	require.NoError(t, err)
	next := one.Appeal.Open(deadline.Review)
	c.clock.Set(next.NextAt.Add(-5 * time.Minute))
	eventually(t, func() bool {
		n, err := r.ZCard(t.Context(), "asynq:{deadline}:scheduled").Result()
		return err == nil && n >= many/workflow.FireAtOnce
	}, "the next steps are in Redis")
	// A task that a worker holds at that moment may take the copy's with it when it
	// is done, so Redis may have to fall back more than once.
	worked := func() bool {
		flush(t, address)
		_, err := r.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
			for key, data := range old {
				p.RestoreReplace(t.Context(), key, 0, data)
			}
			return nil
		})
		require.NoError(t, err)
		for range 200 {
			waiting, err := r.LLen(t.Context(), "asynq:{deadline}:pending").Result()
			if err == nil && waiting == 0 && c.asked.count(deadline.StepHalf) > before {
				return true
			}
			time.Sleep(50 * time.Millisecond)
		}
		return false
	}
	again := false
	for try := 0; try < 3 && !again; try++ {
		again = worked()
	}
	require.True(t, again, "the old tasks are worked again")
	c.clock.Set(next.NextAt.Add(time.Minute))
	c.fires(t)
	c.once(t, deadline.StepHalf, next.Step)
}

// A clock that jumps ahead puts tasks into Redis whose time has not come when it
// is put right: they fire nothing, and nothing is missed when the time comes.
func TestFaults_a_clock_that_jumps_ahead_and_back_fires_nothing_early(t *testing.T) {
	t.Parallel()
	const many = 200
	address := redisAddress(t)
	c := newCrowd(t, needPostgres(t), many)
	c.clock.Set(c.half) // wrong by days
	c.feeds(t, address)
	r := dial(t, address)
	eventually(t, func() bool {
		n, err := r.LLen(t.Context(), "asynq:{deadline}:pending").Result()
		return err == nil && n >= many/workflow.FireAtOnce
	}, "the clocks are in Redis")
	c.clock.Set(start.Add(time.Hour)) // put right
	c.works(t, address)
	eventually(t, func() bool { return c.asked.count(deadline.StepHalf) >= many }, "the early tasks are worked")
	for _, id := range c.ids {
		require.Zero(t, c.count(t, id)["review:half"], "appeal %d was told days early", id)
	}
	c.clock.Set(c.half.Add(time.Minute))
	c.fires(t)
	c.clock.Set(start.Add(time.Hour)) // wrong again, the other way
	time.Sleep(feedRound)
	c.clock.Set(c.half.Add(time.Minute))
	time.Sleep(feedRound)
	c.once(t, deadline.StepHalf)
}

// feedRound is longer than the feed of jobs.Queue rests.
const feedRound = 2200 * time.Millisecond
