package app

import (
	"context"

	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// witness shows the database and the rubricator to who weighs an answer.
type witness struct {
	*store.Store
	topics *rubricator.Rubricator
}

var _ workflow.Witness = witness{}

// ListTemplates implements workflow.Witness: those of the branch above count too.
func (w witness) ListTemplates(ctx context.Context, agency int64, rubric string) ([]workflow.AnswerTemplate, error) {
	return w.Store.ListTemplates(ctx, agency, w.topics.Book().Tree.Branch(rubric))
}

// Subject implements workflow.Witness: the names and words of the leaf and of
// the nodes above it.
func (w witness) Subject(code string) workflow.Subject {
	leaf, ok := w.topics.Book().Tree.Find(code)
	if !ok {
		return workflow.Subject{}
	}
	s := workflow.Subject{AsksPhoto: leaf.PhotoRequired}
	for _, r := range leaf.Path() {
		s.Words = append(s.Words, r.Name.RU, r.Name.EN)
		s.Words = append(s.Words, r.Words...)
	}
	return s
}
