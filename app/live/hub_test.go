package live_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/live"
)

var noon = time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)

// book is a log, notices and presences in memory; positions are the numbers of
// changes.
type book struct {
	mu        sync.Mutex
	changes   []live.Change
	notices   []int64 // users, by number
	presences map[[2]int64]live.Presence
	broken    error
	readings  int
}

func (b *book) End(context.Context) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strconv.Itoa(len(b.changes)), b.broken
}

func (b *book) After(_ context.Context, position string, limit int) ([]live.Change, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readings++
	at, err := strconv.Atoi(position)
	if err != nil || at > len(b.changes) {
		return nil, "", fault.New(fault.Gone, "log.position_unknown")
	}
	end := min(at+limit, len(b.changes))
	return slices.Clone(b.changes[at:end]), strconv.Itoa(end), b.broken
}

func (b *book) NewestNotice(context.Context) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int64(len(b.notices)), nil
}

func (b *book) NoticesAfter(_ context.Context, id int64) ([]int64, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.notices[id:]), int64(len(b.notices)), nil
}

func (b *book) SavePresence(_ context.Context, p live.Presence) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.presences[[2]int64{p.Appeal, p.User}] = p
	return nil
}

func (b *book) DeletePresence(_ context.Context, appeal, user int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.presences, [2]int64{appeal, user})
	return nil
}

func (b *book) ListPresences(_ context.Context, appeals []int64, after time.Time) ([]live.Presence, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []live.Presence
	for _, p := range b.presences {
		if slices.Contains(appeals, p.Appeal) && p.SeenAt.After(after) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y live.Presence) int { return int(x.User - y.User) })
	return out, nil
}

func (b *book) PurgePresences(context.Context, time.Time) error { return nil }

// happen puts a change into the log that the agency's people see, and those of
// from that they see no longer.
func (b *book) happen(appeal int64, n int, by, agency, from int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changes = append(b.changes, live.Change{
		Appeal: appeal, N: n, By: by, See: func(a actor.Actor) live.Sight {
			switch {
			case a.Regional() || slices.Contains(a.Agencies(), agency):
				return live.Seen
			case from != 0 && slices.Contains(a.Agencies(), from):
				return live.Left
			default:
				return live.Hidden
			}
		},
	})
}

func officer(user, agency int64) actor.Actor {
	return actor.Actor{Kind: actor.Officer, User: user, Memberships: []actor.Membership{{Agency: agency, Role: actor.Executor}}}
}

func newHub(t testing.TB, b *book, at clock.Clock) *live.Hub {
	t.Helper()
	if b.presences == nil {
		b.presences = map[[2]int64]live.Presence{}
	}
	return live.NewHub(live.Config{Log: b, Notices: b, Presences: b, Clock: at, Logger: slog.New(slog.DiscardHandler)})
}

// running is a hub at work.
func running(t *testing.T, b *book, at clock.Clock) *live.Hub {
	t.Helper()
	h := newHub(t, b, at)
	require.NoError(t, h.Start(t.Context()))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { h.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	return h
}

func open(t *testing.T, h *live.Hub, v live.Viewer, after string) *live.Conn {
	t.Helper()
	c, err := h.Open(t.Context(), v, after)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func next(t *testing.T, c *live.Conn) live.News {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	n, err := c.Next(ctx)
	require.NoError(t, err)
	slices.SortFunc(n.Changes, func(x, y live.Told) int { return int(x.Appeal - y.Appeal) })
	return n
}

func TestHub_tells_each_what_they_may_see(t *testing.T) {
	t.Parallel()
	b := &book{}
	h := running(t, b, clock.NewFake(noon))
	mine, other := open(t, h, live.Viewer{By: officer(1, 10)}, ""), open(t, h, live.Viewer{By: officer(2, 20)}, "")
	region := open(t, h, live.Viewer{By: actor.Actor{Kind: actor.Officer, User: 3, Memberships: []actor.Membership{{Role: actor.Supervisor}}}}, "")
	b.happen(100, 3, 1, 10, 0)
	b.happen(200, 7, 0, 20, 10)
	b.happen(300, 2, 9, 30, 0)

	require.Equal(t, []live.Told{{Appeal: 100, N: 3, Mine: true}, {Appeal: 200, N: 7, Left: true}}, gather(t, mine, 2))
	require.Equal(t, []live.Told{{Appeal: 200, N: 7}}, gather(t, other, 1))
	require.Equal(t, []live.Told{{Appeal: 100, N: 3}, {Appeal: 200, N: 7}, {Appeal: 300, N: 2}}, gather(t, region, 3))
	require.Equal(t, "3", h.Position())
}

// gather reads until so many appeals were told.
func gather(t *testing.T, c *live.Conn, n int) []live.Told {
	t.Helper()
	var out []live.Told
	for len(out) < n {
		out = append(out, next(t, c).Changes...)
	}
	slices.SortFunc(out, func(x, y live.Told) int { return int(x.Appeal - y.Appeal) })
	return out
}

func TestHub_rights_that_were_taken_hold_at_once(t *testing.T) {
	t.Parallel()
	b := &book{}
	h := running(t, b, clock.NewFake(noon))
	c := open(t, h, live.Viewer{By: officer(1, 10)}, "")
	c.Be(officer(1, 20))
	b.happen(100, 3, 0, 10, 0)
	b.happen(200, 3, 0, 20, 0)
	require.Equal(t, []live.Told{{Appeal: 200, N: 3}}, gather(t, c, 1))
	c.Be(officer(5, 10))
	b.happen(100, 4, 0, 10, 0)
	b.happen(200, 4, 0, 20, 0)
	require.Equal(t, []live.Told{{Appeal: 200, N: 4}}, gather(t, c, 1), "a connection stays its owner's")
}

func TestHub_who_comes_back_hears_what_they_missed(t *testing.T) {
	t.Parallel()
	b := &book{}
	for i := range 5 {
		b.happen(int64(100+i), 1, 0, 10, 0)
	}
	h := running(t, b, clock.NewFake(noon))
	c := open(t, h, live.Viewer{By: officer(1, 10)}, "3")
	n := next(t, c)
	require.Equal(t, []live.Told{{Appeal: 103, N: 1}, {Appeal: 104, N: 1}}, n.Changes)
	require.Equal(t, "5", n.Position)
	b.happen(200, 1, 0, 10, 0)
	require.Equal(t, []live.Told{{Appeal: 200, N: 1}}, gather(t, c, 1), "and goes on from there")

	for _, position := range []string{"77", "nonsense"} {
		require.True(t, next(t, open(t, h, live.Viewer{By: officer(1, 10)}, position)).Missed, position)
	}
	for i := range 600 {
		b.happen(int64(1000+i), 1, 0, 10, 0)
	}
	require.True(t, next(t, open(t, h, live.Viewer{By: officer(1, 10)}, "3")).Missed, "too much to tell one by one")
}

func TestHub_a_slow_reader_costs_no_memory_and_is_told_that_they_missed_something(t *testing.T) {
	t.Parallel()
	b := &book{}
	h := running(t, b, clock.NewFake(noon))
	slow, quick := open(t, h, live.Viewer{By: officer(1, 10)}, ""), open(t, h, live.Viewer{By: officer(2, 10)}, "")
	for i := range 450 {
		b.happen(int64(i+1), 1, 0, 10, 0)
		b.happen(7, i+2, 0, 10, 0)
	}
	told := map[int64]int{}
	for missed := false; !missed && told[450] == 0; {
		n := next(t, quick)
		missed = n.Missed
		for _, one := range n.Changes {
			told[one.Appeal] = one.N
		}
	}
	require.Eventually(t, func() bool { return h.Position() == "900" }, 10*time.Second, 10*time.Millisecond)
	n := next(t, slow)
	require.True(t, n.Missed)
	require.Empty(t, n.Changes)
	b.happen(9, 2, 0, 10, 0)
	require.Equal(t, []live.Told{{Appeal: 9, N: 2}}, gather(t, slow, 1), "afterwards they hear again")
}

func TestHub_ends_connections_at_sign_out_and_at_shutdown(t *testing.T) {
	t.Parallel()
	h := newHub(t, &book{}, clock.NewFake(noon))
	out, in := open(t, h, live.Viewer{By: officer(1, 10), Session: "a"}, ""), open(t, h, live.Viewer{By: officer(1, 10), Session: "b"}, "")
	h.SignOut("a")
	_, err := out.Next(t.Context())
	require.ErrorIs(t, err, live.ErrSignedOut)
	h.Close()
	_, err = in.Next(t.Context())
	require.ErrorIs(t, err, live.ErrClosed)
	_, err = h.Open(t.Context(), live.Viewer{By: officer(1, 10)}, "")
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
}

func TestHub_bounds_the_connections_of_one_person(t *testing.T) {
	t.Parallel()
	h := newHub(t, &book{}, clock.NewFake(noon))
	var conns []*live.Conn
	for {
		c, err := h.Open(t.Context(), live.Viewer{By: officer(1, 10)}, "")
		if err != nil {
			require.Equal(t, fault.TooMany, fault.KindOf(err))
			break
		}
		conns = append(conns, c)
	}
	require.Len(t, conns, 12)
	open(t, h, live.Viewer{By: officer(2, 10)}, "")
	conns[0].Close()
	conns[0].Close()
	open(t, h, live.Viewer{By: officer(1, 10)}, "")
	_, err := h.Open(t.Context(), live.Viewer{By: officer(1, 10)}, "")
	require.Error(t, err, "closing twice frees one place")
}

func TestHub_goes_on_after_the_database_was_away_or_restored(t *testing.T) {
	t.Parallel()
	b := &book{}
	h := running(t, b, clock.NewFake(noon))
	c := open(t, h, live.Viewer{By: officer(1, 10)}, "")
	b.mu.Lock()
	b.broken = errors.New("away")
	b.mu.Unlock()
	b.happen(1, 1, 0, 10, 0)
	time.Sleep(700 * time.Millisecond)
	b.mu.Lock()
	b.broken = nil
	b.mu.Unlock()
	require.Equal(t, []live.Told{{Appeal: 1, N: 1}}, gather(t, c, 1))
	b.mu.Lock()
	b.changes = nil // restored from a copy
	b.mu.Unlock()
	require.True(t, next(t, c).Missed)
	b.happen(2, 1, 0, 10, 0)
	require.Equal(t, []live.Told{{Appeal: 2, N: 1}}, gather(t, c, 1))
}

func TestHub_notices_wake_whom_they_are_for(t *testing.T) {
	t.Parallel()
	b := &book{notices: []int64{1, 1}}
	h := running(t, b, clock.NewFake(noon))
	c, other := open(t, h, live.Viewer{By: officer(1, 10)}, ""), open(t, h, live.Viewer{By: officer(2, 10)}, "")
	b.mu.Lock()
	b.notices = append(b.notices, 1)
	b.mu.Unlock()
	require.True(t, next(t, c).Notices)
	require.True(t, other.Look().Empty())
}
