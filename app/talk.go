package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// loadHearings reads the times that hearings must keep.
func loadHearings(path string) ([]participation.HearingRule, error) {
	if path == "" {
		return participation.SeededRules(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("hearings: %w", err)
	}
	rules, err := participation.ReadHearingRules(text)
	if err != nil {
		return nil, fmt.Errorf("hearings: %s: %w", path, err)
	}
	return rules, nil
}

// talks is what people and organisers do in discussions.
func (a *App) talks() *discussion.Talks {
	return &discussion.Talks{Campaigns: a.campaigns(), Voting: a.voting(), Store: a.Store, Clock: a.Clock, Alike: alikeTexts}
}

// forumAt is where the demo region proposes and discusses.
func (a *App) forumAt(c clock.Clock) demo.Forum {
	hall := a.hallAt(c)
	return demo.Forum{
		Hall:      hall,
		Talks:     &discussion.Talks{Campaigns: hall.Campaigns, Voting: hall.Voting, Store: a.Store, Clock: c, Alike: alikeTexts},
		Proposals: &proposal.Proposals{Store: a.Store, Campaigns: a.Store, Codes: a.Store, Clock: c, Key: a.keys.voters},
	}
}

// alikeTexts compares remarks by the words that duplicates of appeals are found
// by; how rare a word is all that was written there tells.
func alikeTexts(text string, others, written []string) []float64 {
	index := duplicate.NewIndex()
	cases := make([]duplicate.Case, len(written))
	for i, w := range written {
		cases[i] = duplicate.Case{ID: int64(i + 1), Text: w}
	}
	index.Put(cases...)
	words, out := duplicate.Ready(text), make([]float64, len(others))
	for i, o := range others {
		out[i] = index.Likeness(words, duplicate.Ready(o))
	}
	return out
}

// answerLetters has the authors of remarks told of the answers, once they are
// announced.
type answerLetters struct {
	store discussion.Store
	now   func() time.Time
}

// Deliver implements jobs.Deliverer.
func (l answerLetters) Deliver(ctx context.Context, row workflow.Outbox) error {
	var m participation.Message
	if err := json.Unmarshal([]byte(row.Payload), &m); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	return l.store.TellAnswers(ctx, m.Campaign, l.now())
}

// remarkLetters tells authors what became of their remarks.
type remarkLetters struct {
	talks     discussion.Store
	campaigns participation.Store
	channel   notify.Channel
	base      *url.URL
}

// Deliver implements jobs.Deliverer.
func (l remarkLetters) Deliver(ctx context.Context, row workflow.Outbox) error {
	var m discussion.Letter
	if err := json.Unmarshal([]byte(row.Payload), &m); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	r, err := l.talks.FindRemark(ctx, m.Campaign, m.Remark)
	if err != nil {
		return err
	}
	c, err := l.campaigns.FindCampaign(ctx, m.Campaign)
	if err != nil || r.Person == nil {
		return err
	}
	to, err := l.talks.FindContact(ctx, m.Campaign, *r.Person)
	if err != nil {
		return err
	}
	words := ui.WithLang(ctx, lang.Lang(to.Lang))
	place := l.base.JoinPath("campaigns", strconv.FormatInt(c.ID, 10))
	reason, said := m.Words, r.Because
	switch m.About {
	case discussion.Hide:
		reason = ui.T(words, "talk.reason."+m.Reason) + ". " + m.Words
	case discussion.Answer:
		place = place.JoinPath("summary")
		if m.Other != 0 { // the remark that it was merged into is answered for it
			lead, err := l.talks.FindRemark(ctx, m.Campaign, m.Other)
			if err != nil {
				return err
			}
			said = lead.Because
		}
		reason = ui.T(words, "talk.verdict."+m.Reason) + ". " + said
	case discussion.Accept, discussion.Restore, discussion.Merge, discussion.Unmerge, discussion.Enter, discussion.Revise:
	}
	return l.channel.Send(ctx, notify.Letter{
		To: to.Email, ID: "remark." + strconv.FormatInt(row.ID, 10) + "@" + l.base.Hostname(),
		Subject: ui.T(words, "talk.letter.subject", "title", c.Terms.Title.In(ui.Lang(words))),
		Body: ui.T(words, "talk.letter.hello", "n", strconv.FormatInt(r.ID, 10), "title", c.Terms.Title.In(ui.Lang(words))) + "\n\n" +
			ui.T(words, "talk.letter."+string(m.About), "reason", reason, "other", strconv.FormatInt(m.Other, 10)) + "\n\n" +
			ui.T(words, "talk.letter.yours", "text", r.Text, "link", place.String()),
	})
}
