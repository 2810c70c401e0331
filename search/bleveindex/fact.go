package bleveindex

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
)

// halfLife is the age at which an appeal weighs half in a heat map.
const halfLife = 14 * 24 * time.Hour

// weightEpoch is when an appeal's stored weight is 1. Relative to it 0.5^age is
// 2^(submitted − epoch) / 2^(now − epoch): the first is stored, the second is one
// factor for all. A float64 carries some 39 years either way.
var weightEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// weightAt is 2 to the half-lives from the epoch to t.
func weightAt(t int64) float64 {
	n := float64(t-weightEpoch) / float64(halfLife.Microseconds())
	return math.Exp2(min(max(n, -1000), 1000))
}

// kind is all that a heat map counts of a document but its times. Documents of
// one kind count alike, so a question first counts kinds, four bytes a document,
// and then looks at each kind once.
type kind struct {
	territory, category, leaf uint32
	marks                     marks
	rating                    uint8
}

// facts are what is counted of a segment's documents.
type facts struct {
	kinds  []kind
	of     []uint32  // a document's kind
	totals []int32   // how many documents have the kind
	weight []float64 // see weightAt
	open   []dueDoc  // not final and not late yet, the earliest due first

	mu     sync.Mutex
	past   *roaring.Bitmap // of open, those due before the moment
	moment int64
	upTo   int // how many of open are past
}

type dueDoc struct {
	due int64
	doc uint32
}

func newFacts(rows []row, kinds []kind) *facts {
	f := &facts{of: make([]uint32, len(rows)), weight: make([]float64, len(rows)), past: roaring.New()}
	codes := map[kind]uint32{}
	for doc, k := range kinds {
		code, ok := codes[k]
		if !ok {
			code = uint32(len(f.kinds)) //nolint:gosec // no more than documents
			codes[k] = code
			f.kinds, f.totals = append(f.kinds, k), append(f.totals, 0)
		}
		f.of[doc] = code
		f.totals[code]++
		r := &rows[doc]
		if r.submitted != 0 {
			f.weight[doc] = weightAt(r.submitted)
		}
		if r.marks&(isLate|isFinal) == 0 && r.due != 0 {
			f.open = append(f.open, dueDoc{r.due, uint32(doc)})
		}
	}
	slices.SortFunc(f.open, func(a, b dueDoc) int { return cmp.Compare(a.due, b.due) })
	return f
}

// pastDue returns the documents that are open and due before the moment, which
// must not be changed. Time goes on, so it is mostly the answer of before.
func (f *facts) pastDue(moment int64) *roaring.Bitmap {
	f.mu.Lock()
	defer f.mu.Unlock()
	if moment < f.moment {
		f.past, f.upTo = roaring.New(), 0
	}
	f.moment = moment
	if f.upTo == len(f.open) || f.open[f.upTo].due >= moment {
		return f.past
	}
	past := f.past.Clone() // somebody may be reading the former
	for ; f.upTo < len(f.open) && f.open[f.upTo].due < moment; f.upTo++ {
		past.Add(f.open[f.upTo].doc)
	}
	f.past = past
	return past
}
