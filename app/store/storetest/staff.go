package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
)

func testStaff(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	person := func(login, name string, agency int64) *identity.User {
		u := &identity.User{
			Login: login, Name: name, PasswordHash: "x",
			Memberships: []actor.Membership{{Agency: agency, Role: actor.Executor}},
		}
		require.NoError(t, s.SaveStaff(ctx, u, identity.Entry{At: Noon, By: 1, Kind: identity.CreateUser, Detail: "executor"}, false))
		return u
	}
	anna, boris := person("anna", "Анна Ветрова", 7), person("boris", "Борис_Лугов", 8)

	t.Run("are found by agency and by a part of a name in any case", func(t *testing.T) {
		for _, c := range []struct {
			agencies []int64
			search   string
			want     []string
		}{
			{nil, "", []string{"anna", "boris"}},
			{[]int64{7}, "", []string{"anna"}},
			{[]int64{}, "", nil},
			{nil, "ветров", []string{"anna"}},
			{nil, "ВЕТРОВА", []string{"anna"}},
			{nil, "BOR", []string{"boris"}},
			{nil, "s_", nil},
			{nil, "_Л", []string{"boris"}},
			{nil, "%", nil},
			{[]int64{8}, "анна", nil},
		} {
			got, err := s.ListStaff(ctx, c.agencies, c.search, 10)
			require.NoError(t, err)
			var logins []string
			for _, u := range got {
				logins = append(logins, u.Login)
			}
			require.Equal(t, c.want, logins, "%v %q", c.agencies, c.search)
		}
	})

	t.Run("lose their sessions where that is asked for", func(t *testing.T) {
		hash := "session-of-anna"
		require.NoError(t, s.CreateSession(ctx, hash, identity.Session{User: anna.ID, CreatedAt: Noon, SeenAt: Noon, ExpiresAt: Noon.AddDate(1, 0, 0)}))
		anna.Disabled = true
		require.NoError(t, s.SaveStaff(ctx, anna, identity.Entry{At: Noon, By: 1, Kind: identity.DisableUser}, true))
		n, err := s.DeleteSessions(ctx, anna.ID)
		require.NoError(t, err)
		require.Zero(t, n)
	})

	t.Run("leave a journal whose lines are chained, whoever writes at once", func(t *testing.T) {
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				u := *boris
				u.Position = fmt.Sprint(i)
				_ = s.SaveStaff(ctx, &u, identity.Entry{At: Noon, By: anna.ID, Kind: identity.ChangeUser}, false)
			})
		}
		all.Wait()
		lines, err := s.WalkJournal(ctx, 0, 100)
		require.NoError(t, err)
		require.Len(t, lines, 15)
		_, err = identity.VerifyJournal("", lines)
		require.NoError(t, err)
		lines[4].Detail += "?"
		_, err = identity.VerifyJournal("", lines)
		require.ErrorContains(t, err, "not as it was written")
		_, err = identity.VerifyJournal("", append(lines[:2:2], lines[3:]...))
		require.ErrorContains(t, err, "does not follow")

		page, err := s.ListJournal(ctx, identity.JournalQuery{Agencies: []int64{7}, By: anna.ID, Limit: 5})
		require.NoError(t, err)
		require.Len(t, page, 5)
		page, err = s.ListJournal(ctx, identity.JournalQuery{Agencies: []int64{8}, By: anna.ID, Limit: 5})
		require.NoError(t, err)
		require.Empty(t, page)
		page, err = s.ListJournal(ctx, identity.JournalQuery{Before: lines[3].ID, Limit: 50})
		require.NoError(t, err)
		require.Len(t, page, 3)
	})
}
