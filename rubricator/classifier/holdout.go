package classifier

import (
	"hash/fnv"
	"slices"
)

// What the heads learn from where not every example can be left out: a tenth is
// kept back from a first run, of few examples more.
const (
	heldOut          = 10
	leastHeldOut     = 1000 // but at most a fifth
	mostHeadExamples = 6000
)

// keptBack lists the examples that are kept back and the others.
func (t *training) keptBack() (back, kept []int) {
	n := len(t.examples)
	many := min(max(n/heldOut, min(leastHeldOut, n/5)), mostHeadExamples)
	lots := make([]uint64, n)
	for i, e := range t.examples {
		h := fnv.New64a()
		_, _ = h.Write([]byte(e.Text + e.Topic))
		lots[i] = finish(h.Sum64())
	}
	sorted := slices.Clone(lots)
	slices.Sort(sorted)
	for i, lot := range lots {
		if lot < sorted[many] {
			back = append(back, i)
		} else {
			kept = append(kept, i)
		}
	}
	return back, kept
}

// some is the training of a part of the examples, in the same features.
func (t *training) some(examples []int) *training {
	out := *t
	out.examples, out.topic, out.category, out.agency, out.weight, out.texts = nil, nil, nil, nil, nil, nil
	for _, i := range examples {
		out.examples = append(out.examples, t.examples[i])
		out.topic, out.category = append(out.topic, t.topic[i]), append(out.category, t.category[i])
		out.agency, out.weight = append(out.agency, t.agency[i]), append(out.weight, t.weight[i])
		out.texts = append(out.texts, t.texts[i])
	}
	return &out
}

// holdOut learns from most examples what it says of the others, and how the most
// are spread over the classes.
func (t *training) holdOut() (leftOut, *tally, fit) {
	back, kept := t.keptBack()
	part := t.some(kept)
	f := part.approach(nil)
	y := newTally(part)
	centre := part.centres(y)
	nt, na := len(t.classes.topics), len(t.classes.agencies)
	u := leftOut{
		examples: back, xs: t.f.vectors(t.texts, back),
		left: newMatrix(len(back), len(f.mean)), byTopic: newMatrix(len(back), nt), byAgency: newMatrix(len(back), na),
	}
	parallel(len(back), func(n int) {
		scores, near := make([]float32, len(f.mean)), make([]float32, nt+na)
		u.xs[n].scores(f.weight, scores)
		u.xs[n].scores(centre, near)
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
	return u, y, f
}

// centres are the means of the examples of each topic and agency, as weights of
// features.
func (t *training) centres(y *tally) [][]float32 {
	nt, stems := len(t.classes.topics), len(t.f.stemIDF)
	out := dense(t.count, nt+len(t.classes.agencies))
	add := func(x reading, c int, k float32) {
		for _, w := range x.stems {
			out[w.id][c] += k * w.weight
		}
		for _, w := range x.grams {
			out[stems+int(w.id)][c] += t.f.softly() * k * w.weight
		}
	}
	for i, x := range t.texts {
		topic, agency := int(t.topic[i]), int(t.agency[i])
		add(x, topic, float32(t.weight[i]/(y.topic[topic]+centreShrink)))
		if agency >= 0 {
			add(x, nt+agency, float32(t.weight[i]/(y.agency[agency]+centreShrink)))
		}
	}
	t.f.handDown(out)
	return out
}

// handDown turns sums of whole stems into sums of features: what came to a stem
// comes to the word and to each of its pieces.
func (f *features) handDown(sums [][]float32) {
	k := f.softly()
	for id, pieces := range f.pieceOf {
		row := sums[id]
		for _, g := range pieces {
			addTimes(k*g.weight, row, sums[f.gramAt(g.id)])
		}
		for c := range row {
			row[c] *= wordShare
		}
	}
}
