package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// sessionOver is a form that came without a session. Its fields stand hidden
// on the page, so that it is sent again by one press after signing in
// elsewhere, without JavaScript and with nothing lost.
type sessionOver struct {
	Page   ui.Page
	Action string
	SignIn string
	Fields []typedField
	Files  bool // files can't be kept
	Echoed bool // the fields are here; otherwise the browser has them
}

type typedField struct{ Name, Value string }

// maxEchoed is the largest form that is shown back, in bytes.
const maxEchoed = 256 << 10

// expired answers a form that was sent after the session had ended.
func (h *frame) expired(c echo.Context) error {
	ctx, r := edge.Ctx(c), c.Request()
	view := sessionOver{Page: pageOf(c), Action: r.URL.RequestURI(), SignIn: "/sign-in"}
	view.Page.Area, view.Page.Title, view.Page.Path = ui.Console, ui.T(ctx, "console.session.title"), "/sign-in"
	view.Files = strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
	// What a stranger sends is not read without a bound.
	if r.ContentLength >= 0 && r.ContentLength <= maxEchoed {
		form, err := c.FormParams()
		view.Echoed = err == nil
		for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
			for _, value := range form[name] {
				view.Fields = append(view.Fields, typedField{name, value})
			}
		}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return edge.Render(c, http.StatusUnauthorized, sessionPage(view))
}
