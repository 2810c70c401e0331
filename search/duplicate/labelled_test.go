package duplicate_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search/duplicate"
)

// messages are those of a portal as people wrote them; they are no part of
// the project.
func messages(t *testing.T) []duplicate.Case {
	t.Helper()
	shared := os.Getenv("OTKLIK_SHARED")
	if shared == "" {
		t.Skip("OTKLIK_SHARED names no folder with real messages")
	}
	f, err := os.Open(filepath.Join(shared, "data", "kursk-pos-train.csv"))
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	head := lines[0]
	head[0] = strings.TrimPrefix(head[0], "\uFEFF")
	column := func(name string) int {
		i := slices.Index(head, name)
		require.GreaterOrEqual(t, i, 0, name)
		return i
	}
	text, topic, category := column("text"), column("topic"), column("category")
	var out []duplicate.Case
	for i, line := range lines[1:] {
		// The file tells neither places nor days.
		out = append(out, duplicate.Case{
			ID: int64(i + 1), Text: line[text], Topic: line[category] + "." + line[topic], Category: line[category],
			Sent: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC),
		})
	}
	return out
}

// TestFind_on_pairs_that_a_person_has_read holds the card of points against
// real messages. Most words of such pairs are alike: they were chosen so.
func TestFind_on_pairs_that_a_person_has_read(t *testing.T) {
	t.Parallel()
	cases := messages(t)
	x := duplicate.NewIndex()
	x.Put(cases...)
	f, err := os.Open("testdata/labelled.csv")
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	pairs, err := r.ReadAll()
	require.NoError(t, err)
	for _, at := range []struct {
		name              string
		least             float64
		precision, recall float64 // what it must not fall below
	}{{"officers", duplicate.Suspicious, 0.75, 0.75}, {"citizens", duplicate.Offered, 0.65, 0.95}} {
		found := map[string]map[bool]int{}
		for _, p := range pairs {
			a, err := strconv.Atoi(p[0])
			require.NoError(t, err)
			b, err := strconv.ParseInt(p[1], 10, 64)
			require.NoError(t, err)
			hit := slices.ContainsFunc(x.Find(&cases[a-1], at.least, len(cases)), func(c duplicate.Candidate) bool { return c.ID == b })
			if found[p[2]] == nil {
				found[p[2]] = map[bool]int{}
			}
			found[p[2]][hit]++
		}
		same, differ := found["same"], found["differ"]
		precision := float64(same[true]) / float64(same[true]+differ[true])
		recall := float64(same[true]) / float64(same[true]+same[false])
		t.Logf("%s, from %.2f: precision %.2f, recall %.2f of %d the same and %d others; of %d unclear ones %d are found", at.name, at.least,
			precision, recall, same[true]+same[false], differ[true]+differ[false], found["unclear"][true]+found["unclear"][false], found["unclear"][true])
		require.GreaterOrEqual(t, precision, at.precision, at.name)
		require.GreaterOrEqual(t, recall, at.recall, at.name)
	}
}
