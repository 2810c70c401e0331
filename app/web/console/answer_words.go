package console

import (
	"context"
	"strconv"
	"strings"

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

func missingPlaces(names []string) string { return "{" + strings.Join(names, "}, {") + "}" }

func proofHint(ctx context.Context, needed bool) string {
	if needed {
		return ui.T(ctx, "console.answer.photos_needed")
	}
	return ui.T(ctx, "console.answer.photos_hint")
}
