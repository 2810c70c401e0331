package app

import (
	"context"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// catalog shows the rubricator to the workflow.
type catalog struct {
	app   *App
	clock clock.Clock
}

// Leaf implements workflow.Catalog.
func (c catalog) Leaf(_ context.Context, code string, territory int64, replies []workflow.Reply) (workflow.Leaf, error) {
	book := c.app.Rubricator.Book()
	topic, err := book.FindTopic(code, c.clock.Now().In(c.app.Config.Zone))
	if err != nil {
		return workflow.Leaf{}, err
	}
	to, err := book.Router.Explain(topic, territory, workflow.AnswersOf(replies))
	if err != nil {
		return workflow.Leaf{}, err
	}
	unit := calendar.CalendarDays
	if topic.Unit == "working" {
		unit = calendar.WorkingDays
	}
	return workflow.Leaf{
		Version: book.Tree.Version, Code: topic.Code, Category: topic.Category().Code,
		RuleSet: workflow.RuleSet(topic.RuleSet), Order: workflow.Order(topic.Order),
		Review: calendar.Amount{N: topic.Days, Unit: unit}, Agency: to.Agency, Rule: to.Rule.Ref(book.Places).String(),
		Lost: lost(book, to.Lost), Contact: topic.Identity != "anonymous",
	}, nil
}

// lost are the rules that lost, for the history of the appeal.
func lost(book *rubricator.Book, rules []rubricator.Considered) []workflow.LostRule {
	rules = rules[:min(len(rules), mostLost)]
	out := make([]workflow.LostRule, len(rules))
	for i, c := range rules {
		out[i] = workflow.LostRule{Rule: c.Rule.Ref(book.Places).String(), Agency: c.Rule.Agency, Why: string(c.Why)}
	}
	return out
}

// mostLost is how many rules that lost a history keeps: more explain no better.
const mostLost = 10
