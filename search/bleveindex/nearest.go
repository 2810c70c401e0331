package bleveindex

import (
	"context"
	"slices"

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
	also := newWhere(ctx, q.Where)
	best, err := v.best(ctx, text, func(at int, terms []known, best *worstFirst) error {
		return v.nearestOf(at, q, also, terms, best, limit)
	})
	if err != nil || len(best) == 0 {
		return nil, err
	}
	slices.SortFunc(best, better)
	hits := make([]search.Hit, len(best))
	for i, b := range best {
		hits[i] = search.Hit{ID: b.row.id, Score: b.score}
	}
	return hits, nil
}

// nearestOf offers the documents of a part that pass the filters and have any
// of the terms.
func (v *view) nearestOf(at int, q search.Query, also *where, terms []known, best *worstFirst, limit int) error {
	p := &v.parts[at]
	docs, err := p.find(q, nil)
	if err != nil {
		return err
	}
	if docs, err = also.of(p, docs); err != nil || docs.IsEmpty() {
		return err
	}
	sums := borrowScores(len(p.rows))
	defer sums.release()
	if err := v.sumUp(at, terms, *sums); err != nil {
		return err
	}
	docs.Iterate(func(doc uint32) bool {
		if score := sums.of(doc); score > 0 {
			best.offer(ranked{score: float64(score), row: &p.rows[doc], part: at, doc: doc}, limit)
		}
		return true
	})
	return nil
}
