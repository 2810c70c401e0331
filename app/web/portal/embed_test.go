package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

func TestEmbed_stands_in_listed_frames_alone(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	b.get("/embed/town-roads?origin=" + host)
	require.Equal(t, http.StatusOK, b.status)
	require.True(t, strings.HasSuffix(b.header.Get("Content-Security-Policy"), "frame-ancestors "+host))
	require.Empty(t, b.header.Get("X-Frame-Options"))
	require.Contains(t, b.page, `data-parent-origin="`+host+`"`)

	b.get("/embed/town-roads?origin=https://evil.example")
	require.NotContains(t, b.page, "evil.example\"")
	require.Contains(t, b.page, `data-parent-origin=""`)

	b.get("/embed/district-roads")
	require.True(t, strings.HasSuffix(b.header.Get("Content-Security-Policy"), "frame-ancestors 'none'"))
	require.Equal(t, "DENY", b.header.Get("X-Frame-Options"))

	b.get("/embed/nobody")
	require.Equal(t, http.StatusNotFound, b.status)
	require.Contains(t, b.header.Get("Content-Security-Policy"), "frame-ancestors 'none'")

	for _, path := range []string{"/", "/status", "/report/x/topic"} {
		b.get(path)
		require.Contains(t, b.header.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.Equal(t, "DENY", b.header.Get("X-Frame-Options"), path)
	}
}

func TestEmbed_keeps_origin_and_language_without_cookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.client.Jar = nil
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		require.Empty(t, r.Response.Cookies(), r.URL.Path)
		return nil
	}
	frame := func() {
		t.Helper()
		require.Empty(t, b.header.Values("Set-Cookie"), b.at.Path)
		require.Contains(t, b.header.Get("Content-Security-Policy"), "frame-ancestors "+host, b.at.Path)
		require.Equal(t, host, b.at.Query().Get("origin"), b.at.Path)
		require.Equal(t, "en", b.at.Query().Get("lang"), b.at.Path)
		require.Contains(t, b.page, `data-parent-origin="`+host+`"`)
		require.Contains(t, b.page, `lang="en"`)
	}
	b.get("/embed/town-roads?lang=en&origin=" + host)
	frame()
	require.Contains(t, b.page, `action="/embed/town-roads/report?lang=en&amp;origin=https%3A%2F%2Fcity.example"`)
	b.post("/embed/town-roads/report?lang=en&origin="+host, "text", text)
	b.on("topic")
	frame()
	b.post(b.here(), "rubric", "roads.pothole")
	b.on("questions")
	frame()
	b.post(b.here(), "q.size", "big")
	b.on("place")
	frame()
	b.post(b.here(), "territory", "3")
	b.on("photos")
	frame()
	b.upload(b.here(), map[string][]byte{"p.png": picture(t, 30)})
	b.on("photos")
	frame()
	b.post(b.here(), "then", "next")
	b.on("contacts")
	b.post(b.here(), "consent", "yes")
	b.on("review")
	frame()
	b.post(b.here())
	b.on("done")
	frame()
	link, id := b.link()
	number := strings.Split(link, "/")[2]
	require.Contains(t, b.page, `data-submitted="`+number+`"`)
	require.Contains(t, b.page, `target="_blank"`)

	found, err := w.store.FindCase(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, workflow.FromWidget, found.Appeal.Source)
	require.Equal(t, int64(2), found.Appeal.SourceAgency, "whose widget it was")
	require.Equal(t, int64(3), found.Appeal.Agency, "who answers is told by topic and place")
}

func TestEmbed_errors_stay_in_the_frame(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	b.get("/embed/town-roads/report/aaaaaaaaaaaaaaaaaaaaaaaaaa/topic?origin=" + host)
	require.Equal(t, http.StatusGone, b.status)
	require.Contains(t, b.header.Get("Content-Security-Policy"), "frame-ancestors "+host)
	require.Contains(t, b.page, "otk-embed")
}
