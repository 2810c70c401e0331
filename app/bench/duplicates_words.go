package bench

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/search/duplicate"
)

// ready is a text made ready by a measure of words.
type ready any

// measure tells how alike two texts are, by their words alone.
type measure struct {
	name    string
	prepare func(text string) ready
	compare func(a, b ready) float64
}

// measures are ours and those it was chosen from.
func measures(index *duplicate.Index) []measure {
	return []measure{
		{
			"MinHash of shingles of three words, 128 hashes",
			func(s string) ready { return minhash(shingles(s, 3)) },
			func(a, b ready) float64 { return meeting(a.([]uint64), b.([]uint64)) }, //nolint:errcheck // made by prepare
		},
		{
			"MinHash of single words, 128 hashes",
			func(s string) ready { return minhash(shingles(s, 1)) },
			func(a, b ready) float64 { return meeting(a.([]uint64), b.([]uint64)) }, //nolint:errcheck // made by prepare
		},
		{
			"cosine of runs of four letters",
			func(s string) ready { return grams(s) },
			func(a, b ready) float64 { return cosine(a.(map[string]float64), b.(map[string]float64)) }, //nolint:errcheck // made by prepare
		},
		{
			"cosine of word beginnings by rarity (ours)",
			func(s string) ready { return duplicate.Ready(s) },
			func(a, b ready) float64 { return index.Likeness(a.(duplicate.Words), b.(duplicate.Words)) }, //nolint:errcheck // made by prepare
		},
	}
}

// compareWords asks each measure to tell retold messages from other messages of
// the same topic.
func (w *town) compareWords(index *duplicate.Index, pairs int) []WordsResult {
	type pair struct {
		a, b string
		same bool
	}
	var all []pair
	for len(all) < 2*pairs {
		first := w.first()
		other, ok := w.another(first)
		if !ok {
			continue
		}
		text := w.list[first].text
		all = append(all, pair{text, w.retell(text), true}, pair{text, w.list[other].text, false})
	}
	var out []WordsResult
	for _, m := range measures(index) {
		scores := make([]scored, len(all))
		var took time.Duration
		for i, p := range all {
			a, b := m.prepare(p.a), m.prepare(p.b)
			start := time.Now()
			scores[i] = scored{m.compare(a, b), p.same}
			took += time.Since(start)
		}
		auc, recall := rank(scores)
		out = append(out, WordsResult{Measure: m.name, AUC: auc, Recall: recall, Micros: micros(took) / float64(len(all))})
	}
	return out
}

type scored struct {
	score float64
	same  bool
}

// rank is the area under the curve, ties counted half, and the recall where one
// in a hundred others is taken for the same.
func rank(list []scored) (auc, recall float64) {
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	same, other := 0.0, 0.0
	for _, s := range list {
		if s.same {
			same++
		} else {
			other++
		}
	}
	right, wrong := 0.0, 0.0
	for i := 0; i < len(list); {
		j, r, x := i, 0.0, 0.0
		for ; j < len(list) && list[j].score == list[i].score; j++ {
			if list[j].same {
				r++
			} else {
				x++
			}
		}
		auc += x * (right + r/2)
		right, wrong = right+r, wrong+x
		if wrong <= other/100 {
			recall = right / same
		}
		i = j
	}
	return auc / (same * other), recall
}

func plainWords(s string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(s), "ё", "е"), func(r rune) bool {
		return (r < 'а' || r > 'я') && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

func shingles(s string, n int) []uint64 {
	words := plainWords(s)
	n = max(1, min(n, len(words)))
	var out []uint64
	for i := 0; i+n <= len(words); i++ {
		h := fnv.New64a()
		_, _ = h.Write([]byte(strings.Join(words[i:i+n], " ")))
		out = append(out, h.Sum64())
	}
	return out
}

const hashes = 128

func minhash(set []uint64) []uint64 {
	out := make([]uint64, hashes)
	for i := range out {
		out[i] = math.MaxUint64
		seed := uint64(2*i+1) * 0x9e3779b97f4a7c15
		for _, x := range set {
			x ^= seed
			x *= 0xff51afd7ed558ccd
			x ^= x >> 33
			x *= 0xc4ceb9fe1a85ec53
			x ^= x >> 33
			out[i] = min(out[i], x)
		}
	}
	return out
}

func meeting(a, b []uint64) float64 {
	n := 0
	for i := range a {
		if a[i] == b[i] && a[i] != math.MaxUint64 {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

func grams(s string) map[string]float64 {
	out := map[string]float64{}
	letters := []rune(" " + strings.Join(plainWords(s), " ") + " ")
	for i := 0; i+4 <= len(letters); i++ {
		out[string(letters[i:i+4])]++
	}
	return out
}

func cosine(a, b map[string]float64) float64 {
	var shared, ofA, ofB float64
	for k, v := range a {
		shared += v * b[k]
		ofA += v * v
	}
	for _, v := range b {
		ofB += v * v
	}
	return ratio(shared, math.Sqrt(ofA*ofB))
}

// twinLikeness is the share of runs of five letters that two messages must have
// in common to be one message sent twice, and fewestGrams how long they must be.
const (
	twinLikeness = 0.5
	fewestGrams  = 40
)

// findTwins compares each message of the file with each other by a measure that
// isn't ours, and notes those that are alike.
func (w *town) findTwins() [][2]int {
	sets := make([][]uint64, len(w.list))
	for i, m := range w.list {
		sets[i] = runs(m.text)
	}
	var out [][2]int
	for i := range sets {
		for j := range i {
			if min(len(sets[i]), len(sets[j])) < fewestGrams || !alike(sets[i], sets[j]) {
				continue
			}
			out = append(out, [2]int{j, i})
			for _, p := range [][2]int{{i, j}, {j, i}} {
				if w.twins[p[0]] == nil {
					w.twins[p[0]] = map[int]bool{}
				}
				w.twins[p[0]][p[1]] = true
			}
		}
	}
	return out
}

// runs are the different runs of five letters of a text, sorted.
func runs(text string) []uint64 {
	letters := []rune(strings.Join(plainWords(text), " "))
	var out []uint64
	for i := 0; i+5 <= len(letters); i++ {
		key := uint64(0)
		for _, r := range letters[i : i+5] {
			key = key<<12 | uint64(r&0xfff)
		}
		out = append(out, key)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func alike(a, b []uint64) bool {
	shorter, longer := min(len(a), len(b)), max(len(a), len(b))
	if float64(shorter) < twinLikeness*float64(longer) {
		return false
	}
	shared, i := 0, 0
	for _, x := range a {
		for i < len(b) && b[i] < x {
			i++
		}
		if i < len(b) && b[i] == x {
			shared++
		}
	}
	return float64(shared) >= twinLikeness*float64(len(a)+len(b)-shared)
}

// natural asks for the messages of the file without their invented places.
func (w *town) natural(pairs [][2]int) Natural {
	index := duplicate.NewIndex()
	bare := make([]duplicate.Case, len(w.cases))
	for i, c := range w.cases {
		c.Point, c.Address, c.Sent = nil, "", measuredOn
		bare[i] = c
	}
	index.Put(bare...)
	out := Natural{Pairs: len(pairs)}
	found := 0
	for i := range bare {
		for _, c := range index.Find(&bare[i], duplicate.Suspicious, math.MaxInt) {
			j := int(c.ID) - 1
			switch {
			case j >= i:
			case w.twins[i][j]:
				found++
			default:
				out.Other++
			}
		}
	}
	out.Found = ratio(float64(found), float64(len(pairs)))
	return out
}
