package signal

import "math"

// Past is what is known of a count by its former windows of the same length.
type Past struct {
	Counts []int
	// Season is how large each of them was expected to be beside the mean, by
	// the day of the week; nil where all were alike. Now is the same of the
	// present window, 1 where Season is nil.
	Season []float64
	Now    float64
}

// The prior of a cell's mean: half an appeal in one window. It keeps «none in
// the past» from making the first one a burst.
const (
	priorCount = 0.5
	priorTime  = 1
)

// priorDispersion is how many windows «as scattered as by chance» weighs
// against what the counts themselves say of their scatter.
const priorDispersion = 20

// Expected is the distribution of the present count: a negative binomial with
// this mean and variance, Poisson where the variance is no more than the mean.
type Expected struct{ Mean, Variance float64 }

// Expect learns the present count from the past. The variance has the scatter
// of the counts (never below that of chance) and what is not known of the mean
// after so few windows.
func (p Past) Expect() Expected {
	sum, time := priorCount, float64(priorTime)
	now := p.Now
	if p.Season == nil {
		now = 1
	}
	season := func(i int) float64 {
		if p.Season == nil {
			return 1
		}
		return p.Season[i]
	}
	for i, n := range p.Counts {
		sum += float64(n)
		time += season(i)
	}
	rate := sum / time
	scatter, windows := float64(priorDispersion), float64(priorDispersion)
	for i, n := range p.Counts {
		mean := rate * season(i)
		scatter += (float64(n) - mean) * (float64(n) - mean) / max(mean, 1e-9)
		windows++
	}
	dispersion := max(scatter/windows, 1)
	mean := rate * now
	return Expected{Mean: mean, Variance: dispersion * (mean + mean*mean/sum)}
}

// AtLeast is the chance of a count of n or more.
func (e Expected) AtLeast(n int) float64 {
	if n <= 0 {
		return 1
	}
	term := e.none()
	below := 0.0
	for k := range n {
		below += term
		term *= e.next(k)
	}
	if tail := 1 - below; tail > 1e-6 {
		return tail
	}
	sum := 0.0 // 1 − below has lost its digits
	for k := n; ; k++ {
		sum += term
		term *= e.next(k)
		if term < sum*1e-9 {
			return sum
		}
	}
}

// none is the chance of 0; next is the chance of k + 1 over that of k.
func (e Expected) none() float64 {
	if e.Variance <= e.Mean*(1+1e-9) {
		return math.Exp(-e.Mean)
	}
	return math.Pow(e.Mean/e.Variance, e.size())
}

func (e Expected) next(k int) float64 {
	if e.Variance <= e.Mean*(1+1e-9) {
		return e.Mean / float64(k+1)
	}
	return (float64(k) + e.size()) / float64(k+1) * (1 - e.Mean/e.Variance)
}

func (e Expected) size() float64 { return e.Mean * e.Mean / (e.Variance - e.Mean) }
