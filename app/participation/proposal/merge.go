package proposal

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

// MergeState is where a merge stands.
type MergeState string

// The states of a merge.
const (
	Asked    MergeState = "asked"
	Done     MergeState = "done"
	Declined MergeState = "declined"
	Lapsed   MergeState = "lapsed" // somebody was silent
	Undone   MergeState = "undone"
)

// Merge puts proposals together, once all their authors consented.
type Merge struct {
	ID       int64      `json:"-"`
	Campaign int64      `json:"-"`
	State    MergeState `json:"-"`
	Until    time.Time  `json:"-"` // silence by then is «no»
	Body     Body       `json:"body"`
	Parts    []Part     `json:"parts"`
	Made     int64      `json:"made,omitempty"` // the proposal, once it is done
	By       int64      `json:"by"`
	Why      string     `json:"why"` // what the organiser says to the authors
}

// Part is a proposal of a merge.
type Part struct {
	Proposal int64    `json:"proposal"`
	Title    string   `json:"title"`
	Was      State    `json:"was,omitempty"` // before it was merged
	Answers  []Answer `json:"answers"`       // of its authors, in their order
}

// MaxParts is how many proposals a merge may have.
const MaxParts = 20

func (m *Merge) has(proposal int64) bool { return m.part(proposal) != nil }

func (m *Merge) part(proposal int64) *Part {
	i := slices.IndexFunc(m.Parts, func(p Part) bool { return p.Proposal == proposal })
	if i < 0 {
		return nil
	}
	return &m.Parts[i]
}

// Answer is what an author of one of the proposals said, "" for nothing yet.
func (m *Merge) Answer(proposal int64, author int) Answer {
	if p := m.part(proposal); p != nil && author < len(p.Answers) {
		return p.Answers[author]
	}
	return ""
}

// Waits is how many authors have not answered.
func (m *Merge) Waits() int {
	n := 0
	for _, p := range m.Parts {
		for _, a := range p.Answers {
			if a == "" {
				n++
			}
		}
	}
	return n
}

// AskMerge asks the authors of proposals whether they consent to one proposal of
// them all. The organiser's own, made of appeals, have nobody to ask.
func (s *Proposals) AskMerge(ctx context.Context, by actor.Actor, campaign int64, proposals []int64, body Body, why string) (*Merge, error) {
	m := &Merge{Campaign: campaign, State: Asked, Body: body, By: by.User, Why: strings.TrimSpace(why)}
	err := s.Store.Propose(ctx, campaign, func(tx Tx) error {
		if err := mayMerge(tx, by); err != nil {
			return err
		}
		typed := Typed{Body: body, Name: "-"}
		var check fault.Check
		if err := check.Take(typed.Check(0)); err != nil {
			return err
		}
		check.That(m.Why != "", "why", "proposal.why_needed")
		check.That(len([]rune(m.Why)) <= MaxReason, "why", "error.too_long", "max", MaxReason)
		proposals = slices.Compact(slices.Sorted(slices.Values(proposals)))
		check.That(len(proposals) >= 2 && len(proposals) <= MaxParts, "parts", "proposal.merge_two", "max", MaxParts)
		if err := check.Err(); err != nil {
			return err
		}
		others, err := tx.ListMerges()
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		m.Until = now.Add(time.Duration(tx.Phases().AnswerDays) * day)
		for _, id := range proposals {
			p, err := tx.Find(id)
			if err != nil {
				return err
			}
			if _, ok := find(Join, p.State, ""); !ok {
				return fault.New(fault.Conflict, "proposal.merge_state").With("title", p.Body.Title)
			}
			if slices.ContainsFunc(others, func(o Merge) bool { return o.State == Asked && o.has(id) }) {
				return fault.New(fault.Conflict, "proposal.merge_asked")
			}
			m.Parts = append(m.Parts, Part{Proposal: id, Title: p.Body.Title, Answers: make([]Answer, len(p.Authors))})
		}
		if err := tx.CreateMerge(m); err != nil {
			return err
		}
		for _, part := range m.Parts {
			for i := range part.Answers {
				if err := tx.Letter(Message{Campaign: campaign, Proposal: part.Proposal, Author: i, Key: "merge_asked", Merge: m.ID}); err != nil {
					return err
				}
			}
		}
		if m.Waits() == 0 {
			return s.join(tx, m, now)
		}
		return nil
	})
	return m, err
}

func mayMerge(tx Tx, by actor.Actor) error {
	c := tx.Campaign()
	if !participation.MayOrganise(by, c.Agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	if c.State != participation.Draft {
		return fault.New(fault.Conflict, "proposal.frozen")
	}
	return nil
}

// AnswerMerge is an author's answer to a merge. Given twice it is one.
func (s *Proposals) AnswerMerge(ctx context.Context, campaign, merge, proposal int64, author int, answer Answer) (*Merge, error) {
	if answer != Yes && answer != No {
		var check fault.Check
		check.Fail("answer", "proposal.answer_needed")
		return nil, check.Err()
	}
	var out *Merge
	err := s.Store.Propose(ctx, campaign, func(tx Tx) error {
		m, err := tx.FindMerge(merge)
		if err != nil {
			return err
		}
		out = m
		part := m.part(proposal)
		now := s.Clock.Now()
		switch {
		case part == nil || author >= len(part.Answers):
			return fault.New(fault.Forbidden, "error.forbidden")
		case part.Answers[author] == answer:
			return nil
		case m.State != Asked || part.Answers[author] != "":
			return fault.New(fault.Conflict, "proposal.answered")
		case !now.Before(m.Until):
			return fault.New(fault.Gone, "proposal.answer_late")
		}
		part.Answers[author] = answer
		if answer == No {
			return endMerge(tx, m, Declined)
		}
		if m.Waits() > 0 {
			return tx.SaveMerge(m)
		}
		return s.join(tx, m, now)
	})
	return out, err
}

// endMerge ends a merge that did not come about, and tells all authors.
func endMerge(tx Tx, m *Merge, to MergeState) error {
	m.State = to
	for _, part := range m.Parts {
		for i := range part.Answers {
			err := tx.Letter(Message{Campaign: m.Campaign, Proposal: part.Proposal, Author: i, Key: "merge_" + string(to), Merge: m.ID})
			if err != nil {
				return err
			}
		}
	}
	return tx.SaveMerge(m)
}

// join makes one proposal of those of a merge. Who wrote several of them is named
// once.
func (s *Proposals) join(tx Tx, m *Merge, now time.Time) error {
	made := &Proposal{Campaign: m.Campaign, State: Published, Body: m.Body, CreatedAt: now, ChangedAt: now}
	made.Body.Merge, made.Body.Estimate = m.ID, nil
	var parts []*Proposal
	for i := range m.Parts {
		p, err := tx.Find(m.Parts[i].Proposal)
		if err != nil {
			return err
		}
		if _, ok := find(Join, p.State, ""); !ok {
			return endMerge(tx, m, Lapsed) // one went another way meanwhile
		}
		parts = append(parts, p)
		made.Body.Parts = append(made.Body.Parts, p.ID)
		made.Body.Appeals += p.Body.Appeals
		if made.Body.Photo == "" {
			made.Body.Photo = p.Body.Photo
		}
		for _, a := range p.Authors {
			if !slices.ContainsFunc(made.Authors, func(b Author) bool { return a.Person == b.Person }) {
				a.Agreed = ""
				made.Authors = append(made.Authors, a)
			}
		}
	}
	if err := tx.Create(made); err != nil {
		return err
	}
	if err := tx.Note(Note{Proposal: made.ID, N: 1, At: now, By: m.By, Action: Create, To: Published, Reason: m.Why}); err != nil {
		return err
	}
	for i, p := range parts {
		m.Parts[i].Was, p.MergedInto = p.State, made.ID
		if err := take(tx, p, Note{At: now, By: m.By, Action: Join, More: More{Other: made.ID}}, ""); err != nil {
			return err
		}
	}
	m.State, m.Made = Done, made.ID
	return tx.SaveMerge(m)
}

// UndoMerge makes the proposals of a merge stand alone again. What became a project
// is taken out first.
func (s *Proposals) UndoMerge(ctx context.Context, by actor.Actor, campaign, merge int64, reason string) (*Merge, error) {
	var out *Merge
	err := s.Store.Propose(ctx, campaign, func(tx Tx) error {
		if err := mayMerge(tx, by); err != nil {
			return err
		}
		m, err := tx.FindMerge(merge)
		if err != nil {
			return err
		}
		out = m
		if m.State != Done {
			return fault.New(fault.Conflict, "proposal.not_now")
		}
		made, err := tx.Find(m.Made)
		if err != nil {
			return err
		}
		if made.State == Project {
			return fault.New(fault.Conflict, "proposal.take_out_first")
		}
		n := Note{At: s.Clock.Now(), By: by.User, Action: Undo, Reason: reason}
		if err := take(tx, made, n, Dissolved); err != nil {
			return err
		}
		for _, part := range m.Parts {
			p, err := tx.Find(part.Proposal)
			if err != nil {
				return err
			}
			p.MergedInto = 0
			if err := take(tx, p, n, part.Was); err != nil {
				return err
			}
		}
		m.State = Undone
		return tx.SaveMerge(m)
	})
	return out, err
}
