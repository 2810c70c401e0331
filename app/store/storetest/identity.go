package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
)

func testIdentity(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	head := &identity.User{
		Login: "head", Name: "Глава", Email: "h@example.org", Position: "Глава города", Phone: "+7 000 000-00-01", PasswordHash: "hash",
		Memberships: []actor.Membership{{Agency: 1, Role: actor.Executor}, {Agency: 1, Role: actor.Head}, {Agency: 2, Role: actor.Head}},
	}
	bare := &identity.User{Login: "bare", Name: "Без ролей", PasswordHash: "hash"}
	require.NoError(t, s.SaveUser(ctx, head))
	require.NoError(t, s.SaveUser(ctx, bare))

	t.Run("users are found with their roles", func(t *testing.T) {
		got, err := s.FindUser(ctx, head.ID)
		require.NoError(t, err)
		require.Equal(t, head, got)
		got, err = s.FindUserByLogin(ctx, "bare")
		require.NoError(t, err)
		require.Equal(t, bare, got)
		_, err = s.FindUserByLogin(ctx, "nobody")
		requireKind(t, fault.NotFound, err)
		all, err := s.ListUsers(ctx, 0)
		require.NoError(t, err)
		require.Equal(t, []identity.User{*head, *bare}, all)
		of2, err := s.ListUsers(ctx, 2)
		require.NoError(t, err)
		require.Equal(t, []identity.User{*head}, of2)
	})

	t.Run("a login belongs to one", func(t *testing.T) {
		err := s.SaveUser(ctx, &identity.User{Login: "head", Name: "Другой", PasswordHash: "x"})
		requireKind(t, fault.Conflict, err)
		require.ErrorContains(t, err, "user.login_taken")
		err = s.SaveUser(ctx, &identity.User{ID: 1 << 40, Login: "ghost", Name: "Нет", PasswordHash: "x"})
		requireKind(t, fault.NotFound, err)
	})

	t.Run("roles are replaced", func(t *testing.T) {
		u := &identity.User{Login: "moves", Name: "М", PasswordHash: "x", Memberships: []actor.Membership{{Agency: 1, Role: actor.Desk}}}
		require.NoError(t, s.SaveUser(ctx, u))
		u.Memberships = []actor.Membership{{Role: actor.Supervisor}}
		require.NoError(t, s.SaveUser(ctx, u))
		got, err := s.FindUser(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, u, got)
	})

	t.Run("a language is set and outlives other changes", func(t *testing.T) {
		u := &identity.User{Login: "reads", Name: "Ч", PasswordHash: "x", Lang: lang.RU}
		require.NoError(t, s.SaveUser(ctx, u))
		require.NoError(t, s.SetLang(ctx, u.ID, lang.EN))
		u.Name = "Читатель"
		require.NoError(t, s.SaveUser(ctx, u))
		got, err := s.FindUser(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, lang.EN, got.Lang)
		require.Equal(t, "Читатель", got.Name)
		requireKind(t, fault.NotFound, s.SetLang(ctx, 1<<40, lang.EN))
	})

	t.Run("sessions live until they expire or end", func(t *testing.T) {
		ses := identity.Session{
			User: head.ID, CreatedAt: Noon, SeenAt: Noon, ExpiresAt: Noon.Add(time.Hour), IP: "127.0.0.1", Agent: "test",
		}
		require.NoError(t, s.CreateSession(ctx, "h1", ses))
		got, u, err := s.FindSession(ctx, "h1", Noon)
		require.NoError(t, err)
		require.Equal(t, &ses, got)
		require.Equal(t, head, u)
		_, _, err = s.FindSession(ctx, "h1", Noon.Add(time.Hour))
		requireKind(t, fault.NotFound, err)
		require.NoError(t, s.TouchSession(ctx, "h1", Noon.Add(time.Minute), Noon.Add(2*time.Hour)))
		_, _, err = s.FindSession(ctx, "h1", Noon.Add(time.Hour))
		require.NoError(t, err)
		requireKind(t, fault.NotFound, s.TouchSession(ctx, "h2", Noon, Noon))
		require.NoError(t, s.DeleteSession(ctx, "h1"))
		require.NoError(t, s.DeleteSession(ctx, "h1"))
		_, _, err = s.FindSession(ctx, "h1", Noon)
		requireKind(t, fault.NotFound, err)
		requireKind(t, fault.Invalid, s.CreateSession(ctx, "h3", identity.Session{User: 1 << 40, CreatedAt: Noon, SeenAt: Noon, ExpiresAt: Noon}))
	})

	t.Run("a disabled user has no session and no token", func(t *testing.T) {
		u := &identity.User{Login: "leaves", Name: "У", PasswordHash: "x"}
		require.NoError(t, s.SaveUser(ctx, u))
		require.NoError(t, s.CreateSession(ctx, "l1", identity.Session{User: u.ID, CreatedAt: Noon, SeenAt: Noon, ExpiresAt: Noon.Add(time.Hour)}))
		require.NoError(t, s.CreateToken(ctx, "t1", "script", u.ID, Noon.Add(time.Hour)))
		got, err := s.FindToken(ctx, "t1", Noon)
		require.NoError(t, err)
		require.Equal(t, u, got)
		_, err = s.FindToken(ctx, "t1", Noon.Add(time.Hour))
		requireKind(t, fault.NotFound, err)
		u.Disabled = true
		require.NoError(t, s.SaveUser(ctx, u))
		_, err = s.FindToken(ctx, "t1", Noon)
		requireKind(t, fault.NotFound, err)
		_, _, err = s.FindSession(ctx, "l1", Noon)
		requireKind(t, fault.NotFound, err)
		n, err := s.DeleteSessions(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})

	t.Run("agencies are kept whole", func(t *testing.T) {
		a := identity.Agency{
			Code: "roads", Name: lang.Text{RU: "Дороги", EN: "Roads"}, Short: lang.Text{RU: "Дор"}, Territory: 3, Phone: "1",
			Email: "a@example.org", Address: lang.Text{RU: "ул."}, Hours: lang.Text{RU: "9–18"}, Site: "https://example.org",
			Capabilities: []string{"appeals"}, WidgetOrigins: []string{"https://example.org"},
		}
		require.NoError(t, s.SaveAgency(ctx, &a))
		a.Phone, a.Capabilities = "", []string{}
		require.NoError(t, s.SaveAgency(ctx, &a))
		all, err := s.ListAgencies(ctx)
		require.NoError(t, err)
		require.Equal(t, []identity.Agency{a}, all)
		b := a
		b.ID = 0
		requireKind(t, fault.Conflict, s.SaveAgency(ctx, &b))
		b.ID = 1 << 40
		requireKind(t, fault.NotFound, s.SaveAgency(ctx, &b))
	})
}
