package bleveindex

import (
	"context"
	"slices"

	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/otklik/otklik/search"
)

// Nearest implements search.Index: the text's rarest terms score the documents
// that pass the filters, rights among them.
func (ix *Index) Nearest(ctx context.Context, q search.Query, text string, limit int) ([]search.Hit, error) {
	if limit <= 0 {
		return nil, nil
	}
	release, err := ix.hold()
	if err != nil {
		return nil, err
	}
	defer release()
	v, err := ix.view()
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.close() }()
	terms, err := v.telling(text)
	if err != nil || len(terms) == 0 {
		return nil, err
	}
	best := &worstFirst{}
	for i := range v.parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := v.nearestOf(i, q, terms, best, limit); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(*best, better)
	hits := make([]search.Hit, len(*best))
	for i, b := range *best {
		hits[i] = search.Hit{ID: b.row.id, Score: b.score}
	}
	return hits, nil
}

// nearestOf offers the documents of a part that pass the filters and have any
// of the terms.
func (v *view) nearestOf(at int, q search.Query, terms []known, best *worstFirst, limit int) error {
	p := &v.parts[at]
	docs, err := p.find(q, nil)
	if err != nil || docs.IsEmpty() {
		return err
	}
	sums := borrowScores(len(p.rows))
	defer sums.release()
	var it segment.PostingsIterator
	for _, t := range terms {
		it = t.lists[at].Iterator(true, true, false, it)
		if err := sum(*sums, it, rarity(v.docs, t.having)); err != nil {
			return err
		}
	}
	docs.Iterate(func(doc uint32) bool {
		if score := sums.of(doc); score > 0 {
			best.offer(ranked{score: float64(score), row: &p.rows[doc], part: at, doc: doc}, limit)
		}
		return true
	})
	return nil
}
