package bleveindex

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/search"
)

// model answers queries the slow and plain way.
type model map[int64]search.Doc

func (m model) matches(d search.Doc, q search.Query) bool {
	has := func(list []int64, n int64) bool {
		for _, x := range list {
			if x == n && n != 0 {
				return true
			}
		}
		return false
	}
	text := map[string]bool{}
	for _, s := range stems(d.Text + " . " + d.Answer) {
		text[s] = true
	}
	for _, s := range stems(q.Text) {
		if !text[s] {
			return false
		}
	}
	return (q.Region || has(q.Agencies, d.Agency)) &&
		(q.Number == "" || q.Number == d.Number) &&
		(q.Rubric == "" || d.Rubric == q.Rubric || d.Category == q.Rubric || strings.HasPrefix(d.Rubric, q.Rubric+".")) &&
		(q.Category == "" || d.Category == q.Category) &&
		(len(q.Territory) == 0 || has(q.Territory, d.Territory)) &&
		(q.Agency == 0 || d.Agency == q.Agency) &&
		(q.Stage == "" || d.Stage == q.Stage) &&
		(q.From.IsZero() || !d.SubmittedAt.Before(q.From)) &&
		(q.To.IsZero() || d.SubmittedAt.Before(q.To))
}

type cellKey struct {
	step      int
	territory int64
	by        string
}

// stepOf is the step of a time the slow and plain way.
func stepOf(edges []time.Time, at time.Time) (int, bool) {
	if len(edges) == 0 {
		return 0, true
	}
	for i := range len(edges) - 1 {
		if !at.Before(edges[i]) && at.Before(edges[i+1]) {
			return i, true
		}
	}
	return 0, false
}

func (m model) heat(q search.HeatQuery) (map[cellKey]search.Cell, int) {
	cells, total := map[cellKey]search.Cell{}, 0
	for _, d := range m {
		if !m.matches(d, q.Query) {
			continue
		}
		total++
		step, ok := stepOf(q.Edges, d.SubmittedAt)
		if !ok {
			continue
		}
		key := cellKey{step, d.Territory, d.Category}
		if q.ByLeaf {
			key.by = d.Rubric
		}
		c := cells[key]
		c.Step, c.Territory, c.By = step, key.territory, key.by
		c.Count++
		if d.Joined {
			c.Joined++
		}
		if d.Late || !d.Final && !d.DueAt.IsZero() && d.DueAt.Before(q.Now) {
			c.Overdue++
		}
		if d.Outcome == search.Solved {
			c.Solved++
		}
		if d.Refuted {
			c.Refuted++
		}
		if d.Rating > 0 {
			c.Rated++
			c.RatingSum += d.Rating
		}
		if q.Weighted {
			c.Weight += math.Pow(0.5, q.Now.Sub(d.SubmittedAt).Hours()/24/14)
		}
		cells[key] = c
	}
	return cells, total
}

var (
	modelWords  = []string{"яма", "ямы", "дорога", "снег", "фонарь", "мусор", "вода", "автобус", "lamp", "12а", "лёд"}
	modelStages = []string{"new", "in_work", "answered", "closed"}
)

func drawWords(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(modelWords), 0, most).Draw(t, label), " ")
}

func drawTime(t *rapid.T, label string) time.Time {
	return corpusNow.Add(-time.Duration(rapid.Int64Range(0, int64(60*24*time.Hour/time.Hour)).Draw(t, label)) * time.Hour)
}

func drawDoc(t *rapid.T) search.Doc {
	leaf := rapid.IntRange(0, 7).Draw(t, "leaf")
	d := search.Doc{
		ID:          rapid.Int64Range(1, 60).Draw(t, "id"),
		Text:        drawWords(t, "text", 6),
		Answer:      drawWords(t, "answer", 2),
		Rubric:      fmt.Sprintf("c%d.g%d.l%d", leaf/4, leaf/2, leaf),
		Category:    fmt.Sprintf("c%d", leaf/4),
		Territory:   rapid.Int64Range(0, 4).Draw(t, "territory"),
		Agency:      rapid.Int64Range(0, 3).Draw(t, "agency"),
		Stage:       rapid.SampledFrom(modelStages).Draw(t, "stage"),
		Final:       rapid.Bool().Draw(t, "final"),
		Late:        rapid.Bool().Draw(t, "late"),
		Refuted:     rapid.Bool().Draw(t, "refuted"),
		Joined:      rapid.Bool().Draw(t, "joined"),
		Outcome:     rapid.SampledFrom([]string{"", "solved", "explained"}).Draw(t, "outcome"),
		Rating:      rapid.IntRange(0, 5).Draw(t, "rating"),
		SubmittedAt: drawTime(t, "submitted"),
	}
	d.Number = fmt.Sprintf("26-%06d", d.ID)
	if rapid.Bool().Draw(t, "has due") {
		d.DueAt = drawTime(t, "due").Add(20 * 24 * time.Hour)
	}
	return d
}

func drawQuery(t *rapid.T) search.HeatQuery {
	maybe := func(label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 0 }
	q := search.HeatQuery{Now: corpusNow, ByLeaf: rapid.Bool().Draw(t, "by leaf"), Weighted: rapid.Bool().Draw(t, "weighted")}
	if rapid.Bool().Draw(t, "in steps") {
		edge := drawTime(t, "first edge")
		for range rapid.IntRange(1, 9).Draw(t, "edges") {
			q.Edges = append(q.Edges, edge)
			edge = edge.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "step")) * time.Hour)
		}
	}
	q.Region = rapid.Bool().Draw(t, "region")
	q.Agencies = rapid.SliceOfN(rapid.Int64Range(0, 3), 0, 3).Draw(t, "agencies")
	if rapid.Bool().Draw(t, "with text") {
		q.Text = drawWords(t, "query", 2)
	}
	if maybe("by rubric") {
		q.Rubric = rapid.SampledFrom([]string{"c0", "c1.g2", "c1.g2.l5", "c", "c1.g"}).Draw(t, "rubric")
	}
	if maybe("by category") {
		q.Category = rapid.SampledFrom([]string{"c0", "c1", "c9"}).Draw(t, "category")
	}
	if maybe("by territory") {
		q.Territory = rapid.SliceOfN(rapid.Int64Range(1, 5), 1, 3).Draw(t, "territories")
	}
	if maybe("by agency") {
		q.Agency = rapid.Int64Range(1, 3).Draw(t, "agency")
	}
	if maybe("by stage") {
		q.Stage = rapid.SampledFrom(modelStages).Draw(t, "stage")
	}
	if maybe("from") {
		q.From = drawTime(t, "from")
	}
	if maybe("to") {
		q.To = drawTime(t, "to")
	}
	return q
}

func TestIndex_HeatMap_equals_a_plain_count(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ix, err := Open("", Options{})
		require.NoError(t, err)
		defer func() { require.NoError(t, ix.Close()) }()
		docs := model{}
		for range rapid.IntRange(1, 6).Draw(t, "batches") {
			batch := rapid.SliceOfN(rapid.Custom(drawDoc), 0, 25).Draw(t, "docs")
			remove := rapid.SliceOfN(rapid.Int64Range(1, 60), 0, 8).Draw(t, "remove")
			require.NoError(t, ix.Apply(context.Background(), batch, remove, "1"))
			for _, d := range batch {
				docs[d.ID] = d
			}
			for _, id := range remove {
				delete(docs, id)
			}
			for range 3 {
				checkQuery(t, ix, docs, drawQuery(t))
			}
		}
	})
}

func checkQuery(t *rapid.T, ix *Index, docs model, q search.HeatQuery) {
	want, total := docs.heat(q)
	got, err := ix.HeatMap(context.Background(), q)
	require.NoError(t, err)
	if got.Fuzzy {
		require.Zero(t, total)
		return
	}
	require.Equal(t, total, got.Total)
	require.Len(t, got.Cells, len(want))
	for _, c := range got.Cells {
		w := want[cellKey{c.Step, c.Territory, c.By}]
		require.InDelta(t, w.Weight, c.Weight, 1e-9*max(w.Weight, 1))
		w.Weight = c.Weight
		require.Equal(t, w, c)
	}
	found, err := ix.Search(context.Background(), q.Query, 0, 100)
	require.NoError(t, err)
	require.Equal(t, total, found.Total)
	require.Len(t, found.Hits, total)
	for i, h := range found.Hits {
		require.True(t, docs.matches(docs[h.ID], q.Query))
		if i > 0 {
			before := found.Hits[i-1]
			require.GreaterOrEqual(t, before.Score, h.Score)
			if before.Score == h.Score {
				require.False(t, docs[before.ID].SubmittedAt.Before(docs[h.ID].SubmittedAt), "newer first among equals")
			}
		}
	}
}

// On disk segments are persisted and merged behind the queries' back.
func TestIndex_HeatMap_holds_through_merges_and_a_restart(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	ix := openTest(t, path)
	c := newCorpus(3)
	docs := model{}
	check := func(ix *Index) {
		for _, q := range []search.HeatQuery{
			{Query: search.Query{Region: true}, Now: corpusNow},
			{Query: search.Query{Agencies: []int64{1, 2, 3}}, Now: corpusNow, ByLeaf: true},
			{Query: search.Query{Region: true, Text: c.words[0], From: corpusNow.AddDate(-1, 0, 0)}, Now: corpusNow},
		} {
			want, total := docs.heat(q)
			got, err := ix.HeatMap(t.Context(), q)
			require.NoError(t, err)
			require.Equal(t, total, got.Total)
			require.Len(t, got.Cells, len(want))
			for _, cell := range got.Cells {
				w := want[cellKey{cell.Step, cell.Territory, cell.By}]
				require.InDelta(t, w.Weight, cell.Weight, 1e-9*max(w.Weight, 1))
				w.Weight = cell.Weight
				require.Equal(t, w, cell)
			}
		}
	}
	for batch := range 40 {
		changed := c.docs(1+c.rnd.IntN(400), 50)
		remove := []int64{1 + c.rnd.Int64N(450), 1 + c.rnd.Int64N(450)}
		require.NoError(t, ix.Apply(t.Context(), changed, remove, fmt.Sprint(batch)))
		for _, d := range changed {
			docs[d.ID] = d
		}
		for _, id := range remove {
			delete(docs, id)
		}
		if batch%8 == 7 {
			check(ix)
		}
	}
	require.NoError(t, ix.Close())
	ix = openTest(t, path)
	check(ix)
	ix.columns.mu.Lock()
	defer ix.columns.mu.Unlock()
	require.LessOrEqual(t, len(ix.columns.built), 45, "rows of merged segments are forgotten")
}

// Every batch replaces all documents, so a reader that saw half a batch would
// count two territories.
func TestIndex_HeatMap_sees_whole_batches_while_others_write(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"in memory": "", "on disk": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ix := openTest(t, path)
			const docs, batches, readers = 100, 60, 3
			write := func(territory int64) error {
				batch := make([]search.Doc, docs)
				for i := range batch {
					batch[i] = search.Doc{ID: int64(i + 1), Text: "яма на дороге", Territory: territory, Category: "roads", Stage: "closed", Rubric: "roads.pothole", SubmittedAt: corpusNow}
				}
				return ix.Apply(t.Context(), batch, nil, fmt.Sprint(territory))
			}
			require.NoError(t, write(1))
			done := make(chan struct{})
			var wg sync.WaitGroup
			failures := make(chan error, readers)
			for i := range readers {
				wg.Go(func() {
					for {
						select {
						case <-done:
							return
						default:
						}
						if err := readWhole(t.Context(), ix, docs, i%2 == 0); err != nil {
							failures <- err
							return
						}
					}
				})
			}
			for n := range batches {
				require.NoError(t, write(int64(n+2)))
			}
			close(done)
			wg.Wait()
			close(failures)
			require.NoError(t, <-failures)
		})
	}
}

func readWhole(ctx context.Context, ix *Index, docs int, words bool) error {
	q := search.HeatQuery{Query: search.Query{Region: true}, Now: corpusNow}
	if words {
		q.Text = "ямы дороги"
	}
	heat, err := ix.HeatMap(ctx, q)
	if err != nil {
		return err
	}
	if heat.Total != docs || len(heat.Cells) != 1 || heat.Cells[0].Count != docs {
		return fmt.Errorf("heat map of half a batch: %+v", heat)
	}
	found, err := ix.Search(ctx, q.Query, 0, 5)
	if err != nil {
		return err
	}
	if found.Total != docs || len(found.Hits) != 5 || found.Hits[0].Snippet == "" {
		return fmt.Errorf("hits of half a batch: %+v", found)
	}
	near, err := ix.Nearest(ctx, q.Query, "яма", 3)
	if err == nil && len(near) != 3 {
		err = fmt.Errorf("nearest: %+v", near)
	}
	return err
}

func TestTable_counts_the_same_flat_and_by_cell(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	apply(t, ix, newCorpus(4).docs(1, 500)...)
	v, err := ix.view()
	require.NoError(t, err)
	defer func() { _ = v.close() }()
	m, err := v.find(t.Context(), search.Query{Region: true})
	require.NoError(t, err)
	q := search.HeatQuery{ByLeaf: true, Now: corpusNow, Weighted: true}
	for day := range 30 {
		q.Edges = append(q.Edges, corpusNow.AddDate(0, 0, day-30))
	}
	flat, sparse := newTable(ix.columns, q), newTable(ix.columns, q)
	flat.dense, flat.sparse = make([]tally, 29*len(flat.territories)*len(flat.names)), nil
	sparse.dense, sparse.sparse = nil, map[int]*tally{}
	for i, docs := range m.docs {
		flat.count(&v.parts[i], docs)
		sparse.count(&v.parts[i], docs)
	}
	a, err := flat.cells()
	require.NoError(t, err)
	require.NotEmpty(t, a)
	b, err := sparse.cells()
	require.NoError(t, err)
	require.Equal(t, a, b)
}

func TestFacts_pastDue_goes_with_the_time_and_back(t *testing.T) {
	t.Parallel()
	rows := []row{{due: 30}, {due: 10}, {}, {due: 20}, {due: 5, marks: isFinal}, {due: 5, marks: isLate}}
	f := newFacts(rows, make([]kind, len(rows)))
	for _, step := range []struct {
		moment int64
		want   []uint32
	}{{10, []uint32{}}, {21, []uint32{1, 3}}, {21, []uint32{1, 3}}, {99, []uint32{0, 1, 3}}, {11, []uint32{1}}, {31, []uint32{0, 1, 3}}} {
		require.Equal(t, step.want, f.pastDue(step.moment).ToArray(), step.moment)
	}
}
