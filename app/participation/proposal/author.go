package proposal

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
)

// Keep keeps a proposal as a draft; sent to the author's page it can be gone on
// with. Wrong is nil where it could be sent as it is: then a code goes to the
// author's mailbox, and code is its id.
func (s *Proposals) Keep(ctx context.Context, campaign int64, in Typed, l lang.Lang, send bool) (p *Proposal, code string, err error) {
	now := s.Clock.Now()
	phases, err := s.taking(ctx, campaign, now)
	if err != nil {
		return nil, "", err
	}
	var check fault.Check
	author, err := s.author(campaign, &in, l)
	wrong := in.CheckDraft()
	if send {
		wrong = in.Check(phases.Ceiling)
	}
	if err := errors.Join(check.Take(err), check.Take(wrong), check.Err()); err != nil {
		return nil, "", err
	}
	p = &Proposal{Campaign: campaign, State: Draft, Body: in.Body, Authors: []Author{author}, CreatedAt: now, ChangedAt: now}
	err = s.Store.Propose(ctx, campaign, func(tx Tx) error {
		if err := tx.Create(p); err != nil {
			return err
		}
		if err := tx.Note(Note{Proposal: p.ID, N: 1, At: now, Action: Create, To: Draft}); err != nil {
			return err
		}
		if send {
			return nil
		}
		return tx.Letter(Message{Campaign: campaign, Proposal: p.ID, Key: "draft", Note: 1})
	})
	if err != nil || !send {
		return p, "", err
	}
	code, err = s.SendCode(ctx, p, 0)
	return p, code, err
}

// author reads who proposes.
func (s *Proposals) author(campaign int64, in *Typed, l lang.Lang) (Author, error) {
	var check fault.Check
	box, ok := participation.Mailbox(in.Email)
	check.That(ok, "email", "voter.email")
	return Author{Person: Person(s.Key, campaign, box), Name: in.Name, Email: strings.TrimSpace(in.Email), Lang: string(l)}, check.Err()
}

// taking finds the phases of a campaign that takes proposals now. The error says
// why it doesn't.
func (s *Proposals) taking(ctx context.Context, campaign int64, now time.Time) (*Phases, error) {
	p, err := s.Store.FindPhases(ctx, campaign)
	if err != nil {
		return nil, err
	}
	c, err := s.Campaigns.FindCampaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	switch {
	case !p.Announced:
		return nil, fault.New(fault.NotFound, "error.not_found")
	case c.State != participation.Draft: // published early, its terms are frozen
		return nil, fault.New(fault.Gone, "proposal.frozen")
	case now.Before(p.ProposeFrom):
		return nil, fault.New(fault.Conflict, "proposal.early")
	case !p.Takes(now):
		return nil, fault.New(fault.Gone, "proposal.late")
	}
	return p, nil
}

// SendCode sends a code to an author's mailbox and returns its id.
func (s *Proposals) SendCode(ctx context.Context, p *Proposal, author int) (string, error) {
	a := p.Authors[author]
	return s.code(ctx, p.Campaign, a.Person, a.Email, lang.Lang(a.Lang))
}

func (s *Proposals) code(ctx context.Context, campaign int64, person [32]byte, email string, l lang.Lang) (string, error) {
	digits, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	now := s.Clock.Now()
	c := participation.Code{
		ID: rand.Text(), Campaign: campaign, Person: person, Email: email, Digits: fmt.Sprintf("%06d", digits), Lang: string(l),
		Purpose: Purpose, Expires: now.Add(participation.CodeLife),
	}
	return c.ID, s.Codes.CreateCode(ctx, c, now)
}

// Purpose marks the codes that are not for voting.
const Purpose = "proposal"

// try compares a code that came by e-mail with what was typed.
func (s *Proposals) try(ctx context.Context, campaign int64, id, digits string) (*participation.Code, error) {
	code, err := s.Codes.TryCode(ctx, id, s.Clock.Now())
	if err != nil {
		return nil, err
	}
	digits = strings.Join(strings.Fields(digits), "")
	right := code.Purpose == Purpose && code.Campaign == campaign
	if !right || subtle.ConstantTimeCompare([]byte(digits), []byte(code.Digits)) != 1 {
		var check fault.Check
		check.Fail("code", "voter.code_wrong", "left", max(0, participation.MaxTries-code.Tries))
		return nil, check.Err()
	}
	return code, nil
}

// Confirm sends a draft to the organiser once its author entered the code. Done
// again it changes nothing.
func (s *Proposals) Confirm(ctx context.Context, campaign, id int64, author int, code, digits string) (*Proposal, error) {
	known, err := s.try(ctx, campaign, code, digits)
	if err != nil {
		return nil, err
	}
	phases, err := s.taking(ctx, campaign, s.Clock.Now())
	if err != nil {
		return nil, err
	}
	var again *Proposal
	p, err := s.change(ctx, campaign, id, Submit, func(tx Tx, p *Proposal, _ *Note) (State, error) {
		if author >= len(p.Authors) || p.Authors[author].Person != known.Person {
			return "", fault.New(fault.Forbidden, "error.forbidden")
		}
		if p.State == Moderation {
			again = p
			return "", errNothing
		}
		if p.State != Draft {
			return "", fault.New(fault.Conflict, "proposal.not_now")
		}
		if err := complete(p, author, phases); err != nil {
			return "", err
		}
		n, err := tx.CountOf(known.Person)
		if err != nil {
			return "", err
		}
		if n >= phases.PerPerson {
			return "", fault.New(fault.Conflict, "proposal.limit").With("max", phases.PerPerson)
		}
		return "", nil
	})
	if again != nil {
		return again, nil
	}
	return p, err
}

func complete(p *Proposal, author int, phases *Phases) error {
	t := Typed{Body: p.Body, Name: p.Authors[author].Name, Email: p.Authors[author].Email}
	return t.Check(phases.Ceiling)
}

// Change is a new text of the author. Send says that a returned proposal goes back
// to the organiser with it. The photo stays where none is given.
func (s *Proposals) Change(ctx context.Context, campaign, id int64, author, version int, in Typed, send bool) (*Proposal, error) {
	a := Edit
	p, err := s.Store.FindProposal(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.State == Returned && send {
		a = Submit
	}
	return s.change(ctx, campaign, id, a, func(tx Tx, p *Proposal, n *Note) (State, error) {
		if err := writes(tx, p, author, version, n.At); err != nil {
			return "", err
		}
		if err := in.CheckDraft(); err != nil {
			return "", err
		}
		if p.State != Draft || send {
			if err := in.Check(tx.Phases().Ceiling); err != nil {
				return "", err
			}
		}
		b := &p.Body
		b.Title, b.Text, b.Place, b.Territory, b.Point, b.Cost = in.Title, in.Text, in.Place, in.Territory, in.Point, in.Cost
		if in.Photo != "" {
			b.Photo = in.Photo
		}
		p.Authors[author].Name = in.Name
		return "", nil
	})
}

// writes reports why the author may not change the proposal now.
func writes(tx Tx, p *Proposal, author, version int, now time.Time) error {
	switch {
	case author >= len(p.Authors):
		return fault.New(fault.Forbidden, "error.forbidden")
	case len(p.Authors) > 1 || p.Body.Merge != 0:
		return fault.New(fault.Conflict, "proposal.merged_stays")
	case version != p.Version:
		return fault.New(fault.Conflict, "proposal.changed_meanwhile")
	case !now.Before(tx.Phases().CheckUntil):
		return fault.New(fault.Gone, "proposal.late")
	}
	merges, err := tx.ListMerges()
	if err != nil {
		return err
	}
	for i := range merges {
		if merges[i].State == Asked && merges[i].has(p.ID) {
			return fault.New(fault.Conflict, "proposal.merge_asked")
		}
	}
	return nil
}

// WithdrawAs ends a proposal, before its check has begun.
func (s *Proposals) WithdrawAs(ctx context.Context, campaign, id int64, author int, version int) (*Proposal, error) {
	return s.change(ctx, campaign, id, Withdraw, func(tx Tx, p *Proposal, n *Note) (State, error) {
		return "", writes(tx, p, author, version, n.At)
	})
}

// Consent is an author's answer to the changes that the agency asks for, given
// once. All authors have to agree; one «no» is enough.
func (s *Proposals) Consent(ctx context.Context, campaign, id int64, author int, answer Answer) (*Proposal, error) {
	if answer != Yes && answer != No {
		var check fault.Check
		check.Fail("answer", "proposal.answer_needed")
		return nil, check.Err()
	}
	var out *Proposal
	err := s.Store.Propose(ctx, campaign, func(tx Tx) error {
		p, err := tx.Find(id)
		if err != nil {
			return err
		}
		out = p
		switch {
		case author >= len(p.Authors):
			return fault.New(fault.Forbidden, "error.forbidden")
		case p.Authors[author].Agreed == answer:
			return nil // pressed twice
		case p.State != Changes || p.Authors[author].Agreed != "":
			return fault.New(fault.Conflict, "proposal.answered")
		case !s.Clock.Now().Before(p.AnswerBy):
			return fault.New(fault.Gone, "proposal.answer_late")
		}
		p.Authors[author].Agreed = answer
		n := Note{At: s.Clock.Now(), Action: Agree}
		for _, a := range p.Authors {
			if a.Agreed == "" && answer == Yes {
				return tx.Save(p) // others have not answered
			}
		}
		if answer == No {
			n.Action = Disagree
		}
		return take(tx, p, n, "")
	})
	return out, err
}
