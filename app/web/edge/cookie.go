package edge

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
)

// Cookies makes the product's cookies. Over HTTPS (and on localhost, which
// browsers trust alike) they are Secure and carry the __Host- prefix: no other
// host can set them.
type Cookies struct {
	secure bool
	name   string
}

// NewCookies returns the cookies for the address under which people reach us.
func NewCookies(base *url.URL) Cookies {
	host := base.Hostname()
	c := Cookies{secure: base.Scheme == "https" || host == "localhost" || host == "127.0.0.1" || host == "::1", name: "otklik"}
	if c.secure {
		c.name = "__Host-otklik"
	}
	return c
}

// SetSession gives the browser the token of a session.
func (k Cookies) SetSession(c echo.Context, token string) {
	c.SetCookie(k.cookie(token, 0))
}

// ClearSession takes it away.
func (k Cookies) ClearSession(c echo.Context) {
	c.SetCookie(k.cookie("", -1))
}

// Session is the token that the browser sent, "" for none.
func (k Cookies) Session(c echo.Context) string {
	cookie, err := c.Cookie(k.name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (k Cookies) cookie(token string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever the address allows it
		Name: k.name, Value: token, Path: "/", MaxAge: age, HttpOnly: true, Secure: k.secure, SameSite: http.SameSiteLaxMode,
	}
}

// SetLang remembers the language that a person chose.
func (k Cookies) SetLang(c echo.Context, name, value string) {
	c.SetCookie(&http.Cookie{ //nolint:gosec // Secure wherever the address allows it
		Name: name, Value: value, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), HttpOnly: true,
		Secure: k.secure, SameSite: http.SameSiteLaxMode,
	})
}
