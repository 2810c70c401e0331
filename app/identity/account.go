package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

// How long sessions last.
const (
	SessionLife  = 12 * time.Hour     // since it was last used
	SessionMost  = 7 * 24 * time.Hour // since the password was given
	sessionTouch = 5 * time.Minute
)

// Accounts signs people in and knows them again.
type Accounts struct {
	store   Store
	clock   clock.Clock
	slow    *brake
	nobody  string        // a password hash that nothing matches
	hashing chan struct{} // bounds the memory of password checks
}

// NewAccounts returns the accounts kept in the store.
func NewAccounts(store Store, c clock.Clock) *Accounts {
	return &Accounts{
		store: store, clock: c, slow: newBrake(c),
		nobody: HashPassword(rand.Text()), hashing: make(chan struct{}, 4),
	}
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SignIn checks login and password and opens a session. Wrong ones are
// fault.SignIn with key «identity.wrong» whatever is wrong, and take the same
// time; too many tries for a login or from an address are fault.TooMany.
func (a *Accounts) SignIn(ctx context.Context, login, password, ip, agent string) (token string, u *User, err error) {
	login = strings.ToLower(strings.TrimSpace(login))
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
	// In here, so that tries sent all at once are counted too.
	if wait := a.slow.wait(login, ip); wait > 0 {
		return "", nil, fault.New(fault.TooMany, "identity.slow_down").With("minutes", int(wait/time.Minute)+1)
	}
	u, err = a.store.FindUserByLogin(ctx, login)
	hash := a.nobody
	switch {
	case err == nil && !u.Disabled && u.PasswordHash != "":
		hash = u.PasswordHash
	case err != nil && !fault.Is(err, fault.NotFound):
		return "", nil, err
	}
	if !checkPassword(hash, password) {
		a.slow.failed(login, ip)
		return "", nil, fault.New(fault.SignIn, "identity.wrong")
	}
	a.slow.passed(login)
	token = rand.Text()
	now := a.clock.Now()
	err = a.store.CreateSession(ctx, hashToken(token), Session{
		User: u.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(SessionLife), IP: ip, Agent: agent,
	})
	return token, u, err
}

// Speak sets the language of letters to a user. One that is none is
// fault.Invalid.
func (a *Accounts) Speak(ctx context.Context, u *User, l lang.Lang) error {
	var check fault.Check
	check.That(l == lang.RU || l == lang.EN, "lang", "identity.bad_lang")
	if err := check.Err(); err != nil {
		return err
	}
	if err := a.store.SetLang(ctx, u.ID, l); err != nil {
		return err
	}
	u.Lang = l
	return nil
}

// Greet takes the language of the page on which somebody signs in for the first
// time as theirs.
func (a *Accounts) Greet(ctx context.Context, u *User, l lang.Lang) error {
	if u.Lang != "" {
		return nil
	}
	return a.Speak(ctx, u, l)
}

// Session returns the user of a session and keeps it alive. Unknown, expired
// and disabled are fault.SignIn.
func (a *Accounts) Session(ctx context.Context, token string) (*User, error) {
	now := a.clock.Now()
	s, u, err := a.store.FindSession(ctx, hashToken(token), now)
	if fault.Is(err, fault.NotFound) || err == nil && u.Disabled {
		return nil, fault.New(fault.SignIn, "identity.session_over")
	}
	if err != nil {
		return nil, err
	}
	if now.Sub(s.CreatedAt) > SessionMost {
		return nil, fault.New(fault.SignIn, "identity.session_over")
	}
	if now.Sub(s.SeenAt) > sessionTouch {
		if err := a.store.TouchSession(ctx, hashToken(token), now, now.Add(SessionLife)); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// Watch returns the user of a session as [Accounts.Session] does, without
// keeping it alive: what a page asks by itself is no sign of a person.
func (a *Accounts) Watch(ctx context.Context, token string) (*User, error) {
	now := a.clock.Now()
	s, u, err := a.store.FindSession(ctx, hashToken(token), now)
	if fault.Is(err, fault.NotFound) || err == nil && (u.Disabled || now.Sub(s.CreatedAt) > SessionMost) {
		return nil, fault.New(fault.SignIn, "identity.session_over")
	}
	return u, err
}

// SignOut ends a session; an unknown one is none.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	return a.store.DeleteSession(ctx, hashToken(token))
}

// IssueToken makes an API token of a user. It is returned once and kept as its
// hash: 128 random bits need no slow hash, so that checking one costs
// microseconds.
func (a *Accounts) IssueToken(ctx context.Context, user int64, name string, life time.Duration) (string, error) {
	token := "otk_" + rand.Text()
	return token, a.store.CreateToken(ctx, hashToken(token), name, user, a.clock.Now().Add(life))
}

// Token returns the user of an API token; unknown, expired and disabled are
// fault.SignIn.
func (a *Accounts) Token(ctx context.Context, token string) (*User, error) {
	u, err := a.store.FindToken(ctx, hashToken(token), a.clock.Now())
	if fault.Is(err, fault.NotFound) || err == nil && u.Disabled {
		return nil, fault.New(fault.SignIn, "identity.bad_token")
	}
	return u, err
}
