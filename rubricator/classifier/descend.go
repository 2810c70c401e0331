package classifier

import "hash/fnv"

// Above the number that is solved exactly, least squares go down the same slope
// example by example (dual coordinate descent): each visit sets an example's
// weights to what is best for it while the others stand still.
const (
	fewestVisits = 8
	mostVisits   = 25
	allVisits    = 800_000 // of few examples each is visited more often
	// An example that moved the weights by less than still is passed by, but not
	// in every rounds-th round.
	still  = 0.003
	rounds = 5
	// heldOut of ten examples are kept back from a first run; from its scores on
	// them the heads learn.
	heldOut = 1
	// most examples that the heads learn from: they have few numbers to learn.
	mostHeadExamples = 6000
)

// descend fits by coordinate descent. The order of the visits is that of the
// examples, turned by a fixed stride so that like ones are not neighbours.
func descend(xs []vector, t targets, count int) fit {
	f := fit{mean: t.mean(), weight: dense(count, t.cols)}
	n := len(xs)
	visits := min(max(allVisits/max(n, 1), fewestVisits), mostVisits)
	stride := n/2 + 1
	for gcd(stride, n) != 1 {
		stride++
	}
	alpha := make([]float32, n*t.cols)
	norm := make([]float32, n)
	for i, x := range xs {
		for _, w := range x.items {
			norm[i] += w.weight * w.weight
		}
	}
	mean := make([]float32, t.cols)
	for c, v := range f.mean {
		mean[c] = float32(v)
	}
	// Columns don't touch each other: blocks of them go down side by side.
	parallelColumns(t.cols, func(lo, hi int) {
		scores := make([]float32, hi-lo)
		moved := make([]float32, n) // by each example, when it was visited last
		for visit := range visits {
			for k, i := 0, 0; k < n; k, i = k+1, (i+stride)%n {
				if visit%rounds > 0 && moved[i] < still {
					continue
				}
				clear(scores)
				for _, w := range xs[i].items {
					addTimes(w.weight, f.weight[w.id][lo:hi], scores)
				}
				own := alpha[i*t.cols+lo : i*t.cols+hi]
				slack := float32(penalty / t.weight[i])
				moved[i] = 0
				for c := range scores {
					y := -mean[lo+c]
					for _, hot := range t.hot[i] {
						if int(hot) == lo+c {
							y++
						}
					}
					step := (y - scores[c] - slack*own[c]) / (norm[i] + slack)
					own[c] += step
					scores[c] = step
					moved[i] = max(moved[i], step, -step)
				}
				for _, w := range xs[i].items {
					addTimes(w.weight, scores, f.weight[w.id][lo:hi])
				}
			}
		}
	})
	return f
}

// addTimes adds k·x to y.
func addTimes(k float32, x, y []float32) {
	x = x[:len(y)]
	i := 0
	for ; i+4 <= len(y); i += 4 {
		y[i] += k * x[i]
		y[i+1] += k * x[i+1]
		y[i+2] += k * x[i+2]
		y[i+3] += k * x[i+3]
	}
	for ; i < len(y); i++ {
		y[i] += k * x[i]
	}
}

func gcd(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// keptBack says whether an example is kept back from the first run.
func keptBack(e Example) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(e.Text + e.Topic))
	return h.Sum32()%10 < heldOut
}

// some is the training of a part of the examples, in the same features.
func (t *training) some(examples []int) *training {
	out := *t
	out.examples, out.topic, out.category, out.agency, out.weight, out.xs = nil, nil, nil, nil, nil, nil
	for _, i := range examples {
		out.examples = append(out.examples, t.examples[i])
		out.topic, out.category = append(out.topic, t.topic[i]), append(out.category, t.category[i])
		out.agency, out.weight = append(out.agency, t.agency[i]), append(out.weight, t.weight[i])
		out.xs = append(out.xs, t.xs[i])
	}
	return &out
}

// holdOut learns from most examples what it says of the others, and how the most
// are spread over the classes.
func (t *training) holdOut() (leftOut, *tally) {
	var kept, back []int
	for i, e := range t.examples {
		if len(back) < mostHeadExamples && keptBack(e) {
			back = append(back, i)
		} else {
			kept = append(kept, i)
		}
	}
	part := t.some(kept)
	f := descend(part.xs, part.targets(), t.count)
	y := newTally(part)
	centre := part.centres(y)
	nt, na := len(t.classes.topics), len(t.classes.agencies)
	u := leftOut{
		examples: back, left: newMatrix(len(back), len(f.mean)), byTopic: newMatrix(len(back), nt), byAgency: newMatrix(len(back), na),
	}
	parallel(len(back), func(n int) {
		x := t.xs[back[n]]
		scores, near := make([]float32, len(f.mean)), make([]float32, nt+na)
		x.scores(f.weight, scores)
		x.scores(centre, near)
		for c, v := range scores {
			u.left.row(n)[c] = f.mean[c] + float64(v)
		}
		for c, v := range near[:nt] {
			u.byTopic.row(n)[c] = float64(v)
		}
		for c, v := range near[nt:] {
			u.byAgency.row(n)[c] = float64(v)
		}
	})
	return u, y
}

// centres are the means of the examples of each topic and agency, as weights of
// features.
func (t *training) centres(y *tally) [][]float32 {
	nt := len(t.classes.topics)
	out := dense(t.count, nt+len(t.classes.agencies))
	for i := range t.examples {
		topic, agency := int(t.topic[i]), int(t.agency[i])
		perTopic := float32(t.weight[i] / (y.topic[topic] + centreShrink))
		for _, w := range t.xs[i].items {
			out[w.id][topic] += w.weight * perTopic
		}
		if agency < 0 {
			continue
		}
		perAgency := float32(t.weight[i] / (y.agency[agency] + centreShrink))
		for _, w := range t.xs[i].items {
			out[w.id][nt+agency] += w.weight * perAgency
		}
	}
	return out
}
