// Package project is the pages of what goes before and after a budget vote:
// proposals of citizens, their check by agencies, merges, and reports on what is
// built.
package project

import (
	"context"
	"crypto/rand"
	"encoding/json"
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
	Delete(ctx context.Context, key string) error
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
	// Topic names a topic of appeals in the language of the page.
	Topic  func(ctx context.Context, code string) string
	Places func() *territory.Index // nil: no map
	Clock  clock.Clock
	Zone   *time.Location
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

// takes reports whether proposals may be sent.
func (g gathering) takes(now time.Time) bool { return proposal.GathersIn(g.phases, g.Campaign, now) }

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

// picture reads the photo of a form; nil where none was sent.
func (h *Handlers) picture(c echo.Context) (*photo.Picture, error) {
	sent, err := edge.Multipart(c)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, fault.Wrap(fault.TooLarge, "error.too_large", err)
		}
		return nil, err
	}
	defer func() { _ = sent.RemoveAll() }()
	for _, file := range sent.File["photos"] {
		if file.Size == 0 && file.Filename == "" {
			continue // the field was left empty
		}
		r, err := file.Open()
		if err != nil {
			return nil, err
		}
		clean, err := photo.Clean(edge.Ctx(c), r, photo.Default)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		return &clean, nil
	}
	return nil, nil
}

// withPhoto keeps a picture for what fn writes. Where nothing was written it is
// removed again: nobody would ever see it.
func (h *Handlers) withPhoto(ctx context.Context, owner string, pic *photo.Picture, fn func(key string) (wrote bool, err error)) error {
	if pic == nil {
		_, err := fn("")
		return err
	}
	key, err := h.Photos.Put(ctx, owner+"-"+rand.Text(), *pic)
	if err != nil {
		return err
	}
	wrote, err := fn(key)
	if !wrote {
		_ = h.Photos.Delete(ctx, key) // what stays only takes room
	}
	return err
}

// dropPhoto removes a picture that another took the place of, unless a proposal
// still shows it.
func (h *Handlers) dropPhoto(ctx context.Context, campaign int64, key string) error {
	used, err := h.Proposals.Store.ShowsPhoto(ctx, campaign, key)
	if err != nil || used {
		return err
	}
	return h.Photos.Delete(ctx, key)
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
type mapView struct {
	Boundaries string
	Points     string // JSON for the map
	Where      string // the same in words
}

func (h *Handlers) mapOf(c echo.Context) (mapView, error) {
	if h.Places == nil || !h.Places().Mapped() {
		return mapView{}, nil
	}
	u, err := edge.BoundariesURL(c, h.Places())
	return mapView{Boundaries: u}, err
}

// point is a place on a map with the page that tells more.
type point struct {
	Lat   float64 `json:"lat"`
	Lon   float64 `json:"lon"`
	Title string  `json:"title"`
	URL   string  `json:"url"`
}

// mapWith is a map with points; the zero value where there are none.
func (h *Handlers) mapWith(c echo.Context, points ...point) (mapView, error) {
	if len(points) == 0 {
		return mapView{}, nil
	}
	area, err := h.mapOf(c)
	if err != nil || area.Boundaries == "" {
		return area, err
	}
	raw, err := json.Marshal(points)
	area.Points = string(raw)
	return area, err
}

// placeOf is where a proposal is: on a map where there is one, and in words.
func (h *Handlers) placeOf(c echo.Context, p *proposal.Proposal) (mapView, error) {
	at := p.Body.Point
	if at == nil {
		return mapView{}, nil
	}
	area, err := h.mapWith(c, point{at.Lat, at.Lon, p.Body.Title, pathOf(p)})
	if err != nil {
		return area, err
	}
	area.Where = strconv.FormatFloat(at.Lat, 'f', 5, 64) + ", " + strconv.FormatFloat(at.Lon, 'f', 5, 64)
	if h.Places != nil {
		if t, ok := h.Places().Locate(at.Lat, at.Lon); ok {
			area.Where = t.Name.In(edge.Lang(c)) + " (" + area.Where + ")"
		}
	}
	return area, nil
}

// pointOf reads the point that was picked on a map, nil for none.
func pointOf(lat, lon string) *proposal.Point {
	y, err := strconv.ParseFloat(lat, 64)
	x, err2 := strconv.ParseFloat(lon, 64)
	if err != nil || err2 != nil {
		return nil
	}
	return &proposal.Point{Lat: y, Lon: x}
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
