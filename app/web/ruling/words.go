// Package ruling puts routing rules and why they won into words, for every
// screen that tells who answers.
package ruling

import (
	"context"
	"strings"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// Names knows what the codes of rules mean.
type Names struct {
	Tree   *rubricator.Tree
	Places *territory.Index
	Agency func(id int64) string
}

// Topic is the branch of a rule's rubric; what is not in the tree keeps its code.
func (n Names) Topic(ctx context.Context, code string) string {
	if code == rubricator.Any {
		return ui.T(ctx, "ruling.any_topic")
	}
	r, ok := n.Tree.Find(code)
	if !ok {
		return code
	}
	var parts []string
	for _, above := range r.Path() {
		parts = append(parts, above.Name.In(ui.Lang(ctx)))
	}
	return strings.Join(parts, " → ")
}

// Place is the name of a rule's territory.
func (n Names) Place(ctx context.Context, code string) string {
	if code == rubricator.Any {
		return ui.T(ctx, "ruling.any_place")
	}
	for _, t := range n.Places.All() {
		if t.Code == code {
			return t.Name.In(ui.Lang(ctx))
		}
	}
	return code
}

// Condition is «Чья дорога? — федеральная», "" where none is set. The question
// is that of the first topic under the rubric that has it.
func (n Names) Condition(ctx context.Context, rubric string, c rubricator.Condition) string {
	if c == (rubricator.Condition{}) {
		return ""
	}
	question, answer := c.Question, c.Answer
	for _, leaf := range n.Tree.Asking(rubric, c) {
		for _, q := range leaf.Questions {
			if q.Code != c.Question {
				continue
			}
			question = q.Name.In(ui.Lang(ctx))
			for _, o := range q.Options {
				if o.Code == c.Answer {
					answer = o.Name.In(ui.Lang(ctx))
				}
			}
		}
		break
	}
	return question + " — " + answer
}

// Rule is «Дороги, Курчатов, если: Чья дорога? — федеральная».
func (n Names) Rule(ctx context.Context, r rubricator.RuleRef) string {
	words := n.Topic(ctx, r.Rubric) + ", " + n.Place(ctx, r.Place)
	if when := n.Condition(ctx, r.Rubric, r.When); when != "" {
		words += ", " + ui.T(ctx, "ruling.if", "when", when)
	}
	return words
}

// Text is Rule for a reference as histories keep it; what is none stays as it is.
func (n Names) Text(ctx context.Context, ref string) string {
	r, ok := rubricator.ParseRuleRef(ref)
	if !ok {
		return ref
	}
	return n.Rule(ctx, r)
}

// Why is who answers, by which rule, and which rules lost to it.
type Why struct {
	Rule, Agency string
	Lost         []Line
	Alone        bool // no other rule fits
}

// Line is a rule that lost.
type Line struct{ Rule, Agency, Reason string }

// Reason is why a rule lost, in words.
func Reason(ctx context.Context, why rubricator.Loss) string {
	return ui.T(ctx, "ruling.lost."+string(why))
}

// Explain puts an explanation into words.
func (n Names) Explain(ctx context.Context, e rubricator.Explanation) Why {
	w := Why{Rule: n.Rule(ctx, e.Rule.Ref(n.Places)), Agency: n.Agency(e.Agency), Alone: len(e.Lost) == 0}
	for _, l := range e.Lost {
		w.Lost = append(w.Lost, Line{
			Rule: n.Rule(ctx, l.Rule.Ref(n.Places)), Agency: n.Agency(l.Rule.Agency), Reason: Reason(ctx, l.Why),
		})
	}
	return w
}
