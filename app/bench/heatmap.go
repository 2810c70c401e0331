package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/bleveindex"
	"github.com/otklik/otklik/search/bleveindex/bare"
)

// HeatmapOptions say of how many appeals a heat map is made.
type HeatmapOptions struct {
	Options
	Appeals  int
	Messages string // CSV file with the columns text, topic and category, "" for the demo region's
	Rounds   int    // how often each question is asked in each way
	Together bool   // all three are filled at once: sooner, but nothing is told of how fast and how large in memory
}

// HeatmapResult is what was found out. The figures above all are those of
// the common word.
type HeatmapResult struct {
	Appeals         int            `json:"appeals"`
	Territories     int            `json:"territories"`
	Leaves          int            `json:"leaves"`
	HeatmapP95      float64        `json:"heatmap_p95_ms"`
	FacetsP95       float64        `json:"bleve_facets_p95_ms"`
	PostgresP95     float64        `json:"postgres_p95_ms,omitempty"`
	RawP95          float64        `json:"raw_p95_ms"`
	WeeksP95        float64        `json:"heatmap_weeks_p95_ms"` // the same cells by week, over two years
	PhraseHits      int            `json:"phrase_hits"`          // of the commonest two words that stand together
	PhraseP95       float64        `json:"heatmap_phrase_p95_ms"`
	DocsPerSecond   float64        `json:"docs_per_second,omitempty"`
	PlainPerSecond  float64        `json:"bleve_docs_per_second,omitempty"`
	IndexMB         float64        `json:"index_mb"`
	PlainMB         float64        `json:"bleve_index_mb"`
	PostgresTableMB float64        `json:"postgres_mb,omitempty"`
	MemoryMB        float64        `json:"rss_mb,omitempty"` // of the process with our index open, warm
	Questions       []HeatQuestion `json:"questions"`
}

// HeatQuestion is one question, asked in every way by turns.
type HeatQuestion struct {
	Name        string  `json:"name"`
	Hits        int     `json:"hits"`
	Cells       int     `json:"cells"`
	P50         float64 `json:"heatmap_p50_ms"`
	P95         float64 `json:"heatmap_p95_ms"`
	RawP50      float64 `json:"raw_p50_ms"`
	RawP95      float64 `json:"raw_p95_ms"`
	FacetsP50   float64 `json:"bleve_facets_p50_ms"`
	FacetsP95   float64 `json:"bleve_facets_p95_ms"`
	PostgresP50 float64 `json:"postgres_p50_ms,omitempty"`
	PostgresP95 float64 `json:"postgres_p95_ms,omitempty"`
}

const (
	heatTerritories = 33
	heatBatch       = 10_000
	heatDays        = 730
)

// Heatmap measures a heat map of municipalities and topics over a text query:
// ours, facets of bleve, and PostgreSQL with tsvector and GROUP BY.
func Heatmap(ctx context.Context, o HeatmapOptions) (r *HeatmapResult, err error) {
	press, err := newPress(o.Messages)
	if err != nil {
		return nil, err
	}
	s := &scratch{kind: postgres, server: o.Postgres}
	defer func() { err = errors.Join(err, s.drop(context.WithoutCancel(ctx))) }()
	dir, err := s.folder()
	if err != nil {
		return nil, err
	}
	h := &heat{o: o, press: press, out: &HeatmapResult{Appeals: o.Appeals, Territories: heatTerritories, Leaves: len(press.leaves)}}
	if h.ours, err = bleveindex.Open(filepath.Join(dir, "ours"), bleveindex.Options{}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.ours.Close()) }()
	if h.plain, err = bare.Open(filepath.Join(dir, "plain")); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.plain.Close()) }()
	fills := []func(context.Context) error{h.fillOurs, h.fillPlain}
	if o.Postgres != "" {
		target, err := s.database(ctx)
		if err != nil {
			return nil, err
		}
		if h.db, err = openSQL(target); err != nil {
			return nil, err
		}
		defer h.db.Close()
		fills = append(fills, func(ctx context.Context) error { return h.fillPostgres(ctx, target) })
	}
	if err := h.fill(ctx, fills); err != nil {
		return nil, err
	}
	time.Sleep(3 * time.Second) // what merges in the background settles
	h.out.IndexMB, h.out.PlainMB = folderMB(filepath.Join(dir, "ours")), folderMB(filepath.Join(dir, "plain"))
	for _, q := range h.press.questions() {
		if err := h.ask(ctx, q); err != nil {
			return nil, err
		}
	}
	common := h.out.Questions[0]
	h.out.HeatmapP95, h.out.FacetsP95, h.out.PostgresP95, h.out.RawP95 = common.P95, common.FacetsP95, common.PostgresP95, common.RawP95
	return h.out, errors.Join(h.askWeeks(ctx), h.askPhrase(ctx))
}

// fill fills one after the other, or all at once.
func (h *heat) fill(ctx context.Context, fills []func(context.Context) error) error {
	all, inOne := errgroup.WithContext(ctx)
	if !h.o.Together {
		all.SetLimit(1)
	}
	for _, do := range fills {
		all.Go(func() error { return do(inOne) })
	}
	err := all.Wait()
	if h.o.Together {
		h.out.DocsPerSecond, h.out.PlainPerSecond, h.out.MemoryMB = 0, 0, 0
	}
	return err
}

// heat is one measurement.
type heat struct {
	o     HeatmapOptions
	press *press
	out   *HeatmapResult
	ours  *bleveindex.Index
	plain *bare.Index
	db    *sql.DB
	cells []uint32 // of each appeal, for the raw limit
}

// batches makes the appeals anew for each way, the same ones.
func (h *heat) batches(ctx context.Context, what string, put func(docs []search.Doc, upTo string) error) (took time.Duration, err error) {
	h.o.say("%s: %d appeals", what, h.o.Appeals)
	random := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // the same appeals for each way
	for at := 0; at < h.o.Appeals; at += heatBatch {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		docs := make([]search.Doc, min(heatBatch, h.o.Appeals-at))
		for i := range docs {
			docs[i] = h.press.doc(random, at+i+1)
		}
		began := time.Now()
		if err := put(docs, strconv.Itoa(at)); err != nil {
			return 0, err
		}
		took += time.Since(began)
		if at/200_000 != (at+len(docs))/200_000 {
			h.o.say("%s: %d", what, at+len(docs))
		}
	}
	return took, nil
}

func (h *heat) fillOurs(ctx context.Context) error {
	leaves := map[string]int{}
	for i, leaf := range h.press.leaves {
		leaves[leaf] = i
	}
	took, err := h.batches(ctx, "our index", func(docs []search.Doc, upTo string) error {
		for i := range docs {
			h.cells = append(h.cells, uint32(int(docs[i].Territory)*len(leaves)+leaves[docs[i].Rubric])) //nolint:gosec // a few thousand cells
		}
		return h.ours.Apply(ctx, docs, nil, upTo)
	})
	if err != nil {
		return err
	}
	h.out.DocsPerSecond = float64(h.o.Appeals) / took.Seconds()
	if _, err := h.ours.HeatMap(ctx, search.HeatQuery{Query: search.Query{Region: true}, Now: heatNow}); err != nil {
		return err
	}
	runtime.GC()
	h.out.MemoryMB = memory()
	return nil
}

func (h *heat) fillPlain(ctx context.Context) error {
	took, err := h.batches(ctx, "bleve", func(docs []search.Doc, _ string) error { return h.plain.Put(docs) })
	h.out.PlainPerSecond = float64(h.o.Appeals) / took.Seconds()
	return err
}

func (h *heat) fillPostgres(ctx context.Context, target string) error {
	conn, err := pgx.Connect(ctx, target)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE TABLE appeal (id bigint PRIMARY KEY, text text, territory bigint, rubric text, submitted timestamptz, words tsvector)"); err != nil {
		return err
	}
	_, err = h.batches(ctx, "PostgreSQL", func(docs []search.Doc, _ string) error {
		rows := make([][]any, len(docs))
		for i, d := range docs {
			rows[i] = []any{d.ID, d.Text, d.Territory, d.Rubric, d.SubmittedAt}
		}
		_, err := conn.CopyFrom(ctx, pgx.Identifier{"appeal"}, []string{"id", "text", "territory", "rubric", "submitted"}, pgx.CopyFromRows(rows))
		return err
	})
	if err != nil {
		return err
	}
	for _, do := range []string{
		"UPDATE appeal SET words = to_tsvector('russian', text)", "CREATE INDEX ON appeal USING gin (words)",
		"CREATE INDEX ON appeal (submitted)", "VACUUM (FULL, ANALYZE) appeal",
	} {
		h.o.say("PostgreSQL: %s", do)
		if _, err := conn.Exec(ctx, do); err != nil {
			return err
		}
	}
	var bytes int64
	err = conn.QueryRow(ctx, "SELECT pg_total_relation_size('appeal')").Scan(&bytes)
	h.out.PostgresTableMB = float64(bytes) / (1 << 20)
	return err
}

func (h *heat) ask(ctx context.Context, asked heatQuery) error {
	h.o.say("%s", asked.name)
	q := search.HeatQuery{Query: asked.q, ByLeaf: true, Now: heatNow}
	q.Region = true
	r := HeatQuestion{Name: asked.name}
	var ours, raw, facets, rows spread
	timed := func(to *spread, keep bool, do func() error) error {
		began := time.Now()
		err := do()
		if keep {
			*to = append(*to, time.Since(began))
		}
		return err
	}
	for round := -1; round < h.o.Rounds; round++ { // the first is not kept: a server at work has had it
		if err := ctx.Err(); err != nil {
			return err
		}
		keep := round >= 0
		err := timed(&ours, keep, func() error {
			m, err := h.ours.HeatMap(ctx, q)
			r.Hits, r.Cells = m.Total, len(m.Cells)
			return err
		})
		if err != nil {
			return err
		}
		hits := h.someHits(r.Hits)
		if err := timed(&raw, keep, func() error { h.loop(hits); return nil }); err != nil {
			return err
		}
		if err := timed(&facets, keep, func() error { _, err := h.plain.Facets(ctx, asked.q, "rubric"); return err }); err != nil {
			return err
		}
		if h.db == nil {
			continue
		}
		if err := timed(&rows, keep, func() error { return h.group(ctx, asked.q) }); err != nil {
			return err
		}
	}
	r.P50, r.P95 = ms(ours.at(50)), ms(ours.at(95))
	r.RawP50, r.RawP95 = ms(raw.at(50)), ms(raw.at(95))
	r.FacetsP50, r.FacetsP95 = ms(facets.at(50)), ms(facets.at(95))
	if h.db != nil {
		r.PostgresP50, r.PostgresP95 = ms(rows.at(50)), ms(rows.at(95))
	}
	h.out.Questions = append(h.out.Questions, r)
	return nil
}

// someHits are as many appeals as a question found, in order, as a search that
// costs nothing would name them.
func (h *heat) someHits(n int) []uint32 {
	hits := make([]uint32, 0, n)
	for i := range h.cells {
		if (i+1)*n/len(h.cells) > i*n/len(h.cells) {
			hits = append(hits, uint32(i))
		}
	}
	return hits
}

// loop is the least that counting takes: it looks at the cell of each hit and
// counts it.
func (h *heat) loop(hits []uint32) []int32 {
	counts := make([]int32, (heatTerritories+1)*len(h.press.leaves))
	for _, hit := range hits {
		counts[h.cells[hit]]++
	}
	return counts
}

// askWeeks asks for the common word's cells week by week.
func (h *heat) askWeeks(ctx context.Context) error {
	q := search.HeatQuery{Query: h.press.questions()[0].q, Now: heatNow}
	q.Region = true
	for at := heatNow.AddDate(0, 0, -7*(heatDays/7)); !at.After(heatNow); at = at.AddDate(0, 0, 7) {
		q.Edges = append(q.Edges, at)
	}
	var took spread
	for range h.o.Rounds {
		began := time.Now()
		if _, err := h.ours.HeatMap(ctx, q); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	h.out.WeeksP95 = ms(took.at(95))
	return nil
}

// askPhrase asks for the cells of the commonest two words that stand together.
func (h *heat) askPhrase(ctx context.Context) error {
	q := search.HeatQuery{Query: search.Query{Region: true, Where: []search.AnyOf{{{Phrase: h.press.phrase}}}}, ByLeaf: true, Now: heatNow}
	var took spread
	for range h.o.Rounds {
		began := time.Now()
		m, err := h.ours.HeatMap(ctx, q)
		if err != nil {
			return err
		}
		took = append(took, time.Since(began))
		h.out.PhraseHits = m.Total
	}
	h.out.PhraseP95 = ms(took.at(95))
	return nil
}

// group asks PostgreSQL.
func (h *heat) group(ctx context.Context, q search.Query) error {
	where, args := []string{"true"}, []any{}
	if q.Text != "" {
		args = append(args, q.Text)
		where = append(where, fmt.Sprintf("words @@ plainto_tsquery('russian', $%d)", len(args)))
	}
	if !q.From.IsZero() {
		args = append(args, q.From, q.To)
		where = append(where, fmt.Sprintf("submitted >= $%d AND submitted < $%d", len(args)-1, len(args)))
	}
	statement := "SELECT territory, rubric, count(*) FROM appeal WHERE " + strings.Join(where, " AND ") + " GROUP BY 1, 2" //nolint:gosec // parts of ours
	found, err := h.db.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var territory, count int64
		var rubric string
		if err := found.Scan(&territory, &rubric, &count); err != nil {
			return err
		}
	}
	return found.Err()
}

func folderMB(dir string) float64 {
	size := int64(0)
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil { // a segment may be gone by now
			size += info.Size()
		}
		return nil
	})
	return float64(size) / (1 << 20)
}

// heatNow is the time of the questions.
var heatNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// HeatmapTable puts results into a table for people.
func HeatmapTable(r *HeatmapResult) string {
	t := newTable("question", "hits", "cells", "p50 ms", "p95 ms", "raw p95", "facets p50", "p95", "to facets", "PostgreSQL p50", "p95", "to PostgreSQL")
	times := func(a, b float64) string { return fmt.Sprintf("%.1f ×", ratio(a, b)) }
	for _, q := range r.Questions {
		t.row(q.Name, fmt.Sprint(q.Hits), fmt.Sprint(q.Cells), millis(q.P50), millis(q.P95), millis(q.RawP95), millis(q.FacetsP50), millis(q.FacetsP95),
			times(q.FacetsP95, q.P95), millis(q.PostgresP50), millis(q.PostgresP95), times(q.PostgresP95, q.P95))
	}
	return t.String() + fmt.Sprintf("\n%d appeals, %d territories × %d topics. Index %.0f MB (bleve alone %.0f, PostgreSQL %.0f), %.0f documents/s (bleve alone %.0f), %.0f MB of memory. The common word by week: p95 %s ms. A phrase with %d hits: p95 %s ms.\n",
		r.Appeals, r.Territories, r.Leaves, r.IndexMB, r.PlainMB, r.PostgresTableMB, r.DocsPerSecond, r.PlainPerSecond, r.MemoryMB, millis(r.WeeksP95), r.PhraseHits, millis(r.PhraseP95))
}
