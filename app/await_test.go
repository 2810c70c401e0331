package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store/storetest"
)

// nodeConfig is that of a node of the production profile.
func nodeConfig(t *testing.T, database string) config.Config {
	t.Helper()
	given := map[string]string{}
	for _, s := range config.Settings {
		given[s.Key] = s.Default
	}
	given["data"], given["database"], given["redis"] = t.TempDir(), database, "redis://127.0.0.1:1"
	given["key_file"] = filepath.Join(given["data"], "secret.key")
	require.NoError(t, os.WriteFile(given["key_file"], []byte("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n"), 0o600))
	cfg, err := config.Load("", given)
	require.NoError(t, err)
	return cfg
}

// lines is a log that can be read while it is written.
type lines struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

func TestAwait_a_database_that_comes_later(t *testing.T) {
	t.Parallel()
	database, err := url.Parse(storetest.URL(t, storetest.Postgres))
	require.NoError(t, err)
	reserved, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := reserved.Addr().String()
	require.NoError(t, reserved.Close()) // nobody answers there now
	through := *database
	through.Host = address

	log := &lines{}
	type result struct {
		a   *app.App
		err error
	}
	opened := make(chan result, 1)
	go func() {
		a, err := app.Await(t.Context(), nodeConfig(t, through.String()), app.WithLog(slog.New(slog.NewTextHandler(log, nil))))
		opened <- result{a, err}
	}()
	require.Eventually(t, func() bool {
		return bytes.Contains([]byte(log.String()), []byte("the database is not ready, will try again"))
	},
		20*time.Second, 20*time.Millisecond)
	select {
	case got := <-opened:
		t.Fatalf("it did not wait: %v", got.err)
	default:
	}
	forward(t, address, database.Host)
	got := <-opened
	require.NoError(t, got.err)
	require.NoError(t, got.a.Store.Ping(t.Context()))
	require.NoError(t, got.a.Close())
}

func TestAwait_what_will_never_be_right_is_not_awaited(t *testing.T) {
	t.Parallel()
	_, err := app.Await(t.Context(), nodeConfig(t, "postgres://someone@host:port-of-letters/x"))
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = app.Await(ctx, nodeConfig(t, "postgres://someone@127.0.0.1:1/x"), app.WithLog(slog.New(slog.DiscardHandler)))
	require.Error(t, err, "nor for longer than one wants")
}

// forward passes what comes to one address on to another.
func forward(t *testing.T, from, to string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", from)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := new(net.Dialer).DialContext(context.WithoutCancel(t.Context()), "tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
				go func() {
					_, _ = io.Copy(pair[0], pair[1])
					_ = pair[0].Close()
				}()
			}
		}
	}()
}
