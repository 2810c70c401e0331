package classifier

// topicEvidence is what speaks for each topic of the examples left out.
func (t *training) topicEvidence(u leftOut, y *tally) *evidence {
	nt := len(t.classes.topics)
	e := newEvidence(len(u.examples), nt, topicEvidence)
	parallel(len(u.examples), func(n int) {
		i := u.examples[n]
		e.truth[n], e.weight[n] = t.topic[i], t.weight[i]
		left := u.left.row(n)
		words, pieces := make([]float32, nt), make([]float32, nt)
		t.topics.like(u.xs[n], words, pieces)
		for c := range nt {
			x := e.of(n, c)
			category := left[nt+int(t.classes.categoryOf[c])]
			x[byRidge] = float32(left[c])
			x[byLogRidge] = float32(logFloor(left[c], ridgeFloor))
			x[byPrior] = float32(logFloor(u.others(y.topic[c], t.topic[i] == int32(c), t.weight[i]), unseenCount))
			x[byCategory] = float32(category)
			x[byLogCategory] = float32(logFloor(category, categoryFloor))
			x[byNamePieces], x[byNameWords] = pieces[c], words[c]
			x[byCentre] = float32(u.byTopic.row(n)[c])
		}
	})
	return e
}

// others is a count without the example itself.
func (u leftOut) others(count float64, own bool, weight float64) float64 {
	if own && u.counted {
		return count - weight
	}
	return count
}

func (t *training) categoryEvidence(u leftOut, y *tally, shares *matrix) *evidence {
	nt, nc := len(t.classes.topics), len(t.classes.categories)
	e := newEvidence(len(u.examples), nc, categoryEvidence)
	parallel(len(u.examples), func(n int) {
		i := u.examples[n]
		e.truth[n], e.weight[n] = t.category[i], t.weight[i]
		sums := make([]float64, nc)
		for c, p := range shares.row(n) {
			sums[t.classes.categoryOf[c]] += p
		}
		for c, ridge := range u.left.row(n)[nt : nt+nc] {
			x := e.of(n, c)
			x[categoryByRidge] = float32(ridge)
			x[categoryByLogRidge] = float32(logFloor(ridge, categoryFloor))
			x[categoryByTopics] = float32(logFloor(sums[c], shareFloor))
			x[categoryByPrior] = float32(logFloor(u.others(y.category[c], t.category[i] == int32(c), t.weight[i]), unseenCount))
		}
	})
	return e
}

func (t *training) agencyEvidence(u leftOut, y *tally) *evidence {
	na := len(t.classes.agencies)
	var known []int // places in u.examples
	for n, i := range u.examples {
		if t.agency[i] >= 0 {
			known = append(known, n)
		}
	}
	e := newEvidence(len(known), na, agencyEvidence)
	first := len(t.classes.topics) + len(t.classes.categories)
	parallel(len(known), func(k int) {
		n := known[k]
		i := u.examples[n]
		e.truth[k], e.weight[k] = t.agency[i], t.weight[i]
		left := u.left.row(n)[first:]
		words, pieces := make([]float32, na), make([]float32, na)
		t.bodies.like(u.xs[n], words, pieces)
		answers := make([]float64, na)
		own := int32(-1)
		if u.counted {
			own = t.agency[i]
		}
		y.answers(t.topic[i], t.category[i], own, t.weight[i], answers)
		for c := range na {
			x := e.of(k, c)
			x[agencyByRidge] = float32(left[c])
			x[agencyByLogRidge] = float32(logFloor(left[c], ridgeFloor))
			x[agencyByPrior] = float32(logFloor(u.others(y.agency[c], t.agency[i] == int32(c), t.weight[i]), unseenCount))
			x[agencyByNamePieces], x[agencyByNameWords] = pieces[c], words[c]
			x[agencyByCentre] = float32(u.byAgency.row(n)[c])
			x[agencyByTopic] = float32(answers[c])
		}
	})
	return e
}
