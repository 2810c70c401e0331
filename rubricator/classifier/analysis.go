package classifier

import (
	"math"

	"github.com/blevesearch/snowballstem"
)

// How much words as they stand and their pieces count in the likeness of texts.
var (
	wordShare = float32(math.Sqrt(0.5))
	softShare = float32(math.Sqrt(0.25))
)

const (
	tailShare   = 0.5 // of the first word's weight, that a word far in the text keeps
	repeatShare = 0.5 // of a word's weight, for each time (by the logarithm) it comes again
)

// used is one stem of a text with its weight.
type used struct {
	id     int32 // −1 for a stem that the vocabulary lacks
	hash   uint64
	weight float32
	token  int // its first token
	times  int
	from   int // its pieces, where id is −1, in analysis.gram
	to     int
}

// seen is a place, valid in its round.
type seen struct {
	round uint32
	at    int32
}

// analysis is a text taken apart, and the memory to do so again.
type analysis struct {
	toks  []token
	stems []used
	gram  []weighed
	words int // tokens of the text; those of the place follow

	ofStem []seen // stem → place in stems
	round  uint32
	buf    []byte
	env    *snowballstem.Env
}

func (v *vocabulary) newAnalysis() *analysis {
	return &analysis{ofStem: make([]seen, len(v.stemIDF)), env: snowballstem.NewEnv("")}
}

// analyse takes a text apart. The weights of its stems make a vector of length 1.
func (v *vocabulary) analyse(text, place string, a *analysis) {
	a.toks = tokens(text, a.toks[:0])
	words := len(a.toks)
	a.words = words
	if place != "" {
		a.toks = tokens(place, a.toks)
	}
	a.stems, a.gram = a.stems[:0], a.gram[:0]
	a.round++
	if a.round == 0 {
		clear(a.ofStem)
		a.round = 1
	}
	for i, t := range a.toks {
		id, ok := v.forms.get(t.hash)
		if !ok {
			from := text
			if i >= words {
				from = place
			}
			id = v.unread(from[t.start:t.end], i, a)
		}
		if id >= 0 {
			if s := a.ofStem[id]; s.round == a.round {
				a.stems[s.at].times++
				continue
			}
			a.ofStem[id] = seen{a.round, int32(len(a.stems))}
			a.stems = append(a.stems, used{id: id, token: i, times: 1, weight: v.stemIDF[id]})
		}
	}
	for i := range a.stems {
		if u := &a.stems[i]; u.token < words {
			u.weight *= tailShare + (1-tailShare)*fading(u.token)
		}
	}
	sum := float32(0)
	for i := range a.stems {
		u := &a.stems[i]
		u.weight *= 1 + repeatShare*logOf(u.times)
		sum += u.weight * u.weight
	}
	if sum > 0 {
		k := 1 / float32(math.Sqrt(float64(sum)))
		for i := range a.stems {
			a.stems[i].weight *= k
		}
	}
}

// unread looks up a form that no example has: its stem, or −1 after it is added
// to the analysis as the pieces it has.
func (v *vocabulary) unread(word string, at int, a *analysis) int32 {
	a.buf = folded(word, a.buf[:0])
	written := stem(a.env, string(a.buf))
	h := hashOf(written)
	if id, ok := v.stems.get(h); ok {
		return id
	}
	for i := range a.stems {
		if u := &a.stems[i]; u.id < 0 && u.hash == h {
			u.times++
			return -1
		}
	}
	u := used{id: -1, hash: h, token: at, times: 1, weight: v.unknownIDF, from: len(a.gram)}
	a.gram = v.pieces(written, a.gram)
	u.to = u.from + rarest(a.gram[u.from:])
	a.gram = a.gram[:u.to]
	a.stems = append(a.stems, u)
	return -1
}

// telling is how many different words the text has that are known, whole or by
// their pieces, and long enough to say something.
func (a *analysis) telling() int {
	n := 0
	for _, u := range a.stems {
		t := a.toks[u.token]
		if u.token < a.words && t.end-t.start >= tellingBytes && (u.id >= 0 || u.to-u.from >= tellingPieces) {
			n++
		}
	}
	return n
}

const (
	tellingBytes  = 6 // three Cyrillic letters
	tellingPieces = 3
)

var (
	fadings    [8 * nearness]float32
	logarithms [64]float32
)

func init() {
	for i := range fadings {
		fadings[i] = float32(math.Exp(-float64(i) / nearness))
	}
	for i := 1; i < len(logarithms); i++ {
		logarithms[i] = float32(math.Log(float64(i)))
	}
}

func fading(i int) float32 {
	if i < len(fadings) {
		return fadings[i]
	}
	return 0
}

func logOf(n int) float32 { return logarithms[min(n, len(logarithms)-1)] }

// mostPieces is by how many of its pieces an unknown word is understood.
const mostPieces = 6

// rarest moves the pieces that say most to the front and returns how many count.
func rarest(grams []weighed) int {
	n := min(mostPieces, len(grams))
	for i := range n {
		for j := i + 1; j < len(grams); j++ {
			if grams[j].weight > grams[i].weight {
				grams[i], grams[j] = grams[j], grams[i]
			}
		}
	}
	return n
}
