package classifier

import "math"

// logit is a conditional logit: a class's score is the sum of what speaks for it
// times how much that counts, the same for every class. Few numbers are learned,
// so little evidence is enough, and the scores become probabilities.
type logit struct {
	theta []float64
}

// evidence is what speaks for each class, example by example: for example i and
// class c the values stand at (i·classes + c)·features.
type evidence struct {
	features int
	classes  int
	truth    []int32
	weight   []float64
	values   []float32
}

func newEvidence(examples, classes, features int) *evidence {
	return &evidence{
		features: features, classes: classes, truth: make([]int32, examples), weight: make([]float64, examples),
		values: make([]float32, examples*classes*features),
	}
}

func (e *evidence) of(i, c int) []float32 {
	at := (i*e.classes + c) * e.features
	return e.values[at : at+e.features]
}

// Newton's method stops here.
const (
	newtonSteps = 30
	newtonEnd   = 1e-6
	// headStart is how many examples the weights given beforehand are worth.
	headStart = 10
)

// learn starts from the weights given beforehand and moves from them as far as
// the evidence says.
func learn(before []float64, e *evidence) logit {
	f := e.features
	theta := append([]float64(nil), before...)
	precision := e.spread()
	for k := range precision {
		precision[k] = headStart*precision[k] + 1e-6
	}
	loss, g, h := e.slope(theta)
	penal := func(t []float64) float64 {
		s := 0.0
		for k := range t {
			s += 0.5 * precision[k] * (t[k] - before[k]) * (t[k] - before[k])
		}
		return s
	}
	loss += penal(theta)
	for range newtonSteps {
		for k := range f {
			g[k] += precision[k] * (theta[k] - before[k])
			h.row(k)[k] += precision[k]
		}
		if cholesky(h) != nil {
			break
		}
		step := solveLower(h, g)
		size := 1.0
		var next float64
		for size > 1e-3 {
			try := make([]float64, f)
			for k := range try {
				try[k] = theta[k] - size*step[k]
			}
			var l float64
			var gn []float64
			var hn *matrix
			l, gn, hn = e.slope(try)
			next = l + penal(try)
			if next <= loss {
				theta, g, h = try, gn, hn
				break
			}
			size /= 2
		}
		if size <= 1e-3 || loss-next < newtonEnd*math.Abs(loss) {
			break
		}
		loss = next
	}
	return logit{theta}
}

// shares are the probabilities of every class, example by example.
func (l logit) shares(e *evidence) *matrix {
	out := newMatrix(len(e.truth), e.classes)
	parallel(out.rows, func(i int) {
		row, top := out.row(i), math.Inf(-1)
		for c := range row {
			for k, v := range e.of(i, c) {
				row[c] += l.theta[k] * float64(v)
			}
			top = max(top, row[c])
		}
		softmax(row, top)
	})
	return out
}

func solveLower(l *matrix, b []float64) []float64 {
	n := l.rows
	x := append([]float64(nil), b...)
	for i := range n {
		x[i] = (x[i] - dot(l.row(i)[:i], x[:i])) / l.row(i)[i]
	}
	for i := n - 1; i >= 0; i-- {
		x[i] /= l.row(i)[i]
		for j := range i {
			x[j] -= l.row(i)[j] * x[i]
		}
	}
	return x
}

// spread is how far each feature varies among the classes of a text, as a mean
// square.
func (e *evidence) spread() []float64 {
	out := make([]float64, e.features)
	for i := range e.truth {
		for k := range out {
			s, q := 0.0, 0.0
			for c := range e.classes {
				v := float64(e.of(i, c)[k])
				s += v
				q += v * v
			}
			out[k] += q/float64(e.classes) - s*s/float64(e.classes*e.classes)
		}
	}
	for k := range out {
		out[k] /= float64(max(len(e.truth), 1))
	}
	return out
}

// slope is the log loss with its gradient and curvature.
func (e *evidence) slope(theta []float64) (float64, []float64, *matrix) {
	type part struct {
		loss float64
		g    []float64
		h    *matrix
	}
	const parts = 16
	done := make([]part, parts)
	parallel(parts, func(p int) {
		f := e.features
		d := part{g: make([]float64, f), h: newMatrix(f, f)}
		prob := make([]float64, e.classes)
		mean := make([]float64, f)
		for i := p; i < len(e.truth); i += parts {
			top := math.Inf(-1)
			for c := range prob {
				s := 0.0
				for k, v := range e.of(i, c) {
					s += theta[k] * float64(v)
				}
				prob[c] = s
				top = max(top, s)
			}
			truth := int(e.truth[i])
			w := e.weight[i]
			d.loss += w * (top - prob[truth])
			sum := softmax(prob, top)
			d.loss += w * math.Log(sum)
			clear(mean)
			for c, q := range prob {
				if q < 1e-9 {
					continue
				}
				x := e.of(i, c)
				for k, v := range x {
					mean[k] += q * float64(v)
					row := d.h.row(k)
					qv := w * q * float64(v)
					for m := range k + 1 {
						row[m] += qv * float64(x[m])
					}
				}
			}
			for k := range mean {
				d.g[k] += w * (mean[k] - float64(e.of(i, truth)[k]))
				row := d.h.row(k)
				for m := range k + 1 {
					row[m] -= w * mean[k] * mean[m]
				}
			}
		}
		done[p] = d
	})
	f := e.features
	g, h, loss := make([]float64, f), newMatrix(f, f), 0.0
	for _, d := range done {
		loss += d.loss
		for k := range g {
			g[k] += d.g[k]
		}
		for k := range h.data {
			h.data[k] += d.h.data[k]
		}
	}
	for k := range f {
		for m := range k {
			h.row(m)[k] = h.row(k)[m]
		}
	}
	return loss, g, h
}

// softmax turns scores into probabilities and returns the sum before.
func softmax(x []float64, top float64) float64 {
	sum := 0.0
	for i, s := range x {
		x[i] = math.Exp(s - top)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
	return sum
}
