package heatmap_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/heatmap"
	"github.com/otklik/otklik/app/web/portal"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

const host = "https://city.example"

// shelf keeps maps in memory, the latest first.
type shelf []atlas.Map

func (s shelf) ListPeriods(context.Context) (out []atlas.Period, _ error) {
	for _, m := range s {
		out = append(out, m.Period)
	}
	return out, nil
}

func (s shelf) FindMap(_ context.Context, from atlas.Day) (atlas.Map, error) {
	for _, m := range s {
		if m.From == from {
			return m, nil
		}
	}
	return atlas.Map{}, fault.New(fault.NotFound, "error.not_found")
}

type agencies struct{}

func (agencies) Agency(int64) (identity.Agency, bool) { return identity.Agency{}, false }
func (agencies) Agencies() []identity.Agency          { return nil }

func (agencies) AgencyByCode(code string) (identity.Agency, bool) {
	return identity.Agency{ID: 1, Code: code, Name: lang.Text{RU: "Город"}, WidgetOrigins: []string{host}}, code == "city"
}

// open serves the map of a region of two places, one of them with a name that a
// table program would compute.
func open(t *testing.T, maps shelf) func(path string, head ...string) *httptest.ResponseRecorder {
	t.Helper()
	square := `{"type":"Polygon","coordinates":[[[36,51],[37,51],[37,52],[36,52],[36,51]]]}`
	book, err := rubricator.NewBook(1, []*rubricator.Rubric{{Code: "roads", Name: lang.Text{RU: "Дороги", EN: "Roads"}}}, nil, []territory.Territory{
		{ID: 1, Code: "region", Kind: "region", Name: lang.Text{RU: "Регион"}},
		{ID: 2, Parent: 1, Code: "town", Kind: "town", Name: lang.Text{RU: "=Город()", EN: "Town"}, Population: 20_000, OKTMO: "123", Boundary: square},
		{ID: 3, Parent: 1, Code: "pole", Kind: "district", Name: lang.Text{RU: "Полевой"}, Population: 900, Col: 1},
	})
	require.NoError(t, err)
	base, err := url.Parse("http://localhost:8080")
	require.NoError(t, err)
	now := clock.NewFake(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
	citizens := portal.New(portal.Config{Agencies: agencies{}, Clock: now, Zone: time.UTC, Base: base, Map: true})
	handler, err := web.New(web.Config{
		Base: base, Zone: time.UTC, Clock: now, Log: slog.New(slog.DiscardHandler), Pages: web.Pages{Portal: citizens, Map: heatmap.New(heatmap.Config{
			Maps: maps, Book: func() *rubricator.Book { return book }, Clock: now, Zone: time.UTC,
			Frame: func(c echo.Context, title string) ui.Page { return citizens.Page(c, title) },
		})},
	})
	require.NoError(t, err)
	return func(path string, head ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", "ru")
		for i := 0; i+1 < len(head); i += 2 {
			r.Header.Set(head[i], head[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
}

func published() shelf {
	share, days := 64, 9
	of := func(month time.Month, n int) atlas.Map {
		day := func(m time.Month) atlas.Day {
			return atlas.Day(time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
		}
		return atlas.Map{Period: atlas.Period{From: day(month), To: day(month + 1)}, Whole: atlas.Node{Count: n, Parts: []atlas.Node{{
			Key: "town", Count: n, Problems: n - 1, Solved: &share, Days: &days, Rest: 4, Parts: []atlas.Node{{
				Key: "roads", Count: n - 4, Problems: n - 4, Rest: 5, Parts: []atlas.Node{{Key: "roads.pothole", Count: n - 9, Problems: n - 9}},
			}},
		}}}}
	}
	return shelf{of(time.October, 41), of(time.September, 23)}
}

func TestShow_shows_what_is_published_without_signing_in(t *testing.T) {
	t.Parallel()
	get := open(t, published())
	text := func(path string) string {
		t.Helper()
		w := get(path)
		require.Equal(t, http.StatusOK, w.Code, path)
		return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(w.Body.String(), " ")), " ")
	}
	latest := text("/map")
	require.Contains(t, latest, "октябрь 2026 года")
	require.Contains(t, latest, "=Город() 41 37", "the row, its sum and its category")
	require.Contains(t, latest, "Полевой – не показано – не показано", "a place of which nothing is shown is a line as any other")
	require.Contains(t, text("/map?period=2026-09"), "=Город() 23 19")
	require.Contains(t, text("/map?measure=per_10k"), "=Город() 20,0 18,5")
	require.Contains(t, text("/map?measure=solved"), "=Город() 64 % – не показано", "no share of a cell that has none")
	require.Contains(t, text("/map?measure=days"), "=Город() 9")
	require.Contains(t, text("/map?category=roads"), "=Город() 37 32", "a category has topics for columns")
	place := text("/map?place=town")
	require.Contains(t, place, "Дороги: 37")
	require.Contains(t, place, "roads.pothole: 32 Остальное вместе: 5")
	require.Contains(t, place, "Остальные темы вместе: 4")
	require.Contains(t, text("/map?place=pole"), "Числа не показаны")
	require.Contains(t, text("/map?lang=en"), "Map of appeals")
	for _, path := range []string{"/map?period=2026-11", "/map?period=2026-q3", "/map?place=region", "/map?category=x", "/map?measure=overdue", "/map.csv?period=2025-01"} {
		require.Equal(t, http.StatusNotFound, get(path).Code, path)
	}
	require.Equal(t, latest, text("/map?q=%D1%8F%D0%BC%D0%B0&from=2026-10-03"), "there are no words and days to ask for")
}

func TestShow_nothing_published(t *testing.T) {
	t.Parallel()
	get := open(t, nil)
	require.Contains(t, get("/map").Body.String(), "Карты пока нет")
	require.Equal(t, http.StatusNotFound, get("/map.csv").Code)
	require.Equal(t, http.StatusNotFound, get("/map.geojson").Code)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	get := open(t, published())
	table := get("/map.csv")
	require.Equal(t, http.StatusOK, table.Code)
	require.Contains(t, table.Header().Get("Content-Disposition"), "map-2026-10.csv")
	require.Contains(t, table.Body.String(), `'=Город()`, "a formula is defused")
	require.NotContains(t, table.Body.String(), "Полевой")
	require.Equal(t, 4, strings.Count(table.Body.String(), "\n"), "a heading, the place, its category, its topic")
	var geo struct {
		Features []struct {
			Properties struct {
				Code       string
				Count      *int
				Categories map[string]int
			}
			Geometry json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(get("/map.geojson?period=2026-09").Body.Bytes(), &geo))
	require.Len(t, geo.Features, 2)
	for _, f := range geo.Features {
		if f.Properties.Code == "pole" {
			require.Nil(t, f.Properties.Count)
			continue
		}
		require.Equal(t, 23, *f.Properties.Count)
		require.Equal(t, map[string]int{"roads": 19}, f.Properties.Categories)
		require.Contains(t, string(f.Geometry), "Polygon")
	}
	for _, path := range []string{"/map", "/map.csv", "/map.geojson"} {
		first := get(path)
		require.Contains(t, first.Header().Get("Cache-Control"), "public", path)
		again := get(path, "If-None-Match", first.Header().Get("ETag"))
		require.Equal(t, http.StatusNotModified, again.Code, path)
		require.Empty(t, again.Body.String(), path)
	}
}

func TestShow_stands_in_listed_frames_alone(t *testing.T) {
	t.Parallel()
	get := open(t, published())
	framed := get("/embed/city/map?lang=en&place=town&origin=" + host)
	require.Equal(t, http.StatusOK, framed.Code)
	require.True(t, strings.HasSuffix(framed.Header().Get("Content-Security-Policy"), "frame-ancestors "+host))
	require.Empty(t, framed.Header().Get("X-Frame-Options"))
	require.Empty(t, framed.Header().Values("Set-Cookie"))
	page := framed.Body.String()
	require.Contains(t, page, `data-parent-origin="`+host+`"`)
	require.Contains(t, page, `action="/embed/city/map"`)
	_, page, _ = strings.Cut(page, "<main") // above it the language is changed
	for _, link := range regexp.MustCompile(`href="(/[^"]*)"`).FindAllStringSubmatch(page, -1) {
		at, _, _ := strings.Cut(link[1], "?")
		if !strings.HasPrefix(at, "/assets/") && at != "/map.csv" && at != "/map.geojson" {
			require.Equal(t, "/embed/city/map", at)
			require.Contains(t, link[1], "lang=en")
			require.Contains(t, link[1], "origin=https%3A%2F%2Fcity.example")
		}
	}
	require.Equal(t, http.StatusNotFound, get("/embed/nobody/map").Code)
	require.Contains(t, get("/map").Header().Get("Content-Security-Policy"), "frame-ancestors 'none'")
}
