package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/web"
)

// frame is the product without pages: what surrounds every handler.
func frame(t *testing.T, base string, change ...func(*web.Config)) http.Handler {
	t.Helper()
	at, err := url.Parse(base)
	require.NoError(t, err)
	cfg := web.Config{
		Base: at, Zone: time.UTC, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil },
	}
	for _, c := range change {
		c(&cfg)
	}
	h, err := web.New(cfg)
	require.NoError(t, err)
	return h
}

func ask(h http.Handler, method, target string, head ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "http://otklik.example/", nil)
	req.RequestURI, req.URL = target, &url.URL{Path: target}
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	res := httptest.NewRecorder()
	h.ServeHTTP(res, req)
	return res
}

func TestNew_headers_of_every_answer(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/healthz", "/nowhere", "/api/v1/nowhere"} {
		head := ask(frame(t, "https://otklik.example"), http.MethodGet, target).Header()
		csp := head.Get("Content-Security-Policy")
		require.Contains(t, csp, "default-src 'none'")
		require.Contains(t, csp, "frame-ancestors 'none'")
		require.NotContains(t, csp, "unsafe")
		require.Equal(t, "nosniff", head.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", head.Get("Referrer-Policy"))
		require.Equal(t, "same-origin", head.Get("Cross-Origin-Resource-Policy"))
		require.Contains(t, head.Get("Strict-Transport-Security"), "max-age=31536000")
	}
	head := ask(frame(t, "http://localhost:8080"), http.MethodGet, "/healthz").Header()
	require.Empty(t, head.Get("Strict-Transport-Security"), "without TLS browsers ignore it and people wonder")
}

func TestNew_refuses_forms_of_other_sites(t *testing.T) {
	t.Parallel()
	h := frame(t, "https://otklik.example")
	for name, c := range map[string]struct {
		head []string
		want int
	}{
		"of our own page":              {[]string{"Sec-Fetch-Site", "same-origin"}, http.StatusNotFound},
		"of another site":              {[]string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"of another host of our site":  {[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"of an old browser, elsewhere": {[]string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"of an old browser, from here": {[]string{"Origin", "http://otklik.example"}, http.StatusNotFound},
	} {
		require.Equal(t, c.want, ask(h, http.MethodPost, "/sign-out-of-nothing", c.head...).Code, name)
	}
}

func TestNew_gives_requests_ids_that_strangers_can_t_choose(t *testing.T) {
	t.Parallel()
	id := func(h http.Handler, sent string) string {
		return ask(h, http.MethodGet, "/healthz", "X-Request-ID", sent).Header().Get("X-Request-ID")
	}
	require.NotContains(t, []string{"", "mine"}, id(frame(t, "https://otklik.example"), "mine"))
	behind := frame(t, "https://otklik.example", func(c *web.Config) { c.Proxies = true })
	require.Equal(t, "proxy-17", id(behind, "proxy-17"))
	for _, bad := range []string{strings.Repeat("a", 65), "a b", "<b>", "a\"b"} {
		require.NotEqual(t, bad, id(behind, bad))
	}
}

func TestNew_writes_who_was_refused_into_the_log_and_no_address_of_a_page(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := frame(t, "https://otklik.example", func(c *web.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	})
	ask(h, http.MethodPost, "/a/26-000001-7/averysecretsecret", "Sec-Fetch-Site", "cross-site")
	require.Contains(t, log.String(), "status=403")
	require.NotContains(t, log.String(), "averysecretsecret")
}

func TestNew_leads_to_no_other_site_from_an_address_that_looks_like_one(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"//evil.example/x", "///evil.example/x", "////evil.example/x", "/\\evil.example"} {
		res := ask(frame(t, "https://otklik.example"), http.MethodGet, target)
		require.Equal(t, http.StatusNotFound, res.Code)
		require.NotContains(t, res.Body.String(), `href="/`+"/", target)
		require.NotContains(t, res.Body.String(), `href="/\`, target)
	}
}
