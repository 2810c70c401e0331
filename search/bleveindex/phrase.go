package bleveindex

import (
	"context"
	"errors"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// phrase is words that stand next to one another in this order, each in any of
// its forms. Bitmaps find the texts that have the words; in these the places of
// the words are compared.
type phrase []placed

func newPhrase(text string) phrase { return sequence(normal(text)) }

// stems are those of the phrase, stop words among them.
func (ph phrase) stems() []string {
	out := make([]string, len(ph))
	for i, w := range ph {
		out[i] = w.stem
	}
	return out
}

// comparedAtOnce is how many texts are compared between two looks at the
// context.
const comparedAtOnce = 4096

// in leaves the documents that have the phrase in text or answer. A stop word
// alone finds nothing.
func (ph phrase) in(ctx context.Context, p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) {
	if len(ph) == 0 || len(ph) == 1 && ph[0].small {
		return roaring.New(), nil
	}
	inText, err := ph.inField(ctx, p, docs, fieldText, fieldTextSmall)
	if err != nil {
		return nil, err
	}
	inAnswer, err := ph.inField(ctx, p, roaring.AndNot(docs, inText), fieldAnswer, fieldSaidSmall)
	if err != nil {
		return nil, err
	}
	return roaring.Or(inText, inAnswer), nil
}

func (ph phrase) inField(ctx context.Context, p *part, docs *roaring.Bitmap, field, small string) (*roaring.Bitmap, error) {
	lists := make([]segment.PostingsList, len(ph))
	for i, w := range ph {
		from := field
		if w.small {
			from = small
		}
		dict, err := p.segment.Dictionary(from)
		if err != nil {
			return nil, err
		}
		if lists[i], err = dict.PostingsList([]byte(w.stem), nil, nil); err != nil {
			return nil, err
		}
		one, many, err := hits(lists[i])
		if err != nil {
			return nil, err
		}
		if many == nil {
			many = roaring.BitmapOf(one)
		}
		if docs = roaring.And(docs, many); docs.IsEmpty() {
			return docs, nil
		}
	}
	if len(ph) == 1 {
		return docs, nil
	}
	places := make([]segment.PostingsIterator, len(ph))
	for i, list := range lists {
		places[i] = list.Iterator(true, false, true, nil)
		some, ok := places[i].(segment.OptimizablePostingsIterator)
		if !ok {
			return nil, errors.New("segment without bitmaps")
		}
		if some.ActualBitmap() != nil {
			some.ReplaceActual(docs)
		}
	}
	return follow(ctx, docs, places)
}

// follow leaves the documents in which the words, of which the places are given
// for just these documents, stand one after another.
func follow(ctx context.Context, docs *roaring.Bitmap, places []segment.PostingsIterator) (*roaring.Bitmap, error) {
	out := roaring.New()
	var starts []uint64 // of what may be the phrase, as the place of its first word
	compared := 0
	for it := docs.Iterator(); it.HasNext(); compared++ {
		if compared%comparedAtOnce == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		doc := it.Next()
		starts = starts[:0]
		for i, word := range places {
			posting, err := word.Next()
			if err != nil {
				return nil, err
			}
			if posting == nil || posting.Number() != uint64(doc) {
				return nil, errors.New("segment without places of words")
			}
			at := posting.Locations()
			if i == 0 {
				for _, l := range at {
					starts = append(starts, l.Pos())
				}
				continue
			}
			starts = slices.DeleteFunc(starts, func(start uint64) bool {
				return !slices.ContainsFunc(at, func(l segment.Location) bool { return l.Pos() == start+uint64(i) }) //nolint:gosec // small
			})
		}
		if len(starts) > 0 {
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
		if slices.EqualFunc(found[i:last+1], stems, func(w placed, stem string) bool { return w.stem == stem }) {
			out = append(out, word{found[i].start, found[last].end, stems[0]})
			i = last
		}
	}
	return out
}
