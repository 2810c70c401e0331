// Package identity owns who people are: agencies, users and their roles,
// sign-in, sessions and API tokens.
package identity

import (
	"context"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/lang"
)

// Agency is a body that answers.
type Agency struct {
	ID           int64
	Parent       int64 // the body above, 0 for none
	Code         string
	Name         lang.Text
	Short        lang.Text
	Territory    int64
	Phone        string
	Email        string
	Address      lang.Text
	Hours        lang.Text
	Site         string
	Capabilities []string // appeals, participation
	// WidgetOrigins are the origins (scheme://host[:port]) whose pages may
	// embed the agency's widget.
	WidgetOrigins []string
}

// User is a person who signs in.
type User struct {
	ID           int64
	Login        string
	Name         string
	Email        string
	Position     string    // as a signature on a letter says it; "" for the role's name
	Phone        string    // where a citizen rings about a letter; "" for the agency's
	Lang         lang.Lang // of letters to them; "" until they sign in for the first time
	PasswordHash string
	Disabled     bool
	Memberships  []actor.Membership
	Stands       []actor.Standing // now, in whose place
}

// Actor returns the user as one who acts.
func (u User) Actor() actor.Actor {
	return actor.Actor{Kind: actor.Officer, User: u.ID, Name: u.Name, Memberships: u.Memberships, Stands: u.Stands}
}

// Reads is the language of letters to the user.
func (u User) Reads() lang.Lang {
	if u.Lang == "" {
		return lang.RU
	}
	return u.Lang
}

// Session is a signed-in browser. The token is in its cookie; the store keeps
// its SHA-256 only.
type Session struct {
	User      int64
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	IP        string
	Agent     string
}

// Store keeps identities. Find methods answer fault.NotFound. Users that are
// found alone come with those in whose place they work now.
type Store interface {
	ListAgencies(ctx context.Context) ([]Agency, error)
	FindUserByLogin(ctx context.Context, login string) (*User, error)
	FindUser(ctx context.Context, id int64) (*User, error)
	// ListUsers lists the users with a role in the agency; all for 0.
	ListUsers(ctx context.Context, agency int64) ([]User, error)
	// SaveUser leaves the language of one who is there as it is.
	SaveUser(ctx context.Context, u *User) error
	// SetLang sets the language of letters to a user.
	SetLang(ctx context.Context, id int64, l lang.Lang) error
	SaveAgency(ctx context.Context, a *Agency) error

	CreateSession(ctx context.Context, tokenHash string, s Session) error
	// FindSession returns an unexpired session with its user, and in whose place
	// they work now.
	FindSession(ctx context.Context, tokenHash string, now time.Time) (*Session, *User, error)
	TouchSession(ctx context.Context, tokenHash string, seen, expires time.Time) error
	DeleteSession(ctx context.Context, tokenHash string) error

	// CreateToken stores an API token of a user by its SHA-256.
	CreateToken(ctx context.Context, tokenHash, name string, user int64, expires time.Time) error
	FindToken(ctx context.Context, tokenHash string, now time.Time) (*User, error)
}
