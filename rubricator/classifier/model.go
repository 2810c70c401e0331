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

	categoryHead  []float64
	categoryPrior []float64
	trust         trust

	rows    packed
	bias    []float32
	answers [][]float32 // topic × agency: how often it answers, to the power that it counts

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

// sure is the probability of a topic below which a person is asked, and
// tellingLeast how many different known words a text needs for one to be not.
const (
	sure         = 0.5
	tellingLeast = 2
)

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
	m.scratch = &sync.Pool{New: func() any {
		return &scratch{analysis: m.words.newAnalysis(), sums: make([]float32, m.outputs)}
	}}
}

func (m *Model) take() *scratch {
	s, ok := m.scratch.Get().(*scratch)
	if !ok {
		panic("classifier: the pool holds something else")
	}
	return s
}

func (m *Model) part(x []float32, block int) []float32 { return x[m.edges[block]:m.edges[block+1]] }

// scratch is the memory of one prediction.
type scratch struct {
	*analysis
	topics, categories, agencies, mixed []float64
	best, order                         []int32   // scratch of best; topics, the likeliest first
	use                                 []weighed // rows of the text
	times                               []times
	sums                                []float32
}

// Predict says what a text is about and who answers: up to limit of each, best
// first. The place may be empty.
func (m *Model) Predict(text, place string, limit int) Answer {
	s := m.take()
	defer m.scratch.Put(s)
	m.read(text, place, s)
	m.shareTopics(s)
	s.order = best(s.topics, max(limit, followed), s.order)
	m.shareCategories(s)
	m.mixAgencies(s)
	if len(s.order) > 0 {
		m.trust.correct(s.topics, s.order[0], s.order[min(1, len(s.order)-1)], len(s.stems))
	}
	var out Answer
	out.Topics = guesses(m.classes.topics, s.topics, s.order, limit)
	out.Unsure = len(out.Topics) == 0 || out.Topics[0].Share < sure || s.telling() < tellingLeast

	s.best = best(s.categories, limit, s.best)
	out.Categories = guesses(m.classes.categories, s.categories, s.best, limit)
	s.best = best(s.mixed, limit, s.best)
	out.Agencies = guesses(m.classes.agencies, s.mixed, s.best, limit)
	return out
}

// Knows reports whether the model can suggest the topic.
func (m *Model) Knows(topic string) bool {
	_, ok := m.classes.topicAt[topic]
	return ok
}

// Agency says who answers a text on a topic that is known.
func (m *Model) Agency(text, place, topic string, limit int) []Guess {
	s := m.take()
	defer m.scratch.Put(s)
	m.read(text, place, s)
	at, ok := m.classes.topicAt[topic]
	if ok {
		m.scoreAgencies(s)
		s.mixed = resize(s.mixed, len(m.classes.agencies))
		m.addAgencies(s, at, 1)
	} else {
		m.shareTopics(s)
		s.order = best(s.topics, followed, s.order)
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
	s.use = s.use[:0]
	stems := int32(len(m.words.stemIDF))
	for _, u := range s.stems {
		if u.id >= 0 {
			s.use = append(s.use, weighed{u.id, u.weight})
			continue
		}
		k := softShare / m.words.softNorm * u.weight
		for _, g := range s.gram[u.from:u.to] {
			s.use = append(s.use, weighed{stems + g.id, k * g.weight})
		}
	}
	copy(s.sums, m.bias)
	for block := range blockCount {
		s.times = m.rows.sum(block, s.use, s.times, m.part(s.sums, block))
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
	category, linear := m.part(s.sums, categoryRidge), m.part(s.sums, topicLinear)
	s.categories = resize(s.categories, len(category))
	for c, v := range category {
		s.categories[c] = m.topicHead[byLogCategory] * logFloor(float64(v), categoryFloor)
	}
	s.topics = resize(s.topics, len(linear))
	for c, v := range linear {
		s.topics[c] = float64(v) + s.categories[m.classes.categoryOf[c]]
	}
	weighRidge(m.part(s.sums, topicRidge), m.topicHead[byLogRidge], s.topics)
	top := math.Inf(-1)
	for _, v := range s.topics {
		top = max(top, v)
	}
	softmax(s.topics, top)
}

func (m *Model) shareCategories(s *scratch) {
	s.categories = resize(s.categories, len(m.classes.categories))
	for t, p := range s.topics {
		s.categories[m.classes.categoryOf[t]] += p
	}
	top := math.Inf(-1)
	for c, v := range m.part(s.sums, categoryRidge) {
		x := m.categoryPrior[c] + m.categoryHead[categoryByRidge]*float64(v) +
			m.categoryHead[categoryByLogRidge]*logFloor(float64(v), categoryFloor) +
			m.categoryHead[categoryByTopics]*logFloor(s.categories[c], shareFloor)
		s.categories[c] = x
		top = max(top, x)
	}
	softmax(s.categories, top)
}

// weighRidge adds what the logarithm of the least squares says, over its floor.
func weighRidge(ridge []float32, weight float64, scores []float64) {
	for c, v := range ridge {
		if v > ridgeFloor {
			scores[c] += weight * (math.Log(float64(v)) - lowest)
		}
	}
}

var lowest = math.Log(ridgeFloor)

// scoreAgencies leaves in s.agencies how much a text speaks for each agency, as
// factors; the topic's part is in m.answers.
func (m *Model) scoreAgencies(s *scratch) {
	linear := m.part(s.sums, agencyLinear)
	s.agencies = resize(s.agencies, len(linear))
	for c, v := range linear {
		s.agencies[c] = float64(v)
	}
	weighRidge(m.part(s.sums, agencyRidge), m.agencyHead[agencyByLogRidge], s.agencies)
	top := math.Inf(-1)
	for _, v := range s.agencies {
		top = max(top, v)
	}
	for c, v := range s.agencies {
		s.agencies[c] = math.Exp(v - top)
	}
}

// mixAgencies asks who answers for each of the topics in s.order.
func (m *Model) mixAgencies(s *scratch) {
	m.scoreAgencies(s)
	s.mixed = resize(s.mixed, len(m.classes.agencies))
	total := 0.0
	for i, t := range s.order {
		if i < followed && (i == 0 || s.topics[t] >= followedShare) {
			total += s.topics[t]
		}
	}
	for i, t := range s.order {
		if i < followed && (i == 0 || s.topics[t] >= followedShare) {
			m.addAgencies(s, t, s.topics[t]/total)
		}
	}
}

func (m *Model) addAgencies(s *scratch, topic int32, share float64) {
	answers := m.answers[topic]
	sum := 0.0
	for a, v := range s.agencies {
		sum += v * float64(answers[a])
	}
	for a, v := range s.agencies {
		s.mixed[a] += share * v * float64(answers[a]) / sum
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
	at, ok := m.classes.topicAt[topic]
	if !ok {
		return nil
	}
	s := m.take()
	defer m.scratch.Put(s)
	text = m.readAll(text, s)
	m.shareTopics(s)
	return m.explain(text, s, at, speech{s.topics, topicLinear, topicRidge, m.topicHead[byLogRidge]}, limit)
}

// ExplainAgency is Explain for an agency: the words that speak for it whatever
// the topic is.
func (m *Model) ExplainAgency(text, agency string, limit int) []Word {
	at, ok := m.classes.agencyAt[agency]
	if !ok {
		return nil
	}
	s := m.take()
	defer m.scratch.Put(s)
	text = m.readAll(text, s)
	m.scoreAgencies(s)
	return m.explain(text, s, at, speech{s.agencies, agencyLinear, agencyRidge, m.agencyHead[agencyByLogRidge]}, limit)
}

// readAll reads a text as it was meant, without its place.
func (m *Model) readAll(text string, s *scratch) string {
	if latin(text) {
		text = m.russian(text, s)
	}
	m.read(text, "", s)
	return text
}

// speech is where to look for what words say of topics, or of agencies.
type speech struct {
	scores        []float64
	linear, ridge int // blocks of the rows
	head          float64
}

func (m *Model) explain(text string, s *scratch, at int32, of speech, limit int) []Word {
	s.best = slices.DeleteFunc(best(of.scores, rivals+1, s.best), func(c int32) bool { return c == at })
	asked := append([]int32{at}, s.best...)
	ridge := m.part(s.sums, of.ridge)
	pull := func(row int32, i int) float64 {
		w := float64(m.rows.at(row, of.linear, int(asked[i])))
		if r := float64(ridge[asked[i]]); r > ridgeFloor {
			w += of.head / r * float64(m.rows.at(row, of.ridge, int(asked[i])))
		}
		return w
	}
	speaks := func(row int32) float64 {
		w := pull(row, 0)
		for i := 1; i < len(asked); i++ {
			w -= pull(row, i) / float64(len(asked)-1)
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
