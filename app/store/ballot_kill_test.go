package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
)

// boxURL names the database into whose ballot box a child of the test below puts
// ballots; boxFrom is its first voter.
const (
	boxURL  = "OTKLIK_TEST_BOX_URL"
	boxFrom = "OTKLIK_TEST_BOX_FROM"
)

// boxSpan is how many voters a child has.
const boxSpan = 10_000

// voterPass recognises the n-th voter of the test.
func voterPass(h *storetest.Hall, n int) (string, error) {
	person := participation.Person([]byte("voters"), h.ID, strconv.Itoa(n))
	return h.Voting.Issue(participation.Pass{Campaign: h.ID, Person: person, Until: h.Clock.Now().Add(48 * time.Hour)})
}

// TestBallotBox_child is no test: it is the node that is killed.
func TestBallotBox_child(t *testing.T) { //nolint:paralleltest // it ends when it is killed
	url := os.Getenv(boxURL)
	if url == "" {
		t.Skip("run by TestBallotBox_survives_kill_9")
	}
	first, err := strconv.Atoi(os.Getenv(boxFrom))
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Config{URL: url, Seal: storetest.Seal()})
	require.NoError(t, err)
	h := storetest.OpenHall(s, 1, storetest.Noon.Add(time.Hour))
	go func() {
		for {
			_, _ = h.Sequence.Work(context.Background())
		}
	}()
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := first + w; n < first+boxSpan; n += 8 {
				pass, err := voterPass(h, n)
				if err != nil {
					return
				}
				secret := rand.Text()
				say("sent %d %s", n, secret)
				if r, err := h.Send(context.Background(), pass, secret, storetest.Yes); err == nil {
					say("got %d %s", n, r.Code)
				}
			}
		})
	}
	wg.Wait()
}

// TestBallotBox_survives_kill_9 kills a node in the middle of voting, again and
// again. Every ballot with a receipt is in the box and in the log, none is there by
// half, and who got no answer sends the same again and counts once.
func TestBallotBox_survives_kill_9(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, dialect)
			s, err := store.Open(t.Context(), store.Config{URL: url, Seal: storetest.Seal()})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			h := storetest.NewHall(t, s)
			require.Equal(t, int64(1), h.ID)
			secrets, receipts := map[int]string{}, map[int]string{}
			for round := range 4 {
				killVoting(t, url, round*boxSpan, 20+30*round, secrets, receipts)
			}
			require.GreaterOrEqual(t, len(receipts), 100)
			var unsure []int
			for n := range secrets {
				if receipts[n] == "" {
					unsure = append(unsure, n)
				}
			}
			require.NotEmpty(t, unsure, "some were on their way")
			for n, secret := range secrets {
				pass, err := voterPass(h, n)
				require.NoError(t, err)
				r, err := h.Send(t.Context(), pass, secret, storetest.Yes)
				require.NoError(t, err, "voter %d sends again", n)
				if receipts[n] != "" {
					require.True(t, r.Again, "voter %d had a receipt", n)
					require.Equal(t, receipts[n], r.Code)
				}
			}
			c := h.Finish(t)
			require.Equal(t, len(secrets), c.Result.Voters)
			require.Equal(t, len(secrets), c.Result.Ballots)
			require.Equal(t, int64(len(secrets)), c.Result.Entries)
			for _, code := range receipts {
				p, err := h.Voting.Check(t.Context(), h.ID, code)
				require.NoError(t, err)
				require.Equal(t, participation.InLog, p.Standing)
			}
			t.Logf("%d receipts, %d without an answer when their node was killed", len(receipts), len(unsure))
		})
	}
}

// killVoting kills a child after so many receipts.
func killVoting(t *testing.T, url string, first, many int, secrets, receipts map[int]string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestBallotBox_child$")
	child.Env = append(os.Environ(), boxURL+"="+url, boxFrom+"="+strconv.Itoa(first))
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(out)
	killed := false
	for lines.Scan() {
		word := strings.Fields(lines.Text())
		if len(word) != 3 {
			continue
		}
		n, err := strconv.Atoi(word[1])
		require.NoError(t, err)
		switch word[0] {
		case "sent":
			secrets[n] = word[2]
		case "got":
			receipts[n] = word[2]
			many--
		}
		if many <= 0 && !killed {
			killed = true
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait())
}
