package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// proposals is what people and officers do with proposals of budget votes.
func (a *App) proposals() *proposal.Proposals {
	return &proposal.Proposals{Store: a.Store, Campaigns: a.Store, Codes: a.Store, Clock: a.Clock, Key: a.keys.voters}
}

// gathers reports whether the officer may make a proposal of appeals now.
func (a *App) gathers(ctx context.Context, by actor.Actor) (bool, error) {
	if !by.Has(actor.Coordinator) && !by.Has(actor.Organiser) && !by.Has(actor.SystemAdmin) {
		return false, nil
	}
	phases, err := a.Store.ListPhases(ctx)
	if err != nil {
		return false, err
	}
	for i := range phases {
		if !phases[i].Takes(a.Clock.Now()) {
			continue
		}
		c, err := a.Store.FindCampaign(ctx, phases[i].Campaign)
		if err != nil {
			return false, err
		}
		if proposal.GathersIn(&phases[i], c, a.Clock.Now()) && proposal.MayGather(by, c.Agency) {
			return true, nil
		}
	}
	return false, nil
}

// proposalSweep moves on what waits for authors who stay silent.
func (a *App) proposalSweep() *jobs.Sweep {
	return &jobs.Sweep{Name: "proposals", Log: a.Log, Work: a.proposals().Work}
}

// gathered notes on appeals that they became parts of a proposal.
type gathered struct{ engine *workflow.Engine }

// Deliver implements jobs.Deliverer.
func (g gathered) Deliver(ctx context.Context, row workflow.Outbox) error {
	var m proposal.Message
	if err := json.Unmarshal([]byte(row.Payload), &m); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	return g.engine.Propose(ctx, row.Appeal, workflow.ProposalLink{Campaign: m.Campaign, Proposal: m.Proposal})
}

// resultNotes has the authors of projects told of the result, once it is announced.
type resultNotes struct{ proposals *proposal.Proposals }

// Deliver implements jobs.Deliverer.
func (r resultNotes) Deliver(ctx context.Context, row workflow.Outbox) error {
	var m participation.Message
	if err := json.Unmarshal([]byte(row.Payload), &m); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	return r.proposals.Tell(ctx, m.Campaign)
}

// proposalLetters writes to the authors of proposals and to those who follow them.
type proposalLetters struct {
	proposals *proposal.Proposals
	sent      jobs.Letters
	channel   notify.Channel
	base      *url.URL
	zone      *time.Location
	directory *directory
}

// Deliver implements jobs.Deliverer.
func (l proposalLetters) Deliver(ctx context.Context, row workflow.Outbox) error {
	var m proposal.Message
	if err := json.Unmarshal([]byte(row.Payload), &m); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	p, err := l.proposals.Store.FindProposal(ctx, m.Proposal)
	if err != nil {
		return err
	}
	if m.Author != proposal.Follow {
		if m.Author >= len(p.Authors) {
			return nil
		}
		to := p.Authors[m.Author]
		page := l.page(p, "author", proposal.Secret(l.proposals.Key, p.ID, m.Author))
		return l.send(ctx, row, "", to.Email, to.Lang, func(ctx context.Context) (string, string, error) {
			return l.words(ctx, p, m, ui.T(ctx, "proposal.letter.page", "link", page))
		})
	}
	followers, err := l.proposals.Store.ListFollowers(ctx, p.ID)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range followers {
		person := hex.EncodeToString(f.Person[:])
		end := l.page(p, "unfollow", person, proposal.FollowerSecret(l.proposals.Key, p.ID, f.Person))
		err := l.send(ctx, row, person[:12], f.Email, f.Lang, func(ctx context.Context) (string, string, error) {
			return l.words(ctx, p, m, ui.T(ctx, "proposal.letter.follow", "link", l.page(p), "end", end))
		})
		if !fault.Is(err, fault.Invalid) { // an address that never works holds up no other
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (l proposalLetters) page(p *proposal.Proposal, more ...string) string {
	path := append([]string{"campaigns", strconv.FormatInt(p.Campaign, 10), "proposals", strconv.FormatInt(p.ID, 10)}, more...)
	return l.base.JoinPath(path...).String()
}

// send sends a letter once: a row that is delivered again finds those that left.
func (l proposalLetters) send(
	ctx context.Context, row workflow.Outbox, to, address, language string, words func(context.Context) (subject, body string, err error),
) error {
	id := fmt.Sprintf("proposal-%d.%s@%s", row.ID, to, l.base.Hostname())
	if sent, err := l.sent.LetterSent(ctx, id); err != nil || sent {
		return err
	}
	subject, body, err := words(ui.WithZone(ui.WithLang(ctx, lang.Lang(language)), l.zone))
	if err != nil {
		return err
	}
	if err := l.channel.Send(ctx, notify.Letter{To: address, ID: id, Subject: subject, Body: body}); err != nil {
		return err
	}
	_, err = l.sent.MarkLetter(ctx, id, l.proposals.Clock.Now())
	return err
}

// words are what happened, why, what to do, and the link.
func (l proposalLetters) words(ctx context.Context, p *proposal.Proposal, m proposal.Message, link string) (subject, body string, err error) {
	news := ui.T(ctx, "proposal.letter."+m.Key)
	var b strings.Builder
	paragraph := func(s string) {
		if s != "" {
			b.WriteString(s + "\n\n")
		}
	}
	paragraph(ui.T(ctx, "proposal.letter.about", "title", p.Body.Title, "news", news))
	more, err := l.more(ctx, p, m)
	if err != nil {
		return "", "", err
	}
	for _, s := range more {
		paragraph(s)
	}
	b.WriteString(link + "\n")
	return ui.T(ctx, "proposal.letter.subject", "title", p.Body.Title, "news", news), b.String(), nil
}

// more is the reason, the merge or the report of which a letter tells.
func (l proposalLetters) more(ctx context.Context, p *proposal.Proposal, m proposal.Message) ([]string, error) {
	var out []string
	add := func(s string) { out = append(out, s) }
	switch {
	case m.Merge != 0:
		merge, err := l.proposals.Store.FindMerge(ctx, m.Merge)
		if err != nil {
			return nil, err
		}
		add(ui.T(ctx, "proposal.letter.merge", "title", merge.Body.Title, "text", merge.Body.Text))
		for _, part := range merge.Parts {
			add("— " + part.Title)
		}
		add(merge.Why)
		if merge.State == proposal.Asked {
			add(ui.T(ctx, "proposal.letter.answer_by", "date", ui.DateTime(ctx, merge.Until)))
		}
	case m.Report != 0:
		reports, err := l.proposals.Store.ListReports(ctx, m.Campaign, m.Project)
		if err != nil {
			return nil, err
		}
		for _, r := range reports {
			if r.ID == m.Report {
				add(ui.T(ctx, "proposal.letter.percent", "n", r.Percent, "date", ui.Date(ctx, r.Finish)))
				add(r.Text)
				add(r.Reason)
			}
		}
	case m.Note != 0:
		notes, err := l.proposals.Store.ListProposalNotes(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		for _, n := range notes {
			if n.N != m.Note {
				continue
			}
			add(n.Reason)
			if n.More.Agency != 0 {
				agency, _ := l.directory.Agency(n.More.Agency)
				add(ui.T(ctx, "proposal.letter.checks", "agency", agency.Name.In(ui.Lang(ctx)), "date", ui.Date(ctx, n.More.Due)))
			}
			if n.More.Estimate != nil && n.More.Estimate.Total() > 0 {
				add(ui.T(ctx, "proposal.letter.cost", "sum", ui.Number(ctx, int(n.More.Estimate.Total()))))
			}
			if n.To == proposal.Changes {
				add(ui.T(ctx, "proposal.letter.answer_by", "date", ui.DateTime(ctx, p.AnswerBy)))
			}
		}
	}
	return out, nil
}
