package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/app/web/widget"
)

// fail is the one place where errors become answers: a page, an htmx fragment
// or problem+json. What we don't know is logged with the request's id and shown
// without detail.
func (h *frame) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	err = asFault(err)
	status := edge.Status(err)
	id := c.Response().Header().Get(echo.HeaderXRequestID)
	if status == http.StatusInternalServerError {
		if errors.Is(err, context.Canceled) { // the browser went away
			status = 499
		} else {
			h.log.ErrorContext(edge.Ctx(c), "request failed", slog.String("route", c.Path()), slog.Any("error", err), slog.String("id", id))
		}
	}
	path := c.Request().URL.Path
	var sent error
	switch {
	case strings.HasPrefix(path, "/api/"), strings.HasPrefix(path, livePath+"/"):
		sent = edge.Problem(c, err)
	case status == http.StatusUnauthorized && c.Request().Method == http.MethodGet && !edge.HTMX(c):
		sent = edge.SeeOther(c, "/sign-in?back="+url.QueryEscape(c.Request().URL.RequestURI()))
	case status == http.StatusUnauthorized && !edge.HTMX(c) && !strings.HasPrefix(path, "/embed/"):
		sent = h.expired(c)
	default:
		sent = edge.Render(c, status, failurePage(pageOf(c), status, ui.Message(edge.Ctx(c), err), id))
	}
	if sent != nil {
		h.log.ErrorContext(edge.Ctx(c), "error page failed", slog.Any("error", sent))
	}
}

// pageOf is the frame in which an error is shown: that of the page where it
// happened.
func pageOf(c echo.Context) ui.Page {
	path := c.Request().URL.Path
	p := ui.Page{Path: c.Request().URL.RequestURI(), NoLayout: edge.HTMX(c)}
	switch {
	case strings.HasPrefix(path, "/embed/"):
		p.Area = ui.Embed
		if f, framed := widget.FrameOf(edge.Ctx(c)); framed {
			p.Origin, p.Agency = f.Origin, f.Agency.Name.In(ui.Lang(edge.Ctx(c)))
		}
	case edge.User(edge.Ctx(c)) != nil:
		p.Area = ui.Console
	}
	return p
}

// failureTitle is the heading of an error page by status.
func failureTitle(status int) string {
	switch status {
	case http.StatusNotFound:
		return "failure.not_found"
	case http.StatusForbidden:
		return "failure.forbidden"
	case http.StatusGone:
		return "failure.gone"
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		return "failure.broken"
	default:
		return "failure.other"
	}
}
