package workflow

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// MaxJoin is how many appeals can be joined to a lead at once.
const MaxJoin = 100

// Join joins appeals to a lead: one problem, many applicants. From here on the
// lead alone is worked, and its signed answers are given to each of the others
// under its own number. No review moves: each keeps its own date. Version is
// that of the lead.
//
// All are joined or none. Conflict: one of them can't be, which the error's
// parameter «number» names, or the lead can't take others in. Invalid: the
// field «appeals».
func (e *Engine) Join(ctx context.Context, by actor.Actor, lead int64, version int, appeals []int64) (*Appeal, error) {
	ids := slices.Clone(appeals)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var check fault.Check
	check.That(len(ids) > 0, "appeals", "workflow.join_whom")
	check.That(len(ids) <= MaxJoin, "appeals", "workflow.join_many", "max", MaxJoin)
	check.That(!slices.Contains(ids, lead), "appeals", "workflow.join_itself")
	if err := check.Err(); err != nil {
		return nil, err
	}
	var out *Appeal
	err := e.store.InTx(ctx, func(tx Tx) error {
		// Those that join are held before the lead, as in leaving: so none waits
		// for another that waits for it.
		others := make([]*Appeal, len(ids))
		for i, id := range ids {
			var err error
			if others[i], err = tx.FindAppeal(ctx, id); err != nil {
				return err
			}
		}
		a, err := tx.FindAppeal(ctx, lead)
		if err != nil {
			return err
		}
		if err := current(by, a, version); err != nil {
			return err
		}
		out = a
		return e.gather(ctx, tx, by, a, others)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// gather is the step of the lead, with those of the others.
func (e *Engine) gather(ctx context.Context, tx Tx, by actor.Actor, a *Appeal, others []*Appeal) error {
	t, err := line(by, a, nil, Gather)
	if err != nil {
		return err
	}
	s, err := e.begin(by, a, Command{Action: Gather}, e.clock.Now())
	if err != nil {
		return err
	}
	for _, other := range others {
		if err := e.join(ctx, tx, by, other, a); err != nil {
			return err
		}
		s.data.Joined = append(s.data.Joined, linkTo(other))
	}
	if err := s.take(ctx, t); err != nil {
		return err
	}
	return s.write(ctx, tx, Gather, t.Tell)
}

// JoinAsSaid joins an appeal to the one that its author said to be about the
// same, or to that one's lead. Where either can't be (any more), or another
// agency has it, the appeal goes on alone, and its author loses nothing.
//
// It can be asked for often: an appeal is joined so once in its life, so that
// who took it out isn't overruled.
func (e *Engine) JoinAsSaid(ctx context.Context, appeal, said int64) error {
	return e.store.InTx(ctx, func(tx Tx) error {
		a, err := tx.FindAppeal(ctx, appeal)
		if err != nil {
			return err
		}
		if a.SameAs != said || said == a.ID || !may(a, Join) {
			return nil
		}
		events, err := tx.ListEvents(ctx, a.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(events, func(e Event) bool { return e.Action == Join }) {
			return nil
		}
		lead, err := tx.FindAppeal(ctx, said)
		if err == nil && lead.Lead != 0 && lead.Lead != a.ID {
			lead, err = tx.FindAppeal(ctx, lead.Lead)
		}
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if lead.Agency != a.Agency || !may(lead, Gather) {
			return nil
		}
		draft, err := tx.FindAnswer(ctx, a.ID, a.Round)
		if err != nil || draft != nil {
			return err
		}
		return e.gather(ctx, tx, actor.Job, lead, []*Appeal{a})
	})
}

// may reports whether a job may take the step now.
func may(a *Appeal, action Action) bool { return Can(actor.Job, a, action) == nil }

// join is the step of one that joins.
func (e *Engine) join(ctx context.Context, tx Tx, by actor.Actor, a, lead *Appeal) error {
	if !CanSee(by, a) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	if a.Agency != lead.Agency {
		return fault.New(fault.Conflict, "workflow.other_agency").With("number", a.Number)
	}
	t, err := line(by, a, nil, Join)
	if err != nil {
		return named(err, a.Number)
	}
	draft, err := tx.FindAnswer(ctx, a.ID, a.Round)
	if err != nil {
		return err
	}
	if draft != nil && draft.Text != "" { // what somebody has written isn't thrown away
		return fault.New(fault.Conflict, "workflow.join_drafted").With("number", a.Number)
	}
	s, err := e.begin(by, a, Command{Action: Join}, e.clock.Now())
	if err != nil {
		return err
	}
	s.lead = linkTo(lead)
	if err := s.take(ctx, t); err != nil {
		return err
	}
	return s.write(ctx, tx, Join, t.Tell)
}

// named says which of several appeals a conflict is about.
func named(err error, number string) error {
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "workflow.join_refused", err).With("number", number)
	}
	return err
}

// release tells the lead that the appeal of a step has left it.
func (e *Engine) release(ctx context.Context, tx Tx, of *step) error {
	if of.lead.Appeal == 0 || of.a.Lead != 0 {
		return nil
	}
	a, err := tx.FindAppeal(ctx, of.lead.Appeal)
	if err != nil {
		return err
	}
	by := of.by
	if by.Kind != actor.Officer { // the author of one appeal is nobody in the other
		by = actor.Job
	}
	s, err := e.begin(by, a, Command{Action: Release}, of.now)
	if err != nil {
		return err
	}
	t, err := find(a, nil, Release, func(*Transition) bool { return true })
	if err != nil {
		return err
	}
	s.data.Joined = []Link{linkTo(of.a)}
	if err := s.take(ctx, t); err != nil {
		return err
	}
	return s.write(ctx, tx, Release, t.Tell)
}

// Passing is what a lead passes on to one that is joined: the payload of
// TopicShareAnswer and TopicLeave.
type Passing struct {
	Lead   int64 `json:"lead"`
	Answer int64 `json:"answer,omitempty"`
}

// passed makes the outbox rows of what goes on to those that are joined.
func (s *step) passed(ctx context.Context, tx Tx) ([]Outbox, error) {
	ids, err := tx.ListJoined(ctx, s.a.ID)
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(Passing{Lead: s.a.ID, Answer: s.data.Answer})
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "error.internal", err)
	}
	rows := make([]Outbox, len(ids))
	for i, id := range ids {
		rows[i] = Outbox{Topic: s.passes, Appeal: id, Event: s.a.Events, Payload: string(payload)}
	}
	return rows, nil
}

// LetGo takes an appeal out of a lead that ended without an answer. Nothing
// happens where it isn't joined to it any more: it can be asked for often.
func (e *Engine) LetGo(ctx context.Context, appeal, lead int64) error {
	return e.passing(ctx, appeal, lead, Leave, func(tx Tx, a *Appeal) error {
		t, err := line(actor.Job, a, nil, Leave)
		if err != nil {
			return err
		}
		s, err := e.begin(actor.Job, a, Command{Action: Leave}, e.clock.Now())
		if err != nil {
			return err
		}
		if err := s.take(ctx, t); err != nil {
			return err
		}
		if err := s.write(ctx, tx, Leave, t.Tell); err != nil {
			return err
		}
		return e.release(ctx, tx, s)
	})
}

// passing does something to an appeal that is still joined to the lead and at
// a stage where it can be done.
func (e *Engine) passing(ctx context.Context, appeal, lead int64, action Action, do func(tx Tx, a *Appeal) error) error {
	return e.store.InTx(ctx, func(tx Tx) error {
		a, err := tx.FindAppeal(ctx, appeal)
		if err != nil {
			return err
		}
		if a.Lead != lead {
			return nil
		}
		if err := Can(actor.Job, a, action); err != nil {
			return nil //nolint:nilerr // it was done before, or is owed no more
		}
		return do(tx, a)
	})
}

// PersonalFields are the places of an answer that differ for each applicant.
// zone is that of the region.
func PersonalFields(a *Appeal, zone *time.Location) map[string]string {
	return map[string]string{
		"number": a.Number, "date": a.SubmittedAt.In(zone).Format("02.01.2006"), "address": a.Place.Address,
	}
}
