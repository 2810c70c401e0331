package classifier

import "slices"

// TrainBySlope trains a small set the way that large ones are.
func TrainBySlope(examples []Example) (*Model, error) {
	sorted := slices.Clone(examples)
	slices.SortFunc(sorted, compareExamples)
	t := newTraining(sorted, Outline{}.with(sorted))
	t.exactly = 0
	return t.run()
}
