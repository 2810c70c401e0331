package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// redisEnv names the variable with the address of a Redis for tests.
const redisEnv = "OTKLIK_TEST_REDIS"

// redisDatabase is ours alone: other packages are tested on the same Redis.
const redisDatabase = 13

// product is Otklik, served in this process.
type product struct {
	*app.App

	base string // address under which people reach it
	stop func()
}

// serve fills the product, then runs it until stop.
func serve(ctx context.Context, settings map[string]string, fill func(*product) error, opts ...app.Option) (*product, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	base := "http://localhost:" + port
	settings["listen"], settings["base_url"], settings["rate_limit"] = listener.Addr().String(), base, "false"
	cfg, err := config.Load("", settings)
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	a, err := app.Open(ctx, cfg, append(opts, app.WithLog(quiet))...)
	if err != nil {
		return nil, err
	}
	p := &product{App: a, base: base}
	if err := fill(p); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	running, end := context.WithCancel(ctx)
	var wg sync.WaitGroup
	run := func(what string, f func() error) {
		wg.Go(func() {
			if err := f(); err != nil && !errors.Is(err, context.Canceled) {
				fmt.Fprintf(os.Stderr, "%s: %s\n", what, err)
			}
		})
	}
	run("serve", func() error { return a.Serve(running, listener) })
	if !cfg.Embedded() {
		run("work", func() error { return a.Work(running) })
	}
	p.stop = func() {
		end()
		wg.Wait()
		if err := a.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "close:", err)
		}
	}
	return p, nil
}

func (p *product) region() demo.Region {
	return demo.Region{
		Store: p.Store, Rubricator: p.Rubricator, Engine: p.EngineAt, Reload: p.Reload, Now: p.Clock.Now(), Log: p.Log,
	}
}

// home is the product with the demo region in the embedded profile, which
// tests share that don't move its clock.
var home sharedProduct

type sharedProduct struct {
	start sync.Once
	*product
	err error
	dir string
}

func (s *sharedProduct) open() error {
	ctx := context.Background()
	if s.dir, s.err = quickDir(); s.err != nil {
		return s.err
	}
	settings := map[string]string{"data": s.dir, "demo": "true"}
	s.product, s.err = serve(ctx, settings, func(p *product) error { return p.SeedDemo(ctx, io.Discard) })
	return s.err
}

// quickDir makes a folder for what walks through a thousand small transactions: in
// memory they are quick.
func quickDir() (string, error) {
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	return os.MkdirTemp(parent, "otklik-e2e-")
}

func (s *sharedProduct) close() {
	if s.product != nil {
		s.stop()
	}
	os.RemoveAll(s.dir)
}

// shared is the product that tests share.
func shared(t *testing.T) *product {
	t.Helper()
	chromium(t) // without which the test is skipped
	home.start.Do(func() { _ = home.open() })
	require.NoError(t, home.err)
	return home.product
}

// production runs the production profile on PostgreSQL and Redis, with the
// demo region in it and no appeals yet.
func production(t *testing.T, c clock.Clock) *product {
	t.Helper()
	chromium(t)
	address := os.Getenv(redisEnv)
	if address == "" {
		t.Skipf("%s names no Redis", redisEnv)
	}
	address = fmt.Sprintf("%s/%d", strings.TrimRight(address, "/"), redisDatabase)
	opt, err := redis.ParseURL(address)
	require.NoError(t, err)
	client := redis.NewClient(opt)
	defer client.Close()
	require.NoError(t, client.FlushDB(t.Context()).Err())

	database := storetest.URL(t, storetest.Postgres)
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	require.NoError(t, os.WriteFile(key, []byte("b25lIGtleSBmb3IgdGhlIHRlc3RzIG9mIHBhZ2VzOi0="), 0o600))
	p, err := serve(context.WithoutCancel(t.Context()), map[string]string{
		"data": dir, "database": database, "redis": address, "key_file": key,
	}, func(p *product) error { return p.region().Settle(t.Context()) }, app.WithClock(c))
	require.NoError(t, err)
	t.Cleanup(p.stop)
	return p
}

// appeal is what the product knows of an appeal.
func (p *product) appeal(t *testing.T, number string) workflow.Appeal {
	t.Helper()
	id, err := p.Store.FindID(t.Context(), number)
	require.NoError(t, err)
	c, err := p.Store.FindCase(t.Context(), id)
	require.NoError(t, err)
	return c.Appeal
}

// settles waits until everything due by the clock has fired.
func (p *product) settles(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		next, err := p.Store.NextDue(t.Context())
		return err == nil && (next.IsZero() || next.After(p.Clock.Now()))
	}, patience, 50*time.Millisecond, "what is due does not fire")
}
