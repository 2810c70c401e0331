package identity

import (
	"context"
	"crypto/rand"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
)

// MayGrant reports whether the actor may give or take the role: an
// administrator of the system any, one of an agency those of that agency.
// Nobody else grants anything.
func MayGrant(by actor.Actor, m actor.Membership) bool {
	if by.Kind != actor.Officer {
		return false
	}
	return by.Has(actor.SystemAdmin) || !m.Role.Regional() && m.Agency != 0 && by.Holds(actor.AgencyAdmin, m.Agency)
}

// MayManage reports whether the actor may change who the user is: name, sign-in
// and whether they may sign in at all. That takes the right to every role that
// the user has. Nobody manages themselves.
func MayManage(by actor.Actor, u User) bool {
	if by.Kind != actor.Officer || by.User == u.ID {
		return false
	}
	if by.Has(actor.SystemAdmin) {
		return true
	}
	return len(u.Memberships) > 0 && !slices.ContainsFunc(u.Memberships, func(m actor.Membership) bool { return !MayGrant(by, m) })
}

// Administers lists the agencies whose people the actor sees; all where region
// is true.
func Administers(by actor.Actor) (agencies []int64, region bool) {
	for _, m := range by.Memberships {
		if m.Role == actor.AgencyAdmin && !slices.Contains(agencies, m.Agency) {
			agencies = append(agencies, m.Agency)
		}
	}
	return agencies, by.Has(actor.SystemAdmin)
}

// StaffStore keeps people and the journal of what was done to them.
type StaffStore interface {
	FindUser(ctx context.Context, id int64) (*User, error)
	// SaveStaff saves a user, writes the line and ends their sessions where
	// that is asked for, in one unit of work.
	SaveStaff(ctx context.Context, u *User, line Entry, endSessions bool) error
	// ListStaff lists people with a role in one of the agencies, all for nil, by
	// name. A search finds in login and name.
	ListStaff(ctx context.Context, agencies []int64, search string, limit int) ([]User, error)
	ListJournal(ctx context.Context, q JournalQuery) ([]Entry, error)
}

// Staff is how administrators keep the people who work.
type Staff struct {
	Store StaffStore
	Clock clock.Clock
}

// Person is what an administrator says of a user.
type Person struct {
	Login, Name, Email, Position, Phone string
	Memberships                         []actor.Membership
}

const (
	maxName  = 150 // characters
	maxLogin = 60
	// mostStaff is how many people a list shows.
	mostStaff = 500
)

func (p Person) check() error {
	var check fault.Check
	check.That(p.Login != "" && !strings.ContainsAny(p.Login, " \t\n/@") && utf8.RuneCountInString(p.Login) <= maxLogin, "login", "identity.bad_login")
	check.That(p.Name != "" && utf8.RuneCountInString(p.Name) <= maxName, "name", "identity.name_required")
	if p.Email != "" {
		a, err := mail.ParseAddress(p.Email)
		check.That(err == nil && a.Address == p.Email, "email", "error.bad_email")
	}
	check.That(utf8.RuneCountInString(p.Position) <= maxName, "position", "error.too_long", "max", maxName)
	check.That(utf8.RuneCountInString(p.Phone) <= maxName, "phone", "error.too_long", "max", maxName)
	check.That(len(p.Memberships) > 0, "roles", "identity.role_required")
	for _, m := range p.Memberships {
		check.That(m.Role.Known() && m.Role.Regional() == (m.Agency == 0), "roles", "identity.bad_role")
	}
	return check.Err()
}

// List lists those whom the actor may look at.
func (s *Staff) List(ctx context.Context, by actor.Actor, search string) ([]User, error) {
	agencies, region := Administers(by)
	if region {
		agencies = nil
	} else if len(agencies) == 0 {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	return s.Store.ListStaff(ctx, agencies, search, mostStaff)
}

// Find returns a person whom the actor may look at; others don't exist.
func (s *Staff) Find(ctx context.Context, by actor.Actor, id int64) (*User, error) {
	u, err := s.Store.FindUser(ctx, id)
	if err != nil {
		return nil, err
	}
	agencies, region := Administers(by)
	if !region && !slices.ContainsFunc(u.Memberships, func(m actor.Membership) bool { return slices.Contains(agencies, m.Agency) }) {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return u, nil
}

// Create adds a person and returns them with a password that is told once.
//
// Forbidden: a role that the actor can't grant. Conflict: the login is taken.
func (s *Staff) Create(ctx context.Context, by actor.Actor, p Person) (u *User, password string, err error) {
	p.Login = strings.ToLower(p.Login)
	if err := p.check(); err != nil {
		return nil, "", err
	}
	u = &User{Login: p.Login, Name: p.Name, Email: p.Email, Position: p.Position, Phone: p.Phone, Memberships: p.Memberships}
	if err := grants(by, nil, u.Memberships); err != nil {
		return nil, "", err
	}
	password = newPassword()
	u.PasswordHash = HashPassword(password)
	return u, password, s.save(ctx, by, u, CreateUser, false)
}

// Change changes who a person is and what they may do. Roles that the actor
// can't grant must stay as they are.
func (s *Staff) Change(ctx context.Context, by actor.Actor, id int64, p Person) error {
	u, err := s.Find(ctx, by, id)
	if err != nil {
		return err
	}
	if by.User == u.ID {
		return fault.New(fault.Forbidden, "identity.not_yourself")
	}
	p.Login = u.Login
	if err := p.check(); err != nil {
		return err
	}
	if err := grants(by, u.Memberships, p.Memberships); err != nil {
		return err
	}
	if MayManage(by, *u) {
		u.Name, u.Email, u.Position, u.Phone = p.Name, p.Email, p.Position, p.Phone
	}
	u.Memberships = p.Memberships
	return s.save(ctx, by, u, ChangeUser, false)
}

// grants checks every role that is given or taken.
func grants(by actor.Actor, before, after []actor.Membership) error {
	changed := func(from, to []actor.Membership) bool {
		return slices.ContainsFunc(to, func(m actor.Membership) bool { return !slices.Contains(from, m) && !MayGrant(by, m) })
	}
	if changed(before, after) || changed(after, before) {
		return fault.New(fault.Forbidden, "identity.cannot_grant")
	}
	return nil
}

// SetDisabled lets a person sign in no more, or again. Their sessions end.
func (s *Staff) SetDisabled(ctx context.Context, by actor.Actor, id int64, disabled bool) error {
	u, err := s.managed(ctx, by, id)
	if err != nil {
		return err
	}
	kind := EnableUser
	if u.Disabled = disabled; disabled {
		kind = DisableUser
	}
	return s.save(ctx, by, u, kind, disabled)
}

// ResetPassword gives a person a new password, which is told once. Their
// sessions end.
func (s *Staff) ResetPassword(ctx context.Context, by actor.Actor, id int64) (password string, err error) {
	u, err := s.managed(ctx, by, id)
	if err != nil {
		return "", err
	}
	password = newPassword()
	u.PasswordHash = HashPassword(password)
	return password, s.save(ctx, by, u, NewPassword, true)
}

func (s *Staff) managed(ctx context.Context, by actor.Actor, id int64) (*User, error) {
	u, err := s.Find(ctx, by, id)
	switch {
	case err != nil:
		return nil, err
	case by.User == u.ID:
		return nil, fault.New(fault.Forbidden, "identity.not_yourself")
	case !MayManage(by, *u):
		return nil, fault.New(fault.Forbidden, "identity.cannot_grant")
	}
	return u, nil
}

// newPassword is 26 letters and digits: 128 random bits.
func newPassword() string { return rand.Text() }

func (s *Staff) save(ctx context.Context, by actor.Actor, u *User, kind EntryKind, endSessions bool) error {
	return s.Store.SaveStaff(ctx, u, Entry{At: s.Clock.Now(), By: by.User, Kind: kind, Detail: rolesOf(u)}, endSessions)
}

// rolesOf writes roles as the journal keeps them: «head@7 supervisor».
func rolesOf(u *User) string {
	var out []string
	for _, m := range u.Memberships {
		role := string(m.Role)
		if m.Agency != 0 {
			role += "@" + strconv.FormatInt(m.Agency, 10)
		}
		out = append(out, role)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// Journal returns a page of the lines that the actor may see: those of the
// people of their agencies.
func (s *Staff) Journal(ctx context.Context, by actor.Actor, q JournalQuery) ([]Entry, error) {
	agencies, region := Administers(by)
	switch {
	case region:
		q.Agencies = nil
	case len(agencies) == 0:
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	default:
		q.Agencies = agencies
	}
	return s.Store.ListJournal(ctx, q)
}
