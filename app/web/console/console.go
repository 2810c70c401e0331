// Package console is where officers work: sign-in, the inbox, the card of an
// appeal with every action on it, and their notices.
//
// It decides no rights: [workflow.CanSee] says which cards exist for a person
// and [workflow.Allowed] which actions they are shown.
package console

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/live"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/project"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/alert"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// Directory names agencies and people, from memory: it is asked many times for
// a page.
type Directory interface {
	Agency(id int64) (identity.Agency, bool)
	Agencies() []identity.Agency
	User(id int64) (identity.User, bool) // disabled ones too
	// Staff lists who has a role in the agency and may sign in.
	Staff(agency int64) []identity.User
}

// Journal notes what people take away.
type Journal interface {
	AppendJournal(ctx context.Context, e identity.Entry) error
}

// Loads counts the cases on executors' desks.
type Loads interface {
	// CountLoads counts by user; who has none is left out.
	CountLoads(ctx context.Context, users []int64) (map[int64]int, error)
}

// Photos keeps cleaned pictures.
type Photos interface {
	Put(ctx context.Context, owner string, p photo.Picture) (key string, err error)
	Open(ctx context.Context, key string) (r io.ReadCloser, size int64, err error)
}

// Letters makes official letters of signed answers.
type Letters interface {
	// Letter makes the n-th letter of a case and notes that the person has read
	// who it goes to; where there is none it is fault.NotFound.
	Letter(ctx context.Context, c *workflow.Case, n int, by actor.Actor) (document.File, error)
}

// DemoUser is a sign-in that the demo region shows to everybody.
type DemoUser struct {
	Login    string
	Password string
	Name     string
	Role     actor.Role
}

// Alerts lists bursts of appeals, the latest first.
type Alerts interface {
	ListAlerts(ctx context.Context, limit int) ([]alert.Alert, error)
}

// Config is what the console is made of.
type Config struct {
	// Gathers reports whether a budget vote takes proposals of which officers may
	// make some of appeals now; nil: none does.
	Gathers   func(ctx context.Context, by actor.Actor) (bool, error)
	Accounts  *identity.Accounts
	Cookies   edge.Cookies
	Engine    *workflow.Engine
	Reader    workflow.Reader
	Templates workflow.Templates
	Loads     Loads
	Rubrics   *rubricator.Rubricator
	Directory Directory
	Index     search.Index
	Settle    func(context.Context) error // waits until the index has all that was done; nil: it always has
	Phones    workflow.Phones
	// Subscriptions to saved searches, and who owns them.
	Subscriptions workflow.Subscriptions
	Users         Users
	Notices       notify.Store
	Alerts        Alerts // nil: there are none
	Photos        Photos
	Letters       Letters
	Clock         clock.Clock
	Base          *url.URL                // address under which people reach us, for marks on paper
	Hub           *live.Hub               // nil: screens don't move by themselves
	KeepKey       func(user int64) []byte // under which a browser keeps what is typed; nil: for the tab only
	Bulking       *workflow.Bulking
	Duplicates    Duplicates
	Views         workflow.Views
	Planning      workflow.Planning
	Absences      identity.Absences
	Journal       Journal
	Calendar      func() *calendar.Calendar
	// Settings are their pages that the signed-in person may open; nil: none.
	Settings func(ctx context.Context) []ui.Tab
	Demo     []DemoUser // shown on the sign-in page; nil outside of the demo
}

// Handlers answer the console's addresses.
type Handlers struct {
	cfg     Config
	exports chan struct{} // a place for each file that is being made
}

// New makes the console of its parts.
func New(cfg Config) *Handlers {
	return &Handlers{cfg: cfg, exports: make(chan struct{}, exportFiles)}
}

// begin fixes the present of the screen.
func (h *Handlers) begin(c echo.Context) (context.Context, time.Time) {
	now := h.cfg.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	return edge.Ctx(c), now
}

// Page is the frame around a screen of the signed-in person, for the pages of
// officers outside of the console.
func (h *Handlers) Page(c echo.Context, title string) (ui.Page, error) { return h.page(c, title) }

// page is the frame around a screen of the signed-in person.
func (h *Handlers) page(c echo.Context, title string) (ui.Page, error) {
	ctx := edge.Ctx(c)
	path := c.Request().URL.Path
	u := edge.User(ctx)
	unseen, err := h.cfg.Notices.CountUnseen(ctx, u.ID)
	if err != nil {
		return ui.Page{}, err
	}
	p := ui.Page{
		Live:  h.liveness(u),
		Title: title, Area: ui.Console, Path: c.Request().URL.RequestURI(), Wide: true, SignOut: "/sign-out",
		Search: &ui.Search{Action: "/console", Value: c.QueryParam("q"), Help: "/console/suggest"},
		User:   &ui.User{Name: u.Name, Note: h.duties(ctx, u), URL: accountURL},
		Nav: []ui.NavItem{{
			Text: ui.T(ctx, "console.title"), URL: "/console",
			Current: path == "/console" || strings.HasPrefix(path, "/console/appeals/") || strings.HasPrefix(path, "/console/bulk") || path == "/console/views",
		}},
	}
	if seesDuplicates(u.Actor()) {
		suspected, err := h.countDuplicates(ctx, u.Actor())
		if err != nil {
			return ui.Page{}, err
		}
		p.Nav = append(p.Nav, ui.NavItem{
			Text: ui.T(ctx, "duplicate.nav"), URL: duplicatesURL, Count: suspected, Most: mostGroups, Current: path == duplicatesURL,
		})
	}
	if workflow.AtDesk(u.Actor()) {
		p.Nav = append(p.Nav, ui.NavItem{Text: ui.T(ctx, "desk.nav"), URL: "/console/desk", Current: strings.HasPrefix(path, "/console/desk")})
	}
	if discussion.Works(u.Actor()) {
		p.Nav = append(p.Nav, ui.NavItem{Text: ui.T(ctx, "campaign.nav"), URL: "/console/campaigns", Current: strings.HasPrefix(path, "/console/campaigns")})
	}
	if project.Checks(u.Actor()) {
		p.Nav = append(p.Nav, ui.NavItem{Text: ui.T(ctx, "proposal.nav"), URL: "/console/proposals", Current: strings.HasPrefix(path, "/console/proposals")})
	}
	if len(u.Memberships) > 0 {
		p.Nav = append(p.Nav, ui.NavItem{
			Text: ui.T(ctx, "plan.nav"), URL: "/console/calendar", Current: path == "/console/calendar" || path == "/console/absences",
		})
	}
	if by := u.Actor(); by.Regional() || by.Has(actor.Head) || by.Has(actor.Coordinator) || by.Has(actor.AgencyAdmin) {
		p.Nav = append(p.Nav, ui.NavItem{Text: ui.T(ctx, "workload.nav"), URL: "/console/workload", Current: path == "/console/workload"})
	}
	if by := u.Actor(); by.Regional() || by.Has(actor.Head) || by.Has(actor.Coordinator) {
		p.Nav = append(p.Nav, ui.NavItem{
			Text: ui.T(ctx, "console.nav.dashboard"), URL: "/dashboard", Current: strings.HasPrefix(path, "/dashboard"),
		})
	}
	if len(templateAgencies(u.Actor())) > 0 {
		p.Nav = append(p.Nav, ui.NavItem{
			Text: ui.T(ctx, "template.nav"), URL: templatesURL, Current: strings.HasPrefix(path, templatesURL),
		})
	}
	if u.Actor().Has(actor.SystemAdmin) || u.Actor().Has(actor.AgencyAdmin) {
		p.Nav = append(p.Nav, ui.NavItem{
			Text: ui.T(ctx, "console.nav.admin"), URL: "/admin/users", Current: strings.HasPrefix(path, "/admin"),
		})
	}
	if h.cfg.Settings != nil {
		p.Settings = h.cfg.Settings(ctx)
	}
	p.Nav = append(p.Nav, ui.NavItem{
		Text: ui.T(ctx, "console.nav.notices"), URL: "/console/notices", Count: unseen, Most: notify.MostUnseen, Live: "notices", Current: path == "/console/notices",
	})
	return p, nil
}

// duties says in words what the person does and where.
func (h *Handlers) duties(ctx context.Context, u *identity.User) string {
	var lines []string
	for _, m := range u.Memberships {
		s := ui.T(ctx, "role."+string(m.Role))
		if a, ok := h.cfg.Directory.Agency(m.Agency); ok {
			s += ", " + a.Name.In(ui.Lang(ctx))
		}
		lines = append(lines, s)
	}
	return strings.Join(lines, "; ")
}

// find loads the case of the path. One that the person may not see doesn't
// exist for them.
func (h *Handlers) find(c echo.Context) (*workflow.Case, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return nil, err
	}
	found, err := h.cfg.Reader.FindCase(edge.Ctx(c), id)
	if err != nil {
		return nil, err
	}
	if !workflow.CanSee(edge.Actor(edge.Ctx(c)), &found.Appeal) {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return found, nil
}

// gathers reports whether the person may make a proposal of appeals now.
func (h *Handlers) gathers(ctx context.Context, by actor.Actor) (bool, error) {
	if h.cfg.Gathers == nil {
		return false, nil
	}
	return h.cfg.Gathers(ctx, by)
}
