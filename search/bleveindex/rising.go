package bleveindex

import (
	"cmp"
	"context"
	"slices"
	"unicode"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/signal"
)

const (
	maxRead      = 600  // texts that are read for candidates
	maxCandidate = 400  // words that are counted in the posting lists
	leastRising  = 3    // appeals that a word needs now
	falseRising  = 0.05 // share of the words told that may be of chance
	leastStem    = 3    // letters of a word that says something
	mostExamples = 2
)

// Rising implements search.Index: texts of now are read for candidates, and
// these are counted in the posting lists of now and before.
func (ix *Index) Rising(ctx context.Context, q search.RisingQuery) (search.RisingWords, error) {
	release, err := ix.hold()
	if err != nil {
		return search.RisingWords{}, err
	}
	defer release()
	v, err := ix.view()
	if err != nil {
		return search.RisingWords{}, err
	}
	defer func() { _ = v.close() }()
	past := q.Query
	past.From, past.To = q.Before, q.From
	now, err := v.find(ctx, q.Query)
	if err != nil {
		return search.RisingWords{}, err
	}
	before, err := v.find(ctx, past)
	if err != nil {
		return search.RisingWords{}, err
	}
	out := search.RisingWords{Now: now.total, Before: before.total}
	if now.fuzzy || before.fuzzy || now.total < leastRising || before.total == 0 {
		return out, nil // nothing to compare, or not the same thing
	}
	found, tests, err := v.candidates(ctx, now)
	if err != nil {
		return out, err
	}
	for i := range found {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if err := v.countRising(&found[i], now, before); err != nil {
			return out, err
		}
	}
	out.Words, err = v.risen(found, tests, now, q.Limit)
	return out, err
}

// riser is a word that may rise.
type riser struct {
	search.Rising
	stem   string
	read   int // of the texts read, how many have it
	known  int // of all texts
	chance float64
}

// candidates reads an even sample of the texts and returns the words that
// several of them have, those first that are rarest elsewhere. tests is how many
// words there were to choose from.
func (v *view) candidates(ctx context.Context, m *match) (found []riser, tests int, err error) {
	every := max(m.total/maxRead, 1)
	stems := map[string]*riser{}
	forms := map[string]map[string]int{}
	at := 0
	for i, docs := range m.docs {
		var wrong error
		docs.Iterate(func(doc uint32) bool {
			at++
			if (at-1)%every != 0 {
				return true
			}
			var text string
			if text, _, wrong = v.parts[i].stored(doc); wrong == nil {
				wrong = ctx.Err()
			}
			seen := map[string]bool{}
			for _, w := range words(text) {
				if !telling(w.stem) {
					continue
				}
				if forms[w.stem] == nil {
					forms[w.stem], stems[w.stem] = map[string]int{}, &riser{stem: w.stem}
				}
				forms[w.stem][lower(text[w.start:w.end])]++
				if !seen[w.stem] {
					seen[w.stem] = true
					stems[w.stem].read++
				}
			}
			return wrong == nil
		})
		if wrong != nil {
			return nil, 0, wrong
		}
	}
	for stem, r := range stems {
		if r.read*every < leastRising {
			continue
		}
		tests++
		if r.known, err = v.frequency(stem); err != nil {
			return nil, 0, err
		}
		r.Word = most(forms[stem])
		found = append(found, *r)
	}
	slices.SortFunc(found, func(a, b riser) int {
		return cmp.Or(cmp.Compare(a.known*b.read, b.known*a.read), cmp.Compare(a.stem, b.stem))
	})
	return found[:min(len(found), maxCandidate)], tests, nil
}

// telling reports whether a stem is a word, not a number or a preposition.
func telling(stem string) bool {
	letters := 0
	for _, r := range stem {
		if !unicode.IsLetter(r) {
			return false
		}
		letters++
	}
	return letters >= leastStem
}

func lower(s string) string {
	runes := []rune(s)
	for i, r := range runes {
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

// most is the most frequent form of a word, the shortest of equals.
func most(forms map[string]int) string {
	best := ""
	for form, n := range forms {
		if best == "" || cmp.Or(cmp.Compare(n, forms[best]), cmp.Compare(len(best), len(form)), cmp.Compare(best, form)) > 0 {
			best = form
		}
	}
	return best
}

// countRising counts the appeals that have the word now and before.
func (v *view) countRising(r *riser, now, before *match) error {
	for i := range v.parts {
		docs, err := v.parts[i].having(fieldText, r.stem)
		if err != nil {
			return err
		}
		r.Now += int(docs.AndCardinality(now.docs[i]))       //nolint:gosec // a count of documents
		r.Before += int(docs.AndCardinality(before.docs[i])) //nolint:gosec // a count of documents
	}
	r.G2, r.chance = signal.LogLikelihood(r.Now, now.total, r.Before, before.total)
	return nil
}

// risen leaves the words that rise by more than chance, the surest first, with
// examples.
func (v *view) risen(found []riser, tests int, now *match, limit int) ([]search.Rising, error) {
	chances := make([]float64, len(found))
	for i, r := range found {
		chances[i] = r.chance
		if r.G2 <= 0 || r.Now < leastRising {
			chances[i] = 1
		}
	}
	var up []riser
	for i, rises := range signal.Discoveries(chances, tests, falseRising) {
		if rises {
			up = append(up, found[i])
		}
	}
	slices.SortFunc(up, func(a, b riser) int { return cmp.Or(cmp.Compare(b.G2, a.G2), cmp.Compare(a.stem, b.stem)) })
	var out []search.Rising
	for _, r := range up[:min(max(limit, 0), len(up))] {
		var err error
		if r.Examples, err = v.examples(r.stem, now); err != nil {
			return nil, err
		}
		out = append(out, r.Rising)
	}
	return out, nil
}

// examples are the newest appeals that have the word.
func (v *view) examples(stem string, now *match) ([]search.Hit, error) {
	newest := &worstFirst{}
	for i := range v.parts {
		docs, err := v.parts[i].having(fieldText, stem)
		if err != nil {
			return nil, err
		}
		each(roaring.And(docs, now.docs[i]), func(doc uint32) {
			newest.offer(ranked{row: &v.parts[i].rows[doc], part: i, doc: doc}, mostExamples)
		})
	}
	slices.SortFunc(*newest, better)
	var out []search.Hit
	for _, r := range *newest {
		text, _, err := v.parts[r.part].stored(r.doc)
		if err != nil {
			return nil, err
		}
		out = append(out, search.Hit{ID: r.row.id, Snippet: snippet(text, "", sought{stems: map[string]bool{stem: true}})})
	}
	return out, nil
}
