package app

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

const crashRoot = "OTKLIK_CRASH_REINDEX"

// longLog is a log of as many appeals, one event each, read a few at a time.
type longLog struct {
	appeals int64
	pause   time.Duration
}

// logStep is less than a batch of the indexer: it is told that there is more.
const logStep = 2000

func (l longLog) EventsAfter(_ context.Context, position string, limit int) ([]workflow.Event, string, error) {
	at, _ := strconv.ParseInt(strings.TrimPrefix(position, "0:"), 10, 64)
	var out []workflow.Event
	for at < l.appeals && len(out) < min(limit, logStep) {
		at++
		out = append(out, workflow.Event{Appeal: at, Seq: at})
	}
	time.Sleep(l.pause)
	return out, "0:" + strconv.FormatInt(at, 10), nil
}

func (l longLog) FindCases(_ context.Context, ids []int64) ([]workflow.Case, error) {
	out := make([]workflow.Case, len(ids))
	for i, id := range ids {
		out[i].Appeal = workflow.Appeal{ID: id, Number: strconv.FormatInt(id, 10), Text: "яма", Stage: workflow.StageReceived}
	}
	return out, nil
}

func TestMain(m *testing.M) {
	if root := os.Getenv(crashRoot); root != "" {
		err := Reindex(context.Background(), root, longLog{20_000, 20 * time.Millisecond}, slog.New(slog.DiscardHandler), func(n int) { fmt.Println(n) })
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestReindex_survives_kill(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	quiet := slog.New(slog.DiscardHandler)
	live, err := openIndex(root, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, live.Close()) })
	require.NoError(t, live.Apply(t.Context(), []search.Doc{{ID: 1, Text: "снег"}}, nil, "0:1"))
	before, err := currentIndex(root)
	require.NoError(t, err)

	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), crashRoot+"="+root)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	confirmed := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		confirmed, err = strconv.Atoi(lines.Text())
		require.NoError(t, err)
		if confirmed >= 3*logStep {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.Error(t, cmd.Wait())
	require.GreaterOrEqual(t, confirmed, 3*logStep)

	name, err := currentIndex(root)
	require.NoError(t, err)
	require.Equal(t, before, name, "the old one stays in force")
	found, err := live.Search(t.Context(), search.Query{Region: true, Text: "снег"}, 0, 1)
	require.NoError(t, err)
	require.Equal(t, 1, found.Total, "and answers")

	first := 0
	require.NoError(t, Reindex(t.Context(), root, longLog{20_000, 0}, quiet, func(n int) {
		if first == 0 {
			first = n
		}
	}))
	require.Greater(t, first, confirmed, "what was built is gone on with")
	name, err = currentIndex(root)
	require.NoError(t, err)
	require.NotEqual(t, before, name)
	again, err := openIndexAt(t, root, live)
	require.NoError(t, err)
	n, err := again.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 20_000, n)
}

// openIndexAt lets the running index see that another was put in force.
func openIndexAt(t *testing.T, root string, live *liveIndex) (search.Index, error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { live.watch(ctx); close(done) }()
	require.Eventually(t, func() bool {
		n, err := live.Count(ctx)
		return err == nil && n > 1
	}, 20*time.Second, 50*time.Millisecond)
	stop()
	<-done
	left, err := os.ReadDir(root)
	for _, e := range left {
		if e.IsDir() {
			name, _ := currentIndex(root)
			require.Equal(t, name, e.Name(), "the former one is swept away")
		}
	}
	return live, err
}
