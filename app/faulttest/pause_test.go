//go:build fault

package faulttest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stopped is how long Redis answers nobody. Warnings go on coming due meanwhile.
const stopped = 8 * time.Second

// signalRedis sends a signal to the Redis that .ci/services started.
func signalRedis(t *testing.T, signal syscall.Signal) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(os.Getenv("OTKLIK_SERVICES"), "redis.pid"))
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, signal))
}

// Redis stands still and goes on with all that it had.
func TestFault_redis_is_stopped_while_deadlines_come_due(t *testing.T) { //nolint:paralleltest // stops what others would use
	p := settle(t, map[string]string{"database": postgres(t), "redis": redis(t, 14)})
	a := p.open(t)
	due := prepare(t, a)
	begun := time.Now()
	w := start(t, append([]string{"worker"}, p.args...)...)
	time.Sleep(headStart + time.Second - time.Since(begun))
	signalRedis(t, syscall.SIGSTOP)
	t.Cleanup(func() { signalRedis(t, syscall.SIGCONT) })
	time.Sleep(stopped)
	signalRedis(t, syscall.SIGCONT)
	due.check(t, a, latest)
	require.Zero(t, w.end(t))
	require.Contains(t, run(t, append([]string{"audit", "verify"}, p.args...)...), ": 0 wrong")
}

// PostgreSQL is killed and started again under a worker that stays.
func TestFault_postgres_is_restarted_while_deadlines_come_due(t *testing.T) { //nolint:paralleltest // kills what others would use
	p := settle(t, map[string]string{"database": postgres(t), "redis": redis(t, 15)})
	a := p.open(t)
	due := prepare(t, a)
	begun := time.Now()
	w := start(t, append([]string{"worker"}, p.args...)...)
	time.Sleep(whileGoing - time.Since(begun))
	restart(t, "postgres")
	require.NoError(t, a.Close())
	due.check(t, p.open(t), latest)
	require.Zero(t, w.end(t))
	require.Contains(t, run(t, append([]string{"audit", "verify"}, p.args...)...), ": 0 wrong")
}
