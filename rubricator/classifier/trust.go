package classifier

import "math"

// trust corrects how sure the first guess is: the log-odds of being right are
// Offset + Slope × the log-odds that the head says + Length × how long the text
// is (Platt's scaling with the length), learned from guesses on examples that
// were left out.
type trust struct{ Offset, Slope, Length float64 }

// coldTrust is for names alone, which say too little about how sure they are:
// fitted once, to 1,999 real messages and the names of their 160 topics.
var coldTrust = trust{Offset: 0.5, Slope: 0.55}

const (
	// beforehand is how many examples the untouched log-odds are worth.
	beforehand = 20
	// usualLength of a text, in different words, and the longest that matters.
	usualLength   = 25
	longestLength = 100
)

// lengthOf is how long a text is, 0 for a usual one.
func lengthOf(stems int) float64 {
	return math.Log(float64(min(stems, longestLength)+1) / (usualLength + 1))
}

func logOdds(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

// learnTrust fits the numbers by Newton's method. stems is how many different
// words each example has.
func learnTrust(shares *matrix, e *evidence, stems []int) trust {
	const n = 3
	t := [n]float64{0, 1, 0}
	for range newtonSteps {
		g, h := make([]float64, n), newMatrix(n, n)
		for k, before := range [n]float64{0, 1, 0} { // what the prior pulls to
			g[k] = beforehand * (t[k] - before)
			h.row(k)[k] = beforehand
		}
		for i, c := range e.truth {
			first, share := 0, 0.0
			for j, p := range shares.row(i) {
				if p > share {
					first, share = j, p
				}
			}
			x := [n]float64{1, logOdds(share), lengthOf(stems[i])}
			q := 1 / (1 + math.Exp(-t[0]*x[0]-t[1]*x[1]-t[2]*x[2]))
			right := 0.0
			if int32(first) == c {
				right = 1
			}
			w := e.weight[i]
			for k := range n {
				g[k] += w * (q - right) * x[k] //nolint:gosec // k < n
				for m := range k + 1 {
					h.row(k)[m] += w * q * (1 - q) * x[k] * x[m] //nolint:gosec // m <= k < n
				}
			}
		}
		if cholesky(h) != nil {
			break
		}
		moved := 0.0
		for k, step := range solveLower(h, g) {
			t[k] -= step
			moved += math.Abs(step)
		}
		if moved < 1e-9 {
			break
		}
	}
	return trust{t[0], t[1], t[2]}
}

// correct sets the first guess's probability right and shares the rest among the
// others as before. The order stays.
func (t trust) correct(shares []float64, first, second int32, stems int) {
	p, next := shares[first], shares[second]
	right := 1 / (1 + math.Exp(-t.Offset-t.Slope*logOdds(p)-t.Length*lengthOf(stems)))
	if first != second {
		right = max(right, next/(1-p+next))
	}
	k := (1 - right) / max(1-p, 1e-9)
	for i := range shares {
		shares[i] *= k
	}
	shares[first] = right
}
