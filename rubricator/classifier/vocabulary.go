package classifier

import (
	"cmp"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// What a text is made of. Pieces of a word («grams») are counted with its ends
// marked by a space, so that «яма» and «ямы» share « ям».
const (
	shortestGram = 3
	longestGram  = 5
	nearness     = 30 // words, after which the first impression has faded by e
)

// How many of each may be kept: with 500 classes that is a model of 33 MB.
const (
	maxStems = 40_000
	maxGrams = 24_000
)

// vocabulary knows stems and grams by their hashes: the words themselves
// are not kept, so a model file shows nobody's text.
type vocabulary struct {
	forms table // written form → stem
	stems table
	grams table

	stemIDF, gramIDF []float32
	unknownIDF       float32  // of a stem nobody used before
	written          []string // the stems themselves: while training alone
	softNorm         float32  // mean length of a text's vector of grams, stems having length 1
}

func stem(env *snowballstem.Env, w string) string {
	env.SetCurrent(w)
	first, _ := utf8.DecodeRuneInString(w)
	switch {
	case unicode.Is(unicode.Cyrillic, first):
		russian.Stem(env)
	case unicode.Is(unicode.Latin, first):
		english.Stem(env)
	}
	return env.Current()
}

// eachGram calls fn with the hash of every piece of a stem.
func eachGram(s string, fn func(hash uint64)) {
	var space [64]byte
	padded := append(append(append(space[:0], ' '), s...), ' ')
	for i := 0; i < len(padded); {
		h := uint64(fnvOffset)
		n := 0
		for j := i; j < len(padded) && n < longestGram; n++ {
			_, size := utf8.DecodeRune(padded[j:])
			for _, c := range padded[j : j+size] {
				h = (h ^ uint64(c)) * fnvPrime
			}
			if j += size; n+1 >= shortestGram {
				fn(finish(h))
			}
		}
		_, size := utf8.DecodeRune(padded[i:])
		i += size
	}
}

// counted is how many texts have a thing.
type counted struct {
	hash  uint64
	texts int
}

// commonest returns the things that at least least texts have, at most most of
// them, in an order that depends on nothing else.
func commonest(counts map[uint64]int, least, most int) []counted {
	var out []counted
	for h, n := range counts {
		if n >= least {
			out = append(out, counted{h, n})
		}
	}
	slices.SortFunc(out, func(a, b counted) int { return cmp.Or(cmp.Compare(b.texts, a.texts), cmp.Compare(a.hash, b.hash)) })
	return out[:min(len(out), most)]
}

// newVocabulary counts the texts, those of examples and the words of classes.
func newVocabulary(texts, names []string) *vocabulary {
	v := &vocabulary{}
	stemTexts := map[uint64]int{}
	written := map[uint64]string{} // stem's hash → stem
	forms := map[uint64]uint64{}   // form's hash → stem's hash
	last := map[uint64]int{}       // stem's hash → the last text that has it
	env := snowballstem.NewEnv("")
	var buf []byte
	var toks []token
	for i, text := range slices.Concat(texts, names) {
		toks = tokens(text, toks[:0])
		for _, t := range toks {
			h, ok := forms[t.hash]
			if !ok {
				buf = folded(text[t.start:t.end], buf[:0])
				s := stem(env, string(buf))
				h = hashOf(s)
				written[h], forms[t.hash] = s, h
			}
			if last[h] != i+1 {
				last[h] = i + 1
				stemTexts[h]++
			}
		}
	}
	n := float64(len(texts) + len(names))
	least := 1
	if len(texts) > 20_000 {
		least = 3
	}
	idf := func(df int, n float64) float32 { return float32(math.Log((n+1)/float64(df+1)) + 1) }
	v.unknownIDF = idf(0, n)

	kept := commonest(stemTexts, least, maxStems)
	v.stems = newTable(len(kept))
	gramStems := map[uint64]int{}
	for i, s := range kept {
		v.stems.put(s.hash, int32(i))
		v.stemIDF = append(v.stemIDF, idf(s.texts, n))
		v.written = append(v.written, written[s.hash])
		seen := map[uint64]bool{}
		eachGram(written[s.hash], func(h uint64) {
			if !seen[h] {
				seen[h] = true
				gramStems[h]++
			}
		})
	}
	v.forms = newTable(len(forms))
	for _, f := range sortedKeys(forms) {
		if id, ok := v.stems.get(forms[f]); ok {
			v.forms.put(f, id)
		}
	}
	keptGrams := commonest(gramStems, 2, maxGrams)
	v.grams = newTable(len(keptGrams))
	for i, g := range keptGrams {
		v.grams.put(g.hash, int32(i))
		v.gramIDF = append(v.gramIDF, idf(g.texts, float64(len(kept))))
	}
	v.softNorm = 1
	return v
}

func sortedKeys[V any](m map[uint64]V) []uint64 {
	keys := make([]uint64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// weighed is a feature with its weight.
type weighed struct {
	id     int32
	weight float32
}

// pieces returns the grams of a stem as a vector of length 1.
func (v *vocabulary) pieces(s string, out []weighed) []weighed {
	from := len(out)
	eachGram(s, func(h uint64) {
		id, ok := v.grams.get(h)
		if !ok {
			return
		}
		for i := from; i < len(out); i++ {
			if out[i].id == id {
				out[i].weight += v.gramIDF[id]
				return
			}
		}
		out = append(out, weighed{id, v.gramIDF[id]})
	})
	sum := float32(0)
	for _, g := range out[from:] {
		sum += g.weight * g.weight
	}
	if sum > 0 {
		k := 1 / float32(math.Sqrt(float64(sum)))
		for i := from; i < len(out); i++ {
			out[i].weight *= k
		}
	}
	return out
}
