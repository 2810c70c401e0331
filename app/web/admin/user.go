package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
)

// people is the list of those who work.
type people struct {
	Page     ui.Page
	Sections []ui.Tab
	Search   string
	Rows     []personRow
}

type personRow struct {
	URL, Login, Name string
	Roles            []string
	Disabled         bool
}

// Users lists those whom the administrator keeps.
func (h *Handlers) Users(c echo.Context) error {
	ctx, by, err := h.begin(c)
	if err != nil {
		return err
	}
	view := people{Search: intake.Tidy(c.QueryParam("q"))}
	users, err := h.Staff.List(ctx, by, view.Search)
	if err != nil {
		return err
	}
	for _, u := range users {
		row := personRow{URL: userURL(u.ID), Login: u.Login, Name: u.Name, Disabled: u.Disabled}
		for _, m := range u.Memberships {
			row.Roles = append(row.Roles, h.roleWords(ctx, m))
		}
		view.Rows = append(view.Rows, row)
	}
	if view.Page, view.Sections, err = h.frame(c, ui.T(ctx, "admin.users.title"), "/admin/users"); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, usersPage(view))
}

func userURL(id int64) string { return "/admin/users/" + strconv.FormatInt(id, 10) }

// person is the form of one who works.
type person struct {
	Page     ui.Page
	ID       int64 // 0 for a new one
	Self     bool  // nobody changes themselves
	Manage   bool  // name, password and sign-in too, and not only roles
	Disabled bool
	In       identity.Person
	Held     []ui.Option // roles, as boxes
	Kept     []string    // those that are ticked
	Fixed    []string    // roles that the administrator can't take away, in words
	Roles    []ui.Option // to add
	Agencies []ui.Option
	Role     string // chosen to be added
	Agency   string
	Errors   ui.Errors
	Password string // told once
}

// NewUser asks for a person who is to work here.
func (h *Handlers) NewUser(c echo.Context) error {
	if _, _, err := h.begin(c); err != nil {
		return err
	}
	return h.person(c, http.StatusOK, person{Manage: true})
}

// CreateUser adds a person and tells their password once.
func (h *Handlers) CreateUser(c echo.Context) error {
	ctx, by, err := h.begin(c)
	if err != nil {
		return err
	}
	view := person{Manage: true}
	h.read(c, &view, nil)
	u, password, err := h.Staff.Create(ctx, by, view.In)
	if view.Errors = h.wrong(ctx, err); len(view.Errors) > 0 {
		return h.person(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return h.told(c, u, password)
}

// User shows a person.
func (h *Handlers) User(c echo.Context) error {
	_, by, err := h.begin(c)
	if err != nil {
		return err
	}
	u, err := h.find(c, by)
	if err != nil {
		return err
	}
	return h.person(c, http.StatusOK, of(by, u))
}

func (h *Handlers) find(c echo.Context, by actor.Actor) (*identity.User, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return nil, err
	}
	return h.Staff.Find(edge.Ctx(c), by, id)
}

func of(by actor.Actor, u *identity.User) person {
	return person{
		ID: u.ID, Self: by.User == u.ID, Manage: identity.MayManage(by, *u), Disabled: u.Disabled,
		In: identity.Person{
			Login: u.Login, Name: u.Name, Email: u.Email, Position: u.Position, Phone: u.Phone, Memberships: u.Memberships,
		},
	}
}

// ChangeUser changes a person: who they are, what they may do, or whether they
// may sign in.
func (h *Handlers) ChangeUser(c echo.Context) error {
	ctx, by, err := h.begin(c)
	if err != nil {
		return err
	}
	u, err := h.find(c, by)
	if err != nil {
		return err
	}
	switch c.FormValue("do") {
	case "disable", "enable":
		if err := h.Staff.SetDisabled(ctx, by, u.ID, c.FormValue("do") == "disable"); err != nil {
			return err
		}
		return edge.SeeOther(c, userURL(u.ID))
	case "password":
		password, err := h.Staff.ResetPassword(ctx, by, u.ID)
		if err != nil {
			return err
		}
		return h.told(c, u, password)
	}
	view := of(by, u)
	h.read(c, &view, u)
	err = h.Staff.Change(ctx, by, u.ID, view.In)
	if view.Errors = h.wrong(ctx, err); len(view.Errors) > 0 {
		return h.person(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, "/admin/users")
}

// wrong puts what is wrong with the form beside its fields.
func (h *Handlers) wrong(ctx context.Context, err error) ui.Errors {
	switch {
	case err == nil:
		return nil
	case fault.Is(err, fault.Invalid):
		return ui.ErrorsOf(ctx, err)
	case fault.Is(err, fault.Conflict) && fault.As(err).Key == "user.login_taken":
		return ui.Errors{{Name: "login", Text: ui.Message(ctx, err)}}
	default:
		return nil
	}
}

// read takes the form. Roles that the administrator can't touch stay.
func (h *Handlers) read(c echo.Context, view *person, u *identity.User) {
	view.In.Login, view.In.Name = intake.Tidy(c.FormValue("login")), intake.Tidy(c.FormValue("name"))
	view.In.Email, view.In.Position = intake.Tidy(c.FormValue("email")), intake.Tidy(c.FormValue("position"))
	view.In.Phone, view.Role, view.Agency = intake.Tidy(c.FormValue("phone")), c.FormValue("role"), c.FormValue("agency")
	form, err := c.FormParams()
	if err != nil {
		form = nil
	}
	by := edge.Actor(edge.Ctx(c))
	var roles []actor.Membership
	if u != nil {
		for _, m := range u.Memberships {
			if !identity.MayGrant(by, m) || slices.Contains(form["roles"], code(m)) {
				roles = append(roles, m)
			}
		}
	}
	if view.Role != "" {
		m := actor.Membership{Role: actor.Role(view.Role)}
		if !m.Role.Regional() {
			m.Agency, _ = strconv.ParseInt(view.Agency, 10, 64)
		}
		if !slices.Contains(roles, m) {
			roles = append(roles, m)
		}
	}
	view.In.Memberships = roles
}

// code is a role in a form.
func code(m actor.Membership) string { return string(m.Role) + "@" + strconv.FormatInt(m.Agency, 10) }

func (h *Handlers) person(c echo.Context, status int, view person) error {
	ctx := edge.Ctx(c)
	by := edge.Actor(ctx)
	for _, m := range view.In.Memberships {
		if identity.MayGrant(by, m) && !view.Self {
			view.Held = append(view.Held, ui.Option{Value: code(m), Label: h.roleWords(ctx, m)})
			view.Kept = append(view.Kept, code(m))
			continue
		}
		view.Fixed = append(view.Fixed, h.roleWords(ctx, m))
	}
	agencies, region := identity.Administers(by)
	for _, role := range actor.Roles {
		if region || !role.Regional() {
			view.Roles = append(view.Roles, ui.Option{Value: string(role), Label: ui.T(ctx, "role."+string(role))})
		}
	}
	for _, a := range h.Directory.Agencies() {
		if region || slices.Contains(agencies, a.ID) {
			view.Agencies = append(view.Agencies, ui.Option{Value: strconv.FormatInt(a.ID, 10), Label: a.Name.In(ui.Lang(ctx))})
		}
	}
	if view.Agency == "" && len(view.Agencies) == 1 {
		view.Agency = view.Agencies[0].Value
	}
	title := view.In.Name
	if view.ID == 0 {
		title = ui.T(ctx, "admin.users.new")
	}
	var err error
	if view.Page, err = h.Frame(c, title); err != nil {
		return err
	}
	view.Page.Back, view.Page.Invalid = "/admin/users", len(view.Errors) > 0
	c.Response().Header().Set("Cache-Control", "no-store")
	return edge.Render(c, status, userPage(view))
}

// told shows a new password, once.
func (h *Handlers) told(c echo.Context, u *identity.User, password string) error {
	view := of(edge.Actor(edge.Ctx(c)), u)
	view.Password = password
	return h.person(c, http.StatusOK, view)
}

func rolesLine(roles []string) string { return strings.Join(roles, "; ") }

func formURL(v person) string {
	if v.ID == 0 {
		return "/admin/users"
	}
	return userURL(v.ID)
}

func saveWords(ctx context.Context, v person) string {
	if v.ID == 0 {
		return ui.T(ctx, "admin.users.create")
	}
	return ui.T(ctx, "admin.users.save")
}

// roleError is what is wrong with the roles, where no box shows it.
func roleError(v person) string {
	if len(v.Held) > 0 {
		return ""
	}
	return v.Errors.Of("roles")
}

func agencyHint(ctx context.Context, v person) string {
	if len(v.Agencies) == 1 {
		return ""
	}
	return ui.T(ctx, "admin.users.agency_hint")
}
