package classifier

import "math"

// A head says with the same few numbers for every class what counts how much.
// What it leaves over of single classes, that they come more or less often than
// it says, is learned afterwards: one number a class, added to its score.

const (
	// worth is how many examples «nothing is left over» is worth to each class.
	worth = 20
	// biasSteps of Newton's method, a class at a time.
	biasSteps = 8
	// biasParts is in how many parts examples are cut, so that no correction is
	// tried on an example that it was learned from.
	biasParts = 5
)

// learnBias returns what to add to the score of each class, learned from the
// examples for which use says so.
func learnBias(shares *matrix, e *evidence, use func(i int) bool) []float64 {
	bias := make([]float64, shares.cols)
	p := make([]float64, shares.cols)
	for range biasSteps {
		slope, curve := make([]float64, shares.cols), make([]float64, shares.cols)
		for i, truth := range e.truth {
			if !use(i) {
				continue
			}
			w := e.weight[i]
			addBias(shares.row(i), bias, p)
			for c, v := range p {
				slope[c] += w * v
				curve[c] += w * v * (1 - v)
			}
			slope[truth] -= w
		}
		for c := range bias {
			bias[c] -= (slope[c] + worth*bias[c]) / (curve[c] + worth)
		}
	}
	return bias
}

// unseenBias corrects the shares of each part of the examples by what the other
// parts say.
func unseenBias(shares *matrix, e *evidence) *matrix {
	out := newMatrix(shares.rows, shares.cols)
	parallel(biasParts, func(part int) {
		bias := learnBias(shares, e, func(i int) bool { return i%biasParts != part })
		for i := part; i < shares.rows; i += biasParts {
			addBias(shares.row(i), bias, out.row(i))
		}
	})
	return out
}

// addBias sets out to the shares with a number added to the score of each class.
func addBias(shares, bias, out []float64) {
	top := math.Inf(-1)
	for c, v := range shares {
		out[c] = logFloor(v, leastShare) + bias[c]
		top = max(top, out[c])
	}
	softmax(out, top)
}

const leastShare = 1e-12
