package classifier

import "math"

// nameBase is what a word of a name counts that every name has.
const nameBase = 0.3

// names are the words of classes as features, in lists by feature.
type names struct {
	words  map[int32][]weighed // stem → classes
	pieces map[int32][]weighed // gram → classes
}

// names turns the words of classes into features: a word counts by how rare it is
// in texts and among the names.
func (f *features) names(classes []Class) names {
	out := names{words: map[int32][]weighed{}, pieces: map[int32][]weighed{}}
	a := f.newAnalysis()
	stems := make([][]int32, len(classes))
	having := map[int32]int{}
	for c, class := range classes {
		f.analyse(class.Words, "", a)
		for _, u := range a.stems {
			if u.id >= 0 {
				stems[c] = append(stems[c], u.id)
				having[u.id]++
			}
		}
	}
	dense := make([]float64, len(f.gramIDF))
	for c := range classes {
		var touched []int32
		length, sum := 0.0, 0.0
		weights := make([]float64, len(stems[c]))
		for i, id := range stems[c] {
			rare := math.Log(float64(len(classes)+1)/float64(having[id]+1)) + nameBase
			weights[i] = rare * float64(f.stemIDF[id])
			length += weights[i] * weights[i]
			for _, g := range f.pieceOf[id] {
				if dense[g.id] == 0 {
					touched = append(touched, g.id)
				}
				dense[g.id] += weights[i] * float64(g.weight)
			}
		}
		for i, id := range stems[c] {
			out.words[id] = append(out.words[id], weighed{int32(c), float32(weights[i] / math.Sqrt(length))})
		}
		for _, id := range touched {
			sum += dense[id] * dense[id]
		}
		for _, id := range touched {
			at := f.gramAt(id)
			out.pieces[at] = append(out.pieces[at], weighed{int32(c), float32(dense[id] / math.Sqrt(sum))})
			dense[id] = 0
		}
	}
	return out
}

// like adds how much a text shares words and pieces with each class's name.
func (n names) like(x vector, words, pieces []float32) {
	for _, w := range x.items[:x.soft] {
		for _, c := range n.words[w.id] {
			words[c.id] += w.weight * c.weight
		}
	}
	for _, w := range x.grams() {
		for _, c := range n.pieces[w.id] {
			pieces[c.id] += w.weight * c.weight
		}
	}
}
