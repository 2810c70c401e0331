package app_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// redisDatabase is ours alone: other packages are tested on the same Redis.
const redisDatabase = "/12"

// A worker has no index and none of what pages are made of: news of saved
// searches are left to nodes that serve pages.
func TestWork_leaves_saved_searches_to_nodes_that_can_look(t *testing.T) {
	t.Parallel()
	address := os.Getenv("OTKLIK_TEST_REDIS")
	if address == "" {
		t.Skip("OTKLIK_TEST_REDIS names no Redis")
	}
	address = strings.TrimRight(address, "/") + redisDatabase
	opt, err := redis.ParseURL(address)
	require.NoError(t, err)
	client := redis.NewClient(opt)
	t.Cleanup(func() { _ = client.Close() })
	require.NoError(t, client.FlushDB(t.Context()).Err())
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	require.NoError(t, os.WriteFile(key, []byte("b25lIGtleSBmb3IgdGhlIHRlc3RzIG9mIHBhZ2VzOi0="), 0o600))
	cfg, err := config.Load("", map[string]string{
		"data": dir, "database": storetest.URL(t, storetest.Postgres), "redis": address, "key_file": key,
	})
	require.NoError(t, err)
	now := clock.NewFake(time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC))
	a, err := app.Open(t.Context(), cfg, app.WithClock(now), app.WithLog(slog.New(slog.DiscardHandler)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	require.NoError(t, demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: now.Now(), Log: a.Log,
	}.Settle(t.Context()))
	users, err := a.Store.ListUsers(t.Context(), 0)
	require.NoError(t, err)
	var reader identity.User
	for _, u := range users {
		if u.Login == "supervisor" {
			reader = u
		}
	}
	view := workflow.View{User: reader.ID, Name: "Вода", Query: "q=вода&tab=all"}
	require.NoError(t, a.Store.SaveView(t.Context(), &view))
	require.NoError(t, a.Store.SaveSubscription(t.Context(), workflow.Subscription{User: reader.ID, View: view.ID, Rhythm: workflow.AtOnce}, now.Now()))

	work := make(chan error, 1)
	stop := startWorker(t, a, work)
	_, err = a.Engine.Submit(t.Context(), workflow.Submission{
		Text: "Нет воды второй день во всём доме, обещали ещё вчера", Rubric: "water.cold.none",
		Place:     workflow.Place{Territory: a.Rubricator.Book().Places.Municipalities()[0].ID, Address: "ул. Полевая, 12"},
		Applicant: workflow.Applicant{Name: "Анна", Email: "anna@example.org", Lang: "ru"}, Source: workflow.FromPortal,
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		letters, err := filepath.Glob(filepath.Join(dir, "mail", "*"))
		return err == nil && len(letters) > 0
	}, 45*time.Second, 50*time.Millisecond, "the worker works")
	stop()
	require.NoError(t, <-work)
	due, err := a.Store.ClaimSubscriptions(t.Context(), now.Now(), time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, due, 1, "nobody took it who can't look")
}

// startWorker runs the work of a worker until it is stopped.
func startWorker(t *testing.T, a *app.App, done chan<- error) (stop func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	go func() { done <- a.Work(ctx) }()
	return stop
}
