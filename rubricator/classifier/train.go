package classifier

import (
	"errors"
	"math"
	"slices"
)

// What speaks for a topic.
const (
	byRidge       = iota // least squares
	byLogRidge           // its logarithm: what is next to nothing is nothing
	byPrior              // how often the topic comes
	byCategory           // least squares of its category
	byLogCategory        //
	byNamePieces         // its name shares pieces of words with the text
	byNameWords          // its name shares words with the text
	byCentre             // likeness to the mean of its examples
	topicEvidence
)

// What speaks for an agency.
const (
	agencyByRidge = iota
	agencyByLogRidge
	agencyByPrior
	agencyByNamePieces
	agencyByNameWords
	agencyByCentre
	agencyByTopic // how often it answers on the topic
	agencyEvidence
)

// What speaks for a category.
const (
	categoryByRidge = iota
	categoryByLogRidge
	categoryByTopics // logarithm of the sum of its topics
	categoryByPrior
	categoryEvidence
)

// How much each counts before there is an example: names alone speak, and the
// others as they do on the whole wherever there are some.
var (
	topicBefore    = []float64{byRidge: 2, byLogRidge: 0.4, byCategory: 1, byLogCategory: 0.3, byNamePieces: 6, byNameWords: 12, byCentre: 4}
	categoryBefore = []float64{categoryByTopics: 1, categoryByPrior: 0}
	agencyBefore   = []float64{agencyByRidge: 2, agencyByLogRidge: 0.4, agencyByNamePieces: 4, agencyByNameWords: 4, agencyByTopic: 1}
)

const (
	ridgeFloor    = 0.004 // least squares below it says nothing
	categoryFloor = 0.01
	shareFloor    = 1e-5 // of a category's probability
	unseenCount   = 0.3  // how many examples a class without any counts as
	centreShrink  = 2.0  // a mean of few examples is pulled to nothing by as many
	priorShrink   = 2.0  // examples that a topic borrows of its category to say who answers
)

// Train learns from examples; what is known before the first one is in the
// outline. The same examples in any order give the same model.
func Train(examples []Example, before Outline) (*Model, error) {
	for _, e := range examples {
		if err := e.check(); err != nil {
			return nil, err
		}
	}
	examples = slices.Clone(Sample(examples, mostExamples))
	slices.SortFunc(examples, compareExamples)
	outline := before.with(examples)
	if len(outline.Topics) == 0 {
		return nil, errors.New("classifier: there is no topic to choose from")
	}
	t := newTraining(examples, outline)
	return t.run()
}

// training is one run of learning.
type training struct {
	examples []Example
	outline  Outline
	classes  classes

	topic    []int32 // of each example
	category []int32
	agency   []int32 // −1 where it isn't known
	weight   []float64

	f      *features
	texts  []reading
	count  int
	topics names
	bodies names // of agencies

	exactly      int // examples at most are solved exactly
	topicBias    []float64
	categoryHead logit
	trust        trust
}

func newTraining(examples []Example, outline Outline) *training {
	t := &training{examples: examples, outline: outline, classes: newClasses(outline), exactly: exactly}
	texts, places, words := []string{}, []string{}, []string{}
	for _, e := range examples {
		texts, places = append(texts, e.Text), append(places, e.Place)
		topic := t.classes.topicAt[e.Topic]
		agency := int32(-1)
		if e.Agency != "" {
			agency = t.classes.agencyAt[e.Agency]
		}
		t.topic, t.agency = append(t.topic, topic), append(t.agency, agency)
		t.category = append(t.category, t.classes.categoryOf[topic])
		t.weight = append(t.weight, e.weight())
	}
	for _, c := range slices.Concat(outline.Topics, outline.Agencies) {
		words = append(words, c.Words)
	}
	t.f = newFeatures(newVocabulary(slices.Concat(texts, places), words))
	t.texts = t.f.readings(texts, places)
	t.count = t.f.count()
	t.topics = t.f.names(outline.Topics)
	t.bodies = t.f.names(outline.Agencies)
	return t
}

// columns of the least squares: topics, categories, agencies.
func (t *training) targets() targets {
	nt, nc := len(t.classes.topics), len(t.classes.categories)
	out := targets{cols: nt + nc + len(t.classes.agencies), weight: t.weight}
	for i := range t.examples {
		hot := []int32{t.topic[i], int32(nt) + t.category[i]}
		if a := t.agency[i]; a >= 0 {
			hot = append(hot, int32(nt+nc)+a)
		}
		out.hot = append(out.hot, hot)
	}
	return out
}

func (t *training) run() (*Model, error) {
	n := len(t.examples)
	nt, nc, na := len(t.classes.topics), len(t.classes.categories), len(t.classes.agencies)
	f := fit{mean: make([]float64, nt+nc+na)}
	unseen := leftOut{left: newMatrix(0, nt+nc+na)}
	all := newTally(t)
	seen := all // what the heads learn from
	var err error
	switch {
	case n == 0:
		f.weight = dense(t.count, nt+nc+na)
	case n <= t.exactly:
		for i := range n {
			unseen.examples = append(unseen.examples, i)
		}
		xs := t.f.vectors(t.texts, unseen.examples)
		k := likeness(xs, t.count)
		if f, unseen.left, err = solve(k, xs, t.targets(), t.count); err != nil {
			return nil, err
		}
		unseen.xs, unseen.counted = xs, true
		unseen.byTopic, unseen.byAgency = centres(k, t.topic, t.weight, nt), centres(k, t.agency, t.weight, na)
	default:
		unseen, seen, f = t.holdOut()
		f = t.approach(&f)
	}
	evidence := t.topicEvidence(unseen, seen)
	topicHead := learn(topicBefore, evidence)
	shares := topicHead.shares(evidence)
	t.topicBias = learnBias(shares, evidence, func(int) bool { return true })
	shares = unseenBias(shares, evidence)
	t.trust = coldTrust
	if n > 0 {
		stems := make([]int, len(unseen.examples))
		for k, i := range unseen.examples {
			stems[k] = t.texts[i].words
		}
		t.trust = learnTrust(shares, evidence, stems)
	}
	t.categoryHead = learn(categoryBefore, t.categoryEvidence(unseen, seen, shares))
	agencyHead := learn(agencyBefore, t.agencyEvidence(unseen, seen))
	return t.fold(f, all, topicHead, agencyHead), nil
}

// leftOut is what would have been said of examples, had they been left out.
type leftOut struct {
	examples          []int
	xs                []vector
	left              *matrix // least squares
	byTopic, byAgency *matrix // likeness to the centres of classes
	counted           bool    // the examples are in the tally and must be taken off
}

// tally counts the examples by their labels, each by its weight.
type tally struct {
	topic, category, agency []float64
	perTopic                [][]float64 // topic × agency
	perCategory             [][]float64
	all                     float64 // of those with an agency
}

func newTally(t *training) *tally {
	c := t.classes
	out := &tally{
		topic: make([]float64, len(c.topics)), category: make([]float64, len(c.categories)), agency: make([]float64, len(c.agencies)),
	}
	out.perTopic, out.perCategory = table2(len(c.topics), len(c.agencies)), table2(len(c.categories), len(c.agencies))
	for i, topic := range t.topic {
		out.topic[topic] += t.weight[i]
		out.category[t.category[i]] += t.weight[i]
		if a := t.agency[i]; a >= 0 {
			out.agency[a] += t.weight[i]
			out.perTopic[topic][a] += t.weight[i]
			out.perCategory[t.category[i]][a] += t.weight[i]
			out.all += t.weight[i]
		}
	}
	return out
}

func table2(rows, cols int) [][]float64 {
	m := newMatrix(rows, cols)
	out := make([][]float64, rows)
	for i := range out {
		out[i] = m.row(i)
	}
	return out
}

// answers is the logarithm of how often each agency answers on a topic, where
// own, an agency's example of weight w, is left out (own < 0: nothing is).
func (y *tally) answers(topic, category int32, own int32, w float64, out []float64) {
	var inTopic, inCategory float64
	for a := range y.agency {
		inTopic += y.perTopic[topic][a]
		inCategory += y.perCategory[category][a]
	}
	all := y.all
	if own >= 0 {
		inTopic, inCategory, all = inTopic-w, inCategory-w, all-w
	}
	n := float64(len(y.agency))
	for a := range y.agency {
		less := 0.0
		if int32(a) == own {
			less = w
		}
		overall := (y.agency[a] - less + unseenCount/n) / (all + unseenCount)
		ofCategory := (y.perCategory[category][a] - less + priorShrink*overall) / (inCategory + priorShrink)
		out[a] = math.Log((y.perTopic[topic][a] - less + priorShrink*ofCategory) / (inTopic + priorShrink))
	}
}

// centres adds up, for every example, its likeness to the examples of each
// class, itself left out.
func centres(k *matrix, class []int32, weight []float64, classes int) *matrix {
	out := newMatrix(k.rows, classes)
	total := make([]float64, classes)
	for i, c := range class {
		if c >= 0 {
			total[c] += weight[i]
		}
	}
	parallel(k.rows, func(i int) {
		row := out.row(i)
		for j, v := range k.row(i) {
			if c := class[j]; c >= 0 && i != j {
				row[c] += weight[j] * v
			}
		}
		for c := range row {
			n := total[c]
			if class[i] == int32(c) {
				n -= weight[i]
			}
			row[c] /= n + centreShrink
		}
	})
	return out
}

func logFloor(v, floor float64) float64 { return math.Log(math.Max(v, floor)) }
