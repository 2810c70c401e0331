//go:build !race

package bench_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/bench"
)

// So few say nothing of the rate; that each fired once and proves itself does.
func TestDeadlines_fires_each_once(t *testing.T) {
	t.Parallel()
	o, databases := everywhere(t)
	redis := os.Getenv("OTKLIK_TEST_REDIS")
	if redis == "" {
		o.Postgres, databases = "", databases[len(databases)-1:]
	}
	results, err := bench.Deadlines(t.Context(), bench.DeadlinesOptions{
		Options: o, Redis: redis, Rows: 400, Due: 90, Seconds: 0.2, Lead: 5 * time.Second,
	})
	require.NoError(t, err)
	require.Len(t, results, len(databases))
	for i, r := range results {
		require.Equal(t, databases[i], r.Database)
		require.GreaterOrEqual(t, r.Pending, 400)
		require.Equal(t, 90, r.Fired)
		require.Zero(t, r.Missed+r.Twice+r.Unproven)
		require.Positive(t, r.P99)
		require.GreaterOrEqual(t, r.Max, r.P99)
		require.Positive(t, r.RawPerSecond)
	}
	require.Contains(t, bench.DeadlinesTable(results), "fired once")
}

func TestAudit_lives_prove_themselves_and_a_changed_row_is_found(t *testing.T) {
	t.Parallel()
	o, databases := everywhere(t)
	results, err := bench.Audit(t.Context(), bench.AuditOptions{Options: o, Rows: 60})
	require.NoError(t, err)
	require.Len(t, results, len(databases))
	for _, r := range results {
		require.Equal(t, 60, r.Appeals)
		require.Greater(t, r.Events, 5*60)
		require.Zero(t, r.Wrong)
		require.Equal(t, 1, r.Found)
	}
	require.Contains(t, bench.AuditTable(results), "appeals/s")
}
