// Package widget lets other sites show the form: the loader script that they
// put into their pages, and the frame around our pages inside their iframe.
package widget

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
)

// Agencies finds the agency whose widget is shown.
type Agencies interface {
	AgencyByCode(code string) (identity.Agency, bool)
}

// Frame is where an embedded page is shown.
type Frame struct {
	Agency identity.Agency
	Origin string // of the page around us, "" where it didn't say or isn't listed
}

// OriginParam is the query parameter by which the page around us says who it
// is.
const OriginParam = "origin"

type frameKey struct{}

// FrameOf returns the frame in which the request's page is shown; ok = false
// on the portal itself.
func FrameOf(ctx context.Context) (f Frame, ok bool) {
	f, ok = ctx.Value(frameKey{}).(Frame)
	return f, ok
}

// Framed lets the pages under /embed/:agency stand in frames of the origins
// that the agency lists, and in no other. An unknown agency is fault.NotFound.
func Framed(agencies Agencies) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			a, ok := agencies.AgencyByCode(c.Param("agency"))
			if !ok {
				return fault.New(fault.NotFound, "widget.unknown_agency")
			}
			origins := Origins(a)
			h := c.Response().Header()
			h.Set(echo.HeaderContentSecurityPolicy, Allow(h.Get(echo.HeaderContentSecurityPolicy), origins))
			if len(origins) > 0 {
				h.Del(echo.HeaderXFrameOptions) // it can't name origins; the policy does
			}
			h.Del("Cross-Origin-Opener-Policy")
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			f := Frame{Agency: a}
			if from := c.QueryParam(OriginParam); slices.Contains(origins, from) {
				f.Origin = from
			}
			edge.Note(c, func(ctx context.Context) context.Context { return context.WithValue(ctx, frameKey{}, f) })
			return next(c)
		}
	}
}

// Origins lists the origins of an agency that are origins and nothing more, so
// that a slip in its settings opens no door and breaks no header.
func Origins(a identity.Agency) []string {
	var out []string
	for _, s := range a.WidgetOrigins {
		if IsOrigin(s) {
			out = append(out, s)
		}
	}
	return out
}

// IsOrigin reports whether s is one exact origin as browsers write it:
// scheme://host[:port] in small letters, without a path.
func IsOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		s == u.Scheme+"://"+u.Host && s == strings.ToLower(s) && !strings.ContainsAny(s, "*;, '\"")
}

// Allow changes whom a content security policy lets put the page into a frame.
func Allow(policy string, origins []string) string {
	const directive = "frame-ancestors"
	var out []string
	for part := range strings.SplitSeq(policy, ";") {
		if part = strings.TrimSpace(part); part != "" && !strings.HasPrefix(part, directive) {
			out = append(out, part)
		}
	}
	who := "'none'"
	if len(origins) > 0 {
		who = strings.Join(origins, " ")
	}
	return strings.Join(append(out, directive+" "+who), "; ")
}
