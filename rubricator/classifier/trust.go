package classifier

import "math"

// trust corrects how sure the first guess is: the log-odds of being right are
// Offset + Slope × the log-odds that the head says (Platt's scaling), learned from
// guesses on examples that were left out.
type trust struct{ Offset, Slope float64 }

// beforehand is how many examples the untouched log-odds are worth.
const beforehand = 20

func logOdds(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

// learnTrust fits both numbers by Newton's method.
func learnTrust(shares *matrix, truth []int32, weight []float64) trust {
	t := trust{Offset: 0, Slope: 1}
	for range newtonSteps {
		// The prior pulls to (0, 1).
		g0, g1 := beforehand*t.Offset, beforehand*(t.Slope-1)
		h00, h01, h11 := float64(beforehand), 0.0, float64(beforehand)
		for i, c := range truth {
			first, share := 0, 0.0
			for j, p := range shares.row(i) {
				if p > share {
					first, share = j, p
				}
			}
			x := logOdds(share)
			q := 1 / (1 + math.Exp(-t.Offset-t.Slope*x))
			right := 0.0
			if int32(first) == c {
				right = 1
			}
			w := weight[i]
			g0 += w * (q - right)
			g1 += w * (q - right) * x
			h00 += w * q * (1 - q)
			h01 += w * q * (1 - q) * x
			h11 += w * q * (1 - q) * x * x
		}
		d := h00*h11 - h01*h01
		a, b := (h11*g0-h01*g1)/d, (h00*g1-h01*g0)/d
		t.Offset -= a
		t.Slope -= b
		if math.Abs(a)+math.Abs(b) < 1e-9 {
			break
		}
	}
	return t
}

// correct sets the first guess's probability right and shares the rest among the
// others as before. The order stays.
func (t trust) correct(shares []float64, first, second int32) {
	p, next := shares[first], shares[second]
	right := 1 / (1 + math.Exp(-t.Offset-t.Slope*logOdds(p)))
	if first != second {
		right = max(right, next/(1-p+next))
	}
	k := (1 - right) / max(1-p, 1e-9)
	for i := range shares {
		shares[i] *= k
	}
	shares[first] = right
}
