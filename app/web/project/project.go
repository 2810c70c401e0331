// Package project is the pages of what goes before and after a budget vote:
// proposals of citizens, their check by agencies, merges, and reports on what is
// built.
package project

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// Agencies knows the bodies that hold campaigns and check proposals.
type Agencies interface {
	Agency(id int64) (identity.Agency, bool)
	Agencies() []identity.Agency
}

// Pictures keeps photos.
type Pictures interface {
	Put(ctx context.Context, owner string, p photo.Picture) (key string, err error)
	Open(ctx context.Context, key string) (r io.ReadCloser, size int64, err error)
}

// Cases finds appeals that become a proposal.
type Cases interface {
	FindCases(ctx context.Context, ids []int64) ([]workflow.Case, error)
	ListTied(ctx context.Context, to int64, limit int) (joined, parts []int64, err error)
}

// Config is what the pages are made of.
type Config struct {
	Proposals *proposal.Proposals
	Campaigns participation.Store
	Agencies  Agencies
	Photos    Pictures
	Cases     Cases
	Places    func() *territory.Index // nil: no map
	Clock     clock.Clock
	Zone      *time.Location
	// Frame and Office are the frames around a citizen's and an officer's screen.
	Frame  func(c echo.Context, title string) ui.Page
	Office func(c echo.Context, title string) (ui.Page, error)
	// Codes and Drafts are limits per address; the zero values don't limit.
	Codes, Drafts edge.Rate
}

// DefaultCodes and DefaultDrafts are generous: a library shares one address.
var (
	DefaultCodes  = edge.Rate{PerMinute: 20, Burst: 40}
	DefaultDrafts = edge.Rate{PerMinute: 30, Burst: 60}
)

// Handlers answer the addresses of proposals.
type Handlers struct {
	Config
	codes, drafts edge.Brake
}

// New makes the pages.
func New(cfg Config) *Handlers {
	return &Handlers{Config: cfg, codes: edge.NewBrake(cfg.Codes), drafts: edge.NewBrake(cfg.Drafts)}
}

func text(id int64) string { return strconv.FormatInt(id, 10) }

func campaignPath(id int64) string { return "/campaigns/" + text(id) }

func listPath(campaign int64) string { return campaignPath(campaign) + "/proposals" }

func pathOf(p *proposal.Proposal) string { return listPath(p.Campaign) + "/" + text(p.ID) }

func projectPath(campaign int64, project string) string {
	return campaignPath(campaign) + "/projects/" + url.PathEscape(project)
}

func officePath(campaign int64) string { return "/console/campaigns/" + text(campaign) }

func officeList(campaign int64) string { return officePath(campaign) + "/proposals" }

func officeOf(p *proposal.Proposal) string { return officeList(p.Campaign) + "/" + text(p.ID) }

// queuePath lists what agencies are to check.
const queuePath = "/console/proposals"

// refusal is what a form says that comes back. What was typed stays in it, also
// where somebody else was quicker.
type refusal struct {
	errs    ui.Errors
	problem string
}

func refused(ctx context.Context, err error) (refusal, int) {
	if errs := ui.ErrorsOf(ctx, err); errs != nil {
		return refusal{errs: errs}, http.StatusUnprocessableEntity
	}
	switch {
	case fault.Is(err, fault.Conflict):
		return refusal{problem: ui.Message(ctx, err)}, http.StatusConflict
	case fault.Is(err, fault.Gone):
		return refusal{problem: ui.Message(ctx, err)}, http.StatusGone
	}
	return refusal{}, 0
}

// begin fixes the present of the screen.
func (h *Handlers) begin(c echo.Context) (context.Context, time.Time) {
	now := h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	return edge.Ctx(c), now
}

// gathering is a campaign with its phases.
type gathering struct {
	*participation.Campaign
	phases *proposal.Phases
	stages []proposal.Stage
}

// title is what the campaign is called in the language of the page.
func (g gathering) title(ctx context.Context) string { return g.Terms.Title.In(ui.Lang(ctx)) }

// load finds the campaign of the path with its phases, which may be missing.
func (h *Handlers) load(c echo.Context) (gathering, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return gathering{}, err
	}
	found, err := h.Campaigns.FindCampaign(edge.Ctx(c), id)
	if err != nil {
		return gathering{}, err
	}
	g := gathering{Campaign: found, phases: &proposal.Phases{Campaign: id}}
	phases, err := h.Proposals.Store.FindPhases(edge.Ctx(c), id)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return g, err
	default:
		g.phases = phases
		g.stages = phases.Timeline(found, h.Clock.Now())
	}
	return g, nil
}

// public loads a campaign that everybody may see.
func (h *Handlers) public(c echo.Context) (gathering, error) {
	g, err := h.load(c)
	if err == nil && !g.Public() && !g.phases.Announced {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	return g, err
}

// organised loads a campaign for those who may look at it in the console.
func (h *Handlers) organised(c echo.Context) (gathering, error) {
	g, err := h.load(c)
	if err == nil && !participation.MayLook(edge.Actor(edge.Ctx(c)), g.Agency) {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	return g, err
}

// proposal finds the proposal of the path within its campaign.
func (h *Handlers) proposal(c echo.Context, campaign int64) (*proposal.Proposal, error) {
	id, err := edge.ID(c, "proposal")
	if err != nil {
		return nil, err
	}
	p, err := h.Proposals.Store.FindProposal(edge.Ctx(c), id)
	if err == nil && p.Campaign != campaign {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	return p, err
}

// agency is the name of an agency.
func (h *Handlers) agency(ctx context.Context, id int64) string {
	a, _ := h.Agencies.Agency(id)
	return a.Name.In(ui.Lang(ctx))
}

// money is an amount in roubles.
func money(ctx context.Context, amount int64) string {
	return ui.Number(ctx, int(amount)) + "\u00a0₽"
}

// whole reads a number that may be written with spaces; what can't be read is the
// field's fault.
func whole(c echo.Context, name string, check *fault.Check) int64 {
	s := strings.NewReplacer(" ", "", "\u00a0", "").Replace(strings.TrimSpace(c.FormValue(name)))
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	check.That(err == nil && n >= 0, name, "campaign.not_a_number")
	return n
}

// moment and day are how times are typed.
const (
	moment = "2006-01-02T15:04"
	day    = time.DateOnly
)

func (h *Handlers) when(c echo.Context, name, layout string, check *fault.Check) time.Time {
	s := strings.TrimSpace(c.FormValue(name))
	if s == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(layout, s, h.Zone)
	check.That(err == nil, name, "campaign.not_a_time")
	return at.UTC()
}

func typedTime(at time.Time, zone *time.Location, layout string) string {
	if at.IsZero() {
		return ""
	}
	return at.In(zone).Format(layout)
}

// words is a text as it is typed, with the line breaks of the platform.
func words(c echo.Context, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(c.FormValue(name), "\r\n", "\n"))
}

// picture reads the photo of a form and keeps it; "" where none was sent.
func (h *Handlers) picture(c echo.Context, owner string) (key string, err error) {
	sent, err := edge.Multipart(c)
	if errors.Is(err, http.ErrNotMultipart) {
		return "", nil
	}
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return "", fault.Wrap(fault.TooLarge, "error.too_large", err)
		}
		return "", err
	}
	defer func() { _ = sent.RemoveAll() }()
	for _, file := range sent.File["photos"] {
		if file.Size == 0 && file.Filename == "" {
			continue // the field was left empty
		}
		r, err := file.Open()
		if err != nil {
			return "", err
		}
		clean, err := photo.Clean(edge.Ctx(c), r, photo.Default)
		if err = errors.Join(err, r.Close()); err != nil {
			return "", err
		}
		return h.Photos.Put(edge.Ctx(c), owner, clean)
	}
	return "", nil
}

// send sends a kept picture.
func (h *Handlers) send(c echo.Context, key string) error {
	if key == "" {
		return fault.New(fault.NotFound, "error.not_found")
	}
	r, size, err := h.Photos.Open(edge.Ctx(c), key)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	head := c.Response().Header()
	head.Set(echo.HeaderContentDisposition, "inline")
	head.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	head.Set(echo.HeaderContentType, "image/jpeg")
	head.Set(echo.HeaderContentLength, strconv.FormatInt(size, 10))
	c.Response().WriteHeader(http.StatusOK)
	_, err = io.Copy(c.Response(), r)
	return err
}

// mapView is what a map is told; the zero value shows none.
type mapView struct{ Boundaries string }

func (h *Handlers) mapOf(c echo.Context) (mapView, error) {
	if h.Places == nil || !h.Places().Mapped() {
		return mapView{}, nil
	}
	u, err := edge.BoundariesURL(c, h.Places())
	return mapView{u}, err
}

// Checks reports whether the queue of proposals is of use to the person.
func Checks(by actor.Actor) bool {
	for _, a := range by.Agencies() {
		if proposal.MayJudge(by, a) {
			return true
		}
	}
	return false
}
