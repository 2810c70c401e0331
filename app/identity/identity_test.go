package identity

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

func TestPassword_matches_only_itself(t *testing.T) {
	t.Parallel()
	hash := HashPassword("correct horse")
	require.True(t, checkPassword(hash, "correct horse"))
	require.False(t, checkPassword(hash, "correct horsf"))
	require.NotEqual(t, hash, HashPassword("correct horse"), "salted")
	for _, junk := range []string{"", "$", "$argon2id$v=19$m=0,t=0,p=0$$", "$argon2id$v=19$m=99999999,t=1,p=1$YQ$YQ", "plain"} {
		require.False(t, checkPassword(junk, "x"), junk)
	}
}

// book is a store of one user.
type book struct {
	Store
	user     User
	sessions map[string]Session
	tokens   map[string]time.Time
}

func (b *book) FindUserByLogin(_ context.Context, login string) (*User, error) {
	if login != b.user.Login {
		return nil, fault.New(fault.NotFound, "user")
	}
	return &b.user, nil
}

func (b *book) CreateSession(_ context.Context, hash string, s Session) error {
	b.sessions[hash] = s
	return nil
}

func (b *book) FindSession(_ context.Context, hash string, now time.Time) (*Session, *User, error) {
	s, ok := b.sessions[hash]
	if !ok || !now.Before(s.ExpiresAt) {
		return nil, nil, fault.New(fault.NotFound, "session")
	}
	return &s, &b.user, nil
}

func (b *book) TouchSession(_ context.Context, hash string, seen, expires time.Time) error {
	s := b.sessions[hash]
	s.SeenAt, s.ExpiresAt = seen, expires
	b.sessions[hash] = s
	return nil
}

func (b *book) DeleteSession(_ context.Context, hash string) error {
	delete(b.sessions, hash)
	return nil
}

func (b *book) SetLang(_ context.Context, _ int64, l lang.Lang) error {
	b.user.Lang = l
	return nil
}

func (b *book) CreateToken(_ context.Context, hash, _ string, _ int64, expires time.Time) error {
	b.tokens[hash] = expires
	return nil
}

func (b *book) FindToken(_ context.Context, hash string, now time.Time) (*User, error) {
	if expires, ok := b.tokens[hash]; !ok || !now.Before(expires) {
		return nil, fault.New(fault.NotFound, "token")
	}
	return &b.user, nil
}

func newBook() *book {
	return &book{
		user:     User{ID: 7, Login: "anna", PasswordHash: HashPassword("correct horse")},
		sessions: map[string]Session{}, tokens: map[string]time.Time{},
	}
}

func TestAccounts_session_lives_while_used(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	b := newBook()
	a := NewAccounts(b, now)
	token, u, err := a.SignIn(t.Context(), " Anna ", "correct horse", "10.0.0.1", "test")
	require.NoError(t, err)
	require.Equal(t, int64(7), u.ID)
	require.NotContains(t, b.sessions, token, "the store never sees the token")

	now.Advance(11 * time.Hour)
	_, err = a.Session(t.Context(), token)
	require.NoError(t, err)
	now.Advance(11 * time.Hour)
	_, err = a.Session(t.Context(), token)
	require.NoError(t, err, "use prolongs it")
	now.Advance(13 * time.Hour)
	_, err = a.Session(t.Context(), token)
	require.True(t, fault.Is(err, fault.SignIn))

	token, _, err = a.SignIn(t.Context(), "anna", "correct horse", "10.0.0.1", "test")
	require.NoError(t, err)
	for range int(SessionMost / (11 * time.Hour)) {
		now.Advance(11 * time.Hour)
		_, err = a.Session(t.Context(), token)
		require.NoError(t, err)
	}
	now.Advance(11 * time.Hour)
	_, err = a.Session(t.Context(), token)
	require.True(t, fault.Is(err, fault.SignIn), "use doesn't prolong it for ever")

	token, _, err = a.SignIn(t.Context(), "anna", "correct horse", "10.0.0.1", "test")
	require.NoError(t, err)
	require.NoError(t, a.SignOut(t.Context(), token))
	_, err = a.Session(t.Context(), token)
	require.True(t, fault.Is(err, fault.SignIn))

	token, _, err = a.SignIn(t.Context(), "anna", "correct horse", "10.0.0.1", "test")
	require.NoError(t, err)
	b.user.Disabled = true
	_, err = a.Session(t.Context(), token)
	require.True(t, fault.Is(err, fault.SignIn), "a disabled user is out at once")
}

func TestAccounts_letters_are_in_the_language_of_the_first_page(t *testing.T) {
	t.Parallel()
	b := newBook()
	a := NewAccounts(b, clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)))
	require.Equal(t, lang.RU, b.user.Reads())
	require.NoError(t, a.Greet(t.Context(), &b.user, lang.EN))
	require.Equal(t, lang.EN, b.user.Reads())
	require.NoError(t, a.Greet(t.Context(), &b.user, lang.RU), "a later page changes nothing")
	require.Equal(t, lang.EN, b.user.Reads())
	require.NoError(t, a.Speak(t.Context(), &b.user, lang.RU))
	require.Equal(t, lang.RU, b.user.Reads())
	require.True(t, fault.Is(a.Speak(t.Context(), &b.user, "fr"), fault.Invalid))
	require.Equal(t, lang.RU, b.user.Reads())
}

func TestAccounts_SignIn_slows_guessing_down(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	a := NewAccounts(newBook(), now)
	for range freeFailures {
		_, _, err := a.SignIn(t.Context(), "anna", "wrong", "10.0.0.1", "")
		require.True(t, fault.Is(err, fault.SignIn))
	}
	_, _, err := a.SignIn(t.Context(), "anna", "correct horse", "10.0.0.1", "")
	require.True(t, fault.Is(err, fault.TooMany), "even with the right password")
	_, _, err = a.SignIn(t.Context(), "boris", "wrong", "10.0.0.1", "")
	require.True(t, fault.Is(err, fault.SignIn), "others at the same address go on")
	now.Advance(longestWait)
	_, _, err = a.SignIn(t.Context(), "anna", "correct horse", "10.0.0.1", "")
	require.NoError(t, err)
}

func TestAccounts_SignIn_counts_tries_sent_all_at_once(t *testing.T) {
	t.Parallel()
	a := NewAccounts(newBook(), clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)))
	var checked atomic.Int32
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, _, err := a.SignIn(t.Context(), "anna", "wrong", "10.0.0.1", ""); fault.Is(err, fault.SignIn) {
				checked.Add(1)
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, int(checked.Load()), freeFailures+cap(a.hashing))
}

func TestAccounts_SignIn_without_a_password_is_as_slow_as_with_a_wrong_one(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.user.PasswordHash = ""
	a := NewAccounts(b, clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)))
	began := time.Now()
	_, _, err := a.SignIn(t.Context(), "anna", "", "10.0.0.1", "")
	require.True(t, fault.Is(err, fault.SignIn))
	require.Greater(t, time.Since(began), time.Millisecond, "a hash was computed")
}

func TestAccounts_Token(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	a := NewAccounts(newBook(), now)
	token, err := a.IssueToken(t.Context(), 7, "script", time.Hour)
	require.NoError(t, err)
	_, err = a.Token(t.Context(), token)
	require.NoError(t, err)
	_, err = a.Token(t.Context(), token+"x")
	require.True(t, fault.Is(err, fault.SignIn))
	now.Advance(2 * time.Hour)
	_, err = a.Token(t.Context(), token)
	require.True(t, fault.Is(err, fault.SignIn))
}
