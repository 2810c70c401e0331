package app

import (
	"context"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
)

// NewUser is a person whom an administrator adds, or how one who is there is to
// change: what is empty stays.
type NewUser struct {
	Login    string
	Name     string
	Email    string
	Position string // as a signature on a letter says it
	Phone    string
	Password string
	Roles    []string // ROLE@AGENCY, or a regional role alone
}

// SaveUser adds or changes a user, whose open sessions end. What is wrong comes
// as fault.Lines.
func (a *App) SaveUser(ctx context.Context, n NewUser) error {
	var bad fault.Lines
	members := a.memberships(n.Roles, &bad)
	if len([]rune(n.Password)) < identity.MinPassword {
		bad.Add(0, "password", "needs at least %d characters", identity.MinPassword)
	}
	login := strings.ToLower(strings.TrimSpace(n.Login))
	if login == "" || strings.ContainsAny(login, " \t") {
		bad.Add(0, "login", "%q is empty or has spaces", n.Login)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	u, err := a.Store.FindUserByLogin(ctx, login)
	switch {
	case fault.Is(err, fault.NotFound):
		u = &identity.User{Login: login, Name: login}
	case err != nil:
		return err
	}
	if n.Name != "" {
		u.Name = n.Name
	}
	if n.Email != "" {
		u.Email = n.Email
	}
	if n.Position != "" {
		u.Position = n.Position
	}
	if n.Phone != "" {
		u.Phone = n.Phone
	}
	if len(members) > 0 {
		u.Memberships = members
	}
	u.PasswordHash = identity.HashPassword(n.Password)
	if err := a.Store.SaveUser(ctx, u); err != nil {
		return err
	}
	// Who knew the former password is out.
	_, err = a.Store.DeleteSessions(ctx, u.ID)
	return err
}

func (a *App) memberships(roles []string, bad *fault.Lines) []actor.Membership {
	var out []actor.Membership
	for _, r := range roles {
		name, code, inAgency := strings.Cut(r, "@")
		m := actor.Membership{Role: actor.Role(name)}
		switch {
		case !m.Role.Known():
			bad.Add(0, "role", "%q is none of %v", name, actor.Roles)
		case m.Role.Regional() == inAgency:
			bad.Add(0, "role", "%s: supervisor and system_admin are held in the region, other roles in an agency (ROLE@AGENCY)", r)
		case inAgency:
			agency, ok := a.directory.AgencyByCode(code)
			if !ok {
				bad.Add(0, "role", "there is no agency %q", code)
			}
			m.Agency = agency.ID
		}
		out = append(out, m)
	}
	return out
}
