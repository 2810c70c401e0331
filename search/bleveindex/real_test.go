package bleveindex

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search"
)

// Real messages of one region with the topics that officers gave them: four of
// five are indexed, the fifth asks what it is about. Of 160 topics the right
// one has to be among the first three votes in more than six cases of ten.
func TestIndex_Similar_knows_real_topics(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OTKLIK_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	file, err := os.Open(filepath.Join(shared, "data", "kursk-pos-train.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs data/kursk-pos-train.csv in the folder OTKLIK_SHARED")
	}
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	const text, topic, category = 1, 2, 4
	var known []search.Doc
	var asked [][]string
	for i, r := range rows[1:] {
		if i%5 == 0 {
			asked = append(asked, r)
			continue
		}
		known = append(known, search.Doc{
			ID: int64(i + 1), Text: r[text], Rubric: r[topic], Category: r[category],
			Stage: "closed", SubmittedAt: time.Unix(int64(i), 0),
		})
	}
	ix := openTest(t, "")
	apply(t, ix, known...)
	right := 0
	for _, r := range asked {
		votes, err := ix.Similar(t.Context(), r[text], 3)
		require.NoError(t, err)
		for _, v := range votes {
			if v.Rubric == r[topic] {
				right++
			}
		}
	}
	share := float64(right) / float64(len(asked))
	t.Logf("%d of %d right, %.3f", right, len(asked), share)
	require.Greater(t, share, 0.6)
}
