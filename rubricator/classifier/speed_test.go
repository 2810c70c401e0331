//go:build !race

package classifier_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator/classifier"
)

// BenchmarkPredict takes real messages from the raw text to topics, categories
// and agencies; «bytes» only reads the same texts and hashes their words.
func BenchmarkPredict(b *testing.B) {
	examples := realExamples(b)
	folds := classifier.Folds(examples, 5, 1)
	m, err := classifier.Train(rest(folds), classifier.Outline{})
	require.NoError(b, err)
	test := folds[0]
	b.Run("predict", func(b *testing.B) {
		start := classifier.Busy()
		for i := range b.N {
			e := test[i%len(test)]
			m.Predict(e.Text, e.Place, 5)
		}
		b.ReportMetric(float64(b.N)/(classifier.Busy()-start).Seconds(), "texts/cpu-s")
	})
	b.Run("bytes", func(b *testing.B) {
		sum := uint64(0)
		start := classifier.Busy()
		for i := range b.N {
			h := uint64(0)
			for _, c := range []byte(test[i%len(test)].Text) {
				if c == ' ' {
					sum += h
					h = 0
				}
				h = (h ^ uint64(c)) * 1099511628211
			}
			sum += h
		}
		b.ReportMetric(float64(b.N)/(classifier.Busy()-start).Seconds(), "texts/cpu-s")
		require.NotZero(b, sum)
	})
}
