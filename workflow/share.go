package workflow

import (
	"context"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/actor"
)

// ShareAnswer gives an appeal that is joined to a lead the lead's signed answer
// as its own: under its own number, with an event, and its own clock met at the
// instant of the head's signature. Pictures of what was done are shared.
//
// It can be asked for often and from anywhere: an answer that the appeal has
// already, or one for a lead that it has left, changes nothing.
func (e *Engine) ShareAnswer(ctx context.Context, appeal, lead, answer int64) error {
	return e.passing(ctx, appeal, lead, Share, func(tx Tx, a *Appeal) error {
		done, err := tx.Shared(ctx, a.ID, answer)
		if err != nil || done {
			return err
		}
		source, err := tx.FindSigned(ctx, answer)
		if err != nil {
			return err
		}
		photos, err := tx.ListPhotos(ctx, lead)
		if err != nil {
			return err
		}
		photos = slices.DeleteFunc(photos, func(p Photo) bool { return p.Answer != answer })
		history, err := tx.ListEvents(ctx, lead)
		if err != nil {
			return err
		}
		return e.share(ctx, tx, a, source, photos, letterheadOf(history, answer))
	})
}

func (e *Engine) share(ctx context.Context, tx Tx, a *Appeal, source *Answer, photos []Photo, head *Letterhead) error {
	s, err := e.begin(actor.Job, a, Command{Action: Share}, e.clock.Now())
	if err != nil {
		return err
	}
	s.lead, s.signed = Link{a.Lead, a.LeadNumber}, source.SignedAt
	if s.answer, err = tx.FindAnswer(ctx, a.ID, a.Round); err != nil {
		return err
	}
	if s.answer == nil {
		s.answer = newAnswer(a, source.Author, s.now)
	}
	own := s.answer
	own.Text, own.Outcome, own.PromisedOn, own.Ground = s.personal(source), source.Outcome, source.PromisedOn, source.Ground
	s.flags, s.data.Flags, s.reason = source.Flags, source.Flags, source.Reason
	own.Flags, own.Reason = source.Flags, source.Reason
	own.State, own.Author, own.Signer, own.SignedAt, own.SharedFrom = AnswerSigned, source.Author, source.Signer, source.SignedAt, source.ID
	t, err := line(actor.Job, a, own, Share)
	if err != nil {
		return err
	}
	s.data.Photos, s.data.Letterhead = hashesOf(photos), head
	if err := s.take(ctx, t); err != nil {
		return err
	}
	if err := s.write(ctx, tx, Share, t.Tell); err != nil {
		return err
	}
	copies := slices.Clone(photos)
	for i := range copies {
		copies[i].ID, copies[i].Answer = 0, own.ID
	}
	return tx.AddPhotos(ctx, a.ID, copies)
}

// personal is the text of a lead's answer for one that is joined: its own
// values in the places, its own number where the lead's stands.
func (s *step) personal(source *Answer) string {
	text := source.Text
	if source.Pattern != "" {
		text, _ = Fill(source.Pattern, PersonalFields(s.a, s.cal.Zone()))
	}
	return strings.ReplaceAll(text, s.a.LeadNumber, s.a.Number)
}

// fillAnswer puts the appeal's own values into the places of its answer, and
// keeps the text with the places for those that are joined.
func (s *step) fillAnswer() {
	text, _ := Fill(s.answer.Text, PersonalFields(s.a, s.cal.Zone()))
	if text != s.answer.Text {
		s.answer.Pattern, s.answer.Text = s.answer.Text, text
	}
}
