package app

import (
	"context"
	"fmt"

	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/classifier"
)

// Model is what the commands show of a training.
type Model = rubricator.Model

// TrainModel trains what suggests topics at once: on the examples of a file, or
// on the region's answered appeals where there are none. It is fault.Conflict
// where a training is on its way.
func (a *App) TrainModel(ctx context.Context, examples []classifier.Example) (*Model, error) {
	var lesson *rubricator.Lesson
	if examples != nil {
		var err error
		if lesson, err = a.Learning.NewLesson(examples, a.agencyNamed); err != nil {
			return nil, err
		}
	}
	m, err := a.Learning.Train(ctx, lesson)
	switch {
	case err != nil:
		return nil, err
	case m.Verdict == "few":
		return nil, fmt.Errorf("%d appeals were answered under a topic of the rubricator, at least %d are needed", m.Known, rubricator.LeastWorked)
	case m.State == rubricator.ModelFailed:
		return nil, fmt.Errorf("the training failed (%s) %s", m.Verdict, m.Figures.Error)
	}
	return m, nil
}
