package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/ledger"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// participates reports whether an agency may hold campaigns.
func participates(a identity.Agency) bool { return slices.Contains(a.Capabilities, "participation") }

// logKey signs the logs of ballots.
func (a *App) logKey() ledger.Key { return ledger.NewKey(a.keys.ballots) }

// campaigns is what organisers do.
func (a *App) campaigns() *participation.Campaigns { return a.campaignsAt(a.Clock) }

func (a *App) campaignsAt(c clock.Clock) *participation.Campaigns {
	return &participation.Campaigns{
		Store: a.Store, Box: a.Store, Paper: a.Store, Clock: c, Key: a.logKey(), Host: a.Config.Base.Host,
		Holds: func(agency int64) (string, bool) {
			found, ok := a.directory.Agency(agency)
			return found.Code, ok && participates(found)
		},
		Holiday: func(at time.Time) bool {
			works, err := a.Calendar().IsWorking(a.Calendar().DayOf(at))
			return err == nil && !works // of a year that isn't known nothing is said
		},
		// An identity provider of the state is not connected to.
		Levels:   []participation.Level{participation.Contact},
		Hearings: a.hearings,
	}
}

// voting is what voters do.
func (a *App) voting() *participation.Voting {
	return &participation.Voting{Store: a.Store, Box: a.Store, Log: a.Store, Codes: a.Store, Clock: a.Clock, Key: a.keys.voters}
}

// paperwork is what operators do with paper ballots.
func (a *App) paperwork() *participation.Paperwork {
	return &participation.Paperwork{Store: a.Store, Box: a.Store, Clock: a.Clock, Key: a.keys.voters}
}

func (a *App) sequencing() *jobs.Sequencing {
	return &jobs.Sequencing{Log: a.Log, Ballots: &participation.Sequencing{
		Campaigns: a.campaigns(), Log: a.Store, Clock: a.Clock, Key: a.logKey(), Logger: a.Log,
	}}
}

// hallAt is where the votes of the demo region are held.
func (a *App) hallAt(c clock.Clock) demo.Hall {
	campaigns := a.campaignsAt(c)
	return demo.Hall{
		Campaigns: campaigns,
		Voting:    &participation.Voting{Store: a.Store, Box: a.Store, Log: a.Store, Codes: a.Store, Clock: c, Key: a.keys.voters},
		Paper:     &participation.Paperwork{Store: a.Store, Box: a.Store, Clock: c, Key: a.keys.voters},
		Log:       &participation.Sequencing{Campaigns: campaigns, Log: a.Store, Clock: c, Key: a.logKey(), Logger: a.Log},
	}
}

// voterLetters sends voters their codes.
type voterLetters struct {
	codes   participation.Codes
	store   participation.Store
	channel notify.Channel
	host    string
	now     func() time.Time
}

// Deliver implements jobs.Deliverer. A code that has expired is sent no more.
func (l voterLetters) Deliver(ctx context.Context, row workflow.Outbox) error {
	var m participation.Message
	if err := json.Unmarshal([]byte(row.Payload), &m); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	code, err := l.codes.FindCode(ctx, m.Code, l.now())
	if fault.Is(err, fault.Gone) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := l.store.FindCampaign(ctx, m.Campaign)
	if err != nil {
		return err
	}
	words := ui.WithLang(ctx, lang.Lang(code.Lang))
	subject, body := "campaign.letter.code_subject", "campaign.letter.code"
	switch {
	case code.Purpose == proposal.Purpose:
		subject, body = "proposal.letter.code_subject", "proposal.letter.code"
	case c.Terms.Kind.Talks():
		subject, body = "talk.letter.code_subject", "talk.letter.code"
	}
	return l.channel.Send(ctx, notify.Letter{
		To: code.Email, ID: "code." + code.ID + "@" + l.host, Subject: ui.T(words, subject, "code", code.Digits),
		Body: ui.T(words, body, "code", code.Digits, "title", c.Terms.Title.In(ui.Lang(words)), "minutes", int(participation.CodeLife/time.Minute)),
	})
}

// observerLetters sends checkpoints to the observers of a campaign.
type observerLetters struct {
	store   participation.Store
	log     participation.Log
	channel notify.Channel
	base    *url.URL
}

// Deliver implements jobs.Deliverer: each observer gets the checkpoint as it is
// now, which proves all before it too.
func (l observerLetters) Deliver(ctx context.Context, row workflow.Outbox) error {
	var m participation.Message
	if err := json.Unmarshal([]byte(row.Payload), &m); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	c, err := l.store.FindCampaign(ctx, m.Campaign)
	if err != nil {
		return err
	}
	log, err := l.log.FindLog(ctx, m.Campaign)
	if err != nil {
		return err
	}
	var errs []error
	for _, to := range c.Observers {
		// Both languages: nobody asked the observer.
		words := ui.WithLang(ctx, lang.RU)
		err := l.channel.Send(ctx, notify.Letter{
			To: to, ID: "checkpoint." + log.SignedAt.Format("20060102150405.000000") + "." + participation.HashText(log.Tree.Hash)[:16] + "@" + l.base.Hostname(),
			Subject: ui.T(words, "campaign.letter.checkpoint_subject", "title", c.Terms.Title.RU),
			Body: ui.T(words, "campaign.letter.checkpoint", "note", log.Checkpoint, "key", c.Terms.LogKey,
				"link", l.base.JoinPath("campaigns", strconv.FormatInt(c.ID, 10)).String()),
		})
		if !fault.Is(err, fault.Invalid) { // an address that never works holds up no other
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// votesHeld is how long it is believed that there are campaigns to be seen, or none.
const votesHeld = 15 * time.Second

// anyVotes reports whether citizens have a campaign to look at. Where that can't be
// found out they are sent to look.
func (a *App) anyVotes() func(context.Context) bool {
	var mu sync.Mutex
	var at time.Time
	var some bool
	return func(ctx context.Context) bool {
		mu.Lock()
		defer mu.Unlock()
		now := a.Clock.Now()
		if since := now.Sub(at); since >= 0 && since < votesHeld {
			return some
		}
		list, err := a.Store.ListCampaigns(ctx, nil)
		if err != nil {
			return true
		}
		at, some = now, slices.ContainsFunc(list, func(c participation.Campaign) bool { return c.Public() })
		return some
	}
}
