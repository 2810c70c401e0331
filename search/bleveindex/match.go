package bleveindex

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/otklik/otklik/search"
)

const (
	maxWords    = 32 // of a query that are looked for
	maxSpelling = 24 // terms that one misspelt word may stand for
)

// match is what a query found in a view.
type match struct {
	docs   []*roaring.Bitmap // by part, without deleted documents
	words  [][]string        // each word's term, or the terms spelt like it
	where  *where            // what else must hold
	rights []*roaring.Bitmap // by part, what the reader may see; nil: everything
	total  int
	fuzzy  bool
}

// find matches a query. Rights are applied here and nowhere else.
func (v *view) find(ctx context.Context, q search.Query) (*match, error) {
	m := &match{where: newWhere(ctx, q.Where)}
	terms := stems(q.Text)
	if len(terms) > maxWords {
		terms = terms[:maxWords]
	}
	for _, term := range terms {
		if compound(term) {
			m.where.add(ctx, search.AnyOf{{Word: term}})
		} else {
			m.words = append(m.words, []string{term})
		}
	}
	m.where.order()
	if text := strings.TrimSpace(q.Text); text != "" {
		known, err := v.knowsNumber(text)
		switch {
		case err != nil:
			return nil, err
		case known:
			q.Number, m.words, m.where = text, nil, newWhere(ctx, q.Where)
		case len(terms) == 0: // nothing but stop words or signs
			m.docs = make([]*roaring.Bitmap, len(v.parts))
			for i := range m.docs {
				m.docs[i] = roaring.New()
			}
			return m, nil
		}
	}
	if err := v.fillMatch(ctx, q, m); err != nil || m.total > 0 || len(m.words) == 0 {
		return m, err
	}
	return v.forgive(ctx, q, m)
}

// forgive looks again for what was not found, first with other spellings of the
// words that nothing has which the reader may see, then with those of all.
func (v *view) forgive(ctx context.Context, q search.Query, m *match) (*match, error) {
	var err error
	if !q.Region {
		if m.rights, err = v.seen(q.Agencies); err != nil {
			return nil, err
		}
	}
	unknown := make([]bool, len(m.words))
	some, all := false, true
	for i, word := range m.words {
		known, err := v.seenWith(word[0], m.rights)
		if err != nil {
			return nil, err
		}
		unknown[i] = !known
		some, all = some || !known, all && !known
	}
	tries := [][]bool{unknown, nil}
	if !some || all {
		tries = tries[1:]
	}
	for _, which := range tries {
		spelt, err := v.respell(m.words, which, m.rights)
		if err != nil {
			return nil, err
		}
		if spelt == nil {
			continue
		}
		again := &match{words: spelt, where: m.where}
		if err := v.fillMatch(ctx, q, again); err != nil {
			return nil, err
		}
		if again.total > 0 {
			again.fuzzy = true
			return again, nil
		}
	}
	return m, nil
}

// seen is what officers of the agencies may see, by part.
func (v *view) seen(agencies []int64) ([]*roaring.Bitmap, error) {
	out := make([]*roaring.Bitmap, len(v.parts))
	for i := range v.parts {
		docs, err := v.parts[i].havingAny(fieldAgency, numberTerms(agencies), "")
		if err != nil {
			return nil, err
		}
		out[i] = v.parts[i].intersect([]*roaring.Bitmap{docs})
	}
	return out, nil
}

// seenWith reports whether anything within the rights has the term.
func (v *view) seenWith(term string, rights []*roaring.Bitmap) (bool, error) {
	for i := range v.parts {
		docs, err := v.parts[i].havingWord([]string{term})
		if err != nil {
			return false, err
		}
		if rights == nil && !docs.IsEmpty() || rights != nil && docs.Intersects(rights[i]) {
			return true, nil
		}
	}
	return false, nil
}

func (v *view) fillMatch(ctx context.Context, q search.Query, m *match) error {
	m.docs, m.total = make([]*roaring.Bitmap, len(v.parts)), 0
	for i := range v.parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		docs, err := v.parts[i].find(q, m.words)
		if err != nil {
			return err
		}
		if docs, err = m.where.of(&v.parts[i], docs); err != nil {
			return err
		}
		m.docs[i] = docs
		m.total += int(docs.GetCardinality()) //nolint:gosec // a count of documents
	}
	return nil
}

// find returns the part's documents that have all words and pass all filters.
func (p *part) find(q search.Query, words [][]string) (*roaring.Bitmap, error) {
	var all []*roaring.Bitmap
	need := func(docs *roaring.Bitmap, err error) error {
		all = append(all, docs)
		return err
	}
	filter := func(field, term string) error {
		if term == "" {
			return nil
		}
		return need(p.having(field, term))
	}
	steps := []func() error{
		func() error {
			if q.Region {
				return nil
			}
			return need(p.havingAny(fieldAgency, numberTerms(q.Agencies), ""))
		},
		func() error { return filter(fieldNumber, q.Number) },
		func() error { return filter(fieldAgency, numberTerm(q.Agency)) },
		func() error { return filter(fieldStage, q.Stage) },
		func() error { return filter(fieldCategory, q.Category) },
		func() error {
			if q.Rubric == "" {
				return nil
			}
			return need(p.under(q.Rubric))
		},
		func() error {
			if len(q.Rubrics) == 0 {
				return nil
			}
			docs := roaring.New()
			for _, rubric := range q.Rubrics {
				more, err := p.under(rubric)
				if err != nil {
					return err
				}
				docs.Or(more)
			}
			return need(docs, nil)
		},
		func() error {
			if len(q.Territory) == 0 {
				return nil
			}
			return need(p.havingAny(fieldTerritory, numberTerms(q.Territory), ""))
		},
	}
	for _, word := range words {
		steps = append(steps, func() error { return need(p.havingWord(word)) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	docs := p.intersect(all)
	if !q.From.IsZero() || !q.To.IsZero() {
		docs = p.between(docs, q.From, q.To)
	}
	return docs, nil
}

// intersect leaves the living documents that are in all the bitmaps.
func (p *part) intersect(all []*roaring.Bitmap) *roaring.Bitmap {
	var docs *roaring.Bitmap
	switch len(all) {
	case 0:
		docs = roaring.New()
		docs.AddRange(0, uint64(len(p.rows)))
	case 1:
		docs = all[0]
	default:
		docs = roaring.FastAnd(all...)
	}
	if p.deleted != nil && !p.deleted.IsEmpty() {
		docs = roaring.AndNot(docs, p.deleted)
	}
	return docs
}

// under returns the documents of a rubric: the leaf itself, the leaves whose
// codes are under it, or all of a category.
func (p *part) under(rubric string) (*roaring.Bitmap, error) {
	leaves, err := p.havingAny(fieldRubric, []string{rubric}, rubric+".")
	if err != nil {
		return nil, err
	}
	category, err := p.having(fieldCategory, rubric)
	if err != nil {
		return nil, err
	}
	return roaring.Or(leaves, category), nil
}

// havingWord returns the documents that have any of the terms in text or answer.
func (p *part) havingWord(terms []string) (*roaring.Bitmap, error) {
	text, err := p.havingAny(fieldText, terms, "")
	if err != nil {
		return nil, err
	}
	answer, err := p.havingAny(fieldAnswer, terms, "")
	if err != nil {
		return nil, err
	}
	if answer.IsEmpty() {
		return text, nil
	}
	return roaring.Or(text, answer), nil
}

// between leaves the documents submitted in [from, to); a zero end is open.
func (p *part) between(docs *roaring.Bitmap, from, to time.Time) *roaring.Bitmap {
	low, high := int64(-1<<63), int64(1<<63-1)
	if !from.IsZero() {
		low = ceilMicro(from)
	}
	if !to.IsZero() {
		high = ceilMicro(to)
	}
	dense := make([]uint64, (len(p.rows)+63)/64)
	var buf [1024]uint32
	for it := docs.ManyIterator(); ; {
		n := it.NextMany(buf[:])
		if n == 0 {
			return roaring.FromDense(dense, false)
		}
		for _, doc := range buf[:n] {
			if t := p.rows[doc].submitted; t >= low && t < high {
				dense[doc>>6] |= 1 << (doc & 63)
			}
		}
	}
}

// ceilMicro is the first microsecond not before t: rows know no shorter times.
func ceilMicro(t time.Time) int64 {
	return t.Add(time.Microsecond - time.Nanosecond).UnixMicro()
}

func numberTerms(numbers []int64) []string {
	terms := make([]string, 0, len(numbers))
	for _, n := range numbers {
		if n != 0 {
			terms = append(terms, numberTerm(n))
		}
	}
	return terms
}

func (v *view) knowsNumber(text string) (bool, error) {
	for i := range v.parts {
		docs, err := v.parts[i].having(fieldNumber, text)
		if err != nil || !docs.IsEmpty() {
			return err == nil, err
		}
	}
	return false, nil
}

// respell replaces words, all where which is nil, by the terms that are spelt
// like them and that something within the rights has: one slip in a term of four
// letters, two from eight on, none in the first letter. It returns nil when no
// word has another spelling.
func (v *view) respell(words [][]string, which []bool, rights []*roaring.Bitmap) ([][]string, error) {
	out := make([][]string, len(words))
	changed := false
	for i, word := range words {
		out[i] = word
		slips := allowedSlips(word[0])
		if slips == 0 || which != nil && !which[i] {
			continue
		}
		seen := map[string]bool{word[0]: true}
		for _, field := range []string{fieldText, fieldAnswer} {
			_, size := utf8.DecodeRuneInString(word[0])
			terms, err := v.snapshot.FieldDictFuzzy(field, word[0], slips, word[0][:size])
			if err != nil {
				return nil, err
			}
			for len(out[i]) < maxSpelling {
				entry, err := terms.Next()
				if err != nil {
					return nil, err
				}
				if entry == nil {
					break
				}
				if seen[entry.Term] {
					continue
				}
				seen[entry.Term] = true
				visible, err := v.seenWith(entry.Term, rights)
				if err != nil {
					return nil, err
				}
				if visible {
					out[i] = append(out[i][:len(out[i]):len(out[i])], entry.Term)
					changed = true
				}
			}
			if err := terms.Close(); err != nil {
				return nil, err
			}
		}
	}
	if !changed {
		return nil, nil
	}
	return out, nil
}

func allowedSlips(term string) int {
	letters := 0
	for _, r := range term {
		if !unicode.IsLetter(r) {
			return 0
		}
		letters++
	}
	switch {
	case letters < 4:
		return 0
	case letters < 8:
		return 1
	default:
		return 2
	}
}
