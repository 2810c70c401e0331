package classifier

import (
	"cmp"
	"math"
	"slices"
)

// Summary is the mean of reports and their standard deviation. The bins and
// confusions of the mean are of all texts together, and so is its calibration
// error.
func Summary(reports []Report) (mean, deviation Report) {
	each := func(fn func(r *Report) *float64) {
		var sum, square float64
		for i := range reports {
			sum += *fn(&reports[i])
		}
		sum /= float64(len(reports))
		for i := range reports {
			d := *fn(&reports[i]) - sum
			square += d * d
		}
		*fn(&mean) = sum
		if len(reports) > 1 {
			*fn(&deviation) = math.Sqrt(square / float64(len(reports)-1))
		}
	}
	for _, fn := range []func(*Report) *float64{
		func(r *Report) *float64 { return &r.TopicTop1 }, func(r *Report) *float64 { return &r.TopicTop3 },
		func(r *Report) *float64 { return &r.TopicTop5 }, func(r *Report) *float64 { return &r.CategoryWeightedF1 },
		func(r *Report) *float64 { return &r.CategoryMacroF1 }, func(r *Report) *float64 { return &r.AgencyTop1 },
		func(r *Report) *float64 { return &r.AgencyGivenTopic }, func(r *Report) *float64 { return &r.ECE },
		func(r *Report) *float64 { return &r.SureShare }, func(r *Report) *float64 { return &r.SureRight },
		func(r *Report) *float64 { return &r.Unsure }, func(r *Report) *float64 { return &r.TextsPerSecond },
		func(r *Report) *float64 { return &r.TrainSeconds },
	} {
		each(fn)
	}
	mean.Bins = make([]Bin, tenths)
	times := map[[2]string]int{}
	for _, r := range reports {
		mean.Train, mean.Test = r.Train, mean.Test+r.Test
		mean.ModelBytes = max(mean.ModelBytes, r.ModelBytes)
		for i, b := range r.Bins {
			mean.Bins[i].Texts += b.Texts
			mean.Bins[i].Confidence += b.Confidence * float64(b.Texts)
			mean.Bins[i].Right += b.Right * float64(b.Texts)
		}
		for _, c := range r.Confusions {
			times[[2]string{c.Truth, c.Guess}] += c.Times
		}
	}
	mean.ECE = 0
	for i := range mean.Bins {
		b := &mean.Bins[i]
		if b.Texts > 0 {
			mean.ECE += math.Abs(b.Confidence-b.Right) / float64(mean.Test)
			b.Confidence /= float64(b.Texts)
			b.Right /= float64(b.Texts)
		}
	}
	for pair, n := range times {
		mean.Confusions = append(mean.Confusions, Confusion{Truth: pair[0], Guess: pair[1], Times: n})
	}
	slices.SortFunc(mean.Confusions, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Truth, b.Truth), cmp.Compare(a.Guess, b.Guess))
	})
	mean.Confusions = mean.Confusions[:min(confusions, len(mean.Confusions))]
	return mean, deviation
}
