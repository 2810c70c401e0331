package desk

import (
	"context"
	"strings"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

func channels(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, c := range workflow.Channels {
		out = append(out, ui.Option{Value: string(c), Label: ui.T(ctx, "desk.channel."+string(c))})
	}
	return out
}

func papers(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, p := range workflow.Papers {
		out = append(out, ui.Option{Value: string(p), Label: ui.T(ctx, "desk.paper."+string(p))})
	}
	return out
}

// topics are those that can be chosen today, by category.
func topics(ctx context.Context, f *form) []ui.Option {
	l := ui.Lang(ctx)
	var out []ui.Option
	for _, leaf := range f.book.Tree.Leaves() {
		if leaf.TakesAppeals(ui.Now(ctx).In(ui.Zone(ctx))) == nil {
			out = append(out, ui.Option{Value: leaf.Code, Label: leaf.Name.In(l), Group: leaf.Category().Name.In(l)})
		}
	}
	return out
}

func topicName(ctx context.Context, book *rubricator.Book, code string) string {
	if r, ok := book.Tree.Find(code); ok {
		return r.Name.In(ui.Lang(ctx))
	}
	return code
}

func choices(q rubricator.Question, l lang.Lang) []ui.Option {
	var out []ui.Option
	for _, o := range q.Options {
		out = append(out, ui.Option{Value: o.Code, Label: o.Name.In(l)})
	}
	return out
}

func ticked(yes bool) []string {
	if yes {
		return []string{"yes"}
	}
	return nil
}

func pressed(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}

// draftName is the beginning of the words, or whose form it is.
func draftName(ctx context.Context, d workflow.Draft) string {
	const most = 60 // letters
	words := []rune(d.Text)
	switch {
	case len(words) > most:
		return string(words[:most]) + "…"
	case len(words) > 0:
		return d.Text
	case d.Applicant.Name != "":
		return d.Applicant.Name
	default:
		return ui.T(ctx, "desk.draft_empty")
	}
}

// grouped cuts a code into groups that can be read out.
func grouped(code string) string {
	var parts []string
	for ; len(code) > 4; code = code[4:] {
		parts = append(parts, code[:4])
	}
	return strings.Join(append(parts, code), " ")
}

func receiptRows(ctx context.Context, r receipt) []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: ui.T(ctx, "desk.row_number"), Value: r.Appeal.Number},
		{Key: ui.T(ctx, "desk.row_code"), Value: grouped(r.Code)},
		{Key: ui.T(ctx, "desk.row_name"), Value: r.Name},
		{Key: ui.T(ctx, "desk.topic"), Value: r.Topic},
		{Key: ui.T(ctx, "desk.place"), Value: r.Where},
		{Key: ui.T(ctx, "desk.row_taken"), Value: ui.DateTime(ctx, r.Appeal.SubmittedAt) + ", " + strings.ToLower(ui.T(ctx, "desk.channel."+string(r.Taken.Channel)))},
		{Key: ui.T(ctx, "desk.row_agency"), Value: strings.TrimSuffix(r.Agency+", "+r.Phone, ", ")},
	}
	if !r.Appeal.DueAt.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, "desk.row_due"), Value: ui.AnswerBy(ctx, r.Appeal.DueAt, ui.Now(ctx))})
	}
	if r.Taken.Paper != workflow.NoPaper {
		rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, "desk.row_paper"), Value: ui.T(ctx, "desk.paper."+string(r.Taken.Paper))})
	}
	return rows
}
