package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/live"
)

func testPresences(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	one, two := &identity.User{Login: "one", Name: "One"}, &identity.User{Login: "two", Name: "Two"}
	require.NoError(t, s.SaveUser(ctx, one))
	require.NoError(t, s.SaveUser(ctx, two))
	at := func(appeal int64, u *identity.User, writing bool, since time.Time) live.Presence {
		return live.Presence{Appeal: appeal, User: u.ID, Writing: writing, Since: since, SeenAt: since}
	}
	first, second := at(7, two, false, Noon), at(7, one, true, Noon.Add(time.Minute))
	for _, p := range []live.Presence{second, first, at(8, one, false, Noon)} {
		require.NoError(t, s.SavePresence(ctx, p))
	}

	list, err := s.ListPresences(ctx, []int64{7}, Noon.Add(-time.Second))
	require.NoError(t, err)
	require.Equal(t, []live.Presence{first, second}, list, "who came first stands first")
	list, err = s.ListPresences(ctx, nil, time.Time{})
	require.NoError(t, err)
	require.Empty(t, list)
	list, err = s.ListPresences(ctx, []int64{7, 8}, Noon)
	require.NoError(t, err)
	require.Equal(t, []live.Presence{second}, list, "no sign of life since")

	first.Writing, first.SeenAt = true, Noon.Add(time.Hour)
	require.NoError(t, s.SavePresence(ctx, first), "one row for each officer and card")
	require.NoError(t, s.DeletePresence(ctx, 7, one.ID))
	require.NoError(t, s.DeletePresence(ctx, 7, one.ID))
	require.NoError(t, s.PurgePresences(ctx, Noon.Add(time.Second)))
	list, err = s.ListPresences(ctx, []int64{7, 8}, time.Time{}.Add(time.Second))
	require.NoError(t, err)
	require.Equal(t, []live.Presence{first}, list)
}
