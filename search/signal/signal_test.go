package signal_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search/signal"
)

func TestWilson_widens_with_few_cases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		some, all int
		low, high float64
	}{ // by the formula of the article, worked by hand
		{0, 0, 0, 1}, {2, 2, 0.3424, 1}, {0, 10, 0, 0.2775}, {5, 10, 0.2366, 0.7634}, {500, 1000, 0.4691, 0.5309},
	} {
		got := signal.Wilson(c.some, c.all)
		require.InDelta(t, c.low, got.Low, 1e-4)
		require.InDelta(t, c.high, got.High, 1e-4)
	}
	require.False(t, signal.Wilson(2, 2).Apart(signal.Wilson(5, 10)))
	require.True(t, signal.Wilson(90, 100).Apart(signal.Wilson(50, 100)))
}

func TestShares_and_Rates_say_how_likely_chance_is(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 1, signal.Shares(5, 10, 50, 100), 1e-9)
	require.InDelta(t, 0.0455, signal.Shares(60, 100, 46, 100), 0.003)
	require.InDelta(t, 1.0, signal.Shares(0, 10, 0, 20), 1e-9, "none of none")
	require.InDelta(t, 2*0.0107421875, signal.Rates(9, 1, 1, 1), 1e-9, "nine heads and a tail")
	require.InDelta(t, 1, signal.Rates(10, 10, 1, 1), 0.3, "the same rate over other times")
	require.InDelta(t, 1, signal.Rates(0, 1, 0, 1), 1e-9)
}

func TestLogLikelihood_has_a_sign(t *testing.T) {
	t.Parallel()
	up, p := signal.LogLikelihood(10, 100, 10, 1000)
	require.InDelta(t, 22.9078, up, 1e-4)
	require.Less(t, p, 1e-5)
	down, _ := signal.LogLikelihood(10, 1000, 10, 100)
	require.InDelta(t, -up, down, 1e-9)
	same, p := signal.LogLikelihood(10, 100, 100, 1000)
	require.InDelta(t, 0, same, 1e-9)
	require.InDelta(t, 1, p, 1e-6)
}

func TestDiscoveries_counts_all_tests(t *testing.T) {
	t.Parallel()
	p := []float64{0.9, 0.001, 0.03, 0.012}
	require.Equal(t, []bool{false, true, true, true}, signal.Discoveries(p, 4, 0.05))
	require.Equal(t, []bool{false, true, false, false}, signal.Discoveries(p, 40, 0.05))
	require.Empty(t, signal.Discoveries(nil, 100, 0.05))
}

func TestExpected_is_a_distribution(t *testing.T) {
	t.Parallel()
	poisson := signal.Expected{Mean: 2, Variance: 2}
	require.InDelta(t, 1-math.Exp(-2)*(1+2), poisson.AtLeast(2), 1e-12)
	wide := signal.Expected{Mean: 2, Variance: 6}
	require.InDelta(t, 1, wide.AtLeast(0), 1e-12)
	require.Greater(t, wide.AtLeast(10), 10*poisson.AtLeast(10))
	last := 1.0
	for n := range 200 {
		p := wide.AtLeast(n)
		require.LessOrEqual(t, p, last)
		require.GreaterOrEqual(t, p, 0.0)
		last = p
	}
	require.Greater(t, wide.AtLeast(199), 0.0, "the far tail keeps its digits")
}

// Quiet counts exceed the level about as often as it says, whatever their mean
// and scatter.
func TestPast_Expect_holds_its_level(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ mean, scatter float64 }{{0.05, 1}, {0.5, 1}, {3, 1}, {20, 1}, {5, 2}} {
		const runs, level = 6000, 0.01
		alarms := 0
		for range runs {
			past := signal.Past{}
			for range 56 {
				past.Counts = append(past.Counts, draw(random, c.mean, c.scatter))
			}
			if past.Expect().AtLeast(draw(random, c.mean, c.scatter)) < level {
				alarms++
			}
		}
		require.Less(t, float64(alarms)/runs, 2*level, "mean %v scatter %v", c.mean, c.scatter)
	}
}

// draw is a Poisson number, or a negative binomial one where the variance is
// scatter times the mean.
func draw(r *rand.Rand, mean, scatter float64) int {
	if scatter > 1 { // a gamma of means: a sum of exponentials, here of whole shape
		shape := max(int(mean/(scatter-1)+0.5), 1)
		sum := 0.0
		for range shape {
			sum += r.ExpFloat64()
		}
		mean = sum * mean / float64(shape)
	}
	n, left := 0, math.Exp(-mean)
	for u := r.Float64(); u > left && n <= 10_000; n++ {
		left += math.Exp(-mean + float64(n+1)*math.Log(mean) - lgamma(n+2))
	}
	return n
}

func lgamma(n int) float64 {
	l, _ := math.Lgamma(float64(n))
	return l
}
