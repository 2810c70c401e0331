package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/web/ruling"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// historyItem is one thing that happened, or several reminders in one.
type historyItem struct {
	ui.TimelineItem
	Internal bool   // the author never reads it
	Public   bool   // the author reads the words
	Quiet    bool   // a clock spoke: nobody did anything
	Proposal string // address of the proposal that the appeal became a part of
}

// history is what happened, the newest first. Reminders that follow each
// other become one line.
func (h *Handlers) history(ctx context.Context, found *workflow.Case) []historyItem {
	var out []historyItem
	reminders := 0
	for i := len(found.Events) - 1; i >= 0; i-- {
		e := found.Events[i]
		if e.Action != workflow.Warn {
			reminders = 0
			out = append(out, h.item(ctx, e))
			continue
		}
		if reminders++; reminders > 1 {
			out[len(out)-1].Text = ui.Plural(ctx, "console.history.reminders", reminders, "since", ui.Date(ctx, e.At))
			continue
		}
		out = append(out, h.item(ctx, e))
	}
	return out
}

// item puts one event into words.
func (h *Handlers) item(ctx context.Context, e workflow.Event) historyItem {
	n := h.names(ctx)
	out := historyItem{
		TimelineItem: ui.TimelineItem{Title: ui.T(ctx, "event."+string(e.Action)), By: n.who(e), At: e.At},
		Internal:     e.Action == workflow.AddNote, Public: e.Reason != "" && workflow.PublicReason(e.Action),
		Quiet: e.Action == workflow.Warn,
	}
	var lines []string
	add := func(s string) { lines = append(lines, s) }
	if e.Action == workflow.DropItem {
		add("«" + e.Data.Note + "»")
		e.Data.Note = ""
	} else if e.Action == workflow.SettleItem && len(e.Data.Items) == 1 {
		add(ui.T(ctx, "console.history.item", "n", e.Data.Items[0]))
	}
	for _, m := range e.Data.Opinions {
		if m.User != e.Actor {
			add(ui.T(ctx, "console.history.co_executor", "name", n.user(m.User)))
		}
	}
	if e.Data.Executor != 0 && e.Action != workflow.AskOpinion {
		add(ui.T(ctx, "console.history.executor", "name", n.user(e.Data.Executor)))
	}
	if e.Data.FromAgency != 0 {
		add(n.agency(e.Data.FromAgency) + " → " + n.agency(e.Agency))
	}
	if e.Data.Kind != "" {
		add(ui.T(ctx, "deadline."+string(e.Data.Kind)))
	}
	if e.Data.Outcome != "" {
		add(ui.T(ctx, "outcome."+string(e.Data.Outcome)))
	}
	if day, err := time.ParseInLocation(time.DateOnly, e.Data.PromisedOn, ui.Zone(ctx)); err == nil {
		add(ui.T(ctx, "console.history.promised", "day", ui.Date(ctx, day)))
	}
	if e.Data.Days != 0 {
		add(ui.Days(ctx, e.Data.Days))
	}
	if e.Data.Rating != 0 {
		add(ui.T(ctx, "console.history.rating", "rating", e.Data.Rating))
	}
	if e.Data.NotFixed {
		add(ui.T(ctx, "console.history.not_fixed"))
	}
	if e.Data.Rule != "" {
		add(ui.T(ctx, "console.history.rule", "rule", n.rules().Text(ctx, e.Data.Rule)))
	}
	if e.Data.For != 0 {
		add(ui.T(ctx, "console.history.for", "name", n.user(e.Data.For)))
	}
	if e.Data.Bulk != 0 {
		add(ui.T(ctx, "console.history.bulk"))
	}
	if len(e.Data.Flags) > 0 {
		add(ui.T(ctx, "conscience.signed_against", "flags", flagNames(ctx, e.Data.Flags)))
	}
	if e.Data.Lead != nil {
		add(e.Data.Lead.Number)
	}
	if e.Data.SplitFrom != nil {
		add(e.Data.SplitFrom.Number)
	}
	if linked := slices.Concat(e.Data.Joined, e.Data.SplitInto); len(linked) > 0 {
		add(numbersOf(linked))
	}
	if len(e.Data.Photos) > 0 {
		add(ui.Plural(ctx, "console.photos_count", len(e.Data.Photos)))
	}
	if !e.DueAfter.IsZero() && !e.DueBefore.IsZero() && !e.DueAfter.Equal(e.DueBefore) {
		add(ui.T(ctx, "console.history.due_moved", "before", ui.Date(ctx, e.DueBefore.Add(-time.Second)), "after", ui.Date(ctx, e.DueAfter.Add(-time.Second))))
	}
	if p := e.Data.Proposal; p != nil {
		out.Proposal = "/campaigns/" + idText(p.Campaign) + "/proposals/" + idText(p.Proposal)
	}
	text := strings.Join(lines, " · ")
	words := e.Reason
	if e.Data.Note != "" {
		words = e.Data.Note
	}
	out.Text = joinLines(text, words)
	return out
}

// numbersOf lists the numbers of other appeals, the first ten.
func numbersOf(links []workflow.Link) string {
	const most = 10
	var out []string
	for _, l := range links[:min(len(links), most)] {
		out = append(out, l.Number)
	}
	text := strings.Join(out, ", ")
	if len(links) > most {
		text += " …"
	}
	return text
}

// why tells by which rule the case came to the agency that had it first, nil
// where the history doesn't say.
func (h *Handlers) why(ctx context.Context, found *workflow.Case) *why {
	n := h.names(ctx)
	for _, e := range found.Events {
		if e.Data.Rule == "" {
			continue
		}
		out := &why{Why: ruling.Why{Rule: n.rules().Text(ctx, e.Data.Rule), Agency: n.agency(e.Agency)}, At: e.At}
		out.Moved = e.Agency != found.Appeal.Agency
		for _, l := range e.Data.Lost {
			out.Lost = append(out.Lost, ruling.Line{
				Rule: n.rules().Text(ctx, l.Rule), Agency: n.agency(l.Agency), Reason: ruling.Reason(ctx, rubricator.Loss(l.Why)),
			})
		}
		return out
	}
	return nil
}

// hops tells which agencies had the case, the first first; nil where it has
// never moved.
func (h *Handlers) hops(ctx context.Context, found *workflow.Case) []hop {
	n := h.names(ctx)
	var out []hop
	since := found.Appeal.SubmittedAt
	for _, e := range found.Events {
		if e.Data.FromAgency == 0 || e.Data.FromAgency == e.Agency {
			continue
		}
		out = append(out, hop{Agency: n.agency(e.Data.FromAgency), From: since, To: e.At, Reason: e.Reason})
		since = e.At
	}
	if out == nil {
		return nil
	}
	return append(out, hop{Agency: n.agency(found.Appeal.Agency), From: since})
}
