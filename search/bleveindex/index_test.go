package bleveindex

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/search"
)

func openTest(t testing.TB, path string) *Index {
	t.Helper()
	ix, err := Open(path, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, ix.Close()) })
	return ix
}

func apply(t testing.TB, ix *Index, docs ...search.Doc) {
	t.Helper()
	require.NoError(t, ix.Apply(t.Context(), docs, nil, "1"))
}

func ids(r search.Result) []int64 {
	out := []int64{}
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return out
}

func TestIndex_Apply(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "index")
	ix := openTest(t, path)
	checkpoint, err := ix.Checkpoint(t.Context())
	require.NoError(t, err)
	require.Empty(t, checkpoint)

	docs := []search.Doc{{ID: 1, Text: "яма"}, {ID: 2, Text: "снег"}, {ID: 2, Text: "лёд"}, {ID: 3, Text: "лёд"}}
	require.NoError(t, ix.Apply(t.Context(), docs, []int64{3, 99}, "event 17"))
	require.NoError(t, ix.Apply(t.Context(), nil, nil, "event 18"))
	require.NoError(t, ix.Close())
	require.NoError(t, ix.Close(), "closing twice does nothing")
	_, err = ix.Count(t.Context())
	require.Equal(t, fault.Unavailable, fault.KindOf(err))

	ix = openTest(t, path)
	checkpoint, err = ix.Checkpoint(t.Context())
	require.NoError(t, err)
	require.Equal(t, "event 18", checkpoint)
	n, err := ix.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
	r, err := ix.Search(t.Context(), search.Query{Region: true, Text: "снег"}, 0, 10)
	require.NoError(t, err)
	require.Empty(t, r.Hits, "the later of two documents with one id stays")
	r, err = ix.Search(t.Context(), search.Query{Region: true, Text: "лед"}, 0, 10)
	require.NoError(t, err)
	require.Equal(t, []int64{2}, ids(r))

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, ix.Apply(cancelled, docs, nil, "event 19"), context.Canceled)
}

func TestOpen_tells_what_to_do(t *testing.T) {
	t.Parallel()
	segments := func(t *testing.T, path string) []string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(path, "store", "*.zap"))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		return found
	}
	for name, damage := range map[string]func(t *testing.T, path string){
		"no meta file": func(t *testing.T, path string) { require.NoError(t, os.Remove(filepath.Join(path, "index_meta.json"))) },
		"a torn meta file": func(t *testing.T, path string) {
			require.NoError(t, os.Truncate(filepath.Join(path, "index_meta.json"), 3))
		},
		"no root": func(t *testing.T, path string) {
			require.NoError(t, os.Remove(filepath.Join(path, "store", "root.bolt")))
		},
		"a torn root": func(t *testing.T, path string) {
			require.NoError(t, os.Truncate(filepath.Join(path, "store", "root.bolt"), 5000))
		},
		"an overwritten root": func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(filepath.Join(path, "store", "root.bolt"), make([]byte, 65536), 0o600))
		},
		"a missing segment": func(t *testing.T, path string) { require.NoError(t, os.Remove(segments(t, path)[0])) },
		"an empty segment":  func(t *testing.T, path string) { require.NoError(t, os.Truncate(segments(t, path)[0], 0)) },
		"a torn segment":    func(t *testing.T, path string) { require.NoError(t, os.Truncate(segments(t, path)[0], 100)) },
		"an overwritten segment": func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(segments(t, path)[0], make([]byte, 4096), 0o600))
		},
		"another schema": func(t *testing.T, path string) {
			b, err := open(path, Options{})
			require.NoError(t, err)
			require.NoError(t, b.SetInternal(schemaKey, []byte("0")))
			require.NoError(t, b.Close())
		},
		"no schema": func(t *testing.T, path string) {
			b, err := open(path, Options{})
			require.NoError(t, err)
			require.NoError(t, b.DeleteInternal(schemaKey))
			require.NoError(t, b.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "index")
			ix, err := Open(path, Options{})
			require.NoError(t, err)
			require.NoError(t, ix.Apply(t.Context(), newCorpus(1).docs(1, 50), nil, "1"))
			require.NoError(t, ix.Close())

			damage(t, path)
			ix, err = Open(path, Options{})
			if err == nil {
				// bleve fell back to the state before the damaged batch.
				require.Contains(t, name, "segment")
			} else {
				require.ErrorIs(t, err, search.ErrRebuild)
				require.NoError(t, Discard(path))
				ix, err = Open(path, Options{})
				require.NoError(t, err)
			}
			n, err := ix.Count(t.Context())
			require.NoError(t, err)
			require.Zero(t, n)
			checkpoint, err := ix.Checkpoint(t.Context())
			require.NoError(t, err)
			require.Empty(t, checkpoint, "what the index lacks will be fed again")
			require.NoError(t, ix.Apply(t.Context(), newCorpus(1).docs(1, 50), nil, "1"))
			require.NoError(t, ix.Close())
		})
	}
}

func TestOpen_and_Discard_leave_other_files_alone(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	note := filepath.Join(path, "NOTE")
	require.NoError(t, os.WriteFile(note, []byte("mine"), 0o600))
	ix, err := Open(path, Options{})
	require.NoError(t, err)
	require.NoError(t, ix.Close())
	require.NoError(t, Discard(path))
	require.FileExists(t, note)
	require.NoError(t, Discard(filepath.Join(path, "nowhere")))
}

func TestOpen_waits_for_the_other_process_only_so_long(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	openTest(t, path)
	_, err := Open(path, Options{LockTimeout: 50 * time.Millisecond})
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
	require.False(t, errors.Is(err, search.ErrRebuild), "an index in use must not be discarded")
}

func TestIndex_Search(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 5, n, 9, 0, 0, 0, time.UTC) }
	ix := openTest(t, "")
	apply(t, ix,
		search.Doc{ID: 1, Number: "26-000001-3", Text: "Большая яма на дороге у школы", Rubric: "roads.surface.pothole", Category: "roads", Territory: 10, Agency: 100, Stage: "new", SubmittedAt: day(1)},
		search.Doc{ID: 2, Number: "26-000002-6", Text: "Ямы по всей улице Ленина, дом 12а", Rubric: "roads.surface.broken", Category: "roads", Territory: 11, Agency: 100, Stage: "in_work", SubmittedAt: day(2)},
		search.Doc{ID: 3, Number: "26-000003-1", Text: "Не работает фонарь", Answer: "Фонарь починили, яму засыпали", Rubric: "light.lamp", Category: "light", Territory: 10, Agency: 200, Stage: "closed", SubmittedAt: day(3)},
		search.Doc{ID: 4, Number: "26-000004-8", Text: "Ёлка упала на детскую площадку. The playground is closed", Rubric: "yards.tree", Category: "yards", Territory: 12, Agency: 300, Stage: "new", SubmittedAt: day(4)},
		search.Doc{ID: 5, Number: "26-000005-5", Text: "Водоснабжение отключено третий день", Rubric: "water.off", Category: "water", Territory: 12, Agency: 300, Stage: "new", SubmittedAt: day(5)},
	)
	region := func(q search.Query) search.Query { q.Region = true; return q }
	for name, c := range map[string]struct {
		q     search.Query
		want  []int64
		fuzzy bool
	}{
		"every form of a word is found, texts before answers": {q: region(search.Query{Text: "яму"}), want: []int64{1, 2, 3}},
		"all words must occur":                                {q: region(search.Query{Text: "яма школа"}), want: []int64{1}},
		"words may stand in text and answer":                  {q: region(search.Query{Text: "работает засыпали"}), want: []int64{3}},
		"ё and е are one letter":                              {q: region(search.Query{Text: "ЕЛКА"}), want: []int64{4}},
		"Latin words are stemmed as English":                  {q: region(search.Query{Text: "playgrounds"}), want: []int64{4}},
		"a word with a digit stays as it is":                  {q: region(search.Query{Text: "12А"}), want: []int64{2}},
		"stop words don't matter":                             {q: region(search.Query{Text: "яма на и у школы"}), want: []int64{1}},
		"only stop words find nothing":                        {q: region(search.Query{Text: "и на"}), want: []int64{}},
		"a slip is forgiven when nothing has the word":        {q: region(search.Query{Text: "водоснобжение"}), want: []int64{5}, fuzzy: true},
		"two slips are forgiven in a long word":               {q: region(search.Query{Text: "водоснобжиние"}), want: []int64{5}, fuzzy: true},
		"a short word is not forgiven":                        {q: region(search.Query{Text: "дум"}), want: []int64{}},
		"nonsense finds nothing":                              {q: region(search.Query{Text: "абракадабра"}), want: []int64{}},
		"without words the newest come first":                 {q: region(search.Query{}), want: []int64{5, 4, 3, 2, 1}},
		"a number in the text finds its appeal":               {q: region(search.Query{Text: " 26-000003-1 "}), want: []int64{3}},
		"a number is exact":                                   {q: region(search.Query{Number: "26-000003-1"}), want: []int64{3}},
		"another number finds nothing":                        {q: region(search.Query{Number: "26-000003-2"}), want: []int64{}},
		"an agency sees its own":                              {q: search.Query{Agencies: []int64{100}}, want: []int64{2, 1}},
		"several agencies see theirs":                         {q: search.Query{Agencies: []int64{100, 200}, Text: "яма"}, want: []int64{1, 2, 3}},
		"no agency sees nothing":                              {q: search.Query{}, want: []int64{}},
		"agency zero sees nothing":                            {q: search.Query{Agencies: []int64{0}}, want: []int64{}},
		"rights hold for numbers":                             {q: search.Query{Agencies: []int64{100}, Text: "26-000003-1"}, want: []int64{}},
		"rights hold for forgiven words":                      {q: search.Query{Agencies: []int64{100}, Text: "водоснобжение"}, want: []int64{}},
		"a filter on another agency doesn't widen rights":     {q: search.Query{Agencies: []int64{100}, Agency: 200}, want: []int64{}},
		"by agency":                {q: region(search.Query{Agency: 300}), want: []int64{5, 4}},
		"by leaf":                  {q: region(search.Query{Rubric: "roads.surface.broken"}), want: []int64{2}},
		"by a node above the leaf": {q: region(search.Query{Rubric: "roads.surface"}), want: []int64{2, 1}},
		"a code is not under a code that it merely begins with": {q: region(search.Query{Rubric: "roads.surf"}), want: []int64{}},
		"by the top of the tree":                                {q: region(search.Query{Rubric: "roads"}), want: []int64{2, 1}},
		"by category":                                           {q: region(search.Query{Category: "light"}), want: []int64{3}},
		"by any of the territories":                             {q: region(search.Query{Territory: []int64{11, 12}}), want: []int64{5, 4, 2}},
		"by stage":                                              {q: region(search.Query{Stage: "in_work"}), want: []int64{2}},
		"by dates, the end excluded":                            {q: region(search.Query{From: day(2), To: day(4)}), want: []int64{3, 2}},
		"by words and dates":                                    {q: region(search.Query{Text: "яма", From: day(2)}), want: []int64{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := ix.Search(t.Context(), c.q, 0, 10)
			require.NoError(t, err)
			require.Equal(t, c.want, ids(r))
			require.Equal(t, len(c.want), r.Total)
			require.Equal(t, c.fuzzy, r.Fuzzy)
			heat, err := ix.HeatMap(t.Context(), search.HeatQuery{Query: c.q})
			require.NoError(t, err)
			require.Equal(t, r.Total, heat.Total, "the heat map counts what the search finds")
			require.Equal(t, c.fuzzy, heat.Fuzzy)
		})
	}
}

func TestIndex_Search_pages(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	all := newCorpus(2).docs(1, 300)
	apply(t, ix, all[:100]...)
	apply(t, ix, all[100:]...)
	word := all[7].Text[:20]
	for _, q := range []search.Query{{Region: true}, {Region: true, Text: word[:12]}} {
		whole, err := ix.Search(t.Context(), q, 0, 1000)
		require.NoError(t, err)
		require.Len(t, whole.Hits, whole.Total)
		var pages []search.Hit
		for offset := 0; offset < whole.Total; offset += 7 {
			page, err := ix.Search(t.Context(), q, offset, 7)
			require.NoError(t, err)
			require.Equal(t, whole.Total, page.Total)
			pages = append(pages, page.Hits...)
		}
		require.Equal(t, whole.Hits, pages)
	}
	for name, c := range map[string]struct{ offset, limit, want int }{
		"a negative offset is none": {-5, 3, 3}, "a negative limit is none": {0, -1, 0},
		"past the end": {300, 10, 0}, "past the window": {search.MaxWindow + 5, 10, 0},
		"a huge limit": {290, 1 << 40, 10}, "a huge offset": {1 << 60, 1 << 60, 0},
	} {
		r, err := ix.Search(t.Context(), search.Query{Region: true}, c.offset, c.limit)
		require.NoError(t, err, name)
		require.Len(t, r.Hits, c.want, name)
		require.Equal(t, 300, r.Total, name)
	}
}

func ExampleIndex() {
	ix, err := Open("", Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = ix.Close() }()
	ctx := context.Background()
	_ = ix.Apply(ctx, []search.Doc{{ID: 7, Text: "Фонари <не> горят"}}, nil, "1")
	found, _ := ix.Search(ctx, search.Query{Region: true, Text: "фонарь"}, 0, 10)
	fmt.Println(found.Hits[0].ID, found.Hits[0].Snippet)
	// Output: 7 <mark>Фонари</mark> &lt;не&gt; горят
}
