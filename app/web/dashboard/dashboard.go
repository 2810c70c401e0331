// Package dashboard is what a supervisor watches: the figures of a period, the
// heat map of municipalities and topics, and the cases that climbed up to the
// region. Every number leads to the cases that it counts.
//
// It decides no rights: [workflow.ScopeOf] says whose appeals a person counts.
package dashboard

import (
	"context"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/report/weekly"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/alert"
	"github.com/otklik/otklik/workflow"
)

// Agencies names agencies and who works in them, from memory.
type Agencies interface {
	Agency(id int64) (identity.Agency, bool)
	Agencies() []identity.Agency
	// User is a person of the staff.
	User(id int64) (identity.User, bool)
	// Staff lists who has a role in the agency and may sign in.
	Staff(agency int64) []identity.User
	// Users lists everybody.
	Users() []identity.User
}

// Inbox lists and counts cases as they are now.
type Inbox interface {
	ListInbox(ctx context.Context, q workflow.InboxQuery) (rows []workflow.InboxRow, more bool, err error)
	// CountInbox counts up to most.
	CountInbox(ctx context.Context, q workflow.InboxQuery, most int) (int, error)
}

// Journal keeps what leaves no other trace.
type Journal interface {
	AppendJournal(ctx context.Context, e identity.Entry) error
}

// Frame makes the frame around a screen of the signed-in person: navigation,
// search and account, as in the rest of the officers' pages.
type Frame func(c echo.Context, title string) (ui.Page, error)

// Config is what the dashboard is made of.
type Config struct {
	Reports  *report.Board
	Index    search.Index
	Rubrics  *rubricator.Rubricator
	Agencies Agencies
	Inbox    Inbox
	Alert    alert.Store
	Weekly   weekly.Store
	Journal  Journal
	Clock    clock.Clock
	Zone     *time.Location
	Frame    Frame
	Log      *slog.Logger
	Limits   Limits // the zero value is DefaultLimits
}

// Handlers answer the dashboard's addresses.
type Handlers struct {
	Config
	memo *memo
}

// New makes the dashboard of its parts.
func New(cfg Config) *Handlers {
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits
	}
	return &Handlers{Config: cfg, memo: newMemo(cfg.Clock)}
}

// screen is what every page of the dashboard begins with: the present, who
// looks, and whose appeals they count.
type screen struct {
	context.Context
	now   time.Time
	by    actor.Actor
	scope workflow.Scope
	book  *rubricator.Book
}

// begin refuses who may count nobody's appeals.
func (h *Handlers) begin(c echo.Context) (screen, error) {
	now := h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	ctx := edge.Ctx(c)
	s := screen{Context: ctx, now: now, by: edge.Actor(ctx), book: h.Rubrics.Book()}
	s.scope = workflow.ScopeOf(s.by)
	if s.by.Kind != actor.Officer || !s.scope.Region && len(s.scope.Agencies) == 0 {
		return s, fault.New(fault.Forbidden, "error.forbidden")
	}
	return s, nil
}

// page is the frame with the dashboard's width.
func (h *Handlers) page(c echo.Context, title string) (ui.Page, error) {
	p, err := h.Frame(c, title)
	p.Wide = true
	return p, err
}

// sections are the pages of the dashboard; each keeps the period and the
// place.
func sections(s screen, f filter, current string) []ui.Tab {
	var out []ui.Tab
	for _, at := range []struct{ path, key string }{
		{"/dashboard", "dashboard.title"},
		{"/dashboard/heat", "dashboard.heat.title"},
		{"/dashboard/flow", "dashboard.waiting.title"},
		{"/dashboard/again", "dashboard.again.title"},
		{"/dashboard/escalated", "dashboard.escalated.title"},
		{"/dashboard/alerts", "burst.title"},
		{"/dashboard/weekly", "weekly.title"},
	} {
		if at.path == "/dashboard/alerts" && !s.scope.Region {
			continue // bursts are of the whole region
		}
		out = append(out, ui.Tab{Text: ui.T(s, at.key), URL: f.url(at.path), Count: -1, Current: at.path == current})
	}
	return out
}

// topic is the name of a rubric; a retired one keeps its code.
func (s screen) topic(code string) string {
	if r, ok := s.book.Tree.Find(code); ok {
		return r.Name.In(ui.Lang(s))
	}
	return code
}

// place is the short name of a territory, or the whole where there is none.
func (s screen) place(id int64) string {
	t, ok := s.book.Places.Find(id)
	if !ok {
		return "—"
	}
	return t.Short.Or(t.Name).In(ui.Lang(s))
}

// agency is the name of a body, "—" for one that is gone.
func (h *Handlers) agency(s screen, id int64) string {
	a, ok := h.Agencies.Agency(id)
	if !ok {
		return "—"
	}
	return a.Short.Or(a.Name).In(ui.Lang(s))
}
