//go:build fault

package faulttest

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// The warnings that come due during a test, one after the other.
const (
	warnings   = 100
	apart      = 100 * time.Millisecond
	headStart  = 12 * time.Second // from their making to the first
	whileGoing = headStart + warnings*apart/2
	// A deadline that Redis lost fires in the second sweep after it came due at
	// the latest: grace and pause of app/jobs, and some seconds for the work.
	latest = 30*time.Second + 5*time.Second
)

func redis(t *testing.T, db int) string {
	t.Helper()
	needServices(t)
	u, err := url.Parse(os.Getenv("OTKLIK_TEST_REDIS"))
	require.NoError(t, err)
	u.Path = fmt.Sprintf("/%d", db)
	return u.String()
}

// pending are appeals of the past, each with a warning that comes due soon.
// They got their clocks as every appeal does, from an engine whose clock shows
// the day on which half of the time for review ends now: so `audit verify` can
// compute them again.
type pending struct {
	due map[int64]time.Time // appeal → when half of the time is over
}

func prepare(t *testing.T, a *app.App) pending {
	t.Helper()
	first := a.Clock.Now().Add(headStart)
	leaf, sent := halfwayAt(t, a, first)
	p := pending{due: map[int64]time.Time{}}
	for i := range warnings {
		id, half := submitAt(t, a, leaf, sent.Add(2*apart*time.Duration(i)))
		require.WithinDuration(t, first.Add(apart*time.Duration(i)), half, time.Second)
		p.due[id] = half
	}
	require.True(t, a.Clock.Now().Before(first), "making the appeals took too long")
	return p
}

// halfwayAt finds a topic and an instant: an appeal sent then has spent half of
// its time for review at the instant wanted. Due dates end with their day, so
// not every topic has one.
func halfwayAt(t *testing.T, a *app.App, want time.Time) (leaf *rubricator.Rubric, sent time.Time) {
	t.Helper()
	tried := map[string]bool{}
	for _, leaf := range topics(t, a) {
		term := fmt.Sprint(leaf.Days, leaf.Unit)
		if leaf.Days == 0 || tried[term] {
			continue
		}
		tried[term] = true
		for earlier := leaf.Days / 2; earlier <= leaf.Days+1; earlier++ {
			day := want.In(a.Config.Zone).AddDate(0, 0, -earlier)
			noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, a.Config.Zone)
			_, half := submitAt(t, a, leaf, noon)
			// While the day is the same, so is the due date, and half the time
			// moves half as far.
			sent := noon.Add(2 * want.Sub(half))
			last := sent.Add(2 * apart * warnings).In(a.Config.Zone)
			if sent.Day() == day.Day() && last.Day() == day.Day() && sent.Sub(noon).Abs() <= 12*time.Hour {
				return leaf, sent
			}
		}
	}
	t.Fatal("no topic's half time ends at the instant wanted")
	return nil, time.Time{}
}

func submitAt(t *testing.T, a *app.App, leaf *rubricator.Rubric, at time.Time) (id int64, half time.Time) {
	t.Helper()
	engine, err := a.EngineAt(clock.NewFake(at))
	require.NoError(t, err)
	r, err := engine.Submit(t.Context(), workflow.Submission{
		Text: text(at.String()), Rubric: leaf.Code, Source: workflow.FromPortal,
		Place:     workflow.Place{Territory: a.Rubricator.Book().Places.Municipalities()[0].ID, Address: "ул. Полевая, 1"},
		Applicant: workflow.Applicant{Name: "Житель", Email: "fault@example.org", Lang: "ru"},
	})
	require.NoError(t, err)
	c, err := a.Store.FindCase(t.Context(), r.ID)
	require.NoError(t, err)
	i := slices.IndexFunc(c.Appeal.Deadline, func(d deadline.Deadline) bool { return d.Kind == deadline.Review })
	require.GreaterOrEqual(t, i, 0)
	d := c.Appeal.Deadline[i]
	if d.Step != deadline.StepHalf { // a short term has no such step
		return r.ID, time.Time{}
	}
	return r.ID, d.NextAt
}

// check waits until every warning was given and looks how late each was. Each
// was given once.
func (p pending) check(t *testing.T, a *app.App, within time.Duration) {
	t.Helper()
	late := map[int64]time.Duration{}
	require.Eventually(t, func() bool {
		for id, due := range p.due {
			if _, ok := late[id]; ok {
				continue
			}
			if given := p.given(t, a, id); len(given) > 0 {
				late[id] = given[0].At.Sub(due)
			}
		}
		return len(late) == len(p.due)
	}, warnings*apart+latest, 250*time.Millisecond, "warnings given")
	var all []time.Duration
	over := 0
	for id, l := range late {
		require.Len(t, p.given(t, a, id), 1)
		require.GreaterOrEqual(t, l, time.Duration(0), "nothing fires before its time")
		all = append(all, l)
		if l > 2*time.Second {
			over++
		}
	}
	slices.Sort(all)
	t.Logf("%d warnings: median %s late, at most %s; %d more than 2 s",
		len(all), all[len(all)/2].Round(time.Millisecond), all[len(all)-1].Round(time.Millisecond), over)
	require.Less(t, all[len(all)-1], within)
}

// given are the events that tell of the warning.
func (p pending) given(t *testing.T, a *app.App, id int64) []workflow.Event {
	t.Helper()
	c, err := a.Store.FindCase(t.Context(), id)
	require.NoError(t, err)
	var out []workflow.Event
	for _, e := range c.Events {
		if e.Data.Kind == deadline.Review && e.Data.Step == deadline.StepHalf {
			out = append(out, e)
		}
	}
	return out
}

func TestFault_redis_loses_everything_while_deadlines_come_due(t *testing.T) { //nolint:paralleltest // kills what others would use
	p := settle(t, map[string]string{"database": postgres(t), "redis": redis(t, 12)})
	a := p.open(t)
	due := prepare(t, a)
	begun := time.Now()
	w := start(t, append([]string{"worker"}, p.args...)...)
	time.Sleep(whileGoing - time.Since(begun))
	restart(t, "redis")
	due.check(t, a, latest)
	require.Zero(t, w.end(t))
	require.Contains(t, run(t, append([]string{"audit", "verify"}, p.args...)...), ": 0 wrong")
}

func TestFault_worker_is_killed_while_deadlines_come_due(t *testing.T) { //nolint:paralleltest // kills what others would use
	p := settle(t, map[string]string{"database": postgres(t), "redis": redis(t, 13)})
	a := p.open(t)
	due := prepare(t, a)
	begun := time.Now()
	w := start(t, append([]string{"worker"}, p.args...)...)
	time.Sleep(whileGoing - time.Since(begun))
	w.kill(t)
	w = start(t, append([]string{"worker"}, p.args...)...)
	due.check(t, a, latest)
	require.Zero(t, w.end(t))
	require.Contains(t, run(t, append([]string{"audit", "verify"}, p.args...)...), ": 0 wrong")
}
