package console

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

func templateOptions(ctx context.Context, list []workflow.AnswerTemplate) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, t := range list {
		out[i] = ui.Option{
			Value: strconv.FormatInt(t.ID, 10), Label: t.Name.In(ui.Lang(ctx)) + " — " + ui.T(ctx, "outcome."+string(t.Outcome)),
		}
	}
	return out
}

// outcomeNames are the outcomes without when each is the right one.
func outcomeNames(ctx context.Context) []ui.Option {
	out := outcomeOptions(ctx)
	for i := range out {
		out[i].Hint = ""
	}
	return out
}

// savedWords is «Сохранено в 14:05», with the day where it wasn't today.
func savedWords(ctx context.Context, at time.Time) string {
	if ui.Date(ctx, at) == ui.Date(ctx, ui.Now(ctx)) {
		return ui.T(ctx, "console.answer.saved_at", "clock", ui.Clock(ctx, at))
	}
	return ui.T(ctx, "console.answer.saved_on", "time", ui.DateTime(ctx, at))
}

// insertTarget is the form into which an opinion can be put, "" where nothing
// can be written any more.
func insertTarget(view editor) string {
	if view.Closed {
		return ""
	}
	return "answer-form"
}

func missingPlaces(names []string) string { return "{" + strings.Join(names, "}, {") + "}" }

func proofHint(ctx context.Context, needed bool) string {
	if needed {
		return ui.T(ctx, "console.answer.photos_needed")
	}
	return ui.T(ctx, "console.answer.photos_hint")
}
