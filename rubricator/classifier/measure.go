package classifier

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Report says how often a model is right on texts that it never saw. Shares are
// 0–1.
type Report struct {
	Train, Test int `json:"-"`

	TopicTop1          float64 `json:"topic_top1"`
	TopicTop3          float64 `json:"topic_top3"`
	TopicTop5          float64 `json:"topic_top5"`
	CategoryWeightedF1 float64 `json:"category_weighted_f1"`
	CategoryMacroF1    float64 `json:"category_macro_f1"`
	AgencyTop1         float64 `json:"agency_top1"`
	AgencyGivenTopic   float64 `json:"agency_given_topic"`
	// ECE is the expected calibration error of the topic: the mean distance, in
	// tenths of confidence, between confidence and share right.
	ECE float64 `json:"ece"`
	// SureShare is the share of texts with a confidence of at least 0.9, and
	// SureRight how many of them were right.
	SureShare float64 `json:"sure_share"`
	SureRight float64 `json:"sure_right"`
	Unsure    float64 `json:"unsure_share"`

	// Both by processor time, so that it doesn't matter what else runs.
	TextsPerSecond float64 `json:"texts_per_second"`
	TrainSeconds   float64 `json:"train_seconds"`
	ModelBytes     int     `json:"model_bytes"`

	Confusions []Confusion `json:"confusions,omitempty"`
	Bins       []Bin       `json:"calibration,omitempty"`
}

// Confusion is a topic that was taken for another.
type Confusion struct {
	Truth string `json:"truth"`
	Guess string `json:"guess"`
	Times int    `json:"times"`
}

// Bin is a tenth of confidence.
type Bin struct {
	Texts      int     `json:"texts"`
	Confidence float64 `json:"confidence"` // mean
	Right      float64 `json:"right"`      // share
}

const (
	tenths     = 10 // of confidence
	confusions = 15 // pairs that a summary names
)

// Evaluate trains on one set and measures on the other.
func Evaluate(train, test []Example) (Report, error) {
	start := Busy()
	m, err := Train(train, Outline{})
	if err != nil {
		return Report{}, err
	}
	seconds := (Busy() - start).Seconds()
	r := m.Measure(test)
	r.Train, r.TrainSeconds = len(train), seconds
	r.ModelBytes = len(m.Bytes())
	return r, nil
}

// Measure predicts every text and compares. A topic, category or agency that the
// model never heard of counts as wrong; texts of which category or agency isn't
// known don't count there.
func (m *Model) Measure(test []Example) Report {
	r := Report{Test: len(test), Bins: make([]Bin, tenths)}
	confused := map[[2]string]int{}
	var truth, said []string
	sureRight, sureAll, answered := 0, 0, 0.0
	for _, e := range test {
		a := m.Predict(e.Text, e.Place, 5)
		at := slices.IndexFunc(a.Topics, func(g Guess) bool { return g.Key == e.Topic })
		count := func(ok bool, into *float64) {
			if ok {
				*into++
			}
		}
		count(at == 0, &r.TopicTop1)
		count(at >= 0 && at < 3, &r.TopicTop3)
		count(at >= 0, &r.TopicTop5)
		count(a.Unsure, &r.Unsure)
		if e.Category != "" {
			truth, said = append(truth, e.Category), append(said, a.Categories[0].Key)
		}
		if e.Agency != "" {
			answered++
		}
		if e.Agency != "" && len(a.Agencies) > 0 {
			count(a.Agencies[0].Key == e.Agency, &r.AgencyTop1)
			count(m.Agency(e.Text, e.Place, e.Topic, 1)[0].Key == e.Agency, &r.AgencyGivenTopic)
		}
		first := a.Topics[0]
		b := &r.Bins[min(tenths-1, int(first.Share*tenths))]
		b.Texts++
		b.Confidence += first.Share
		if at == 0 {
			b.Right++
		} else {
			confused[[2]string{e.Topic, first.Key}]++
		}
		if first.Share >= 0.9 {
			sureAll++
			if at == 0 {
				sureRight++
			}
		}
	}
	for _, share := range []*float64{&r.TopicTop1, &r.TopicTop3, &r.TopicTop5, &r.Unsure} {
		*share /= float64(len(test))
	}
	r.AgencyTop1 /= max(answered, 1)
	r.AgencyGivenTopic /= max(answered, 1)
	r.CategoryWeightedF1, r.CategoryMacroF1 = f1(truth, said)
	for i := range r.Bins {
		b := &r.Bins[i]
		if b.Texts == 0 {
			continue
		}
		r.ECE += math.Abs(b.Confidence-b.Right) / float64(len(test))
		b.Confidence /= float64(b.Texts)
		b.Right /= float64(b.Texts)
	}
	r.SureShare = float64(sureAll) / float64(len(test))
	if sureAll > 0 {
		r.SureRight = float64(sureRight) / float64(sureAll)
	}
	for pair, n := range confused {
		r.Confusions = append(r.Confusions, Confusion{Truth: pair[0], Guess: pair[1], Times: n})
	}
	slices.SortFunc(r.Confusions, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Truth, b.Truth), cmp.Compare(a.Guess, b.Guess))
	})
	r.TextsPerSecond = m.speed(test)
	return r
}

// started is a point in time to count from.
var started = time.Now() //nolint:forbidigo // a stopwatch, not the time of day

// speed is how many texts one core predicts in a second of processor time, topic
// and agency, from the raw text on. The texts have been read once before, so the
// model is as warm as it is in a server.
func (m *Model) speed(test []Example) float64 {
	const least = 500 * time.Millisecond
	n := 0
	start, took := Busy(), time.Duration(0)
	for took < least {
		for _, e := range test {
			m.Predict(e.Text, e.Place, 5)
		}
		n += len(test)
		took = Busy() - start
	}
	return float64(n) / took.Seconds()
}

// f1 is the harmonic mean of precision and recall, over classes by their share of
// the truth and evenly over the classes that are true or guessed at all.
func f1(truth, said []string) (weighted, macro float64) {
	hits, truths, guessed := map[string]float64{}, map[string]float64{}, map[string]float64{}
	classes := map[string]bool{}
	for i, t := range truth {
		truths[t]++
		guessed[said[i]]++
		classes[t], classes[said[i]] = true, true
		if t == said[i] {
			hits[t]++
		}
	}
	for c := range classes {
		f := 2 * hits[c] / (truths[c] + guessed[c])
		weighted += f * truths[c] / float64(len(truth))
		macro += f / float64(len(classes))
	}
	return weighted, macro
}

// Folds splits the examples in k parts of like composition by topic; which part
// an example falls in depends on the seed and not on their order.
func Folds(examples []Example, k int, seed uint64) [][]Example {
	sorted := slices.Clone(examples)
	slices.SortFunc(sorted, compareExamples)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a repeatable split
	out := make([][]Example, k)
	next := 0
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && sorted[to].Topic == sorted[from].Topic {
			to++
		}
		same := sorted[from:to]
		random.Shuffle(len(same), func(i, j int) { same[i], same[j] = same[j], same[i] })
		for _, e := range same {
			out[next%k] = append(out[next%k], e)
			next++
		}
		from = to
	}
	return out
}

// Validate trains k times on all parts but one and measures on that one, with
// each seed.
func Validate(examples []Example, k int, seeds []uint64, each func(Report)) ([]Report, error) {
	var out []Report
	for _, seed := range seeds {
		folds := Folds(examples, k, seed)
		for i := range folds {
			var train []Example
			for j, f := range folds {
				if j != i {
					train = append(train, f...)
				}
			}
			r, err := Evaluate(train, folds[i])
			if err != nil {
				return nil, err
			}
			if each != nil {
				each(r)
			}
			out = append(out, r)
		}
	}
	return out, nil
}
