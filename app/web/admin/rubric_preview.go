package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// previewView is what a citizen sees of a topic.
type previewView struct {
	Path      string
	Topic     rubricator.Rubric
	Questions []previewQuestion
}

type previewQuestion struct {
	rubricator.Question
	OnlyIf string
}

func (h *Handlers) previewOf(w *workshop, node *rubricator.Rubric, typed rubricator.Rubric) previewView {
	view := previewView{Topic: typed}
	var names []string
	for _, n := range node.Path() {
		if n != node {
			names = append(names, n.Name.In(ui.Lang(w)))
		}
	}
	view.Path = strings.Join(names, " → ")
	for _, q := range typed.Questions {
		one := previewQuestion{Question: q}
		if q.When != nil {
			one.OnlyIf = w.onlyIf(typed.Questions, *q.When)
		}
		view.Questions = append(view.Questions, one)
	}
	return view
}

// onlyIf is «Отвечайте, только если на вопрос «Что случилось?» выбрали «Яма»».
func (w *workshop) onlyIf(questions []rubricator.Question, when rubricator.When) string {
	for _, q := range questions {
		if q.Code != when.Question {
			continue
		}
		var names []string
		for _, o := range q.Options {
			if slices.Contains(when.Is, o.Code) {
				names = append(names, ui.T(w, "portal.quoted", "text", o.Name.In(ui.Lang(w))))
			}
		}
		return ui.T(w, "portal.only_if", "question", q.Name.In(ui.Lang(w)), "options", strings.Join(names, ui.T(w, "portal.or")))
	}
	return ""
}

// whenOptions are the conditions that the i-th question can have: the options of
// the choices before it.
func whenOptions(w *workshop, questions []questionForm, i int) []ui.Option {
	var out []ui.Option
	for _, q := range questions[:i] {
		if q.Type != rubricator.QChoice {
			continue
		}
		for _, o := range options(q.Options) {
			out = append(out, ui.Option{Value: q.Code + "=" + o.Code, Label: q.Name.In(ui.Lang(w)) + " — " + o.Name.In(ui.Lang(w))})
		}
	}
	return out
}

func choiceOptions(ctx context.Context, q rubricator.Question) []ui.Option {
	var out []ui.Option
	for _, o := range q.Options {
		out = append(out, ui.Option{Value: o.Code, Label: o.Name.In(ui.Lang(ctx))})
	}
	return out
}

// valueOptions are the values of a field, in words.
func valueOptions(ctx context.Context, field string, values []string) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: v, Label: ui.T(ctx, "tree.value."+field+"."+v)}
	}
	return out
}

func ticked(yes bool) []string {
	if yes {
		return []string{"yes"}
	}
	return nil
}

// previewFacts are what a citizen reads before they choose the topic.
func previewFacts(ctx context.Context, r rubricator.Rubric) []string {
	key := "portal.within_days"
	if r.Unit == "working" {
		key = "portal.within_working"
	}
	out := []string{ui.Plural(ctx, key, r.Days)}
	levels := map[string]string{
		"anonymous": "portal.level_anonymous", "contact": "portal.level_contact", "verified": "portal.level_verified",
	}
	if key, ok := levels[r.Identity]; ok {
		out = append(out, ui.T(ctx, key))
	}
	if r.Season != nil {
		out = append(out, ui.T(ctx, "tree.preview.season", "from", r.Season.From, "to", r.Season.To))
	}
	return out
}

func questionButton(ctx context.Context, do string, i int) ui.ButtonField {
	return ui.ButtonField{
		Text: ui.T(ctx, "tree.question."+do), Name: "do", Value: do + " " + strconv.Itoa(i), Look: ui.Secondary, Small: true,
		Attrs: templ.Attributes{"aria-label": ui.T(ctx, "tree.question."+do) + ": " + ui.T(ctx, "tree.question.n", "n", i+1)},
	}
}

// pathWords is the way from the category to just above the node.
func pathWords(v nodePage) string {
	var names []string
	for _, a := range v.Above {
		names = append(names, v.name(a.Code))
	}
	return strings.Join(names, " → ")
}

func parentCode(v nodePage) string {
	if p := v.Node.Parent(); p != nil {
		return p.Code
	}
	return ""
}

// retiredWords say what took the place of a retired topic.
func retiredWords(v nodePage) string {
	var names []string
	for _, code := range v.Node.Successors {
		names = append(names, ui.T(v, "portal.quoted", "text", v.name(code)))
	}
	if len(names) == 0 {
		return ui.T(v, "tree.retired_alone")
	}
	return ui.T(v, "tree.retired_into", "topics", strings.Join(names, ", "))
}

// sameGroup are the options at the beginning that belong to the group.
func sameGroup(list []ui.Option, group string) []ui.Option {
	for i, o := range list {
		if o.Group != group {
			return list[:i]
		}
	}
	return list
}

// replayWords say what a replay found.
func replayWords(ctx context.Context, r rubricator.Replay) string {
	words := []string{ui.Plural(ctx, "tree.replay.texts", r.Texts)}
	if r.Texts > 0 {
		words = append(words, ui.Plural(ctx, "tree.replay.differ", len(r.Differ)))
	}
	if r.Topicless > 0 {
		words = append(words, ui.Plural(ctx, "tree.replay.topicless", r.Topicless))
	}
	if r.Unmapped > 0 {
		words = append(words, ui.Plural(ctx, "tree.replay.unmapped", r.Unmapped))
	}
	return strings.Join(words, " ")
}

func versionFacts(ctx context.Context, v versionPage) []string {
	out := []string{ui.DateTime(ctx, v.Version.PublishedAt)}
	if v.Version.PublishedBy != 0 {
		out = append(out, v.By)
	}
	if v.Version.Note != "" {
		out = append(out, v.Version.Note)
	}
	return out
}
