//go:build !race

package classifier_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator/classifier"
)

// Large sets go down a slope instead of being solved: on the same examples that
// must come to much the same.
func TestTrain_RealMessagesByTheSlope(t *testing.T) {
	t.Parallel()
	folds := classifier.Folds(realExamples(t), 5, 1)
	m, err := classifier.TrainBySlope(rest(folds))
	require.NoError(t, err)
	r := m.Measure(folds[0])
	t.Logf("topic %.3f %.3f %.3f, category %.3f, agency %.3f %.3f, calibration error %.3f", r.TopicTop1, r.TopicTop3, r.TopicTop5,
		r.CategoryWeightedF1, r.AgencyTop1, r.AgencyGivenTopic, r.ECE)
	require.Greater(t, r.TopicTop1, 0.55)
	require.Greater(t, r.CategoryWeightedF1, 0.77)
	require.Greater(t, r.AgencyTop1, 0.41)
}

// rest is all parts but the first, which is for testing.
func rest(folds [][]classifier.Example) []classifier.Example {
	var out []classifier.Example
	for _, f := range folds[1:] {
		out = append(out, f...)
	}
	return out
}

// multiplied makes many examples of few: each new one lacks a fifth of an old
// one's words and has a tenth of them from another on the same topic.
func multiplied(examples []classifier.Example, n int) []classifier.Example {
	random := rand.New(rand.NewPCG(1, 1))
	perTopic := map[string][]string{}
	for _, e := range examples {
		perTopic[e.Topic] = append(perTopic[e.Topic], strings.Fields(e.Text)...)
	}
	out := make([]classifier.Example, n)
	for i := range out {
		e := examples[i%len(examples)]
		var words []string
		for _, w := range strings.Fields(e.Text) {
			switch x := random.Float64(); {
			case x < 0.2:
			case x < 0.3:
				words = append(words, perTopic[e.Topic][random.IntN(len(perTopic[e.Topic]))])
			default:
				words = append(words, w)
			}
		}
		e.Text = strings.Join(words, " ")
		out[i] = e
	}
	return out
}

// BenchmarkTrain reports the processor time of training on real messages and on
// many made of them, and how right the model is on messages it never saw.
// 100,000 take minutes: ask for them with -bench Train/100000.
func BenchmarkTrain(b *testing.B) {
	folds := classifier.Folds(realExamples(b), 5, 1)
	train := rest(folds)
	for name, n := range map[string]int{"1600": len(train), "10000": 10_000, "30000": 30_000, "100000": 100_000} {
		b.Run(name, func(b *testing.B) {
			examples := train
			if n > len(train) {
				examples = multiplied(train, n)
			}
			b.ResetTimer()
			start := classifier.Busy()
			for range b.N {
				m, err := classifier.Train(examples, classifier.Outline{})
				require.NoError(b, err)
				b.ReportMetric((classifier.Busy()-start)/float64(b.N), "cpu-s/op")
				b.StopTimer()
				b.ReportMetric(m.Measure(folds[0]).TopicTop1, "top1")
				b.ReportMetric(float64(len(m.Bytes()))/1e6, "MB")
				b.StartTimer()
			}
		})
	}
}
