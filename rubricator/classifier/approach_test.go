package classifier

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Steps down the slope must come to where the exact solution is.
func TestApproach_AgreesWithTheExactSolution(t *testing.T) {
	t.Parallel()
	var examples []Example
	for i := range 300 {
		topic := i % 3
		word := []string{"яма на дороге", "фонарь не горит", "мусор не вывозят"}[topic]
		examples = append(examples, Example{
			Text: fmt.Sprintf("%s улица %d дом %d", word, i*7%13, i), Topic: fmt.Sprint("т", topic), Category: "к",
			Agency: fmt.Sprint("в", i%2), Source: Accepted,
		})
	}
	tr := newTraining(examples, Outline{}.with(examples))
	all := make([]int, len(examples))
	for i := range all {
		all[i] = i
	}
	xs := tr.f.vectors(tr.texts, all)
	exact, _, err := solve(likeness(xs, tr.count), xs, tr.targets(), tr.count)
	require.NoError(t, err)
	near := tr.approach(nil)
	for i := range 10 {
		a, b := make([]float32, len(exact.mean)), make([]float32, len(exact.mean))
		xs[i].scores(exact.weight, a)
		xs[i].scores(near.weight, b)
		for c := range a {
			require.InDelta(t, a[c], b[c], 0.02)
		}
	}
	tr.exactly = 0
	m, err := tr.run()
	require.NoError(t, err)
	require.Equal(t, "т1", m.Predict("не горит фонарь", "", 1).Topics[0].Key)
}
