//go:build !race

package classifier_test

import (
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
