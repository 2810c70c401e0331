package classifier

import "math"

// blocks are the outputs of the folded model, in this order.
const (
	topicLinear   = iota // everything linear that speaks for a topic, weighed
	categoryRidge        // least squares of categories
	agencyLinear
	topicRidge // least squares of topics
	agencyRidge
	blockCount
)

// width is the number of outputs of each block.
func (c *classes) width() [blockCount]int {
	t, k, a := len(c.topics), len(c.categories), len(c.agencies)
	return [blockCount]int{topicRidge: t, categoryRidge: k, topicLinear: t, agencyRidge: a, agencyLinear: a}
}

// fold weighs all that is linear beforehand, so that a text costs one row for
// each of its words.
func (t *training) fold(f fit, y *tally, topicHead, agencyHead logit) *Model {
	m := &Model{
		classes: t.classes, words: t.f.vocabulary, topicHead: topicHead.theta, agencyHead: agencyHead.theta,
		categoryHead: t.categoryHead.theta, trust: t.trust,
	}
	nt, nc, na := len(t.classes.topics), len(t.classes.categories), len(t.classes.agencies)
	m.layout()

	centre := t.centres(y)
	th, ah := topicHead.theta, agencyHead.theta

	rowOf := func(id int, out []float32) {
		w := f.weight[id]
		copy(m.part(out, topicRidge), w[:nt])
		copy(m.part(out, categoryRidge), w[nt:nt+nc])
		copy(m.part(out, agencyRidge), w[nt+nc:])
		linear := m.part(out, topicLinear)
		for c := range linear {
			linear[c] = float32(th[byRidge])*w[c] + float32(th[byCategory])*w[nt+int(t.classes.categoryOf[c])] +
				float32(th[byCentre])*centre[id][c]
		}
		bodies := m.part(out, agencyLinear)
		for c := range bodies {
			bodies[c] = float32(ah[agencyByRidge])*w[nt+nc+c] + float32(ah[agencyByCentre])*centre[id][nt+c]
		}
		for _, n := range t.topics.words[int32(id)] {
			linear[n.id] += float32(th[byNameWords]) * n.weight
		}
		for _, n := range t.topics.pieces[int32(id)] {
			linear[n.id] += float32(th[byNamePieces]) * n.weight
		}
		for _, n := range t.bodies.words[int32(id)] {
			bodies[n.id] += float32(ah[agencyByNameWords]) * n.weight
		}
		for _, n := range t.bodies.pieces[int32(id)] {
			bodies[n.id] += float32(ah[agencyByNamePieces]) * n.weight
		}
	}
	rows := dense(t.count, m.outputs)
	parallel(t.count, func(id int) { rowOf(id, rows[id]) })
	stems := len(t.f.stemIDF)
	parallel(stems, func(id int) {
		row := rows[id]
		for c := range row {
			row[c] *= wordShare
		}
		for _, g := range t.f.pieceOf[id] {
			k := softShare / t.f.softNorm * g.weight
			for c, v := range rows[t.f.gramAt(g.id)] {
				row[c] += k * v
			}
		}
	})
	m.rows = newPacked(rows, m.edges)

	m.categoryPrior = make([]float64, nc)
	for c, n := range y.category {
		m.categoryPrior[c] = m.categoryHead[categoryByPrior] * logFloor(n, unseenCount)
	}
	m.bias = make([]float32, m.outputs)
	copyMean := func(block, from int) {
		for c := range m.part(m.bias, block) {
			m.part(m.bias, block)[c] = float32(f.mean[from+c])
		}
	}
	copyMean(topicRidge, 0)
	copyMean(categoryRidge, nt)
	copyMean(agencyRidge, nt+nc)
	for c := range nt {
		m.part(m.bias, topicLinear)[c] = float32(th[byRidge]*f.mean[c] + th[byCategory]*f.mean[nt+int(t.classes.categoryOf[c])] +
			th[byPrior]*logFloor(y.topic[c], unseenCount) + t.topicBias[c])
	}
	for c := range na {
		m.part(m.bias, agencyLinear)[c] = float32(ah[agencyByRidge]*f.mean[nt+nc+c] + ah[agencyByPrior]*logFloor(y.agency[c], unseenCount))
	}
	m.answers = dense(nt, na)
	log := make([]float64, na)
	for topic := range nt {
		y.answers(int32(topic), t.classes.categoryOf[topic], -1, 0, log)
		for a, v := range log {
			m.answers[topic][a] = float32(math.Exp(ah[agencyByTopic] * v))
		}
	}
	m.words.written = nil
	m.ready()
	return m
}
