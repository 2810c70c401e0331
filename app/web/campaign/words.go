package campaign

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/ui"
)

func placeOptions(ctx context.Context, list []participation.Named) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, n := range list {
		out[i] = ui.Option{Value: strconv.FormatInt(n.ID, 10), Label: n.Name.In(ui.Lang(ctx))}
	}
	return out
}

func projectOptions(ctx context.Context, t *participation.Terms) []ui.Option {
	out := make([]ui.Option, len(t.Money.Projects))
	for i, p := range t.Money.Projects {
		out[i] = ui.Option{Value: p.ID, Label: p.Name.In(ui.Lang(ctx)), Hint: projectHint(ctx, &p)}
	}
	return out
}

func projectHint(ctx context.Context, p *participation.Project) string {
	hint := money(ctx, p.Cost)
	if text := p.Text.In(ui.Lang(ctx)); text != "" {
		hint += ". " + text
	}
	return hint
}

// costs are what projects cost, as the island that adds them up reads them.
func costs(t *participation.Terms) string {
	var list []string
	for _, p := range t.Money.Projects {
		list = append(list, p.ID+"="+strconv.FormatInt(p.Cost, 10))
	}
	return strings.Join(list, " ")
}

func askOptions(ctx context.Context, q *participation.Question) []ui.Option {
	ids := q.Choosable()
	if q.Ask == participation.Matrix {
		ids = nil
		for _, o := range q.Options {
			ids = append(ids, o.ID)
		}
	}
	out := make([]ui.Option, len(ids))
	for i, id := range ids {
		out[i] = ui.Option{Value: id, Label: optionName(ctx, q, id)}
		if q.Ask == participation.Matrix {
			out[i].Label = named(ctx, q.Options, id)
		}
	}
	return out
}

// askHint is the organiser's own note, how many may be chosen, and of whom it is
// asked.
func askHint(ctx context.Context, t *participation.Terms, q *participation.Question) string {
	var parts []string
	if own := q.Hint.In(ui.Lang(ctx)); own != "" {
		parts = append(parts, own)
	}
	if q.Ask == participation.Ranking {
		parts = append(parts, ui.T(ctx, "ballot.rank_hint"))
	}
	switch {
	case q.Ask == participation.Some && q.Most > 0:
		parts = append(parts, ui.T(ctx, "ballot.most", "max", q.Most))
	case q.Ask == participation.Words:
		parts = append(parts, ui.T(ctx, "ballot.published"))
	}
	if q.When != nil {
		if before, ok := t.Question(q.When.Question); ok {
			parts = append(parts, ui.T(ctx, "ballot.only_if", "question", before.Name.In(ui.Lang(ctx)), "answer", optionName(ctx, before, q.When.Option)))
		}
	}
	for i, part := range parts[:max(len(parts)-1, 0)] {
		if !strings.ContainsAny(part[len(part)-1:], ".!?:") {
			parts[i] += "."
		}
	}
	return strings.Join(parts, " ")
}

// rowNames are the lines of a table that is asked to be filled in.
func rowNames(ctx context.Context, q *participation.Question) string {
	names := make([]string, len(q.Rows))
	for i := range q.Rows {
		names[i] = q.Rows[i].Name.In(ui.Lang(ctx))
	}
	return strings.Join(names, ", ")
}

func places(n int) []ui.Option {
	out := make([]ui.Option, n)
	for i := range out {
		out[i] = ui.Option{Value: strconv.Itoa(i + 1), Label: strconv.Itoa(i + 1)}
	}
	return out
}

// summed are the errors of a ballot as their summary has them: apart from their
// questions they have to say which they are about.
func (b ballot) summed(ctx context.Context) ui.Errors {
	out := slices.Clone(b.errs)
	for i, e := range out {
		if q, ok := b.Terms.Question(e.Name); ok {
			out[i].Text = q.Name.In(ui.Lang(ctx)) + " — " + e.Text
		}
	}
	return out
}

func ticked(yes bool) []string {
	if yes {
		return []string{"yes"}
	}
	return nil
}

// ruleRows are the terms in words.
func ruleRows(ctx context.Context, t *participation.Terms, agency string) []ui.SummaryRow {
	l := ui.Lang(ctx)
	rows := []ui.SummaryRow{
		{Key: ui.T(ctx, "campaign.row.holder"), Value: agency},
		{Key: ui.T(ctx, "campaign.row.who"), Value: who(ctx, t)},
		{Key: ui.T(ctx, "campaign.row.ties"), Value: ui.T(ctx, "campaign.ties."+string(t.Ties))},
		{Key: ui.T(ctx, "campaign.row.shown"), Value: ui.T(ctx, "campaign.shown."+string(t.Shown))},
	}
	add := func(key, value string) { rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, key), Value: value}) }
	if t.Seed != "" {
		add("campaign.row.seed", t.Seed)
	}
	if p := t.Procedure.In(l); p != "" {
		add("campaign.row.procedure", p)
	}
	if t.Quorum > 0 {
		add("campaign.row.quorum", ui.Number(ctx, t.Quorum))
	}
	if t.MinShare > 0 {
		add("campaign.row.share", strconv.Itoa(t.MinShare)+"\u00a0%")
	}
	if t.Money != nil {
		add("campaign.row.rule", ui.T(ctx, "campaign.rule."+strings.ReplaceAll(t.Money.Rule, "/", "_")))
	}
	return append(rows, extraRows(ctx, t)...)
}

func who(ctx context.Context, t *participation.Terms) string {
	parts := []string{ui.T(ctx, "campaign.level."+string(t.Level))}
	if t.MinAge > 0 {
		parts = append(parts, ui.T(ctx, "campaign.who_age", "age", t.MinAge))
	}
	var names []string
	for _, n := range t.Territories {
		names = append(names, n.Name.In(ui.Lang(ctx)))
	}
	if len(names) > 0 {
		parts = append(parts, ui.T(ctx, "campaign.who_where", "places", strings.Join(names, ", ")))
	}
	return strings.Join(parts, "\n")
}
