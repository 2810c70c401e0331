package bleveindex

import (
	"cmp"
	"container/heap"
	"context"
	"math"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/otklik/otklik/search"
)

// answerBoost is what a word in the answer is worth beside one in the text.
const answerBoost = 0.5

// Search implements search.Index.
func (ix *Index) Search(ctx context.Context, q search.Query, offset, limit int) (search.Result, error) {
	release, err := ix.hold()
	if err != nil {
		return search.Result{}, err
	}
	defer release()
	v, err := ix.view()
	if err != nil {
		return search.Result{}, err
	}
	defer func() { _ = v.close() }()
	m, err := v.find(ctx, q)
	if err != nil {
		return search.Result{}, err
	}
	out := search.Result{Total: m.total, Fuzzy: m.fuzzy}
	if !q.FacetsAt.IsZero() {
		if out.Facets, err = v.facets(m, q.FacetsAt.UnixMicro()); err != nil {
			return search.Result{}, err
		}
	}
	offset = min(max(offset, 0), search.MaxWindow)
	limit = min(max(limit, 0), search.MaxWindow-offset)
	if limit == 0 || offset >= m.total {
		return out, nil
	}
	terms := m.telling()
	if q.Newest {
		terms = nil
	}
	best, err := v.rank(ctx, m, terms, offset+limit)
	if err != nil {
		return search.Result{}, err
	}
	look := m.sought()
	for _, h := range best[min(offset, len(best)):] {
		text, answer, err := v.parts[h.part].stored(h.doc)
		if err != nil {
			return search.Result{}, err
		}
		out.Hits = append(out.Hits, search.Hit{ID: h.row.id, Score: h.score, Snippet: snippet(text, answer, look)})
	}
	return out, nil
}

// ranked is one document with its place in the order.
type ranked struct {
	score float64
	row   *row
	part  int
	doc   uint32
}

// better orders by score, then by recency.
func better(a, b ranked) int {
	return cmp.Or(
		cmp.Compare(b.score, a.score),
		cmp.Compare(b.row.submitted, a.row.submitted),
		cmp.Compare(b.row.id, a.row.id),
	)
}

// rank returns the k best documents of a match, best first.
func (v *view) rank(ctx context.Context, m *match, terms [][]string, k int) ([]ranked, error) {
	weights, err := v.weigh(terms)
	if err != nil {
		return nil, err
	}
	best := &worstFirst{}
	for i, docs := range m.docs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if docs.IsEmpty() {
			continue
		}
		p := &v.parts[i]
		scores, err := p.score(docs, weights)
		if err != nil {
			return nil, err
		}
		docs.Iterate(func(doc uint32) bool {
			best.offer(ranked{score: float64(scores.of(doc)), row: &p.rows[doc], part: i, doc: doc}, k)
			return true
		})
		scores.release()
	}
	slices.SortFunc(*best, better)
	return *best, nil
}

// weighted is a term of a query and how telling it is.
type weighted struct {
	term   string
	weight float64
}

// weigh gives each term its inverse document frequency, as in BM25: the rarer
// the more it tells.
func (v *view) weigh(words [][]string) ([]weighted, error) {
	var out []weighted
	for _, word := range words {
		for _, term := range word {
			df, err := v.frequency(term)
			if err != nil {
				return nil, err
			}
			out = append(out, weighted{term, rarity(v.docs, df)})
		}
	}
	return out, nil
}

func rarity(docs, having int) float64 {
	return math.Log1p(max(float64(docs)-float64(having)+0.5, 0.5) / (float64(having) + 0.5))
}

// frequency is how many texts have the term; deleted ones that a merge has not
// removed yet count too.
func (v *view) frequency(term string) (int, error) {
	n := 0
	for i := range v.parts {
		docs, err := v.parts[i].having(fieldText, term)
		if err != nil {
			return 0, err
		}
		n += int(docs.GetCardinality()) //nolint:gosec // a count of documents
	}
	return n, nil
}

// scores are the scores of one part's documents.
type scores []float32

func (s *scores) of(doc uint32) float32 {
	if len(*s) == 0 {
		return 0
	}
	return (*s)[doc]
}

var spareScores = sync.Pool{New: func() any { return new(scores) }}

func borrowScores(n int) *scores {
	s, _ := spareScores.Get().(*scores)
	*s = slices.Grow((*s)[:0], n)[:n]
	clear(*s)
	return s
}

func (s *scores) release() { spareScores.Put(s) }

// score sums weight · √frequency / √length of text over the terms, for the given
// documents at least.
func (p *part) score(docs *roaring.Bitmap, terms []weighted) (*scores, error) {
	if len(terms) == 0 {
		return new(scores), nil
	}
	out := borrowScores(len(p.rows))
	for _, field := range []struct {
		name  string
		boost float64
	}{{fieldText, 1}, {fieldAnswer, answerBoost}} {
		dict, err := p.segment.Dictionary(field.name)
		if err != nil {
			return nil, err
		}
		for _, t := range terms {
			if err := add(*out, dict, t.term, t.weight*field.boost, docs); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// add adds one term's share to the scores; unless docs is nil others than these
// may be left out.
func add(out []float32, dict segment.TermDictionary, term string, weight float64, docs *roaring.Bitmap) error {
	list, err := dict.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return err
	}
	it := list.Iterator(true, true, false, nil)
	if some, ok := it.(segment.OptimizablePostingsIterator); ok && docs != nil {
		if all := some.ActualBitmap(); all != nil && docs.GetCardinality() < all.GetCardinality()/2 {
			some.ReplaceActual(roaring.And(all, docs))
		}
	}
	return sum(out, it, weight)
}

func sum(out []float32, it segment.PostingsIterator, weight float64) error {
	for {
		posting, err := it.Next()
		if err != nil || posting == nil {
			return err
		}
		out[posting.Number()] += float32(weight * math.Sqrt(float64(posting.Frequency())) * posting.Norm())
	}
}

// worstFirst is a heap that keeps the best documents offered.
type worstFirst []ranked

func (h worstFirst) Len() int           { return len(h) }
func (h worstFirst) Less(i, j int) bool { return better(h[i], h[j]) > 0 }
func (h worstFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *worstFirst) Push(x any)        { *h = append(*h, x.(ranked)) } //nolint:errcheck // only offer calls it

func (h *worstFirst) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// wants reports whether a document belongs to the best k so far.
func (h *worstFirst) wants(r ranked, k int) bool {
	return len(*h) < k || better(r, (*h)[0]) < 0
}

func (h *worstFirst) offer(r ranked, k int) {
	switch {
	case !h.wants(r, k):
	case len(*h) < k:
		heap.Push(h, r)
	default:
		(*h)[0] = r
		heap.Fix(h, 0)
	}
}
