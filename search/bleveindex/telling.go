package bleveindex

import (
	"cmp"
	"context"
	"slices"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

const (
	maxTelling  = 30     // terms of a text that are compared
	maxPostings = 60_000 // entries of posting lists that are read
)

// best asks each part of the index for the documents that are most like a text
// by its rarest terms; offer puts a part's among them.
func (v *view) best(ctx context.Context, text string, offer func(at int, terms []known, best *worstFirst) error) ([]ranked, error) {
	terms, err := v.telling(text)
	if err != nil || len(terms) == 0 {
		return nil, err
	}
	best := &worstFirst{}
	for i := range v.parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := offer(i, terms, best); err != nil {
			return nil, err
		}
	}
	return *best, nil
}

// sumUp adds up the scores of a part's documents by the terms.
func (v *view) sumUp(at int, terms []known, sums scores) error {
	var it segment.PostingsIterator
	for _, t := range terms {
		it = t.lists[at].Iterator(true, true, false, it)
		if err := sum(sums, it, rarity(v.docs, t.having)); err != nil {
			return err
		}
	}
	return nil
}

// known is a term of a text that the index has.
type known struct {
	lists  []segment.PostingsList // by part
	having int                    // texts with the term
}

// telling returns the rarest known terms of a text, as many as may be read.
func (v *view) telling(text string) ([]known, error) {
	found := stems(text)
	all := make([]known, len(found))
	for i := range all {
		all[i].lists = make([]segment.PostingsList, len(v.parts))
	}
	for i := range v.parts {
		dict, err := v.parts[i].segment.Dictionary(fieldText)
		if err != nil {
			return nil, err
		}
		for k, term := range found {
			list, err := dict.PostingsList([]byte(term), nil, nil)
			if err != nil {
				return nil, err
			}
			all[k].lists[i] = list
			all[k].having += int(list.Count()) //nolint:gosec // a count of documents
		}
	}
	all = slices.DeleteFunc(all, func(k known) bool { return k.having == 0 })
	slices.SortStableFunc(all, func(a, b known) int { return cmp.Compare(a.having, b.having) })
	read := 0
	for i, k := range all {
		read += k.having
		if i == maxTelling || i > 0 && read > maxPostings {
			return all[:i], nil
		}
	}
	return all, nil
}
