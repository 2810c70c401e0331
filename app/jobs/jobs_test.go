package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// town is a product of one agency without pages: a real engine over a real
// database.
type town struct {
	store    *store.Store
	engine   *workflow.Engine
	clock    *clock.Fake
	agency   int64
	staff    map[actor.Role]actor.Actor
	firing   *jobs.Firing
	delivery *jobs.Delivery
	mail     *mailbox

	mu    sync.Mutex
	fired map[string]int
}

type leaves struct{ agency int64 }

func (l leaves) Leaf(context.Context, string, int64, []workflow.Reply) (workflow.Leaf, error) {
	return workflow.Leaf{
		Version: 1, Code: "roads.pothole", Category: "roads", RuleSet: workflow.Message, Order: workflow.Fast,
		Review: calendar.Days(10), Agency: l.agency, Rule: "*",
	}, nil
}

type mailbox struct {
	mu      sync.Mutex
	letters []notify.Letter
}

func (m *mailbox) Send(_ context.Context, l notify.Letter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters = append(m.letters, l)
	return nil
}

func (m *mailbox) all() []notify.Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.letters)
}

func (m *mailbox) count() int { return len(m.all()) }

func (m *mailbox) Letter(_ context.Context, c *workflow.Case, event int, key string, _ workflow.Applicant) (subject, body string) {
	return fmt.Sprintf("%s %d %s", c.Appeal.Number, event, key), "body"
}

// start is a Monday without a holiday near.
var start = time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC)

func newTown(t testing.TB, dialect string) *town {
	t.Helper()
	w := &town{
		clock: clock.NewFake(start), staff: map[actor.Role]actor.Actor{}, mail: &mailbox{}, fired: map[string]int{},
	}
	w.store = storetest.OpenAt(t, dialect, w.clock)
	ctx := t.Context()
	agencies := []identity.Agency{{Code: "roads", Name: lang.Text{RU: "Дороги"}}}
	require.NoError(t, w.store.SaveAgencies(ctx, agencies))
	w.agency = agencies[0].ID
	for _, role := range []actor.Role{actor.Coordinator, actor.Executor, actor.Head, actor.Supervisor} {
		m := actor.Membership{Agency: w.agency, Role: role}
		if role.Regional() {
			m.Agency = 0
		}
		u := identity.User{Login: string(role), Name: string(role), Memberships: []actor.Membership{m}}
		require.NoError(t, w.store.SaveUser(ctx, &u))
		w.staff[role] = u.Actor()
	}
	russia, err := calendar.Load()
	require.NoError(t, err)
	w.engine, err = workflow.NewEngine(workflow.Config{
		Store: w.store, Catalog: leaves{w.agency}, Clock: w.clock, Calendar: russia.In(time.UTC), Secret: []byte("a secret of links"),
	})
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	w.firing = &jobs.Firing{Clocks: w.store, Engine: w.engine, Clock: w.clock, Log: log, Fired: func(d workflow.Due, _ time.Duration) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fired[fmt.Sprintf("%d/%d/%s", d.Appeal, d.N, d.Step)]++
	}}
	w.delivery = &jobs.Delivery{Outbox: w.store, Clock: w.clock, Log: log, Topics: map[workflow.Topic]jobs.Deliverer{
		workflow.TopicNotifyOfficers: &jobs.Officers{Staff: w.store, Cases: w.store, Notices: w.store, Clock: w.clock},
		workflow.TopicNotifyAuthor: &jobs.Authors{
			Cases: w.store, Applicants: w.store, Letters: w.store, Composer: w.mail, Channel: w.mail, Clock: w.clock, Host: "test",
		},
	}}
	return w
}

func (w *town) submit(t testing.TB) int64 {
	t.Helper()
	r, err := w.engine.Submit(t.Context(), workflow.Submission{
		Text: "На улице Садовой яма во всю дорогу", Rubric: "roads.pothole", Place: workflow.Place{Territory: 1},
		Applicant: workflow.Applicant{Name: "Анна", Email: "anna@example.org", Lang: "ru"}, Source: workflow.FromPortal,
	})
	require.NoError(t, err)
	return r.ID
}

func (w *town) events(t *testing.T, id int64) []workflow.Event {
	t.Helper()
	c, err := w.store.FindCase(t.Context(), id)
	require.NoError(t, err)
	return c.Events
}

// count counts the events of an appeal by action, warnings with their step.
func (w *town) count(t *testing.T, id int64) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, e := range w.events(t, id) {
		name := string(e.Action)
		if e.Action == workflow.Warn {
			name = string(e.Data.Kind) + ":" + string(e.Data.Step)
		}
		out[name]++
	}
	return out
}

func (w *town) unseen(t *testing.T, role actor.Role) int {
	t.Helper()
	n, err := w.store.CountUnseen(t.Context(), w.staff[role].User)
	require.NoError(t, err)
	return n
}

// runners are the two ways in which the work is done.
func runners(t *testing.T, run func(t *testing.T, dialect string, start func(t *testing.T, w *town) (lose func()))) {
	t.Helper()
	t.Run("in the process on SQLite", func(t *testing.T) {
		t.Parallel()
		run(t, storetest.Dialects()[0], func(t *testing.T, w *town) func() {
			t.Helper()
			inBackground(t, (&jobs.Local{Firing: w.firing, Delivery: w.delivery}).Run)
			return func() {}
		})
	})
	t.Run("by asynq on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		address := redisAddress(t)
		if len(storetest.Dialects()) < 2 {
			t.Skip("OTKLIK_TEST_POSTGRES names no PostgreSQL")
		}
		run(t, storetest.Dialects()[1], func(t *testing.T, w *town) func() {
			t.Helper()
			client, err := jobs.NewClient(address)
			require.NoError(t, err)
			t.Cleanup(func() { client.Close() })
			inBackground(t, (&jobs.Queue{Client: client, Firing: w.firing, Delivery: w.delivery}).Run)
			worker := &jobs.Worker{Redis: address, Concurrency: 4, Firing: w.firing, Delivery: w.delivery, Log: w.firing.Log}
			inBackground(t, func(ctx context.Context) {
				if err := worker.Run(ctx); err != nil {
					t.Errorf("worker: %v", err)
				}
			})
			return func() { flush(t, address) }
		})
	})
}

func inBackground(t *testing.T, run func(context.Context)) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var wg sync.WaitGroup
	wg.Go(func() { run(ctx) })
	t.Cleanup(func() {
		stop()
		wg.Wait()
	})
}

// databases hands out the numbered databases of the test Redis, so that tests
// at the same time don't see each other's tasks. Those below are for the tests of
// other packages, whose workers would take ours.
var databases = struct {
	sync.Mutex
	next int
}{next: 16}

func redisAddress(t *testing.T) string {
	t.Helper()
	base := os.Getenv("OTKLIK_TEST_REDIS")
	if base == "" {
		t.Skip("OTKLIK_TEST_REDIS names no Redis")
	}
	databases.Lock()
	defer databases.Unlock()
	address := fmt.Sprintf("%s/%d", strings.TrimRight(base, "/"), databases.next)
	databases.next++
	flush(t, address)
	return address
}

func flush(t *testing.T, address string) {
	t.Helper()
	opt, err := redis.ParseURL(address)
	require.NoError(t, err)
	c := redis.NewClient(opt)
	defer c.Close()
	require.NoError(t, c.FlushDB(t.Context()).Err())
}

const patience = 45 * time.Second

func eventually(t *testing.T, is func() bool, what string, args ...any) {
	t.Helper()
	require.Eventually(t, is, patience, 50*time.Millisecond, fmt.Sprintf(what, args...))
}

func TestJobs_an_appeal_that_nobody_works_climbs_to_the_supervisor(t *testing.T) {
	t.Parallel()
	runners(t, func(t *testing.T, dialect string, begin func(*testing.T, *town) func()) {
		t.Helper()
		w := newTown(t, dialect)
		lose := begin(t, w)
		id := w.submit(t)
		eventually(t, func() bool { return w.mail.count() == 1 }, "the author is told")
		eventually(t, func() bool { return w.unseen(t, actor.Coordinator) == 1 }, "the coordinator is told")

		// Day by day, as time goes; Redis is lost twice on the way.
		for day := 1; day <= 15; day++ {
			w.clock.Advance(24 * time.Hour)
			if day == 4 || day == 11 {
				lose()
			}
			now := w.clock.Now().Add(time.Microsecond)
			eventually(t, func() bool {
				unfired, err := w.store.ListUnfired(t.Context(), now, 10)
				return err == nil && len(unfired) == 0
			}, "day %d: everything due has fired", day)
		}
		got := w.count(t, id)
		for _, step := range []string{"review:half", "review:most", "review:eve", "review:due", "review:overdue:1", "review:overdue:3"} {
			require.Equal(t, 1, got[step], "%s in %v", step, got)
		}
		c, err := w.store.FindCase(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, 3, c.Appeal.Level)
		eventually(t, func() bool { return w.unseen(t, actor.Supervisor) > 0 }, "the supervisor is told")
		eventually(t, func() bool { return w.unseen(t, actor.Head) > 0 }, "the head is told")
		w.mu.Lock()
		defer w.mu.Unlock()
		for step, n := range w.fired {
			require.Equal(t, 1, n, "%s had its effect once", step)
		}
		require.NoError(t, workflow.Verify(c.Events))
	})
}

func TestJobs_silence_closes_what_was_answered(t *testing.T) {
	t.Parallel()
	runners(t, func(t *testing.T, dialect string, begin func(*testing.T, *town) func()) {
		t.Helper()
		w := newTown(t, dialect)
		lose := begin(t, w)
		id := w.submit(t)
		act := func(role actor.Role, c workflow.Command) {
			_, err := w.engine.Act(t.Context(), w.staff[role], id, c)
			require.NoError(t, err)
		}
		act(actor.Coordinator, workflow.Command{Action: workflow.Assign, Executor: w.staff[actor.Executor].User})
		act(actor.Executor, workflow.Command{Action: workflow.Start})
		act(actor.Executor, workflow.Command{
			Action: workflow.SubmitAnswer, Outcome: workflow.Solved, Text: "Яму засыпали и заделали асфальтом 8 сентября.",
		})
		act(actor.Head, workflow.Command{Action: workflow.Sign})
		lose()
		w.clock.Advance(17 * 24 * time.Hour)
		eventually(t, func() bool { return w.count(t, id)["close"] == 1 }, "the rating window closes the case")
		require.Equal(t, 1, w.count(t, id)["close"])
		// Submitted, answered, closed: each letter left once, in whatever runner.
		eventually(t, func() bool {
			rows, err := w.store.ClaimOutbox(t.Context(), w.clock.Now(), time.Millisecond, 1)
			return err == nil && len(rows) == 0
		}, "the outbox is empty")
		seen := map[string]bool{}
		for _, l := range w.mail.all() {
			require.False(t, seen[l.ID], "%s left twice", l.Subject)
			seen[l.ID] = true
		}
	})
}

func TestDelivery_tries_again_and_gives_up_on_what_can_never_work(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, dialect)
			fails := &failing{}
			w.delivery.Topics[workflow.TopicNotifyAuthor] = fails
			inBackground(t, (&jobs.Local{Firing: w.firing, Delivery: w.delivery}).Run)
			w.submit(t)
			eventually(t, func() bool { return fails.count() == 1 }, "a first try")
			w.clock.Advance(time.Minute)
			eventually(t, func() bool { return fails.count() == 2 }, "a second try")
			for range 40 {
				w.clock.Advance(2 * time.Hour)
				time.Sleep(20 * time.Millisecond)
			}
			eventually(t, func() bool {
				w.clock.Advance(2 * time.Hour)
				_, dead, err := w.store.CountOutbox(t.Context())
				return err == nil && dead == 1
			}, "it is set aside for people to look at")
		})
	}
}

type failing struct {
	mu sync.Mutex
	n  int
}

func (f *failing) Deliver(context.Context, workflow.Outbox) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	return fmt.Errorf("try %d: the mail server is away", f.n)
}

func (f *failing) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}
