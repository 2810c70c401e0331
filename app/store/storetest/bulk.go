package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
)

// hire adds a user with a role in the agency.
func hire(t *testing.T, s *store.Store, login string, agency int64, role actor.Role) *identity.User {
	t.Helper()
	u := &identity.User{Login: login, Name: login, PasswordHash: "x", Memberships: []actor.Membership{{Agency: agency, Role: role}}}
	require.NoError(t, s.SaveUser(t.Context(), u))
	return u
}

func testBulk(t *testing.T, open Opener) {
	s, ctx := open(t), t.Context()
	u := hire(t, s, "coordinator", 1, actor.Coordinator)
	now := Noon.AddDate(0, 0, 1)
	held := func(token string, ids ...int64) *workflow.Bulk {
		b := &workflow.Bulk{
			Token: token, User: u.ID, State: workflow.BulkHeld, CreatedAt: now, RunAt: now.Add(20 * time.Second),
			Command: workflow.Command{Action: workflow.Redirect, Agency: 3, Reason: "Не наша дорога"},
		}
		for _, id := range ids {
			b.Items = append(b.Items, workflow.BulkItem{Appeal: id, Number: "n", Version: 1, State: workflow.ItemWaiting})
		}
		return b
	}
	a, b, c := take(t, s, Noon, 1), take(t, s, Noon, 1), take(t, s, Noon, 1)

	first := held("one", a, b)
	require.NoError(t, s.CreateBulk(ctx, first))
	found, err := s.FindBulk(ctx, first.ID)
	require.NoError(t, err)
	require.Equal(t, first, found)
	_, err = s.FindBulk(ctx, first.ID+100)
	requireKind(t, fault.NotFound, err)

	t.Run("a form that comes twice is held once", func(t *testing.T) {
		again := held("one", c)
		require.NoError(t, s.CreateBulk(ctx, again))
		require.Equal(t, first, again)
	})
	t.Run("an appeal waits in one only", func(t *testing.T) {
		requireKind(t, fault.Conflict, s.CreateBulk(ctx, held("two", c, b)))
		waiting, err := s.ListWaiting(ctx, []int64{a, b, c})
		require.NoError(t, err)
		require.ElementsMatch(t, []int64{a, b}, waiting, "of the refused one nothing stays")
	})
	t.Run("its message leaves when the window ends", func(t *testing.T) {
		var mine []workflow.Outbox
		rows, err := s.ClaimOutbox(ctx, now.Add(19*time.Second), time.Minute, 100)
		require.NoError(t, err)
		for _, r := range rows {
			require.NotEqual(t, workflow.TopicBulk, r.Topic)
		}
		rows, err = s.ClaimOutbox(ctx, now.Add(20*time.Second), time.Second, 100)
		require.NoError(t, err)
		for _, r := range rows {
			if r.Topic == workflow.TopicBulk {
				mine = append(mine, r)
			}
		}
		require.Len(t, mine, 1)
		require.JSONEq(t, `{"bulk":1}`, mine[0].Payload)
	})
	t.Run("it runs once, after its window, and goes on after a crash", func(t *testing.T) {
		_, _, err := s.StartBulk(ctx, first.ID, now)
		requireKind(t, fault.Unavailable, err)
		_, due, err := s.StartBulk(ctx, first.ID, now.Add(20*time.Second))
		require.NoError(t, err)
		require.True(t, due)
		requireKind(t, fault.Conflict, s.CancelBulk(ctx, first.ID, now))

		end := func(item workflow.BulkItem, fails error) (waited bool) {
			err := s.InTx(ctx, func(tx workflow.Tx) error {
				var err error
				waited, err = tx.EndBulkItem(ctx, first.ID, item)
				require.NoError(t, err)
				return fails
			})
			require.ErrorIs(t, err, fails)
			return waited
		}
		done := workflow.BulkItem{Appeal: a, State: workflow.ItemDone}
		end(done, errors.New("the step failed: so did the note"))
		require.True(t, end(done, nil))
		require.False(t, end(done, nil), "a second run finds nothing to do")
		again, due, err := s.StartBulk(ctx, first.ID, now.Add(time.Hour))
		require.NoError(t, err)
		require.True(t, due, "what a crash left running is begun again")
		require.Equal(t, workflow.ItemDone, again.Items[0].State)
		require.Equal(t, workflow.ItemWaiting, again.Items[1].State)
		require.True(t, end(workflow.BulkItem{Appeal: b, State: workflow.ItemRefused, Why: "workflow.stale", Params: map[string]any{"max": 2.0}}, nil))
		require.NoError(t, s.EndBulk(ctx, first.ID, now.Add(time.Hour)))
		ended, err := s.FindBulk(ctx, first.ID)
		require.NoError(t, err)
		require.Equal(t, workflow.BulkDone, ended.State)
		require.Equal(t, "workflow.stale", ended.Items[1].Why)
		require.Equal(t, map[string]any{"max": 2.0}, ended.Items[1].Params)
		require.Equal(t, 1, ended.Count(workflow.ItemDone))
		_, due, err = s.StartBulk(ctx, first.ID, now.Add(2*time.Hour))
		require.NoError(t, err)
		require.False(t, due)
	})
	t.Run("one that was taken back never runs, and its appeals are free", func(t *testing.T) {
		second := held("three", c)
		require.NoError(t, s.CreateBulk(ctx, second))
		require.NoError(t, s.CancelBulk(ctx, second.ID, now))
		requireKind(t, fault.Conflict, s.CancelBulk(ctx, second.ID, now))
		_, due, err := s.StartBulk(ctx, second.ID, now.Add(time.Hour))
		require.NoError(t, err)
		require.False(t, due)
		require.NoError(t, s.CreateBulk(ctx, held("four", c)))
	})
}

func testAbsences(t *testing.T, open Opener) {
	s, ctx := open(t), t.Context()
	one, two := hire(t, s, "one", 1, actor.Executor), hire(t, s, "two", 1, actor.Executor)
	now := time.Now().UTC().Truncate(time.Second) // the store's own clock says who stands in
	a := identity.Absence{
		User: one.ID, Agency: 1, Role: actor.Executor, Substitute: two.ID, From: now.Add(-time.Hour), To: now.Add(time.Hour),
		SetBy: one.ID, SetAt: now,
	}
	require.NoError(t, s.CreateAbsence(ctx, &a))
	list, err := s.ListAbsences(ctx, 1, now)
	require.NoError(t, err)
	require.Equal(t, []identity.Absence{a}, list)
	later := a
	later.From, later.To = now.Add(59*time.Minute), now.Add(3*time.Hour)
	requireKind(t, fault.Conflict, s.CreateAbsence(ctx, &later))
	later.From = a.To
	require.NoError(t, s.CreateAbsence(ctx, &later), "one after the other")
	other := a
	other.Agency, other.Substitute = 2, 0
	require.NoError(t, s.CreateAbsence(ctx, &other), "another agency is another matter")

	stands := []actor.Standing{{For: one.ID, Agency: 1, Role: actor.Executor}}
	u, err := s.FindUser(ctx, two.ID)
	require.NoError(t, err)
	require.Equal(t, stands, u.Stands)
	require.Equal(t, stands, u.Actor().Stands)
	require.NoError(t, s.CreateSession(ctx, "hash", identity.Session{User: two.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}))
	_, u, err = s.FindSession(ctx, "hash", now)
	require.NoError(t, err)
	require.Equal(t, stands, u.Stands)

	require.NoError(t, s.EndAbsence(ctx, a.ID, now))
	u, err = s.FindUser(ctx, two.ID)
	require.NoError(t, err)
	require.Empty(t, u.Stands, "back early")
	ended, err := s.FindAbsence(ctx, a.ID)
	require.NoError(t, err)
	require.True(t, ended.To.Equal(now))
	require.NoError(t, s.EndAbsence(ctx, later.ID, now))
	never, err := s.FindAbsence(ctx, later.ID)
	require.NoError(t, err)
	require.True(t, never.To.Equal(never.From), "one that had not begun never was")
	_, err = s.FindAbsence(ctx, 999)
	requireKind(t, fault.NotFound, err)
}
