// Package admin is where administrators keep the platform in order. The rights
// are decided by the use cases; a page shows what came of it.
package admin

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// Directory knows the bodies that answer.
type Directory interface {
	Agency(id int64) (identity.Agency, bool)
	Agencies() []identity.Agency
}

// Numbers finds the appeals that the journal is about.
type Numbers interface {
	FindID(ctx context.Context, number string) (int64, error)
	FindNumbers(ctx context.Context, ids []int64) (map[int64]string, error)
}

// Past knows what was sent lately.
type Past interface {
	// ListPast returns the latest appeals, latest first.
	ListPast(ctx context.Context, limit int) ([]rubricator.Past, error)
}

// Config is what the pages of administrators are made of.
type Config struct {
	Calendars *workflow.Calendars
	Editor    *rubricator.Editor
	Simulator *rubricator.Simulator
	Past      Past
	Staff     *identity.Staff
	Learning  *rubricator.Learning
	Directory Directory
	Reader    Numbers
	Published opendata.Store
	Clock     clock.Clock
	Zone      *time.Location
	// Frame makes the frame around a screen of the signed-in person.
	Frame func(c echo.Context, title string) (ui.Page, error)
}

// Handlers answer the administrators' addresses.
type Handlers struct{ Config }

// New makes the pages.
func New(cfg Config) *Handlers { return &Handlers{cfg} }

// begin fixes the present of the screen and says who looks. Whoever administers
// nobody is refused.
func (h *Handlers) begin(c echo.Context) (context.Context, actor.Actor, error) {
	now := h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	ctx := edge.Ctx(c)
	by := edge.Actor(ctx)
	if agencies, region := identity.Administers(by); by.Kind != actor.Officer || !region && len(agencies) == 0 {
		return ctx, by, fault.New(fault.Forbidden, "error.forbidden")
	}
	return ctx, by, nil
}

// beginSystem is begin for administrators of the system alone.
func (h *Handlers) beginSystem(c echo.Context) (context.Context, actor.Actor, error) {
	ctx, by, err := h.begin(c)
	if err == nil && !by.Has(actor.SystemAdmin) {
		err = fault.New(fault.Forbidden, "error.forbidden")
	}
	return ctx, by, err
}

// frame is the frame of a screen, and the sections that the person may open.
func (h *Handlers) frame(c echo.Context, title, section string) (ui.Page, []ui.Tab, error) {
	p, err := h.Frame(c, title)
	tabs := Sections(edge.Ctx(c))
	for i := range tabs {
		tabs[i].Current = tabs[i].URL == section
	}
	return p, tabs, err
}

// Sections are the pages that the signed-in person may open.
func Sections(ctx context.Context) []ui.Tab {
	by := edge.Actor(ctx)
	if agencies, region := identity.Administers(by); !region && len(agencies) == 0 {
		return nil
	}
	var tabs []ui.Tab
	for _, at := range []struct {
		path, key string
		system    bool
	}{
		{"/admin/users", "admin.users.title", false},
		{"/admin/journal", "admin.journal.title", false},
		{"/admin/calendar", "admin.calendar.title", true},
		{rubricatorURL, "tree.title", true},
		{"/admin/models", "model.title", true},
		{routesURL, "route.title", true},
		{simulationURL, "simulation.title", false},
		{openDataURL, "opendata.title", true},
	} {
		if !at.system || by.Has(actor.SystemAdmin) {
			tabs = append(tabs, ui.Tab{Text: ui.T(ctx, at.key), URL: at.path, Count: -1})
		}
	}
	return tabs
}

// agency is the short name of a body.
func (h *Handlers) agency(ctx context.Context, id int64) string {
	a, ok := h.Directory.Agency(id)
	if !ok {
		return "№ " + strconv.FormatInt(id, 10)
	}
	return a.Short.Or(a.Name).In(ui.Lang(ctx))
}

// roleWords is «исполнитель, Комитет дорог».
func (h *Handlers) roleWords(ctx context.Context, m actor.Membership) string {
	words := ui.T(ctx, "role."+string(m.Role))
	if m.Agency != 0 {
		words += ", " + h.agency(ctx, m.Agency)
	}
	return words
}
