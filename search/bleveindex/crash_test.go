package bleveindex

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search"
)

const crashPath = "OTKLIK_CRASH_INDEX"

// crashBatch is the n-th batch: it rewrites every document with the number n
// and adds one, so a torn batch would show.
func crashBatch(n int) []search.Doc {
	docs := make([]search.Doc, n)
	for i := range docs {
		docs[i] = search.Doc{ID: int64(i + 1), Text: "яма", Stage: strconv.Itoa(n)}
	}
	return docs
}

// writeUntilKilled is what the process does that TestIndex_survives_kill starts
// and kills.
func writeUntilKilled(path string) error {
	ix, err := Open(path, Options{})
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		if err := ix.Apply(context.Background(), crashBatch(n), nil, strconv.Itoa(n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	code := m.Run()
	closePairs()
	os.Exit(code)
}

func TestIndex_survives_kill(t *testing.T) {
	t.Parallel()
	binary, err := os.Executable()
	require.NoError(t, err)
	for round := range 3 {
		path := t.TempDir()
		cmd := exec.CommandContext(t.Context(), binary)
		cmd.Env = append(os.Environ(), crashPath+"="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		confirmed := 0
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			confirmed, err = strconv.Atoi(lines.Text())
			require.NoError(t, err)
			if confirmed == 20+10*round {
				time.Sleep(time.Duration(round) * time.Millisecond) // in the midst of the next
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait())
		require.GreaterOrEqual(t, confirmed, 20)

		ix, err := Open(path, Options{})
		require.NoError(t, err)
		checkpoint, err := ix.Checkpoint(t.Context())
		require.NoError(t, err)
		n, err := strconv.Atoi(checkpoint)
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, confirmed, "what was confirmed is there")
		count, err := ix.Count(t.Context())
		require.NoError(t, err)
		require.Equal(t, n, count, "documents and checkpoint are of one batch")
		found, err := ix.Search(t.Context(), search.Query{Region: true, Text: "яма", Stage: checkpoint}, 0, 1)
		require.NoError(t, err)
		require.Equal(t, n, found.Total)
		require.NoError(t, ix.Close())
	}
}
