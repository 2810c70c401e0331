package classifier

import (
	"math"
)

// How much each part of a text counts in its likeness to another.
var (
	wordShare = float32(math.Sqrt(0.5))
	softShare = float32(math.Sqrt(0.25))
	pairShare = float32(math.Sqrt(0.25))
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
	buf   []byte
	toks  []token
	stems []used
	gram  []weighed
	pairs []weighed

	order  []uint64 // hashes of the stems in the order of the text
	ofStem []seen   // stem → place in stems
	ofPair []seen
	round  uint32
	sums   []float32
}

func (v *vocabulary) newAnalysis(outputs int) *analysis {
	return &analysis{
		ofStem: make([]seen, len(v.stemIDF)), ofPair: make([]seen, len(v.pairIDF)),
		sums: make([]float32, outputs),
	}
}

// analyse takes a text apart. The weights of stems make a vector of length 1, and
// so do those of pairs.
func (v *vocabulary) analyse(text, place string, a *analysis) {
	a.buf, a.toks = tokens(text, a.buf[:0], a.toks[:0])
	words := len(a.toks)
	if place != "" {
		a.buf, a.toks = tokens(place, a.buf, a.toks)
	}
	a.stems, a.gram, a.pairs, a.order = a.stems[:0], a.gram[:0], a.pairs[:0], a.order[:0]
	a.round++
	if a.round == 0 {
		clear(a.ofStem)
		clear(a.ofPair)
		a.round = 1
	}
	for i, t := range a.toks {
		id, ok := v.forms.get(t.hash)
		var h uint64
		var written string
		if ok {
			h = v.stemHash(id)
		} else {
			written = stem(string(a.buf[t.from:t.to]))
			h = hashOf([]byte(written))
			if id, ok = v.stems.get(h); !ok {
				id = -1
			}
		}
		if i < words {
			a.order = append(a.order, h)
		}
		at := a.find(id, h)
		if at >= 0 {
			a.stems[at].times++
			continue
		}
		u := used{id: id, hash: h, token: i, times: 1, weight: v.unknownIDF}
		if id >= 0 {
			u.weight = v.stemIDF[id]
			a.ofStem[id] = seen{a.round, int32(len(a.stems))}
		} else {
			u.from = len(a.gram)
			a.gram = v.pieces(written, a.gram)
			u.to = u.from + rarest(a.gram[u.from:])
			a.gram = a.gram[:u.to]
		}
		if i < words {
			u.weight *= tailShare + (1-tailShare)*fading(i)
		}
		a.stems = append(a.stems, u)
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
	v.pair(a)
}

// find returns where a stem stands in the analysis, −1 where it doesn't.
func (a *analysis) find(id int32, hash uint64) int {
	if id >= 0 {
		if s := a.ofStem[id]; s.round == a.round {
			return int(s.at)
		}
		return -1
	}
	for i := range a.stems {
		if a.stems[i].id < 0 && a.stems[i].hash == hash {
			return i
		}
	}
	return -1
}

func (v *vocabulary) pair(a *analysis) {
	for i := range a.order {
		for j := i + 1; j < min(len(a.order), i+1+window); j++ {
			h := pairHash(a.order[i], a.order[j])
			if !v.some.may(h) {
				continue
			}
			id, ok := v.pairs.get(h)
			if !ok {
				continue
			}
			if s := a.ofPair[id]; s.round == a.round {
				a.pairs[s.at].weight++
				continue
			}
			a.ofPair[id] = seen{a.round, int32(len(a.pairs))}
			a.pairs = append(a.pairs, weighed{id, 1})
		}
	}
	sum := float32(0)
	for i := range a.pairs {
		p := &a.pairs[i]
		p.weight = v.pairIDF[p.id] * (1 + logOf(int(p.weight)))
		sum += p.weight * p.weight
	}
	if sum > 0 {
		k := 1 / float32(math.Sqrt(float64(sum)))
		for i := range a.pairs {
			a.pairs[i].weight *= k
		}
	}
}

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
