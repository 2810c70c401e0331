// Package signal tells what differs by more than chance from what does not: an
// interval around a share, two shares or two counts beside each other, a word
// that rises, a day that bursts. All of it is pure functions of counts.
package signal

import (
	"cmp"
	"math"
	"slices"
)

// z95 is the two-sided 95 % point of the normal distribution.
const z95 = 1.959963984540054

// Interval is a range that holds the true value 19 times of 20.
type Interval struct{ Low, High float64 }

// Apart reports whether two intervals share no value.
func (i Interval) Apart(o Interval) bool { return i.High < o.Low || o.High < i.Low }

// Wilson is the interval of a share of which some of all cases had it (Wilson
// 1927): right for few cases, where «all two of two» is no proof of 100 %.
func Wilson(some, all int) Interval {
	if all <= 0 {
		return Interval{0, 1}
	}
	n, p := float64(all), float64(some)/float64(all)
	z2 := z95 * z95
	middle := (p + z2/(2*n)) / (1 + z2/n)
	half := z95 * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
	return Interval{max(middle-half, 0), min(middle+half, 1)}
}

// Shares is how likely two shares differ as much by chance alone: the
// two-sided z test of proportions with a pooled variance.
func Shares(some1, all1, some2, all2 int) float64 {
	if all1 <= 0 || all2 <= 0 {
		return 1
	}
	n1, n2 := float64(all1), float64(all2)
	pooled := float64(some1+some2) / (n1 + n2)
	variance := pooled * (1 - pooled) * (1/n1 + 1/n2)
	if variance <= 0 {
		return 1
	}
	z := math.Abs(float64(some1)/n1-float64(some2)/n2) / math.Sqrt(variance)
	return math.Erfc(z / math.Sqrt2)
}

// Rates is how likely two counts differ as much by chance alone where they were
// counted over exposures (days, residents): the exact conditional test of two
// Poisson rates, which is binomial, two-sided by doubling.
func Rates(count1 int, exposure1 float64, count2 int, exposure2 float64) float64 {
	n := count1 + count2
	if n == 0 || exposure1 <= 0 || exposure2 <= 0 {
		return 1
	}
	p := exposure1 / (exposure1 + exposure2)
	return min(1, 2*min(binomialAtLeast(count1, n, p), binomialAtLeast(n-count1, n, 1-p)))
}

// binomialAtLeast is the chance of k or more of n.
func binomialAtLeast(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	sum := 0.0
	for i := k; i <= n; i++ {
		term := math.Exp(logChoose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
		sum += term
		if term < sum*1e-12 && float64(i) > float64(n)*p {
			break
		}
	}
	return min(sum, 1)
}

func logChoose(n, k int) float64 {
	return logGamma(float64(n)+1) - logGamma(float64(k)+1) - logGamma(float64(n-k)+1)
}

func logGamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// LogLikelihood is Dunning's G² of a word that a of n texts have now and b of m
// had before (Dunning 1993, over texts and not words), and how likely it is by
// chance alone: χ² with one degree of freedom. It is negative where the word
// has become rarer.
func LogLikelihood(a, n, b, m int) (g2, p float64) {
	if n <= 0 || m <= 0 {
		return 0, 1
	}
	total, having := float64(n+m), float64(a+b)
	for _, cell := range [4]struct{ seen, row, column float64 }{
		{float64(a), float64(n), having},
		{float64(n - a), float64(n), total - having},
		{float64(b), float64(m), having},
		{float64(m - b), float64(m), total - having},
	} {
		if cell.seen > 0 {
			g2 += 2 * cell.seen * math.Log(cell.seen*total/(cell.row*cell.column))
		}
	}
	g2 = max(g2, 0)
	p = math.Erfc(math.Sqrt(g2 / 2))
	if float64(a)/float64(n) < float64(b)/float64(m) {
		return -g2, p
	}
	return g2, p
}

// Discoveries reports which of the chances are findings when of all findings at
// most the given share may be false (Benjamini and Hochberg 1995). tests is of
// how many tests these are the least; len(p) at least.
func Discoveries(p []float64, tests int, share float64) []bool {
	tests = max(tests, len(p))
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	found, upTo := make([]bool, len(p)), -1
	for rank, i := range order {
		if p[i] <= share*float64(rank+1)/float64(tests) {
			upTo = rank
		}
	}
	for _, i := range order[:upTo+1] {
		found[i] = true
	}
	return found
}
