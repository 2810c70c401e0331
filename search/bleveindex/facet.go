package bleveindex

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/otklik/otklik/search"
)

// facets counts what was found by the values of each field: the bitmap of a
// value and the bitmap of what was found have so many documents in common. What
// is not found is not counted, so rights hold here too.
func (v *view) facets(m *match, now int64) (search.Facets, error) {
	var out search.Facets
	for _, f := range []struct {
		field string
		to    *[]search.Facet
	}{
		{fieldCategory, &out.Categories},
		{fieldRubric, &out.Rubrics},
		{fieldAgency, &out.Agencies},
		{fieldStage, &out.Stages},
		{fieldTerritory, &out.Places},
		{fieldRating, &out.Ratings},
	} {
		counts := map[string]int{}
		for i := range v.parts {
			if err := v.parts[i].countTerms(f.field, m.docs[i], counts); err != nil {
				return out, err
			}
		}
		*f.to = listFacets(counts)
	}
	slices.SortFunc(out.Ratings, func(a, b search.Facet) int { return cmp.Compare(a.Value, b.Value) })
	out.Dues = v.dueStates(m, now)
	return out, nil
}

func (p *part) countTerms(field string, docs *roaring.Bitmap, counts map[string]int) error {
	left := docs.GetCardinality()
	if left == 0 {
		return nil
	}
	dict, err := p.segment.Dictionary(field)
	if err != nil {
		return err
	}
	terms := dict.AutomatonIterator(nil, nil, nil)
	for left > 0 { // a document has one value
		entry, err := terms.Next()
		if err != nil || entry == nil {
			return err
		}
		having, err := bitmap(dict, entry.Term)
		if err != nil {
			return err
		}
		if n := docs.AndCardinality(having); n > 0 {
			counts[entry.Term] += int(n) //nolint:gosec // a count of documents
			left -= min(n, left)
		}
	}
	return nil
}

func listFacets(counts map[string]int) []search.Facet {
	out := make([]search.Facet, 0, len(counts))
	for value, n := range counts {
		out = append(out, search.Facet{Value: value, Count: n})
	}
	slices.SortFunc(out, func(a, b search.Facet) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// dueStates counts what is due by how soon that is.
func (v *view) dueStates(m *match, now int64) []search.Facet {
	counts := make([]int, len(search.DueStates))
	ends := make([]int64, len(search.DueStates))
	for i, s := range search.DueStates {
		ends[i] = now + min(s.Until.Microseconds(), 1<<62)
	}
	for i, docs := range m.docs {
		rows := v.parts[i].rows
		for it := docs.Iterator(); it.HasNext(); {
			r := &rows[it.Next()]
			if r.due == 0 || r.marks&isFinal != 0 {
				continue
			}
			for k, end := range ends {
				if r.due < end {
					counts[k]++
					break
				}
			}
		}
	}
	var out []search.Facet
	for i, n := range counts {
		if n > 0 {
			out = append(out, search.Facet{Value: search.DueStates[i].Value, Count: n})
		}
	}
	return out
}
