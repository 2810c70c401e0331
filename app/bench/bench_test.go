package bench_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/bench"
)

// everywhere is SQLite, and PostgreSQL where a server is given.
func everywhere(t *testing.T) (o bench.Options, databases []string) {
	t.Helper()
	o = bench.Options{SQLite: true, Postgres: os.Getenv("OTKLIK_TEST_POSTGRES"), Progress: t.Output()}
	if o.Postgres != "" {
		databases = append(databases, "postgres")
	}
	return o, append(databases, "sqlite")
}

// The figures of so short a run mean nothing; what it checks by itself does:
// each appeal that was answered is there, whole and in the index.
func TestIntake_measures_and_checks(t *testing.T) {
	t.Parallel()
	o, databases := everywhere(t)
	results, err := bench.Intake(t.Context(), bench.IntakeOptions{Options: o, Seconds: 0.3, Connections: []int{1, 3}})
	require.NoError(t, err)
	require.Len(t, results, 2*len(databases))
	for i, r := range results {
		require.Equal(t, databases[i/2], r.Database)
		require.Equal(t, []int{1, 3}[i%2], r.Connections)
		require.Positive(t, r.ProductPerSecond)
		require.Positive(t, r.RawPerSecond)
		require.InDelta(t, r.ProductPerSecond/r.RawPerSecond, r.Ratio, 0.001)
		require.GreaterOrEqual(t, r.P99, r.P50)
		require.Positive(t, r.HalfLoadP99)
	}
	require.Contains(t, bench.IntakeTable(results), "appeals/s")
}

func TestOptions_a_server_that_cannot_be_reached_is_an_error_without_its_password(t *testing.T) {
	t.Parallel()
	o := bench.Options{Postgres: "postgres://someone:hidden@127.0.0.1:1/postgres?connect_timeout=2"}
	_, err := bench.Intake(t.Context(), bench.IntakeOptions{Options: o, Seconds: 0.1, Connections: []int{1}})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hidden")
}
