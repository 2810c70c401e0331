package classifier

import "math"

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

// vector lists the features of a text; dense is scratch of the number of grams.
func (f *features) vector(a *analysis, dense []float32) vector {
	var out vector
	for _, u := range a.stems {
		if u.id >= 0 {
			out.items = append(out.items, weighed{u.id, wordShare * u.weight})
		}
	}
	out.soft = len(out.items)
	var touched []int32
	add := func(grams []weighed, k float32) {
		for _, g := range grams {
			if dense[g.id] == 0 {
				touched = append(touched, g.id)
			}
			dense[g.id] += k * g.weight
		}
	}
	for _, u := range a.stems {
		k := softShare * u.weight / f.softNorm
		if u.id >= 0 {
			add(f.pieceOf[u.id], k)
		} else {
			add(a.gram[u.from:u.to], k)
		}
	}
	for _, id := range touched {
		out.items = append(out.items, weighed{f.gramAt(id), dense[id]})
		dense[id] = 0
	}
	return out
}

// vectors lists the features of every text, and sets the length that the grams of
// a text have on the average.
func (f *features) vectors(texts, places []string) []vector {
	a := f.newAnalysis()
	dense := make([]float32, len(f.gramIDF))
	out := make([]vector, len(texts))
	sum := 0.0
	for i, text := range texts {
		f.analyse(text, places[i], a)
		out[i] = f.vector(a, dense)
		s := 0.0
		for _, g := range out[i].grams() {
			s += float64(g.weight) * float64(g.weight)
		}
		sum += math.Sqrt(s) / float64(softShare)
	}
	if sum > 0 {
		f.softNorm = float32(sum / float64(len(texts)))
		for _, v := range out {
			for i := range v.grams() {
				v.grams()[i].weight /= f.softNorm
			}
		}
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
