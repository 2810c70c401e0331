package bench

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/rubricator/classifier"
)

// ClassifierOptions say what is learned from.
type ClassifierOptions struct {
	// Messages is a CSV file as `otklik rubricator eval` reads it.
	Messages string
	Examples []int
	Seed     uint64
	Options
}

// ClassifierResult is one model: what training and predicting cost. Times are of
// the processor.
type ClassifierResult struct {
	Examples     int     `json:"examples"`
	TrainSeconds float64 `json:"train_cpu_seconds"`
	WallSeconds  float64 `json:"train_wall_seconds"`
	TextsMB      float64 `json:"texts_mb"`    // of the examples
	PeakMB       float64 `json:"peak_rss_mb"` // of the process so far, texts and all
	ModelBytes   int     `json:"model_bytes"`
	PerSecond    float64 `json:"texts_per_cpu_second"`
	PlainSecond  float64 `json:"plain_texts_per_cpu_second"`
	TopicTop1    float64 `json:"topic_top1"` // on real messages that none of the examples were made of
	TopicTop5    float64 `json:"topic_top5"`
}

// Classifier trains models on many examples made of real ones, which stay the
// same from size to size, and predicts real messages that none were made of.
func Classifier(o ClassifierOptions) ([]ClassifierResult, error) {
	f, err := os.Open(o.Messages)
	if err != nil {
		return nil, err
	}
	worked, _, err := classifier.ReadExamples(f, o.Messages)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	folds := classifier.Folds(worked, 5, o.Seed)
	made := recombined(slices.Concat(folds[1:]...), slices.Max(o.Examples), o.Seed)
	slices.Sort(o.Examples)
	var results []ClassifierResult
	for _, n := range o.Examples {
		o.say("learning from %d examples", n)
		r := ClassifierResult{Examples: n}
		for _, e := range made[:n] {
			r.TextsMB += float64(len(e.Text)) / (1 << 20)
		}
		began, busy := time.Now(), classifier.Busy()
		m, err := classifier.Train(made[:n], classifier.Outline{})
		if err != nil {
			return nil, err
		}
		r.TrainSeconds, r.WallSeconds = (classifier.Busy() - busy).Seconds(), time.Since(began).Seconds()
		r.PeakMB = peakMemory()
		r.ModelBytes = len(m.Bytes())
		measured := m.Measure(folds[0])
		r.TopicTop1, r.TopicTop5, r.PerSecond = measured.TopicTop1, measured.TopicTop5, measured.TextsPerSecond
		r.PlainSecond = plainHashing(folds[0], len(classifier.NewOutline(worked).Topics))
		results = append(results, r)
	}
	return results, nil
}

// recombined makes many examples of few: each lacks a fifth of the words of an
// old one and has a tenth of them from others on the same topic.
func recombined(examples []classifier.Example, n int, seed uint64) []classifier.Example {
	random := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // the same examples in every run
	perTopic := map[string][]string{}
	words := make([][]string, len(examples))
	for i, e := range examples {
		words[i] = strings.Fields(e.Text)
		perTopic[e.Topic] = append(perTopic[e.Topic], words[i]...)
	}
	out := make([]classifier.Example, n)
	var b strings.Builder
	for i := range out {
		e := examples[i%len(examples)]
		others := perTopic[e.Topic]
		b.Reset()
		for _, w := range words[i%len(examples)] {
			switch x := random.Float64(); {
			case x < 0.2:
				continue
			case x < 0.3:
				w = others[random.IntN(len(others))]
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w)
		}
		e.Text = strings.Clone(b.String())
		out[i] = e
	}
	return out
}

// Rows of the plain loop's table, of which the hash of a word chooses one.
const plainRows = 1 << 14

// plainHashing is the least that a linear classifier does: a row of weights for
// the hash of each word as it stands between spaces, added up, and the greatest
// sum. It knows no stems, no other spellings, no agency and no confidence.
func plainHashing(texts []classifier.Example, topics int) float64 {
	random := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // any weights
	weights := make([]float32, plainRows*topics)
	for i := range weights {
		weights[i] = random.Float32()
	}
	sums := make([]float32, topics)
	n, found := 0, 0
	start, took := classifier.Busy(), time.Duration(0)
	for took < 500*time.Millisecond {
		for _, e := range texts {
			clear(sums)
			h := uint64(fnvOffset)
			add := func() {
				row := weights[int(h%plainRows)*topics:][:topics]
				for c, w := range row {
					sums[c] += w
				}
				h = fnvOffset
			}
			for i := range len(e.Text) {
				if c := e.Text[i]; c == ' ' {
					add()
				} else {
					h = (h ^ uint64(c)) * fnvPrime
				}
			}
			add()
			best := 0
			for c, s := range sums {
				if s > sums[best] {
					best = c
				}
			}
			found += best
		}
		n += len(texts)
		took = classifier.Busy() - start
	}
	if found < 0 { // never, but then it can't be left out
		return 0
	}
	return float64(n) / took.Seconds()
}

// Numbers of FNV-1a.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// ClassifierTable draws the results.
func ClassifierTable(results []ClassifierResult) string {
	t := newTable("examples", "training, CPU s", "texts MB", "peak RSS MB", "model MB", "texts/CPU s", "plain loop", "ratio", "first guess", "among five")
	for _, r := range results {
		t.row(strconv.Itoa(r.Examples), fmt.Sprintf("%.1f", r.TrainSeconds), fmt.Sprintf("%.0f", r.TextsMB), fmt.Sprintf("%.0f", r.PeakMB),
			fmt.Sprintf("%.1f", float64(r.ModelBytes)/1e6), rate(r.PerSecond), rate(r.PlainSecond),
			fmt.Sprintf("%.2f", ratio(r.PerSecond, r.PlainSecond)), fmt.Sprintf("%.3f", r.TopicTop1), fmt.Sprintf("%.3f", r.TopicTop5))
	}
	return t.String()
}
