package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/rubricator/classifier"
	"github.com/otklik/otklik/workflow"
)

// directory is who works where, in memory: pages ask for it many times.
type directory struct {
	store staffStore
	book  atomic.Pointer[directoryBook]
}

// staffStore is what of the store the directory asks.
type staffStore interface {
	ListAgencies(ctx context.Context) ([]identity.Agency, error)
	ListUsers(ctx context.Context, agency int64) ([]identity.User, error)
	// FindUser is fault.NotFound where there is none.
	FindUser(ctx context.Context, id int64) (*identity.User, error)
}

type directoryBook struct {
	agencies []identity.Agency
	users    []identity.User
}

func newDirectory(store staffStore) *directory {
	d := &directory{store: store}
	d.book.Store(&directoryBook{})
	return d
}

// Reload reads everybody anew.
func (d *directory) Reload(ctx context.Context) error {
	agencies, err := d.store.ListAgencies(ctx)
	if err != nil {
		return err
	}
	users, err := d.store.ListUsers(ctx, 0)
	if err != nil {
		return err
	}
	d.book.Store(&directoryBook{agencies: agencies, users: users})
	return nil
}

// Agencies lists every agency. The caller must not change the slice.
func (d *directory) Agencies() []identity.Agency { return d.book.Load().agencies }

// classes are the agencies as a model learns them: by the words of their names.
func (d *directory) classes() []classifier.Class {
	var out []classifier.Class
	for _, a := range d.Agencies() {
		if len(a.Capabilities) == 0 || slices.Contains(a.Capabilities, "appeals") {
			out = append(out, classifier.Class{Key: strconv.FormatInt(a.ID, 10), Words: a.Name.RU + " " + a.Name.EN})
		}
	}
	return out
}

// agencyNamed finds an agency by its code or one of its names.
func (a *App) agencyNamed(name string) (int64, bool) {
	name = strings.ToLower(strings.Join(strings.Fields(name), " "))
	found, ok := a.directory.find(func(g identity.Agency) bool {
		for _, n := range []string{g.Code, g.Name.RU, g.Name.EN, g.Short.RU, g.Short.EN} {
			if n != "" && strings.ToLower(n) == name {
				return true
			}
		}
		return false
	})
	return found.ID, ok
}

// Agency returns an agency by id.
func (d *directory) Agency(id int64) (identity.Agency, bool) {
	return d.find(func(a identity.Agency) bool { return a.ID == id })
}

// AgencyByCode returns an agency by its code.
func (d *directory) AgencyByCode(code string) (identity.Agency, bool) {
	return d.find(func(a identity.Agency) bool { return a.Code == code })
}

func (d *directory) find(is func(identity.Agency) bool) (identity.Agency, bool) {
	agencies := d.Agencies()
	i := slices.IndexFunc(agencies, is)
	if i < 0 {
		return identity.Agency{}, false
	}
	return agencies[i], true
}

// User returns a user by id.
func (d *directory) User(id int64) (identity.User, bool) {
	users := d.book.Load().users
	i := slices.IndexFunc(users, func(u identity.User) bool { return u.ID == id })
	if i < 0 {
		return identity.User{}, false
	}
	return users[i], true
}

// Users lists everybody. The caller must not change the slice.
func (d *directory) Users() []identity.User { return d.book.Load().users }

// Staff lists the users who may sign in and hold a role in the agency.
func (d *directory) Staff(agency int64) []identity.User {
	var out []identity.User
	for _, u := range d.book.Load().users {
		if !u.Disabled && slices.Contains(u.Actor().Agencies(), agency) {
			out = append(out, u)
		}
	}
	return out
}

// Holds implements workflow.Directory from the database itself: who was hired a
// minute ago can be assigned.
func (d *directory) Holds(ctx context.Context, user int64, role workflow.Role, agency int64) (bool, error) {
	u, err := d.store.FindUser(ctx, user)
	if err != nil {
		return false, err
	}
	return !u.Disabled && u.Actor().Holds(role, agency), nil
}

// Letterhead implements workflow.Directory. People are read from the database
// itself: a head who was appointed a minute ago signs under their own name.
func (d *directory) Letterhead(ctx context.Context, agency, signer, author int64) (*workflow.Letterhead, error) {
	a, known := d.Agency(agency)
	if !known {
		return nil, nil
	}
	who, err := d.person(ctx, signer)
	if who == nil || err != nil {
		return nil, err
	}
	head := &workflow.Letterhead{
		Agency: a.Name, Address: a.Address, Phone: a.Phone, Email: a.Email, Site: a.Site, Signer: who.Name, Position: who.Position,
	}
	writer, err := d.person(ctx, author)
	if writer != nil {
		head.Writer, head.Direct = writer.Name, writer.Phone
	}
	return head, err
}

// person is a user as they are now, nil where there is none.
func (d *directory) person(ctx context.Context, id int64) (*identity.User, error) {
	u, err := d.store.FindUser(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return u, err
}

// Answers implements workflow.Directory.
func (d *directory) Answers(_ context.Context, agency int64) (bool, error) {
	a, ok := d.Agency(agency)
	return ok && takes(a), nil
}
