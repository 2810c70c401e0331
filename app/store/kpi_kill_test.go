package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// keeperURL names the database that a child of the test below keeps sums in.
const (
	keeperURL  = "OTKLIK_TEST_KEEPER_URL"
	keeperAnew = "OTKLIK_TEST_KEEPER_ANEW" // it makes all sums anew
)

// What the child says before a step, and after one when it has come somewhere.
const (
	stepBegun = "step"
	stepDone  = "done"
)

func keeperOf(s *store.Store, name string) *report.Keeper {
	return &report.Keeper{Ledger: s, Zone: time.UTC, Now: time.Now, Name: name}
}

// TestKeeper_child is no test: it is the process that is killed.
func TestKeeper_child(t *testing.T) { //nolint:paralleltest // it ends when it is killed
	url := os.Getenv(keeperURL)
	if url == "" {
		t.Skip("run by TestKeeper_survives_kill_9")
	}
	s, err := store.Open(t.Context(), store.Config{URL: url, Seal: storetest.Seal()})
	require.NoError(t, err)
	k := keeperOf(s, fmt.Sprint(os.Getpid()))
	for {
		fmt.Println(stepBegun) // the parent may kill from here on
		if os.Getenv(keeperAnew) != "" {
			_ = k.Rebuild(t.Context(), func(int) {})
			continue
		}
		if _, err := k.Step(t.Context()); err != nil {
			fmt.Println(err)
		}
		if state, err := s.KPIState(t.Context()); err == nil && state.Position != "" {
			fmt.Println(stepDone)
		}
	}
}

// TestKeeper_survives_kill_9 kills a process that keeps the sums, again and
// again and wherever it is in a batch. What it left is whole, and the next goes
// on: in the end the sums are those of the appeals.
func TestKeeper_survives_kill_9(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, dialect)
			s, err := store.Open(t.Context(), store.Config{URL: url, Seal: storetest.Seal()})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			_, err = keeperOf(s, "first").Step(t.Context()) // of nothing: from here on the log is followed
			require.NoError(t, err)
			next := int64(1)
			for round := range 6 {
				for range 300 {
					at := storetest.Noon.Add(time.Duration(next) * time.Hour)
					_, _, err := s.Intake(t.Context(), storetest.Sample(next, at, next%5+1, func(in *workflow.Intake) {
						in.Appeal.Rubric = fmt.Sprintf("topic.%d", next%7)
					}))
					require.NoError(t, err)
					next++
				}
				say := stepBegun
				if round%2 == 1 { // a machine may be too slow for a batch within any time
					say = stepDone
				}
				killKeeper(t, url, "", say, time.Duration(5+round*17)*time.Millisecond)
			}
			state, err := s.KPIState(t.Context())
			require.NoError(t, err)
			require.True(t, state.Ready)
			require.NotEmpty(t, state.Position)
			killKeeper(t, url, "anew", stepBegun, 60*time.Millisecond)
			later := func() time.Time { return time.Now().Add(time.Hour) } // the claim of the dead has run out
			k := keeperOf(s, "after")
			k.Now = later
			v, err := k.Verify(t.Context(), func(int) {})
			require.NoError(t, err)
			require.Empty(t, v.Findings)
			require.Equal(t, int(next-1), v.Appeals)
			board := &report.Board{Store: s, Zone: time.UTC}
			year := report.Period{From: storetest.Noon.Truncate(24 * time.Hour), To: storetest.Noon.Truncate(24*time.Hour).AddDate(1, 0, 0)}
			c, err := board.Counts(t.Context(), year, report.Filter{Region: true}, storetest.Noon)
			require.NoError(t, err)
			require.Equal(t, int(next-1), c.Submitted)
		})
	}
}

// killKeeper kills a child some time after it first said a thing.
func killKeeper(t *testing.T, url, anew, say string, after time.Duration) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKeeper_child$")
	child.Env = append(os.Environ(), keeperURL+"="+url, keeperAnew+"="+anew)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Text() != say {
		require.True(t, lines.Scan(), say)
	}
	time.Sleep(after)
	require.NoError(t, child.Process.Kill())
	for lines.Scan() {
	}
	require.Error(t, child.Wait())
}
