//go:build !race

package classifier_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator/classifier"
)

// realExamples are messages of a real portal; they are not part of the project.
func realExamples(t testing.TB) []classifier.Example {
	t.Helper()
	shared := os.Getenv("OTKLIK_SHARED")
	if shared == "" {
		t.Skip("OTKLIK_SHARED is not set")
	}
	f, err := os.Open(filepath.Join(shared, "data", "kursk-pos-train.csv"))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	examples, _, err := classifier.ReadExamples(f, f.Name())
	require.NoError(t, err)
	return examples
}

func TestTrain_RealMessages(t *testing.T) {
	t.Parallel()
	folds := classifier.Folds(realExamples(t), 5, 1)
	r, err := classifier.Evaluate(rest(folds), folds[0])
	require.NoError(t, err)
	require.Greater(t, r.TopicTop1, 0.56)
	require.Greater(t, r.TopicTop3, 0.71)
	require.Greater(t, r.CategoryWeightedF1, 0.78)
	require.Greater(t, r.AgencyTop1, 0.42)
	require.Less(t, r.ECE, 0.10)
	require.Greater(t, r.SureRight, 0.85)
	require.Less(t, r.ModelBytes, 50_000_000)
}

func TestTrain_RealMessagesWithoutExamples(t *testing.T) {
	t.Parallel()
	examples := realExamples(t)
	m, err := classifier.Train(nil, classifier.NewOutline(examples))
	require.NoError(t, err)
	r := m.Measure(examples)
	t.Logf("names alone: %.3f %.3f %.3f", r.TopicTop1, r.TopicTop3, r.TopicTop5)
	require.Greater(t, r.TopicTop5, 0.40)
	require.Less(t, r.ECE, 0.05)
	require.GreaterOrEqual(t, r.SureRight, 0.9)
}
