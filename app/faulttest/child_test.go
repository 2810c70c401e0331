//go:build fault

// Package faulttest kills and restarts what the product runs on while people
// send appeals, and looks at what is left: `make fault`.
package faulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary builds the product once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "otklik-fault-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "otklik")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", path, "../../cmd/otklik").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// environment is ours without settings of the product.
func environment() []string {
	var out []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "OTKLIK_") {
			out = append(out, e)
		}
	}
	return out
}

// child is a running command of the product.
type child struct {
	cmd  *exec.Cmd
	log  *bytes.Buffer
	done chan struct{}
	err  error // of the end; read after done
}

// start runs a command of the product. It is killed with the test, if it still
// lives then; what it wrote is shown when the test fails.
func start(t *testing.T, args ...string) *child {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	c := &child{log: &bytes.Buffer{}, done: make(chan struct{})}
	c.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
	c.cmd.Env, c.cmd.Stdout, c.cmd.Stderr = environment(), c.log, c.log
	require.NoError(t, c.cmd.Start())
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	t.Cleanup(func() {
		c.kill(t)
		if t.Failed() {
			t.Logf("otklik %s wrote:\n%s", args[0], c.log)
		}
	})
	return c
}

// kill ends the child as the loss of power would.
func (c *child) kill(t *testing.T) {
	t.Helper()
	select {
	case <-c.done:
		return
	default:
	}
	if err := c.cmd.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
		require.NoError(t, err)
	}
	<-c.done
}

// end asks the child to end and returns with what exit code it did.
func (c *child) end(t *testing.T) int {
	t.Helper()
	require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
	return c.exit(t)
}

func (c *child) exit(t *testing.T) int {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(30 * time.Second):
		t.Fatal("did not end within 30 s of being asked")
	}
	return c.cmd.ProcessState.ExitCode()
}

// serve starts `otklik serve` and waits until it answers.
func serve(t *testing.T, address string, args ...string) *child {
	t.Helper()
	c := start(t, append([]string{"serve", "--listen", address, "--rate-limit=false"}, args...)...)
	require.Eventually(t, func() bool {
		select {
		case <-c.done:
			t.Fatalf("serve ended: %v\n%s", c.err, c.log)
		default:
		}
		return ready(t.Context(), address)
	}, 30*time.Second, 20*time.Millisecond)
	return c
}

func ready(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// run runs a command of the product to its end and returns what it printed.
func run(t *testing.T, args ...string) string {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = environment()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "otklik %s: %s", strings.Join(args, " "), out)
	return string(out)
}

// freeAddress is a loopback address that nobody serves at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	return address
}

// restart kills a server of .ci/services and starts it again on its data.
func restart(t *testing.T, name string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../../.ci/services", "restart", name)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// needServices skips a test that needs servers which it may kill.
func needServices(t *testing.T) {
	t.Helper()
	if os.Getenv("OTKLIK_SERVICES") == "" {
		t.Skip("OTKLIK_SERVICES names no servers that may be killed: run `make fault`")
	}
}
