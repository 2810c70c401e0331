package classifier

import (
	"math"
	"slices"
)

// features numbers everything a text is made of in one space: stems, then
// grams.
type features struct {
	*vocabulary
	pieceOf [][]weighed // grams of each known stem
}

func newFeatures(v *vocabulary) *features {
	f := &features{vocabulary: v, pieceOf: make([][]weighed, len(v.stemIDF))}
	parallel(len(f.pieceOf), func(i int) { f.pieceOf[i] = v.pieces(v.written[i], nil) })
	return f
}

func (f *features) count() int { return len(f.stemIDF) + len(f.gramIDF) }

func (f *features) gramAt(id int32) int32 { return int32(len(f.stemIDF)) + id }

// vector is a sparse row over features. The grams stand from soft on.
type vector struct {
	items []weighed
	soft  int
}

func (x vector) grams() []weighed { return x.items[x.soft:] }

// reading is what a text is made of: the stems that are known, and the pieces of
// the others. The pieces of a known stem follow from it.
type reading struct {
	words int // different ones
	stems []weighed
	grams []weighed
}

func (a *analysis) reading() reading {
	out := reading{words: len(a.stems)}
	for _, u := range a.stems {
		if u.id >= 0 {
			out.stems = append(out.stems, weighed{u.id, u.weight})
			continue
		}
		for _, g := range a.gram[u.from:u.to] {
			out.grams = append(out.grams, weighed{g.id, u.weight * g.weight})
		}
	}
	return out
}

// vector lists the features of a text; dense is scratch of the number of grams.
func (f *features) vector(r reading, dense []float32) vector {
	out := vector{items: make([]weighed, 0, len(r.stems)), soft: len(r.stems)}
	k := f.softly()
	var touched []int32
	add := func(id int32, weight float32) {
		if dense[id] == 0 {
			touched = append(touched, id)
		}
		dense[id] += k * weight
	}
	for _, u := range r.stems {
		out.items = append(out.items, weighed{u.id, wordShare * u.weight})
		for _, g := range f.pieceOf[u.id] {
			add(g.id, u.weight*g.weight)
		}
	}
	for _, g := range r.grams {
		add(g.id, g.weight)
	}
	out.items = slices.Grow(out.items, len(touched))
	for _, id := range touched {
		out.items = append(out.items, weighed{f.gramAt(id), dense[id]})
		dense[id] = 0
	}
	return out
}

// softly is what the pieces of a stem of weight 1 weigh.
func (f *features) softly() float32 { return softShare / f.softNorm }

// vectors lists the features of the texts of some examples.
func (f *features) vectors(rs []reading, of []int) []vector {
	dense := make([]float32, len(f.gramIDF))
	out := make([]vector, len(of))
	for n, i := range of {
		out[n] = f.vector(rs[i], dense)
	}
	return out
}

// readings takes every text apart, and sets the length that the grams of a text
// have on the average.
func (f *features) readings(texts, places []string) []reading {
	a := f.newAnalysis()
	dense := make([]float32, len(f.gramIDF))
	out := make([]reading, len(texts))
	sum := 0.0
	for i, text := range texts {
		f.analyse(text, places[i], a)
		out[i] = a.reading()
		s := 0.0
		for _, g := range f.vector(out[i], dense).grams() {
			s += float64(g.weight) * float64(g.weight)
		}
		sum += math.Sqrt(s) / float64(softShare)
	}
	if sum > 0 {
		f.softNorm = float32(sum / float64(len(texts)))
	}
	return out
}

// gram is the likeness of every text to every other.
func likeness(xs []vector, count int) *matrix {
	lists := make([][]weighed, count) // feature → texts that have it
	for i, x := range xs {
		for _, w := range x.items {
			lists[w.id] = append(lists[w.id], weighed{int32(i), w.weight})
		}
	}
	k := newMatrix(len(xs), len(xs))
	parallel(len(xs), func(i int) {
		row := k.row(i)
		for _, w := range xs[i].items {
			x := float64(w.weight)
			for _, o := range lists[w.id] {
				row[o.id] += x * float64(o.weight)
			}
		}
	})
	return k
}
