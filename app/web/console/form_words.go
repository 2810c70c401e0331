package console

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

func quickOptions(ctx context.Context, keys []string) []ui.Option {
	out := make([]ui.Option, len(keys))
	for i, key := range keys {
		out[i] = ui.Option{Value: key, Label: ui.T(ctx, key)}
	}
	return out
}

// actionName is what a card calls an action. An answer is written before it is
// sent for signing.
func actionName(ctx context.Context, action workflow.Action) string {
	if action == workflow.SubmitAnswer {
		return ui.T(ctx, "console.write_answer")
	}
	return ui.T(ctx, "action."+string(action))
}

// obstacle says why a form can't be taken. One that somebody else's step made
// stale is said without the advice to reload: the form is here again.
func obstacle(ctx context.Context, err error) string {
	var e *fault.Error
	if errors.As(err, &e) && e.Key == "workflow.stale" {
		return ui.T(ctx, "console.stale")
	}
	return ui.Message(ctx, err)
}

// wordsHint says who will read the words.
func wordsHint(ctx context.Context, f actionForm) string {
	if f.Public {
		return ui.T(ctx, "console.field.public")
	}
	return ui.T(ctx, "console.field.internal")
}

func lookOf(f actionForm) ui.ButtonLook {
	if f.danger {
		return ui.Warning
	}
	return ui.Primary
}

// keyName is the letter of a KeyboardEvent.code.
func keyName(code string) string { return strings.TrimPrefix(code, "Key") }

func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// typedWords is what was written into a form that can't be sent any more.
func typedWords(f actionForm) string {
	return joinLines(f.Values[inReason], f.Values[inText])
}

func outcomeOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(workflow.Outcomes))
	for i, o := range workflow.Outcomes {
		out[i] = ui.Option{Value: string(o), Label: ui.T(ctx, "outcome."+string(o)), Hint: ui.T(ctx, outcomeHints[o])}
	}
	return out
}

// outcomeHints say when an outcome is the right one.
var outcomeHints = map[workflow.Outcome]string{
	workflow.Solved:       "console.outcome.solved",
	workflow.Explained:    "console.outcome.explained",
	workflow.Supported:    "console.outcome.supported",
	workflow.Planned:      "console.outcome.planned",
	workflow.NotSupported: "console.outcome.not_supported",
	workflow.Refused:      "console.outcome.refused",
}
