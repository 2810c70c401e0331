// Package edge holds what every page handler needs of its request: who asks,
// in which language and frame, and how an answer or an error is written.
package edge

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/ui"
)

type userKey struct{}

// WithUser notes who is signed in.
func WithUser(c echo.Context, u *identity.User) {
	Note(c, func(ctx context.Context) context.Context { return As(ctx, u) })
}

// As is the context of what is done for somebody who isn't at the screen.
func As(ctx context.Context, u *identity.User) context.Context {
	return context.WithValue(ctx, userKey{}, u)
}

// Note puts something into the context of the request.
func Note(c echo.Context, with func(context.Context) context.Context) {
	c.SetRequest(c.Request().WithContext(with(c.Request().Context())))
}

// User is who is signed in, nil for nobody.
func User(ctx context.Context) *identity.User {
	u, _ := ctx.Value(userKey{}).(*identity.User)
	return u
}

// Actor is who is signed in as one who acts; the zero Actor for nobody.
func Actor(ctx context.Context) actor.Actor {
	if u := User(ctx); u != nil {
		return u.Actor()
	}
	return actor.Actor{}
}

// Ctx is the context of the request.
func Ctx(c echo.Context) context.Context { return c.Request().Context() }

// Lang is the language of the request.
func Lang(c echo.Context) lang.Lang { return ui.Lang(Ctx(c)) }

// HTMX reports whether a fragment is asked for, not a page.
func HTMX(c echo.Context) bool {
	return c.Request().Header.Get("HX-Request") == "true" && c.Request().Header.Get("HX-Boosted") != "true"
}

// Render draws a component into a buffer first, so that an error never leaves
// half a page behind, and sends it.
func Render(c echo.Context, status int, view templ.Component) error {
	var b bytes.Buffer
	if err := view.Render(Ctx(c), &b); err != nil {
		return err
	}
	return c.HTMLBlob(status, b.Bytes())
}

// SeeOther sends the browser to another page after a form was taken, so that
// reloading doesn't send the form again.
func SeeOther(c echo.Context, url string) error { return c.Redirect(http.StatusSeeOther, url) }

// ID reads a positive number from the path.
func ID(c echo.Context, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.NotFound, "error.not_found")
	}
	return id, nil
}

// Status is the HTTP status of an error: one table for pages and for the API.
func Status(err error) int {
	switch fault.KindOf(err) {
	case "":
		return http.StatusOK
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.SignIn:
		return http.StatusUnauthorized
	case fault.Conflict:
		return http.StatusConflict
	case fault.Gone:
		return http.StatusGone
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// inMemory is how much of a form with files is held in memory, in bytes; the
// rest waits in temporary files.
const inMemory = 1 << 20

// Multipart reads a form with files. It comes before the first look at a value
// of the form, which would read up to 32 MB of it into memory.
func Multipart(c echo.Context) (*multipart.Form, error) {
	if err := c.Request().ParseMultipartForm(inMemory); err != nil {
		return nil, err
	}
	return c.Request().MultipartForm, nil
}

// Day reads a date of a form or query, YYYY-MM-DD, as its first instant in the
// zone; the zero time for an empty one. A wrong one is fault.Invalid.
func Day(c echo.Context, name string, zone *time.Location) (time.Time, error) {
	s := c.FormValue(name)
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		return time.Time{}, &fault.Error{
			Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: name, Key: "error.not_a_date"}},
		}
	}
	return t.UTC(), nil
}
