package portal

import (
	"context"
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// sentences are the events that concern the author, each with the key of its
// words. What stays inside the agency — notes, drafts, signing to and fro,
// warnings — is not among them.
var sentences = map[workflow.Action]string{
	workflow.Submit: "portal.event_submit", workflow.Route: "portal.event_route", workflow.Ask: "portal.event_ask",
	workflow.ReplyAction: "portal.event_reply", workflow.Accept: "portal.event_accept",
	workflow.Reject: "portal.event_reject", workflow.Register: "portal.event_register",
	workflow.Assign: "portal.event_assign", workflow.Redirect: "portal.event_redirect_to",
	workflow.Start: "portal.event_start", workflow.Attach: "portal.event_attach",
	workflow.ApproveExtension: "portal.event_extended", workflow.Sign: "portal.event_sign",
	workflow.Rate: "portal.event_rate", workflow.ReReview: "portal.event_re_review",
	workflow.Dispute: "portal.event_dispute", workflow.Uphold: "portal.event_uphold",
	workflow.SendBack: "portal.event_send_back", workflow.Withdraw: "portal.event_withdraw",
	workflow.Resubmit: "portal.event_resubmit", workflow.Lapse: "portal.event_lapse",
	workflow.Retopic: "portal.event_retopic", workflow.Split: "event.split", workflow.BeginPart: "event.part", workflow.Join: "event.join", workflow.Leave: "event.leave",
	workflow.Share: "portal.event_sign", workflow.Propose: "notice.author.proposed", workflow.Close: "portal.event_close", workflow.Resume: "portal.event_resume",
}

// history is what happened, the newest first, in words for the author.
func (t *track) history(ctx context.Context) []ui.TimelineItem {
	var out []ui.TimelineItem
	for _, e := range slices.Backward(t.Events) {
		mine := e.ActorKind == actor.Citizen
		key, shown := sentences[e.Action]
		if !shown || e.Action == workflow.Attach && !mine {
			continue
		}
		item := ui.TimelineItem{At: e.At, Title: ui.T(ctx, key,
			"to", t.agencies(e.Agency), "outcome", ui.T(ctx, "outcome."+string(e.Data.Outcome)),
			"date", ui.Date(ctx, e.DueAfter), "rating", e.Data.Rating)}
		switch {
		case mine:
			item.By = ui.T(ctx, "portal.by_you")
		case e.Action == workflow.Redirect:
			item.By = t.agencies(e.Data.FromAgency)
		case e.Action != workflow.SendBack && e.ActorKind == actor.Officer:
			item.By = t.agencies(e.Agency)
		}
		if mine || workflow.PublicReason(e.Action) {
			item.Text = e.Reason
		}
		if p := e.Data.Proposal; p != nil {
			item.Body = proposedAs(p) //nolint:contextcheck // a component gets its context when it is drawn
		}
		out = append(out, item)
	}
	return out
}

// stop is one mark on the way of an appeal.
type stop struct {
	Key  string // catalogue key of its name
	Past bool
	Here bool
}

// way is the appeal's way in five marks.
func (t *track) way() []stop {
	at := 0
	switch t.Appeal.Stage {
	case workflow.StageDraft, workflow.StageNew, workflow.StageModeration, workflow.StageClarification:
		at = 1
	case workflow.StageReceived, workflow.StageAssigned:
		at = 2
	case workflow.StageInWork, workflow.StageOnSign, workflow.StagePlanned, workflow.StageDisputed:
		at = 3
	case workflow.StageAnswered, workflow.StageClosed, workflow.StageRejected, workflow.StageWithdrawn:
		at = 4
	}
	names := []string{"portal.way_sent", "portal.way_checked", "portal.way_received", "portal.way_work", "portal.way_answer"}
	out := make([]stop, len(names))
	for i, name := range names {
		out[i] = stop{Key: name, Past: i < at, Here: i == at}
	}
	if t.Appeal.Stage == workflow.StageClosed {
		out[at] = stop{Key: names[at], Past: true}
	}
	return out
}

// onTheWay reports whether the five marks say something true: an appeal that
// was rejected or withdrawn left the way.
func (t *track) onTheWay() bool {
	return t.Appeal.Stage != workflow.StageRejected && t.Appeal.Stage != workflow.StageWithdrawn
}
