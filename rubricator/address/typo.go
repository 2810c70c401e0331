package address

import (
	"hash/fnv"
	"slices"
	"unicode/utf8"
)

// Up to how many letters a word may be mistyped in, by its length.
const (
	oneTypoFrom = 4
	twoTyposAt  = 6
	typoPrefix  = 7 // letters of a word that are looked up; see Garbe, SymSpell
)

func typosAllowed(w string) int {
	switch n := utf8.RuneCountInString(w); {
	case n >= twoTyposAt:
		return 2
	case n >= oneTypoFrom:
		return 1
	default:
		return 0
	}
}

// typos finds words that differ in a letter or two. Each word is kept under the
// hash of every form with up to two letters of its beginning left out: two words
// that close share one. The list is sorted: high bits the hash, low the word.
type typos struct {
	words []string
	forms []uint64
}

func newTypos(words []string) *typos {
	t := &typos{words: words}
	for i, w := range words {
		if w[0] >= '0' && w[0] <= '9' {
			continue
		}
		for _, h := range leftOut(w) {
			t.forms = append(t.forms, uint64(h)<<32|uint64(i))
		}
	}
	slices.Sort(t.forms)
	t.forms = slices.Clip(slices.Compact(t.forms))
	return t
}

func leftOut(w string) []uint32 {
	r := []rune(w)
	r = r[:min(len(r), typoPrefix)]
	seen := []string{string(r)}
	for from, level := 0, 0; level < typosAllowed(w); level++ {
		to := len(seen)
		for _, s := range seen[from:to] {
			r := []rune(s)
			for i := range r {
				short := string(r[:i]) + string(r[i+1:])
				if !slices.Contains(seen, short) {
					seen = append(seen, short)
				}
			}
		}
		from = to
	}
	out := make([]uint32, len(seen))
	for i, s := range seen {
		h := fnv.New32a()
		_, _ = h.Write([]byte(s)) // never fails
		out[i] = h.Sum32()
	}
	return out
}

// near lists the numbers of words within the typos that w may have, with how many.
func (t *typos) near(w string) map[int]int {
	most := typosAllowed(w)
	if most == 0 {
		return nil
	}
	out := map[int]int{}
	for _, h := range leftOut(w) {
		from, _ := slices.BinarySearch(t.forms, uint64(h)<<32)
		for _, f := range t.forms[from:] {
			if uint32(f>>32) != h {
				break
			}
			i := int(uint32(f)) //nolint:gosec // the low half is the number of a word
			if _, known := out[i]; known {
				continue
			}
			if d := distance(w, t.words[i], most); d <= min(most, typosAllowed(t.words[i])) {
				out[i] = d
			}
		}
	}
	return out
}

// distance is the number of letters put in, left out, changed or swapped with
// the next (Damerau, optimal alignment), or anything over most.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return most + 1
	}
	two, one, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			now[j] = min(one[j]+1, now[j-1]+1, one[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], two[j-2]+1)
			}
		}
		two, one, now = one, now, two
	}
	return one[len(y)]
}
