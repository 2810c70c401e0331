package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/notify"
)

func testNotices(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	u := &identity.User{Login: "u", Name: "U", PasswordHash: "x"}
	require.NoError(t, s.SaveUser(ctx, u))

	t.Run("are added once, counted, listed and seen", func(t *testing.T) {
		ns := []notify.Notice{
			{User: u.ID, Appeal: 1, Number: "26-000001-0", Event: 2, Key: "notice.new", At: Noon},
			{User: u.ID, Appeal: 1, Number: "26-000001-0", Event: 3, Key: "notice.due", At: Noon},
		}
		require.NoError(t, s.AddNotices(ctx, ns))
		require.NoError(t, s.AddNotices(ctx, ns))
		require.NoError(t, s.AddNotices(ctx, nil))
		n, err := s.CountUnseen(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		got, err := s.ListNotices(ctx, u.ID, 1)
		require.NoError(t, err)
		ns[1].ID = got[0].ID
		require.Equal(t, ns[1:], got)
		require.NoError(t, s.MarkSeen(ctx, u.ID))
		n, err = s.CountUnseen(ctx, u.ID)
		require.NoError(t, err)
		require.Zero(t, n)
	})

	t.Run("who was given new ones is told once", func(t *testing.T) {
		newest, err := s.NewestNotice(ctx)
		require.NoError(t, err)
		require.Positive(t, newest)
		require.NoError(t, s.AddNotices(ctx, []notify.Notice{
			{User: u.ID, Appeal: 2, Number: "26-000002-0", Event: 2, Key: "notice.new", At: Noon},
			{User: u.ID, Appeal: 2, Number: "26-000002-0", Event: 3, Key: "notice.due", At: Noon},
		}))
		users, next, err := s.NoticesAfter(ctx, newest)
		require.NoError(t, err)
		require.Equal(t, []int64{u.ID}, users)
		require.Greater(t, next, newest)
		users, again, err := s.NoticesAfter(ctx, next)
		require.NoError(t, err)
		require.Empty(t, users)
		require.Equal(t, next, again)
	})

	t.Run("a letter leaves once", func(t *testing.T) {
		for i, want := range []bool{true, false} {
			first, err := s.MarkLetter(ctx, "letter-1", Noon)
			require.NoError(t, err)
			require.Equal(t, want, first, i)
		}
	})
}
