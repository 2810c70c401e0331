package portal

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/app/web/widget"
	"github.com/otklik/otklik/workflow"
)

// site is where a page is shown: the portal, or an agency's widget. Inside a
// frame there are no cookies, so the origin around us and the language travel
// in every address.
type site struct {
	base   string // "" or /embed/{agency}
	query  url.Values
	frame  widget.Frame
	framed bool
	mapped bool   // there is a heat map for everybody
	path   string // of this page
	lang   lang.Lang
	now    time.Time
	votes  bool // there are campaigns to be seen
}

// Addresses that the navigation treats apart.
const (
	campaigns = "/campaigns"
	agencies  = "/agencies"
)

func (h *Handlers) site(c echo.Context) site {
	now := h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	s := site{mapped: h.Map, query: url.Values{}, path: c.Request().URL.RequestURI(), lang: edge.Lang(c), now: now}
	s.frame, s.framed = widget.FrameOf(edge.Ctx(c))
	if !s.framed {
		s.votes = h.Votes != nil && h.Votes(edge.Ctx(c))
		return s
	}
	s.base = "/embed/" + url.PathEscape(s.frame.Agency.Code)
	if s.frame.Origin != "" {
		s.query.Set(widget.OriginParam, s.frame.Origin)
	}
	if l := c.QueryParam(ui.LangParam); l == string(s.lang) {
		s.query.Set(ui.LangParam, l)
	}
	return s
}

// url is the address of a page of the site: a path that begins with a slash,
// and name, value pairs.
func (s site) url(path string, pairs ...string) string {
	q := url.Values{}
	for name, values := range s.query {
		q[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	if path == "/" && s.framed {
		path = ""
	}
	address := s.base + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// page is the frame around a screen.
func (s site) page(ctx context.Context, title string) ui.Page {
	p := ui.Page{Title: title, Path: s.path}
	if s.framed {
		p.Area, p.Origin, p.Agency = ui.Embed, s.frame.Origin, s.frame.Agency.Name.In(s.lang)
		return p
	}
	if s.mapped {
		p.Footer = []ui.NavItem{{Text: ui.T(ctx, "atlas.footer"), URL: "/map"}}
	}
	for _, item := range []ui.NavItem{
		{Text: ui.T(ctx, "portal.nav_report"), URL: "/"},
		{Text: ui.T(ctx, "portal.nav_status"), URL: "/status"},
		{Text: ui.T(ctx, "portal.nav_agencies"), URL: agencies},
		{Text: ui.T(ctx, "campaign.nav"), URL: campaigns},
	} {
		if item.URL == campaigns && !s.votes {
			continue
		}
		if item.URL == agencies && s.votes {
			// A phone has no room for four: there the footer has it.
			item.Wide = true
			p.Footer = append(p.Footer, ui.NavItem{Text: item.Text, URL: item.URL})
		}
		at, _, _ := strings.Cut(s.path, "?")
		item.Current = at == item.URL || item.URL != "/" && strings.HasPrefix(at, item.URL+"/")
		p.Nav = append(p.Nav, item)
	}
	return p
}

// Page is the frame around a screen of citizens, for pages outside of the portal.
func (h *Handlers) Page(c echo.Context, title string) ui.Page {
	return h.site(c).page(edge.Ctx(c), title)
}

// source is the door that an appeal from this site comes through.
func (s site) source() (workflow.Source, int64) {
	if s.framed {
		return workflow.FromWidget, s.frame.Agency.ID
	}
	return workflow.FromPortal, 0
}

// name is what an agency is called in the language of the page.
func (s site) name(a identity.Agency) string { return a.Name.In(s.lang) }
