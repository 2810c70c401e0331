package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// NoDraft is the version of an answer that nobody had begun.
const NoDraft = -1

// stale reports whether the answer in the making, nil where there is none, is
// another than that which was seen.
func stale(seen int, answer *Answer) bool {
	switch {
	case seen == 0:
		return false
	case answer == nil:
		return seen != NoDraft
	default:
		return seen != answer.Version
	}
}

// MaxPhotos is how many pictures may be attached at once.
const MaxPhotos = 10

// SaveAnswerDraft keeps an answer in the making: no event, no clock moves, the
// appeal stays as it is. Whoever may submit the answer may save it, half done.
// Version is that of the draft that was seen, 0 takes any, [NoDraft] none; a
// stale one is a Conflict.
func (e *Engine) SaveAnswerDraft(ctx context.Context, by actor.Actor, appeal int64, version int, text string, outcome Outcome, promisedOn time.Time, ground string) (*Answer, error) {
	text, ground = clean(text), clean(ground)
	var check fault.Check
	check.That(length(text) <= MaxAnswer, "text", "workflow.text_long", "max", MaxAnswer)
	check.That(length(ground) <= MaxReason, "ground", "workflow.text_long", "max", MaxReason)
	check.That(outcome == "" || slices.Contains(Outcomes, outcome), "outcome", "workflow.outcome_required")
	if err := check.Err(); err != nil {
		return nil, err
	}
	var out *Answer
	err := e.store.InTx(ctx, func(tx Tx) error {
		a, err := tx.FindAppeal(ctx, appeal)
		if err != nil {
			return err
		}
		if err := Can(by, a, SubmitAnswer); err != nil {
			return err
		}
		out, err = tx.FindAnswer(ctx, a.ID, a.Round)
		if err != nil {
			return err
		}
		if stale(version, out) {
			return fault.New(fault.Conflict, "workflow.stale_draft")
		}
		if out == nil {
			out = newAnswer(a, by.User, e.clock.Now())
		}
		out.Text, out.Outcome, out.Ground, out.PromisedOn = text, outcome, ground, time.Time{}
		if !promisedOn.IsZero() {
			out.PromisedOn = e.Calendar().EndOf(e.Calendar().DayOf(promisedOn))
		}
		out.Author, out.UpdatedAt = by.User, e.clock.Now()
		next := out.Version + 1
		if err := tx.SaveAnswer(ctx, out); err != nil {
			return err
		}
		out.Version = next
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// AttachPhotos adds pictures: an executor's to the answer in the making (which
// is begun if there is none), a citizen's, while they are asked for more or
// after they told of it at the desk, to the appeal. The event keeps their hashes, so that none can be exchanged
// later. Clocks don't move.
func (e *Engine) AttachPhotos(ctx context.Context, by actor.Actor, appeal int64, photos []Photo) (*Appeal, error) {
	var check fault.Check
	check.That(len(photos) > 0, "photos", "workflow.photos_required")
	check.That(len(photos) <= MaxPhotos, "photos", "workflow.photos_many", "max", MaxPhotos)
	if err := check.Err(); err != nil {
		return nil, err
	}
	var out *Appeal
	err := e.store.InTx(ctx, func(tx Tx) error {
		a, err := tx.FindAppeal(ctx, appeal)
		if err != nil {
			return err
		}
		t, err := line(by, a, nil, Attach)
		if err != nil {
			return err
		}
		if by.Kind != actor.Officer && a.Stage != StageClarification {
			had, err := tx.ListPhotos(ctx, a.ID)
			if err != nil {
				return err
			}
			had = slices.DeleteFunc(had, func(p Photo) bool { return p.Answer != 0 })
			check.That(len(had)+len(photos) <= MaxPhotos, "photos", "workflow.photos_many", "max", MaxPhotos)
			if err := check.Err(); err != nil {
				return err
			}
		}
		s, err := e.begin(by, a, Command{Action: Attach}, e.clock.Now())
		if err != nil {
			return err
		}
		added := e.settled(photos, a.Place)
		if by.Kind == actor.Officer {
			if err := s.beginAnswer(ctx, tx); err != nil {
				return err
			}
			s.data.Answer = s.answer.ID
		}
		for i := range added {
			added[i].Answer = s.data.Answer
		}
		if err := tx.AddPhotos(ctx, a.ID, added); err != nil {
			return err
		}
		s.data.Photos = hashesOf(added)
		if err := s.take(ctx, t); err != nil {
			return err
		}
		out = a
		return s.write(ctx, tx, Attach, t.Tell)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// beginAnswer makes sure that there is an answer to attach to.
func (s *step) beginAnswer(ctx context.Context, tx Tx) error {
	var err error
	if s.answer, err = tx.FindAnswer(ctx, s.a.ID, s.a.Round); err != nil || s.answer != nil {
		return err
	}
	s.answer = newAnswer(s.a, s.by.User, s.now)
	return tx.SaveAnswer(ctx, s.answer)
}
