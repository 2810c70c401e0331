package classifier

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Model suggests topics and agencies. It is immutable and safe for concurrent
// use.
type Model struct {
	classes    classes
	words      *vocabulary
	topicHead  []float64
	agencyHead []float64
	rows       packed
	bias       []float32
	answers    [][]float32 // topic × agency: weighed logarithm of how often it answers

	outputs int
	edges   [blockCount + 1]int
	scratch *sync.Pool
}

// Guess is a class with its probability.
type Guess struct {
	Key   string
	Share float64 // 0–1, of 100 guesses with 0.9 about 90 are right
}

// Answer is what a model thinks of a text, each list best first.
type Answer struct {
	Topics     []Guess
	Categories []Guess
	Agencies   []Guess
	Unsure     bool // ask the person instead of guessing
}

// sure is the probability of a topic below which a person is asked.
const sure = 0.5

// How many topics are followed to see who answers, and from what probability on.
const (
	followed      = 6
	followedShare = 0.01
)

func (m *Model) layout() {
	m.edges = [blockCount + 1]int{}
	for b, w := range m.classes.width() {
		m.edges[b+1] = m.edges[b] + w
	}
	m.outputs = m.edges[blockCount]
}

func (m *Model) ready() {
	m.scratch = &sync.Pool{New: func() any { return &scratch{analysis: m.words.newAnalysis(m.outputs)} }}
}

func (m *Model) part(x []float32, block int) []float32 { return x[m.edges[block]:m.edges[block+1]] }

// scratch is the memory of one prediction.
type scratch struct {
	*analysis
	topics, categories, agencies, mixed []float64
	best                                []int32
}

// Predict says what a text is about and who answers: up to limit of each, best
// first. The place may be empty.
func (m *Model) Predict(text, place string, limit int) Answer {
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	m.read(text, place, s)
	m.shareTopics(s)
	s.best = best(s.topics, max(limit, followed), s.best)
	var out Answer
	out.Topics = guesses(m.classes.topics, s.topics, s.best, limit)
	out.Unsure = len(out.Topics) == 0 || out.Topics[0].Share < sure

	s.categories = resize(s.categories, len(m.classes.categories))
	for t, p := range s.topics {
		s.categories[m.classes.categoryOf[t]] += p
	}
	m.mixAgencies(s)
	s.best = best(s.categories, limit, s.best)
	out.Categories = guesses(m.classes.categories, s.categories, s.best, limit)
	s.best = best(s.mixed, limit, s.best)
	out.Agencies = guesses(m.classes.agencies, s.mixed, s.best, limit)
	return out
}

// Agency says who answers a text on a topic that is known.
func (m *Model) Agency(text, place, topic string, limit int) []Guess {
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	m.read(text, place, s)
	at, ok := m.classes.topicAt[topic]
	if ok {
		m.scoreAgencies(s)
		s.mixed = resize(s.mixed, len(m.classes.agencies))
		m.addAgencies(s, at, 1)
	} else {
		m.shareTopics(s)
		s.best = best(s.topics, followed, s.best)
		m.mixAgencies(s)
	}
	s.best = best(s.mixed, limit, s.best)
	return guesses(m.classes.agencies, s.mixed, s.best, limit)
}

// read adds up the rows of a text into s.sums.
func (m *Model) read(text, place string, s *scratch) {
	if latin(text) {
		text = m.russian(text, s)
	}
	m.words.analyse(text, place, s.analysis)
	copy(s.sums, m.bias)
	stems, grams := int32(len(m.words.stemIDF)), int32(len(m.words.gramIDF))
	for _, u := range s.stems {
		if u.id >= 0 {
			m.rows.add(u.id, u.weight, s.sums)
			continue
		}
		k := softShare / m.words.softNorm * u.weight
		for _, g := range s.gram[u.from:u.to] {
			m.rows.add(stems+g.id, k*g.weight, s.sums)
		}
	}
	for _, p := range s.pairs {
		m.rows.add(stems+grams+p.id, pairShare*p.weight, s.sums)
	}
}

// russian returns the reading of a Latin text that has the most known words: as
// it stands, spelled by sound, or typed with the wrong keyboard layout.
func (m *Model) russian(text string, s *scratch) string {
	out, most := text, m.known(text, s)
	for _, r := range readings(text) {
		if n := m.known(r, s); n > most {
			out, most = r, n
		}
	}
	return out
}

func (m *Model) known(text string, s *scratch) int {
	m.words.analyse(text, "", s.analysis)
	n := 0
	for _, u := range s.stems {
		switch {
		case u.id >= 0:
			n += 4
		case u.to-u.from >= 3:
			n++
		}
	}
	return n
}

func (m *Model) shareTopics(s *scratch) {
	ridge, category, linear := m.part(s.sums, topicRidge), m.part(s.sums, categoryRidge), m.part(s.sums, topicLinear)
	s.categories = resize(s.categories, len(category))
	for c, v := range category {
		s.categories[c] = m.topicHead[byLogCategory] * logFloor(float64(v), categoryFloor)
	}
	s.topics = resize(s.topics, len(linear))
	top := math.Inf(-1)
	for c, v := range linear {
		x := float64(v) + s.categories[m.classes.categoryOf[c]] + m.topicHead[byLogRidge]*logRidge(ridge[c])
		s.topics[c] = x
		top = max(top, x)
	}
	softmax(s.topics, top)
}

var lowest = math.Log(ridgeFloor)

func logRidge(v float32) float64 {
	if v <= ridgeFloor {
		return lowest
	}
	return math.Log(float64(v))
}

func (m *Model) scoreAgencies(s *scratch) {
	ridge, linear := m.part(s.sums, agencyRidge), m.part(s.sums, agencyLinear)
	s.agencies = resize(s.agencies, len(linear))
	for c, v := range linear {
		s.agencies[c] = float64(v) + m.agencyHead[agencyByLogRidge]*logRidge(ridge[c])
	}
}

// mixAgencies asks who answers for each of the likely topics.
func (m *Model) mixAgencies(s *scratch) {
	m.scoreAgencies(s)
	s.mixed = resize(s.mixed, len(m.classes.agencies))
	total := 0.0
	for i, t := range s.best {
		if i < followed && (i == 0 || s.topics[t] >= followedShare) {
			total += s.topics[t]
		}
	}
	for i, t := range s.best {
		if i < followed && (i == 0 || s.topics[t] >= followedShare) {
			m.addAgencies(s, t, s.topics[t]/total)
		}
	}
}

func (m *Model) addAgencies(s *scratch, topic int32, share float64) {
	if len(s.agencies) == 0 {
		return
	}
	answers := m.answers[topic]
	top := math.Inf(-1)
	for a, v := range s.agencies {
		top = max(top, v+float64(answers[a]))
	}
	sum := 0.0
	for a, v := range s.agencies {
		if d := v + float64(answers[a]) - top; d > -12 {
			sum += math.Exp(d)
		}
	}
	for a, v := range s.agencies {
		if d := v + float64(answers[a]) - top; d > -12 {
			s.mixed[a] += share * math.Exp(d) / sum
		}
	}
}

func resize(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	x = x[:n]
	clear(x)
	return x
}

// best lists the places of the n largest, the largest first.
func best(x []float64, n int, out []int32) []int32 {
	out = out[:0]
	for i, v := range x {
		if len(out) == n {
			if n == 0 || v <= x[out[n-1]] {
				continue
			}
			out = out[:n-1]
		}
		at := len(out)
		for at > 0 && x[out[at-1]] < v {
			at--
		}
		out = slices.Insert(out, at, int32(i))
	}
	return out
}

func guesses(keys []string, share []float64, order []int32, limit int) []Guess {
	out := make([]Guess, 0, min(limit, len(order)))
	for _, i := range order[:min(limit, len(order))] {
		out = append(out, Guess{Key: keys[i], Share: share[i]})
	}
	return out
}

// Word is a word of the text with how much it speaks for a topic.
type Word struct {
	Text   string
	Weight float64
}

// rivals is with how many other topics an explanation compares.
const rivals = 5

// Explain lists the words of the text that speak for a topic and against the
// others that come into question, the weightiest first.
func (m *Model) Explain(text, topic string, limit int) []Word {
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	at, ok := m.classes.topicAt[topic]
	if !ok {
		return nil
	}
	if latin(text) {
		text = m.russian(text, s)
	}
	m.read(text, "", s)
	m.shareTopics(s)
	s.best = slices.DeleteFunc(best(s.topics, rivals+1, s.best), func(t int32) bool { return t == at })
	ridge := m.part(s.sums, topicRidge)
	pull := func(row int32, t int32) float64 {
		w := float64(m.rows.at(row, m.edges[topicLinear]+int(t)))
		if r := float64(ridge[t]); r > ridgeFloor {
			w += m.topicHead[byLogRidge] / r * float64(m.rows.at(row, m.edges[topicRidge]+int(t)))
		}
		return w
	}
	speaks := func(row int32) float64 {
		w := pull(row, at)
		for _, t := range s.best {
			w -= pull(row, t) / float64(len(s.best))
		}
		return w
	}
	var out []Word
	for _, u := range s.stems {
		w := 0.0
		if u.id >= 0 {
			w = float64(u.weight) * speaks(u.id)
		} else {
			for _, g := range s.gram[u.from:u.to] {
				w += float64(softShare/m.words.softNorm*u.weight*g.weight) * speaks(int32(len(m.words.stemIDF))+g.id)
			}
		}
		if t := s.toks[u.token]; w > 0 {
			out = append(out, Word{Text: text[t.start:t.end], Weight: w})
		}
	}
	slices.SortStableFunc(out, func(a, b Word) int { return cmp.Compare(b.Weight, a.Weight) })
	return out[:min(limit, len(out))]
}

// Size is the bytes of the model's weights in memory.
func (m *Model) Size() int { return len(m.rows.bytes) + 4*len(m.rows.scales) }
