// Package campaign is the pages of votes, budget votes, polls, discussions and
// hearings: those of citizens, who need no JavaScript, and those of organisers.
package campaign

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// Agencies knows the bodies that hold campaigns.
type Agencies interface {
	Agency(id int64) (identity.Agency, bool)
	Agencies() []identity.Agency
}

// People knows who has an account here.
type People interface {
	User(id int64) (identity.User, bool)
}

// Projects are the pages of what goes before and after a budget vote.
type Projects interface {
	// Announced reports whether everybody sees the campaign although its vote is not
	// published yet, because it takes proposals.
	Announced(ctx context.Context, campaign int64) (bool, error)
	// Gathering answers with the page of such a campaign.
	Gathering(c echo.Context) error
	// Part is what a campaign's page shows of phases and projects; nil for nothing.
	Part(c echo.Context) (templ.Component, error)
}

// Config is what the pages are made of.
type Config struct {
	Campaigns *participation.Campaigns
	Voting    *participation.Voting
	Talks     *discussion.Talks
	PaperBox  *participation.Paperwork
	Agencies  Agencies
	// People may be nil: then nobody is named.
	People People
	// Places lists the territories that a campaign can be for.
	Places func() []participation.Named
	// Projects may be nil.
	Projects Projects
	Clock    clock.Clock
	Zone     *time.Location
	Base     *url.URL // address under which people reach us
	// Frame and Office are the frames around a citizen's and an officer's screen.
	Frame  func(c echo.Context, title string) ui.Page
	Office func(c echo.Context, title string) (ui.Page, error)
	// Codes and Ballots are limits per address; the zero values don't limit.
	Codes, Ballots edge.Rate
}

// DefaultCodes and DefaultBallots are generous: a school or an office shares one
// address.
var (
	DefaultCodes   = edge.Rate{PerMinute: 20, Burst: 40}
	DefaultBallots = edge.Rate{PerMinute: 120, Burst: 240}
)

// Handlers answer the addresses of campaigns.
type Handlers struct {
	Config
	codes, ballots edge.Brake
	came           came
}

// New makes the pages.
func New(cfg Config) *Handlers {
	return &Handlers{Config: cfg, codes: edge.NewBrake(cfg.Codes), ballots: edge.NewBrake(cfg.Ballots)}
}

const home = "/campaigns"

func pathOf(id int64) string { return home + "/" + strconv.FormatInt(id, 10) }

// begin fixes the present of the screen.
func (h *Handlers) begin(c echo.Context) (context.Context, time.Time) {
	now := h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	return edge.Ctx(c), now
}

// find loads the campaign of the path; a draft is nobody's but its organisers'.
func (h *Handlers) find(c echo.Context) (*participation.Campaign, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return nil, err
	}
	found, err := h.Campaigns.Store.FindCampaign(edge.Ctx(c), id)
	if err == nil && !found.Public() {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return found, err
}

// agency is the name of who holds it.
func (h *Handlers) agency(ctx context.Context, id int64) string {
	a, _ := h.Agencies.Agency(id)
	return a.Name.In(ui.Lang(ctx))
}

// announced reports whether a draft is to be seen all the same.
func (h *Handlers) announced(ctx context.Context, id int64) (bool, error) {
	if h.Projects == nil {
		return false, nil
	}
	return h.Projects.Announced(ctx, id)
}
