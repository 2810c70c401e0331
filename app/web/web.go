// Package web owns the HTTP side: the one table of routes, what surrounds every
// handler, and how errors are shown.
package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// Config is what the HTTP side is made of.
type Config struct {
	Base     *url.URL // address under which people reach us
	Zone     *time.Location
	Clock    clock.Clock
	Log      *slog.Logger
	Accounts *identity.Accounts
	// Proxies says that a reverse proxy of ours is in front and that its
	// X-Forwarded-For is to be believed.
	Proxies bool
	// Ready reports why the node can't serve, nil when it can.
	Ready func(context.Context) error
	// Metrics writes figures for machines that watch; nil: there are none.
	Metrics func(context.Context, io.Writer) error
	Pages   Pages
}

// The largest requests taken.
const (
	maxForm  = "256K"
	maxPhoto = "64M" // several photos of one form
)

// packing is the level of gzip for pages: of a list it makes 16 kB where the
// usual 6 makes 14.5, in half of the time. That was a third of what a page costs.
const packing = 2

// New returns the handler of everything under Base.
func New(cfg Config) (http.Handler, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	if cfg.Proxies {
		e.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	h := &frame{cfg: cfg, cookies: edge.NewCookies(cfg.Base), log: cfg.Log}
	e.HTTPErrorHandler = h.fail
	e.Use(
		h.unnamed,
		middleware.RequestIDWithConfig(middleware.RequestIDConfig{TargetHeader: echo.HeaderXRequestID}),
		h.logged,
		h.recovered,
		h.headers,
		middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: maxForm, Skipper: takesPhotos}),
		middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{
			Limit: maxPhoto, Skipper: func(c echo.Context) bool { return !takesPhotos(c) },
		}),
		middleware.GzipWithConfig(middleware.GzipConfig{Level: packing, MinLength: 1024, Skipper: packedAlready}),
		h.sameOrigin(),
		h.spoken,
	)
	h.routes(e)
	return e, nil
}

// frame is what surrounds every handler.
type frame struct {
	cfg     Config
	cookies edge.Cookies
	log     *slog.Logger
}

func takesPhotos(c echo.Context) bool {
	p := c.Request().URL.Path
	return strings.HasSuffix(p, "/photos") || p == "/api/v1/appeals" || p == "/admin/rubricator/file" ||
		strings.HasPrefix(p, "/console/") && strings.HasSuffix(p, "/answer") || strings.HasPrefix(p, "/console/desk/")
}

func packedAlready(c echo.Context) bool {
	p := c.Request().URL.Path
	return p == livePath+"/stream" || strings.HasPrefix(p, "/assets/") || strings.HasPrefix(p, "/photos/") || p == "/widget.js"
}

// logged writes one line for each request. Paths can hold secrets of links, so
// the route's pattern stands for them.
func (h *frame) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := h.cfg.Clock.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		level := slog.LevelDebug
		switch status := c.Response().Status; {
		case status >= http.StatusInternalServerError:
			level = slog.LevelError
		case telling(c, status):
			level = slog.LevelInfo
		}
		h.log.LogAttrs(edge.Ctx(c), level, "request",
			slog.String("method", c.Request().Method), slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status), slog.Duration("took", h.cfg.Clock.Now().Sub(start)),
			slog.String("id", c.Response().Header().Get(echo.HeaderXRequestID)), slog.String("address", c.RealIP()))
		return nil
	}
}

// telling reports whether somebody who looks for misuse wants to see the
// request: who signs in and out, and who was refused.
func telling(c echo.Context, status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return true
	}
	return c.Request().Method == http.MethodPost && (c.Path() == "/sign-in" || c.Path() == "/sign-out")
}

// recovered turns a panic into an error that is logged once with its stack.
func (h *frame) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			h.log.ErrorContext(edge.Ctx(c), "panic", slog.Any("error", err), slog.String("stack", string(stack)))
			return fault.Wrap(fault.Internal, "error.internal", err)
		},
	})(next)
}

// unnamed forgets an id that a stranger gave to the request: it would stand in
// our log and on error pages. A proxy of ours may name it.
func (h *frame) unnamed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if id := c.Request().Header.Get(echo.HeaderXRequestID); !h.cfg.Proxies || !plainID(id) {
			c.Request().Header.Del(echo.HeaderXRequestID)
		}
		return next(c)
	}
}

const maxID = 64 // bytes

func plainID(id string) bool {
	return len(id) <= maxID && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// headers are those of every answer; pages in a frame relax frame-ancestors.
func (h *frame) headers(next echo.HandlerFunc) echo.HandlerFunc {
	secure := h.cfg.Base.Scheme == "https"
	return func(c echo.Context) error {
		h := c.Response().Header()
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		h.Set("Content-Security-Policy", policy("'none'"))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")        // of browsers that don't know frame-ancestors
		h.Set("Referrer-Policy", "same-origin") // secrets of links stay with us
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		return next(c)
	}
}

func policy(ancestors string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; " +
		"frame-ancestors " + ancestors
}

// sameOrigin refuses forms that another site sends in a person's name. The API
// knows no cookies, so nobody's name can be misused there.
func (h *frame) sameOrigin() echo.MiddlewareFunc {
	guard := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !strings.HasPrefix(c.Request().URL.Path, "/api/") {
				if err := guard.Check(c.Request()); err != nil {
					return fault.Wrap(fault.Forbidden, "error.cross_origin", err)
				}
			}
			return next(c)
		}
	}
}

// spoken finds the language and remembers a chosen one. The embedded form sets
// no cookies: there the language travels in the address.
func (h *frame) spoken(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		l := ui.Negotiate(c.Request())
		if c.QueryParam(ui.LangParam) == string(l) && !strings.HasPrefix(c.Request().URL.Path, "/embed/") {
			h.cookies.SetLang(c, ui.LangCookie, string(l))
		}
		edge.Note(c, func(ctx context.Context) context.Context {
			return ui.WithZone(ui.WithLang(ctx, l), h.cfg.Zone)
		})
		c.Response().Header().Add("Vary", "Accept-Language, Cookie, HX-Request")
		return next(c)
	}
}

// signedIn lets in who has a session and sends others to sign in, from where
// they come back.
func (h *frame) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return h.known(h.cfg.Accounts.Session, next)
}

// watching lets in who has a session, and doesn't prolong it.
func (h *frame) watching(next echo.HandlerFunc) echo.HandlerFunc {
	return h.known(h.cfg.Accounts.Watch, next)
}

// livePath is where pages ask by themselves: answers there are for scripts.
const livePath = "/console/live"

func (h *frame) known(session func(context.Context, string) (*identity.User, error), next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token := h.cookies.Session(c)
		if token == "" {
			return fault.New(fault.SignIn, "error.sign_in")
		}
		u, err := session(edge.Ctx(c), token)
		if err != nil {
			return err
		}
		edge.WithUser(c, u)
		c.Response().Header().Set("Cache-Control", "no-store")
		return next(c)
	}
}

// health answers whether the process lives, ready whether it can serve.
func (h *frame) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

func (h *frame) ready(c echo.Context) error {
	if err := h.cfg.Ready(edge.Ctx(c)); err != nil {
		h.log.WarnContext(edge.Ctx(c), "not ready", slog.Any("error", err))
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// metrics shows figures without anything of people or appeals.
func (h *frame) metrics(c echo.Context) error {
	var b bytes.Buffer
	if err := h.cfg.Metrics(edge.Ctx(c), &b); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", b.Bytes())
}

// asFault brings the errors of echo itself into our kinds.
func asFault(err error) error {
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return err
	}
	switch he.Code {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fault.Wrap(fault.NotFound, "error.not_found", err)
	case http.StatusRequestEntityTooLarge:
		return fault.Wrap(fault.TooLarge, "error.too_large", err)
	case http.StatusTooManyRequests:
		return fault.Wrap(fault.TooMany, "error.too_many", err)
	case http.StatusBadRequest, http.StatusUnsupportedMediaType:
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	default:
		return err
	}
}
