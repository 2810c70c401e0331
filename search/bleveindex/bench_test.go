package bleveindex

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/bleveindex/bare"
)

// The benchmarks put each question to ours and to a plain bleve index of the
// same documents in turns, so that a busy machine slows both, and report the
// ratio. Sizes: OTKLIK_BENCH_DOCS="10000 100000 1000000".
func benchSizes(b *testing.B) []int {
	b.Helper()
	sizes := []int{10_000, 100_000}
	if given := os.Getenv("OTKLIK_BENCH_DOCS"); given != "" {
		sizes = nil
		for _, s := range strings.Fields(given) {
			n, err := strconv.Atoi(s)
			require.NoError(b, err)
			sizes = append(sizes, n)
		}
	}
	return sizes
}

const (
	benchBatch = 2000
	commonWord = 16 // its rank: about a quarter of the texts have it
)

// pair is one corpus in both indexes.
type pair struct {
	ours            *Index
	plain           *bare.Index
	oursIn, plainIn time.Duration
}

var (
	pairsMu sync.Mutex
	pairs   = map[int]*pair{}
)

// pairOf builds the indexes of a size once for all benchmarks of a run.
func pairOf(b *testing.B, n int) *pair {
	b.Helper()
	pairsMu.Lock()
	defer pairsMu.Unlock()
	if p := pairs[n]; p != nil {
		return p
	}
	dir, err := os.MkdirTemp("", "otklik-bench-") //nolint:usetesting // lives as long as the run
	require.NoError(b, err)
	ours, err := Open(filepath.Join(dir, "ours"), Options{})
	require.NoError(b, err)
	beside, err := bare.Open(filepath.Join(dir, "plain"))
	require.NoError(b, err)
	p := &pair{ours: ours, plain: beside}
	c := newCorpus(uint64(n))
	for at := 0; at < n; at += benchBatch {
		docs := c.docs(at+1, min(benchBatch, n-at))
		start := time.Now()
		require.NoError(b, ours.Apply(context.Background(), docs, nil, strconv.Itoa(at)))
		p.oursIn += time.Since(start)
		start = time.Now()
		require.NoError(b, beside.Put(docs))
		p.plainIn += time.Since(start)
	}
	time.Sleep(2 * time.Second) // let merges settle
	pairs[n] = p
	return p
}

func closePairs() {
	for _, p := range pairs {
		_ = p.ours.Close()
		_ = p.plain.Close()
		_ = os.RemoveAll(filepath.Dir(p.plain.Name()))
	}
}

// timings are the times of one question.
type timings []time.Duration

func (t timings) at(share float64) float64 {
	sorted := slices.Sorted(slices.Values(t))
	return float64(sorted[int(share*float64(len(sorted)-1))].Microseconds()) / 1000
}

// compare runs both in turns and reports milliseconds and how often ours fits
// into the other's time.
func compare(b *testing.B, ours, plain func()) {
	b.Helper()
	var a, p timings
	ours() // once unmeasured, as a running server has had it
	plain()
	b.ResetTimer()
	for b.Loop() {
		start := time.Now()
		ours()
		a = append(a, time.Since(start))
		start = time.Now()
		plain()
		p = append(p, time.Since(start))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(a.at(0.5), "p50-ms")
	b.ReportMetric(a.at(0.95), "p95-ms")
	b.ReportMetric(p.at(0.5), "bleve-p50-ms")
	b.ReportMetric(p.at(0.95), "bleve-p95-ms")
	b.ReportMetric(p.at(0.5)/max(a.at(0.5), 0.001), "x-p50")
	b.ReportMetric(p.at(0.95)/max(a.at(0.95), 0.001), "x-p95")
}

func BenchmarkHeatMap(b *testing.B) {
	for _, n := range benchSizes(b) {
		words := newCorpus(uint64(n)).words // in order of frequency
		for _, question := range []struct {
			name string
			q    search.Query
		}{
			{"most common word", search.Query{Text: words[0]}},
			{"common word", search.Query{Text: words[commonWord]}},
			{"middle word", search.Query{Text: words[100]}},
			{"two words", search.Query{Text: words[commonWord] + " " + words[commonWord+1]}},
			{"all", search.Query{}},
			{"a quarter's days", search.Query{From: corpusNow.AddDate(0, -3, 0), To: corpusNow}},
			{"common word in a year", search.Query{Text: words[commonWord], From: corpusNow.AddDate(-1, 0, 0), To: corpusNow}},
		} {
			b.Run(fmt.Sprintf("%s/%d", question.name, n), func(b *testing.B) {
				p := pairOf(b, n)
				q := search.HeatQuery{Query: question.q, Now: corpusNow}
				q.Region = true
				total := 0
				compare(b, func() {
					heat, err := p.ours.HeatMap(context.Background(), q)
					require.NoError(b, err)
					total = heat.Total
				}, func() {
					_, err := p.plain.Facets(context.Background(), question.q, "category")
					require.NoError(b, err)
				})
				b.ReportMetric(float64(total), "hits")
			})
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range benchSizes(b) {
		words := newCorpus(uint64(n)).words
		for _, question := range []struct {
			name string
			q    search.Query
		}{
			{"common word", search.Query{Text: words[commonWord]}},
			{"two words", search.Query{Text: words[commonWord] + " " + words[commonWord+1]}},
			{"rare word", search.Query{Text: words[3000]}},
			{"all", search.Query{}},
		} {
			b.Run(fmt.Sprintf("%s/%d", question.name, n), func(b *testing.B) {
				p := pairOf(b, n)
				q := question.q
				q.Region = true
				compare(b, func() {
					_, err := p.ours.Search(context.Background(), q, 0, 20)
					require.NoError(b, err)
				}, func() {
					req := bleve.NewSearchRequestOptions(bare.Query(question.q), 20, 0, false)
					req.Fields = []string{"text"}
					req.SortBy([]string{"-_score", "-submitted"})
					_, err := p.plain.Search(req)
					require.NoError(b, err)
				})
			})
		}
	}
}

// BenchmarkApply reports what building the two indexes took.
func BenchmarkApply(b *testing.B) {
	for _, n := range benchSizes(b) {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := pairOf(b, n)
			for b.Loop() {
				time.Sleep(0)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(n)/p.oursIn.Seconds(), "docs/s")
			b.ReportMetric(float64(n)/p.plainIn.Seconds(), "bleve-docs/s")
			b.ReportMetric(p.plainIn.Seconds()/p.oursIn.Seconds(), "x")
			b.ReportMetric(float64(folderSize(b, p.ours.bleve.Name()))/float64(n), "B/doc")
			b.ReportMetric(float64(folderSize(b, p.plain.Name()))/float64(n), "bleve-B/doc")
		})
	}
}

// BenchmarkOpen is a start with an index on disk, until the first heat map.
func BenchmarkOpen(b *testing.B) {
	for _, n := range benchSizes(b) {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := pairOf(b, n)
			require.NoError(b, p.ours.Close())
			path := p.ours.bleve.Name()
			var t timings
			for b.Loop() {
				start := time.Now()
				ix, err := Open(path, Options{})
				require.NoError(b, err)
				_, err = ix.HeatMap(context.Background(), search.HeatQuery{Query: search.Query{Region: true}, Now: corpusNow})
				require.NoError(b, err)
				t = append(t, time.Since(start))
				require.NoError(b, ix.Close())
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(t.at(0.5), "p50-ms")
			var err error
			p.ours, err = Open(path, Options{})
			require.NoError(b, err)
		})
	}
}

func folderSize(b *testing.B, path string) int64 {
	b.Helper()
	var size int64
	require.NoError(b, filepath.Walk(path, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			size += info.Size()
		}
		return nil
	}))
	return size
}
