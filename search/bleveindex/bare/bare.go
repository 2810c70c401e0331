// Package bare is the same documents in bleve as one would keep them with bleve
// alone: what ours is measured beside.
package bare

import (
	"context"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"

	"github.com/otklik/otklik/search"
)

// Index is a bleve index.
type Index struct{ bleve.Index }

// Open makes an index in a folder that does not exist yet.
func Open(path string) (*Index, error) {
	ix, err := bleve.NewUsing(path, fields(), scorch.Name, scorch.Name, nil)
	return &Index{ix}, err
}

func fields() mapping.IndexMapping {
	m, doc := bleve.NewIndexMapping(), bleve.NewDocumentStaticMapping()
	for _, name := range []string{"text", "answer"} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = ru.AnalyzerName, false, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{"number", "rubric", "category", "territory", "agency", "executor", "stage", "source", "outcome"} {
		f := bleve.NewKeywordFieldMapping()
		f.Store, f.IncludeInAll = false, false
		doc.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{"submitted", "due", "answered"} {
		f := bleve.NewDateTimeFieldMapping()
		f.Store, f.IncludeInAll = false, false
		doc.AddFieldMappingsAt(name, f)
	}
	m.DefaultMapping = doc
	return m
}

// Put indexes documents in one batch.
func (ix *Index) Put(docs []search.Doc) error {
	batch := ix.NewBatch()
	for i := range docs {
		d := &docs[i]
		out := map[string]any{
			"text": d.Text, "answer": d.Answer, "number": d.Number, "rubric": d.Rubric, "category": d.Category,
			"territory": strconv.FormatInt(d.Territory, 10), "agency": strconv.FormatInt(d.Agency, 10),
			"executor": strconv.FormatInt(d.Executor, 10), "stage": d.Stage, "source": d.Source, "outcome": d.Outcome,
			"submitted": d.SubmittedAt,
		}
		if !d.DueAt.IsZero() {
			out["due"] = d.DueAt
		}
		if !d.AnsweredAt.IsZero() {
			out["answered"] = d.AnsweredAt
		}
		if err := batch.Index(strconv.FormatInt(d.ID, 10), out); err != nil {
			return err
		}
	}
	return ix.Batch(batch)
}

// Facets counts the matches by territory and by another field: two margins,
// without the cells between them.
func (ix *Index) Facets(ctx context.Context, q search.Query, by string) (total uint64, err error) {
	req := bleve.NewSearchRequestOptions(Query(q), 0, 0, false)
	req.AddFacet("territory", bleve.NewFacetRequest("territory", 400))
	req.AddFacet(by, bleve.NewFacetRequest(by, 400))
	found, err := ix.SearchInContext(ctx, req)
	if err != nil {
		return 0, err
	}
	return found.Total, nil
}

// Query asks for the words and dates of q; its other filters are not looked at.
func Query(q search.Query) query.Query {
	both := bleve.NewConjunctionQuery()
	for _, word := range strings.Fields(q.Text) {
		text, answer := bleve.NewMatchQuery(word), bleve.NewMatchQuery(word)
		text.SetField("text")
		answer.SetField("answer")
		both.AddQuery(bleve.NewDisjunctionQuery(text, answer))
	}
	if !q.From.IsZero() {
		dates := bleve.NewDateRangeQuery(q.From, q.To)
		dates.SetField("submitted")
		both.AddQuery(dates)
	}
	if len(both.Conjuncts) == 0 {
		return bleve.NewMatchAllQuery()
	}
	return both
}
