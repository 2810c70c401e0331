package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// signIn is what the sign-in page shows.
type signIn struct {
	Page  ui.Page
	Login string
	Back  string
	Wrong string // why one wasn't let in
	Demo  []DemoUser
}

// SignInForm asks who it is. Who is signed in already goes on.
func (h *Handlers) SignInForm(c echo.Context) error {
	ctx, _ := h.begin(c)
	back := localPath(c.QueryParam("back"))
	if token := h.cfg.Cookies.Session(c); token != "" {
		if u, err := h.cfg.Accounts.Session(ctx, token); err == nil {
			return edge.SeeOther(c, after(u, back))
		}
	}
	return h.renderSignIn(c, http.StatusOK, signIn{Back: back})
}

// SignIn checks login and password and opens a session.
func (h *Handlers) SignIn(c echo.Context) error {
	ctx, _ := h.begin(c)
	back := localPath(c.FormValue("back"))
	login, password := c.FormValue("login"), c.FormValue("password")
	token, u, err := h.cfg.Accounts.SignIn(ctx, login, password, c.RealIP(), c.Request().UserAgent())
	if fault.Is(err, fault.SignIn) || fault.Is(err, fault.TooMany) {
		return h.renderSignIn(c, edge.Status(err), signIn{Back: back, Login: login, Wrong: ui.Message(ctx, err)})
	}
	if err != nil {
		return err
	}
	if err := h.cfg.Accounts.Greet(ctx, u, ui.Lang(ctx)); err != nil {
		return err
	}
	if old := h.cfg.Cookies.Session(c); old != "" {
		if err := h.cfg.Accounts.SignOut(ctx, old); err != nil {
			return err
		}
	}
	h.cfg.Cookies.SetSession(c, token)
	return edge.SeeOther(c, after(u, back))
}

// SignOut ends the session.
func (h *Handlers) SignOut(c echo.Context) error {
	if token := h.cfg.Cookies.Session(c); token != "" {
		if err := h.cfg.Accounts.SignOut(edge.Ctx(c), token); err != nil {
			return err
		}
		if h.cfg.Hub != nil {
			h.cfg.Hub.SignOut(token)
		}
	}
	h.cfg.Cookies.ClearSession(c)
	return edge.SeeOther(c, "/sign-in")
}

func (h *Handlers) renderSignIn(c echo.Context, status int, view signIn) error {
	ctx := edge.Ctx(c)
	view.Page = ui.Page{
		Title: ui.T(ctx, "console.sign_in.title"), Area: ui.Console, HomeURL: "/", Invalid: view.Wrong != "",
		Path: "/sign-in",
	}
	if view.Back != "" {
		view.Page.Path += "?back=" + url.QueryEscape(view.Back)
	}
	view.Demo = h.cfg.Demo
	c.Response().Header().Set("Cache-Control", "no-store")
	return edge.Render(c, status, signInPage(view))
}

// after is where one goes on once signed in.
func after(u *identity.User, back string) string {
	switch {
	case back != "":
		return back
	case u.Actor().Has(actor.Supervisor):
		return "/dashboard"
	default:
		return "/console"
	}
}

// localPath lets through addresses of our own only: a sign-in page that leads
// elsewhere helps phishers. Browsers read «\» as «/», and «//host» as a host.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/sign-") {
		return ""
	}
	return s
}
