//go:build fault

package faulttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

// crowd are appeals of one agency that await its moderator.
func crowd(t *testing.T, a *app.App, many int) (by actor.Actor, items []workflow.BulkItem) {
	t.Helper()
	for _, leaf := range topics(t, a) {
		id, _ := submitAt(t, a, leaf, a.Clock.Now())
		c, err := a.Store.FindCase(t.Context(), id)
		require.NoError(t, err)
		if c.Appeal.Stage != workflow.StageModeration {
			continue
		}
		u := &identity.User{Login: "bulk-moderator", Name: "Модератор", Memberships: []actor.Membership{{Agency: c.Appeal.Agency, Role: actor.Moderator}}}
		require.NoError(t, a.Store.SaveUser(t.Context(), u))
		for range many {
			id, _ := submitAt(t, a, leaf, a.Clock.Now())
			c, err := a.Store.FindCase(t.Context(), id)
			require.NoError(t, err)
			items = append(items, workflow.BulkItem{Appeal: id, Number: c.Appeal.Number, Version: c.Appeal.Version})
		}
		return u.Actor(), items
	}
	t.Fatal("no topic is moderated")
	return by, nil
}

// accepted counts the events by which each appeal was accepted.
func accepted(t *testing.T, a *app.App, items []workflow.BulkItem) (done, twice int) {
	t.Helper()
	for _, item := range items {
		c, err := a.Store.FindCase(t.Context(), item.Appeal)
		require.NoError(t, err)
		n := 0
		for _, e := range c.Events {
			if e.Action == workflow.Accept {
				n++
			}
		}
		if n > 0 {
			done++
		}
		if n > 1 {
			twice++
		}
	}
	return done, twice
}

// A command for a hundred appeals goes through asynq; its worker is killed in
// the middle. One that was taken back touches nothing.
func TestFault_worker_is_killed_in_the_middle_of_a_bulk(t *testing.T) { //nolint:paralleltest // kills what others would use
	p := settle(t, map[string]string{"database": postgres(t), "redis": redis(t, 16)})
	a := p.open(t)
	by, items := crowd(t, a, workflow.MaxBulk+20)
	kept, undone := items[:workflow.MaxBulk], items[workflow.MaxBulk:]
	bulking := &workflow.Bulking{Engine: a.Engine, Bulks: a.Store, Clock: a.Clock, Window: time.Second}
	held, err := bulking.Hold(t.Context(), by, "undone", workflow.Command{Action: workflow.Accept}, undone)
	require.NoError(t, err)
	require.NoError(t, bulking.Cancel(t.Context(), by, held.ID))
	held, err = bulking.Hold(t.Context(), by, "kept", workflow.Command{Action: workflow.Accept}, kept)
	require.NoError(t, err)

	w := start(t, append([]string{"worker"}, p.args...)...)
	first := 0
	require.Eventually(t, func() bool {
		first, _ = accepted(t, a, kept[:10])
		return first > 0
	}, time.Minute, 5*time.Millisecond, "the first is accepted")
	w.kill(t)
	before, _ := accepted(t, a, kept)
	w = start(t, append([]string{"worker"}, p.args...)...)
	require.Eventually(t, func() bool {
		found, err := a.Store.FindBulk(t.Context(), held.ID)
		return err == nil && found.State == workflow.BulkDone
	}, 3*time.Minute, 100*time.Millisecond, "the rest is done after the crash")
	done, twice := accepted(t, a, kept)
	require.Equal(t, len(kept), done)
	require.Zero(t, twice)
	none, _ := accepted(t, a, undone)
	require.Zero(t, none, "what was taken back is left alone")
	require.Zero(t, w.end(t))
	require.Contains(t, run(t, append([]string{"audit", "verify"}, p.args...)...), ": 0 wrong")
	t.Logf("%d appeals, %d were accepted when the worker was killed, %d in the end, 0 twice; %d of a bulk taken back: 0", len(kept), before, done, len(undone))
}
