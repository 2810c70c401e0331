// Package desk is where the phone line and the service centre take appeals for
// people who are not online: who calls, their words, the place and the topic on
// one page that needs no mouse. What is wrong is checked as everywhere, by
// app/web/intake.
package desk

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// Engine takes appeals; see [workflow.Engine].
type Engine interface {
	Submit(ctx context.Context, in workflow.Submission) (workflow.Receipt, error)
	Secret(id int64) string
}

// Cases finds appeals.
type Cases interface {
	FindCase(ctx context.Context, id int64) (*workflow.Case, error)
	FindCases(ctx context.Context, ids []int64) ([]workflow.Case, error)
}

// Duplicates finds open appeals that may be about the same, the likeliest first.
type Duplicates interface {
	Duplicates(ctx context.Context, text, topic string, place workflow.Place) []duplicate.Candidate
}

// Addresses are the tables of streets, houses and landmarks.
type Addresses interface {
	Index() *address.Index
}

// Directory knows the bodies that answer.
type Directory interface {
	Agency(id int64) (identity.Agency, bool)
}

// Files keeps cleaned pictures and scans.
type Files interface {
	Put(ctx context.Context, owner string, p photo.Picture) (key string, err error)
	PutScan(ctx context.Context, owner string, s photo.Scan) (key string, err error)
	Open(ctx context.Context, key string) (r io.ReadCloser, size int64, err error)
	Delete(ctx context.Context, key string) error
}

// Config is what the desk is made of.
type Config struct {
	Engine    Engine
	Cases     Cases
	Callers   workflow.Callers
	Drafts    workflow.Drafts
	Topics    *rubricator.Rubricator
	Addresses Addresses
	Directory Directory
	Duplicates
	Files Files
	Clock clock.Clock
	Zone  *time.Location
	Base  *url.URL // address under which people reach us
	// Frame makes the frame around a screen of the signed-in person.
	Frame func(c echo.Context, title string) (ui.Page, error)
}

// Handlers answer the desk's addresses.
type Handlers struct{ Config }

// New makes the pages.
func New(cfg Config) *Handlers { return &Handlers{cfg} }

// begin fixes the present of the screen and lets in who works at the desk.
func (h *Handlers) begin(c echo.Context) (context.Context, actor.Actor, error) {
	now := h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	ctx := edge.Ctx(c)
	by := edge.Actor(ctx)
	if !workflow.AtDesk(by) {
		return ctx, by, fault.New(fault.Forbidden, "error.forbidden")
	}
	return ctx, by, nil
}

const (
	home = "/console/desk"
	// How many are shown: the caller's appeals, topics, places, like cases,
	// unsent forms.
	earlierShown, topicsShown, placesShown, likeShown, draftsShown = 10, 5, 6, 3, 10
)

func draftURL(token string) string { return home + "/" + token }
