package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// Submit takes a finished form: it is checked, registered or put to
// registration, routed to the agency that answers, and its clocks start. All
// of it is one write. A key or draft that was submitted before answers with
// the receipt of then and writes nothing.
//
// What is wrong is fault.Invalid with the fields text, rubric, territory, name
// and email.
func (e *Engine) Submit(ctx context.Context, in Submission) (Receipt, error) {
	if in.By.Kind == actor.Officer && !AtDesk(in.By) {
		return Receipt{}, fault.New(fault.Forbidden, "workflow.not_yours").With("action", string(Submit))
	}
	in.Text, in.Place.Address = clean(in.Text), clean(in.Place.Address)
	leaf, err := e.check(ctx, in)
	if err != nil {
		return Receipt{}, err
	}
	id, err := e.store.NextID(ctx)
	if err != nil {
		return Receipt{}, err
	}
	write, err := e.intake(ctx, id, in, leaf)
	if err != nil {
		return Receipt{}, err
	}
	stored, fresh, err := e.store.Intake(ctx, write)
	if err != nil {
		return Receipt{}, err
	}
	if !fresh {
		return e.earlier(ctx, stored)
	}
	r := e.receipt(&write.Appeal)
	r.Fresh = true
	return r, nil
}

func (e *Engine) receipt(a *Appeal) Receipt {
	return Receipt{ID: a.ID, Number: a.Number, Secret: e.Secret(a.ID), Stage: a.Stage, Agency: a.Agency, DueAt: a.DueAt}
}

// earlier is the receipt of an appeal that is there already.
func (e *Engine) earlier(ctx context.Context, id int64) (Receipt, error) {
	var r Receipt
	err := e.store.InTx(ctx, func(tx Tx) error {
		a, err := tx.FindAppeal(ctx, id)
		if err == nil {
			r = e.receipt(a)
		}
		return err
	})
	return r, err
}

// check tells everything that is wrong with a form at once. What another
// system took already, however short and nameless, is not refused here.
func (e *Engine) check(ctx context.Context, in Submission) (Leaf, error) {
	var check fault.Check
	imported, least, most := in.By.Kind == actor.System, MinText, MaxText
	if imported {
		least, most = 1, MaxImported
	}
	switch n := length(in.Text); {
	case n == 0:
		check.Fail("text", "workflow.text_required")
	case n < least:
		check.Fail("text", "workflow.text_short", "min", least)
	case n > most:
		check.Fail("text", "workflow.text_long", "max", most)
	}
	check.That(in.Rubric != "", "rubric", "workflow.rubric_required")
	check.That(in.Place.Territory != 0, "territory", "workflow.territory_required")
	if p := in.Place.Point; p != nil {
		ok := p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
		check.That(ok, "territory", "workflow.bad_point")
	}
	if in.Rubric == "" || in.Place.Territory == 0 {
		return Leaf{}, check.Err()
	}
	leaf, err := e.catalog.Leaf(ctx, in.Rubric, in.Place.Territory, in.Replies)
	var wrong *fault.Error
	switch {
	case errors.As(err, &wrong) && wrong.Kind == fault.Invalid:
		return Leaf{}, joined(check.Err(), wrong)
	case err != nil:
		return Leaf{}, err
	}
	check.That(leaf.Agency != 0 && leaf.Agency != in.Against, "rubric", "workflow.no_route")
	if !imported && (leaf.Contact || leaf.RuleSet == FZ59) {
		check.That(clean(in.Applicant.Name) != "", "name", "workflow.name_required")
		check.That(in.Applicant.Email != "" || in.Applicant.Phone != "", "email", "workflow.contact_required")
	}
	return leaf, check.Err()
}

// joined puts the wrong fields of two checks into one error.
func joined(first error, second *fault.Error) error {
	var e *fault.Error
	if !errors.As(first, &e) {
		return second
	}
	both := *e
	both.Fields = slices.Concat(e.Fields, second.Fields)
	return &both
}

// intake is all that one submission writes: the appeal as it stands after it
// was submitted and routed.
func (e *Engine) intake(ctx context.Context, id int64, in Submission, leaf Leaf) (Intake, error) {
	now := e.clock.Now()
	by := in.By
	if by.Kind == "" {
		by = actor.Author(id)
	}
	a := &Appeal{
		ID: id, Number: Number(id, now), RuleSet: leaf.RuleSet, Order: leaf.Order, Stage: StageDraft, Round: 1,
		RubricVersion: leaf.Version, Rubric: leaf.Code, Category: leaf.Category, Review: e.reviewOf(leaf),
		Place: in.Place, Agency: leaf.Agency, Against: in.Against, Text: in.Text, Replies: in.Replies,
		Source: in.Source, SourceAgency: in.SourceAgency, SubmittedAt: now, Version: 1, SameAs: in.SameAs,
	}
	in.Photos = e.settled(in.Photos, in.Place)
	out := Intake{Applicant: in.Applicant, Photos: in.Photos, Key: in.Key, Draft: in.Draft}
	for _, action := range []Action{Submit, Route} {
		event, rows, err := e.enter(ctx, a, by, action, now, in, leaf)
		if err != nil {
			return Intake{}, err
		}
		out.Events = append(out.Events, *event)
		out.Outbox = append(out.Outbox, rows...)
	}
	out.Appeal = *a
	return out, nil
}

// enter takes one of the two steps through the door.
func (e *Engine) enter(ctx context.Context, a *Appeal, by actor.Actor, action Action, now time.Time, in Submission, leaf Leaf) (*Event, []Outbox, error) {
	if action == Route {
		by = actor.Job
	}
	s, err := e.begin(by, a, Command{Action: action}, now)
	if err != nil {
		return nil, nil, err
	}
	t, err := find(a, nil, action, func(*Transition) bool { return true })
	if err != nil {
		return nil, nil, err
	}
	if err := s.take(ctx, t); err != nil {
		return nil, nil, err
	}
	if action == Submit {
		s.data.Rubric, s.data.Photos, s.data.TextHash, s.data.SameAs = a.Rubric, hashesOf(in.Photos), HashText(a.Text), a.SameAs
		if in.Source == FromDesk && in.Taken.Channel != "" {
			s.data.Taken = &in.Taken
		}
	} else {
		s.data.Rule, s.data.Lost = leaf.Rule, leaf.Lost
	}
	event, err := s.event(action)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.notices(t.Tell)
	return event, rows, err
}

// reviewOf is the time for review: the leaf's own, else that of a fast-track
// leaf, else that of the rule set.
func (e *Engine) reviewOf(leaf Leaf) calendar.Amount {
	switch {
	case !leaf.Review.IsZero():
		return leaf.Review
	case leaf.Order == Fast && leaf.RuleSet != FZ59:
		return deadline.FastTrack
	default:
		return e.rules[string(leaf.RuleSet)].Rules[deadline.Review].Amount
	}
}

func hashesOf(photos []Photo) []string {
	var out []string
	for _, p := range photos {
		out = append(out, p.SHA256)
	}
	return out
}
