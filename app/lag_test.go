package app_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/workflow"
)

func TestMetrics_tell_how_far_the_index_is_behind(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC))
	cfg, err := config.Load("", map[string]string{"data": t.TempDir()})
	require.NoError(t, err)
	a, err := app.Open(t.Context(), cfg, app.WithClock(now), app.WithLog(slog.New(slog.DiscardHandler)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	require.NoError(t, demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: now.Now(), Log: a.Log,
	}.Settle(t.Context()))
	require.NoError(t, a.Reload(t.Context()))
	pages, err := a.Handler()
	require.NoError(t, err)
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	metrics := func() string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/metrics", http.NoBody)
		require.NoError(t, err)
		res, err := server.Client().Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, res.Header.Get("Content-Type"), "text/plain")
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return string(body)
	}
	require.Contains(t, metrics(), "\notklik_index_lag_events 0\n")
	require.Contains(t, metrics(), "\notklik_index_lag_seconds 0\n")

	places := a.Rubricator.Book().Places.Municipalities()
	_, err = a.Engine.Submit(t.Context(), workflow.Submission{
		Text: "Глубокая яма на дороге у школы, объезжают по встречной", Rubric: "roads.surface.pothole",
		Place: workflow.Place{Territory: places[0].ID, Address: "ул. Полевая, 12"}, Source: workflow.FromPortal,
	})
	require.NoError(t, err)
	now.Advance(90 * time.Second)
	behind := metrics()
	require.NotContains(t, behind, "\notklik_index_lag_events 0\n", "nobody feeds this index")
	require.Contains(t, behind, "\notklik_index_lag_seconds 90\n")
	require.Contains(t, behind, "\notklik_index_documents 0\n")
}
