package proposal

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

// Report is what the organiser tells of a project that won.
type Report struct {
	ID       int64     `json:"-"`
	Campaign int64     `json:"-"`
	Project  string    `json:"-"`
	At       time.Time `json:"-"`
	By       int64     `json:"-"`
	Token    string    `json:"-"` // of the form
	After    int64     `json:"-"` // the last report that its writer saw, 0 for none
	Text     string    `json:"text"`
	Percent  int       `json:"percent"`
	Spent    int64     `json:"spent"`             // all in all, whole units of the currency
	Finish   time.Time `json:"finish"`            // when it will be, or was, ready
	Reason   string    `json:"reason,omitempty"`  // of a later day
	Photo    string    `json:"photo,omitempty"`   // key of a picture
	Promised time.Time `json:"promised,omitzero"` // what had been said before
}

// Progress is how a project stands, honestly: by what was promised first.
type Progress struct {
	Percent int
	Spent   int64
	First   time.Time // promised first
	Finish  time.Time // now said
	Done    time.Time // when it was reported ready, zero before
	Late    int       // days behind what was promised first
}

// ProgressOf reads reports, the oldest first. Without any the phases promise.
func ProgressOf(promised time.Time, reports []Report, now time.Time) Progress {
	p := Progress{First: promised, Finish: promised}
	for i := range reports {
		r := &reports[i]
		p.Percent, p.Spent, p.Finish = r.Percent, r.Spent, r.Finish
		if p.First.IsZero() {
			p.First = r.Finish
		}
		switch {
		case r.Percent < 100:
			p.Done = time.Time{}
		case p.Done.IsZero():
			p.Done = r.At
		}
	}
	end := p.Done
	if end.IsZero() {
		end = now
		if p.Finish.After(end) {
			end = p.Finish
		}
	}
	if !p.First.IsZero() && end.After(p.First) {
		p.Late = int((end.Sub(p.First) + day - 1) / day)
	}
	return p
}

// Won lists the projects that the vote funded, once everybody may see it.
func Won(c *participation.Campaign) []participation.Project {
	if !c.ShowsResult() || c.Result.Projects == nil {
		return nil
	}
	var out []participation.Project
	for _, id := range c.Result.Projects.Winners {
		if p, ok := c.Terms.Project(id); ok {
			out = append(out, *p)
		}
	}
	return out
}

// Report posts a report on a project that won. Authors and followers are told.
// Sent twice it is one; written beside another that its writer has not seen it is
// fault.Conflict.
func (s *Proposals) Report(ctx context.Context, by actor.Actor, r *Report) error {
	c, err := s.organised(ctx, by, r.Campaign)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(Won(c), func(p participation.Project) bool { return p.ID == r.Project })
	if i < 0 {
		return fault.New(fault.Conflict, "proposal.not_won")
	}
	project := Won(c)[i]
	return s.Store.Propose(ctx, r.Campaign, func(tx Tx) error {
		before, err := s.Store.ListReports(ctx, r.Campaign, r.Project)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(b Report) bool { return b.Token == r.Token }) {
			return nil
		}
		promised, last := tx.Phases().ReportsUntil, int64(0)
		if n := len(before); n > 0 {
			promised, last = before[n-1].Finish, before[n-1].ID
		}
		if r.After != last {
			return fault.New(fault.Conflict, "proposal.reported_meanwhile")
		}
		if err := r.check(promised); err != nil {
			return err
		}
		r.At, r.By = s.Clock.Now(), by.User
		first, err := tx.AddReport(r)
		if err != nil || !first || project.Proposal == 0 {
			return err
		}
		p, err := tx.Find(project.Proposal)
		if err != nil {
			return err
		}
		m := Message{Campaign: r.Campaign, Proposal: p.ID, Key: "report", Project: r.Project, Report: r.ID}
		for i := range p.Authors {
			m.Author = i
			if err := tx.Letter(m); err != nil {
				return err
			}
		}
		m.Author = Follow
		return tx.Letter(m)
	})
}

// Tell notes on the projects of a vote that was announced which of them won, and
// writes to their authors and to those who follow them. Done again it changes
// nothing.
func (s *Proposals) Tell(ctx context.Context, campaign int64) error {
	return s.Store.Propose(ctx, campaign, func(tx Tx) error {
		c := tx.Campaign()
		if c.State != participation.Announced || c.Terms.Money == nil {
			return nil // called back meanwhile
		}
		won := Won(c)
		for _, project := range c.Terms.Money.Projects {
			if project.Proposal == 0 {
				continue
			}
			notes, err := s.Store.ListProposalNotes(ctx, project.Proposal)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(notes, func(n Note) bool { return n.Action == Win || n.Action == Lose }) {
				continue
			}
			n := Note{At: s.Clock.Now(), Action: Lose}
			if slices.ContainsFunc(won, func(w participation.Project) bool { return w.ID == project.ID }) {
				n.Action = Win
			}
			p, err := tx.Find(project.Proposal)
			if err != nil {
				return err
			}
			if p.State != Project {
				continue
			}
			if err := take(tx, p, n, ""); err != nil {
				return err
			}
			t, _ := find(n.Action, Project, "")
			if err := tx.Letter(Message{Campaign: campaign, Proposal: p.ID, Author: Follow, Key: t.Letter}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Report) check(promised time.Time) error {
	r.Text, r.Reason = strings.TrimSpace(r.Text), strings.TrimSpace(r.Reason)
	var check fault.Check
	check.That(r.Text != "", "text", "proposal.report_text")
	check.That(utf8.RuneCountInString(r.Text) <= MaxText, "text", "error.too_long", "max", MaxText)
	check.That(r.Percent >= 0 && r.Percent <= 100, "percent", "proposal.percent_wrong")
	check.That(r.Spent >= 0 && r.Spent <= mostMoney, "spent", "proposal.cost_wrong")
	check.That(!r.Finish.IsZero(), "finish", "proposal.finish_needed")
	later := !promised.IsZero() && r.Finish.After(promised)
	check.That(!later || r.Reason != "", "reason", "proposal.later_reason")
	check.That(utf8.RuneCountInString(r.Reason) <= MaxReason, "reason", "error.too_long", "max", MaxReason)
	if later {
		r.Promised = promised
	}
	return check.Err()
}
