// Package admin is where administrators keep the platform in order. The rights
// are decided by the use cases; a page shows what came of it.
package admin

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// Users names those who work.
type Users interface {
	FindUser(ctx context.Context, id int64) (*identity.User, error)
}

// Config is what the pages of administrators are made of.
type Config struct {
	Calendars *workflow.Calendars
	Users     Users
	Clock     clock.Clock
	Zone      *time.Location
	// Frame makes the frame around a screen of the signed-in person.
	Frame func(c echo.Context, title string) (ui.Page, error)
}

// Handlers answer the administrators' addresses.
type Handlers struct{ Config }

// New makes the pages.
func New(cfg Config) *Handlers { return &Handlers{cfg} }

// begin refuses who is no administrator of the system, and fixes the present.
func (h *Handlers) begin(c echo.Context) (context.Context, actor.Actor, error) {
	now := h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	ctx := edge.Ctx(c)
	by := edge.Actor(ctx)
	if by.Kind != actor.Officer || !by.Has(actor.SystemAdmin) {
		return ctx, by, fault.New(fault.Forbidden, "error.forbidden")
	}
	return ctx, by, nil
}
