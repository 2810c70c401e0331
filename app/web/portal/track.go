package portal

import (
	"context"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// marks are the ratings in words.
var marks = [...]string{
	1: "portal.mark_1", 2: "portal.mark_2", 3: "portal.mark_3", 4: "portal.mark_4", 5: "portal.mark_5",
}

// headline is where the appeal stands, in one sentence.
func (t *track) headline(ctx context.Context) string {
	a := &t.Appeal
	switch a.Stage {
	case workflow.StageClarification:
		return ui.T(ctx, "portal.now_clarification")
	case workflow.StagePlanned:
		return ui.T(ctx, "portal.promised", "date", ui.Date(ctx, a.PromisedOn))
	case workflow.StageAnswered:
		return ui.T(ctx, "portal.now_answered", "date", ui.Date(ctx, a.AnsweredAt))
	case workflow.StageDisputed:
		if until := t.untilOf(deadline.Dispute); !until.IsZero() {
			return ui.T(ctx, "portal.now_disputed", "date", ui.Date(ctx, until))
		}
	case workflow.StageClosed:
		return ui.T(ctx, "portal.now_closed", "date", ui.Date(ctx, a.ClosedAt))
	case workflow.StageRejected:
		return ui.T(ctx, "portal.now_rejected", "date", ui.Date(ctx, a.ClosedAt))
	case workflow.StageWithdrawn:
		return ui.T(ctx, "portal.now_withdrawn", "date", ui.Date(ctx, a.ClosedAt))
	case workflow.StageDraft, workflow.StageNew, workflow.StageModeration, workflow.StageReceived,
		workflow.StageAssigned, workflow.StageInWork, workflow.StageOnSign:
	}
	if !a.DueAt.IsZero() {
		return ui.AnswerBy(ctx, a.DueAt, t.now)
	}
	return ui.T(ctx, "portal.now_registering")
}

// facts are what the author wrote.
func (t *track) facts(ctx context.Context) []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: ui.T(ctx, "portal.row_text"), Value: t.Appeal.Text},
		{Key: ui.T(ctx, "portal.row_sent"), Value: ui.DateTime(ctx, t.Appeal.SubmittedAt)},
	}
	if len(t.place) > 0 {
		place := lines(t.place) //nolint:contextcheck // a component gets its context when it is drawn
		rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, "portal.row_place"), Body: place})
	}
	for _, r := range t.Appeal.Replies {
		if strings.TrimSpace(r.Shown) != "" {
			rows = append(rows, ui.SummaryRow{Key: r.Asked, Value: r.Shown})
		}
	}
	return rows
}

func (t *track) errorOf(action workflow.Action, name string) string {
	return t.errs.Of(field(action, name))
}

func (t *track) typedText(action workflow.Action) string {
	if t.form == action {
		return t.typed.Text
	}
	return ""
}

// ratingID is the field's own id for the first mark, so that the error summary
// leads to it.
func ratingID(id string, n int) string {
	if n == 1 {
		return id
	}
	return id + "-" + strconv.Itoa(n)
}
