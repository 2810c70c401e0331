package bleveindex

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// phrase is words that stand next to one another in this order, each in any of
// its forms. Bitmaps find the texts that have the words, and these are read: it
// is exact without keeping the places of words in the index.
type phrase struct {
	sequence []string // stop words among them
	terms    []string // those of it that the index has
}

func newPhrase(text string) phrase {
	var ph phrase
	text = normal(text)
	for _, w := range sequence(text) {
		ph.sequence = append(ph.sequence, w.stem)
	}
	for _, w := range words(spaced(text)) {
		if !slices.Contains(ph.terms, w.stem) {
			ph.terms = append(ph.terms, w.stem)
		}
	}
	return ph
}

// readAtOnce is how many texts are read between two looks at the context.
const readAtOnce = 256

// in leaves the documents that have the phrase in text or answer. One of stop
// words alone finds nothing.
func (ph phrase) in(ctx context.Context, p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) {
	out := roaring.New()
	if len(ph.terms) == 0 {
		return out, nil
	}
	for _, term := range ph.terms {
		having, err := p.havingWord([]string{term})
		if err != nil {
			return nil, err
		}
		docs = roaring.And(docs, having)
	}
	if len(ph.sequence) == 1 {
		return docs, nil
	}
	read := 0
	for it := docs.Iterator(); it.HasNext(); read++ {
		if read%readAtOnce == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		doc := it.Next()
		text, answer, err := p.stored(doc)
		if err != nil {
			return nil, err
		}
		if len(occurrences(text, ph.sequence)) > 0 || len(occurrences(answer, ph.sequence)) > 0 {
			out.Add(doc)
		}
	}
	return out, nil
}

// occurrences lists where a text has the sequence of words, as spans of it.
func occurrences(text string, stems []string) []word {
	if text == "" || len(stems) == 0 {
		return nil
	}
	var out []word
	found := sequence(text)
	for i := 0; i+len(stems) <= len(found); i++ {
		last := i + len(stems) - 1
		if slices.EqualFunc(found[i:last+1], stems, func(w word, stem string) bool { return w.stem == stem }) {
			out = append(out, word{found[i].start, found[last].end, stems[0]})
			i = last
		}
	}
	return out
}
