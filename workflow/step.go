package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/conscience"
	"github.com/otklik/otklik/workflow/deadline"
)

// step is one transition while it is made: what its inputs, effects and clocks
// read and change. Nothing of it is written before all of it went well.
type step struct {
	by        actor.Actor
	a         *Appeal
	cmd       Command // cleaned
	answer    *Answer // not signed yet, nil where there is none
	now       time.Time
	cal       *calendar.Calendar
	rules     deadline.RuleSet
	directory Directory
	catalog   Catalog
	leaf      Leaf // the topic of a retopic

	parts  []Part            // of a split
	lead   Link              // the appeal that this one joins, leaves or is answered with
	signed time.Time         // when the lead's answer was signed, zero for the answer of one's own
	joins  int64             // the lead that it asks to be joined to, 0 for none
	passes Topic             // what goes on to those that are joined, "" for nothing
	flags  []conscience.Code // what speaks against the answer that is signed

	data     EventData
	saves    bool      // the answer was changed
	opinion  *Opinion  // of a.Opinions, that the step is about
	dropped  []Opinion // by the step
	added    []string  // texts of new items
	items    []Item    // before the step
	opinions []Opinion // before the step
	agency   int64     // before the step
	due      time.Time
	from     Stage
	reason   string
}

// slack is how far the clocks of two nodes may be apart without a word of it.
const slack = 2 * time.Minute

// notBefore is now, or the instant of the latest that happened to the appeal
// where that is later: the clock of this node is behind, or was ahead.
func (a *Appeal) notBefore(now time.Time) time.Time {
	last := a.LastAt
	for i := range a.Deadline {
		for _, t := range []time.Time{a.Deadline[i].StartsAt, a.Deadline[i].PausedAt, a.Deadline[i].EndedAt} {
			if last.Before(t) {
				last = t
			}
		}
	}
	if now.Before(last) {
		return last
	}
	return now
}

// begin freezes the present state of an appeal. A step is never earlier than
// what it follows (ADR 0017).
func (e *Engine) begin(by actor.Actor, a *Appeal, cmd Command, now time.Time) (*step, error) {
	rules, ok := e.rules[string(a.RuleSet)]
	if !ok {
		return nil, fault.New(fault.Internal, "workflow.no_rules").With("rules", string(a.RuleSet))
	}
	at := a.notBefore(now)
	var data EventData
	if behind := at.Sub(now); behind > slack {
		data.Behind = int(behind / time.Second)
	}
	return &step{
		by: by, a: a, cmd: cmd.cleaned(), now: at, data: data, cal: e.Calendar(), rules: rules.WithReview(a.Review),
		directory: e.directory, catalog: e.catalog, agency: a.Agency, due: a.DueAt, from: a.Stage,
		items: slices.Clone(a.Items), opinions: slices.Clone(a.Opinions),
	}, nil
}

// cleaned makes the texts fit to keep, and Reason and Text one.
func (c Command) cleaned() Command {
	c.Reason, c.Text, c.Ground = clean(c.Reason), clean(c.Text), clean(c.Ground)
	if c.Reason == "" {
		c.Reason = c.Text
	}
	if c.Text == "" && c.Action != SubmitAnswer {
		c.Text = c.Reason
	}
	return c
}

// take performs a line of the table: inputs, effects, clocks, stage.
func (s *step) take(ctx context.Context, t *Transition) error {
	s.data.For = t.inPlaceOf(s.by, s.a)
	var check fault.Check
	for _, in := range t.Needs {
		if err := in.read(ctx, s, &check); err != nil {
			return err
		}
	}
	if err := check.Err(); err != nil {
		return err
	}
	for _, e := range t.Effects {
		e.apply(s)
	}
	for _, tick := range t.Clocks {
		if err := s.tick(tick); err != nil {
			return err
		}
	}
	if t.To != "" {
		s.a.Stage = t.To
	}
	s.settle()
	return nil
}

// settle brings what the appeal shows of its clocks in line with them.
func (s *step) settle() {
	s.a.DueAt = time.Time{}
	if d := s.a.Open(deadline.Review); d != nil && d.Running() {
		s.a.DueAt = d.DueAt
	}
	s.a.Level = 0
	for i := range s.a.Deadline {
		if d := &s.a.Deadline[i]; d.State == deadline.Open {
			// d.Step is the one to come; the day before it was told.
			s.a.Level = max(s.a.Level, deadline.Level(deadline.Overdue(d.Step.OverdueDays()-1)))
		}
	}
}

// event makes the line of history and chains it to the appeal's last.
func (s *step) event(action Action) (*Event, error) {
	a := s.a
	if !slices.Equal(s.items, a.Items) {
		s.data.ItemsHash = HashItems(a.Items)
	}
	s.data.Opinions = s.marks()
	e := &Event{
		Appeal: a.ID, N: a.Events + 1, At: s.now, ActorKind: s.by.Kind, Actor: s.by.User, Agency: a.Agency,
		Action: action, From: s.from, To: a.Stage, Reason: s.reason, DueBefore: s.due, DueAfter: a.DueAt,
		Data: s.data, PrevHash: a.Hash,
	}
	sum, err := HashEvent(e)
	if err != nil {
		return nil, err
	}
	e.Hash = sum
	a.Events, a.Hash, a.LastAt = e.N, e.Hash, e.At
	return e, nil
}

// done is when the answer was given: that of a lead counts from its signature,
// however long it took to reach those that are joined.
func (s *step) done() time.Time {
	if s.signed.IsZero() {
		return s.now
	}
	return s.signed
}

// met is the instant at which a clock is met.
func (s *step) met(d deadline.Deadline) time.Time {
	if at := s.done(); at.After(d.StartsAt) {
		return at
	}
	return d.StartsAt
}

// passOn sends something to each appeal that is joined, after the commit.
func (s *step) passOn(topic Topic) {
	if s.a.Joined > 0 {
		s.passes = topic
	}
}

// nextN is the number of the next clock.
func (s *step) nextN() int {
	n := 0
	for i := range s.a.Deadline {
		n = max(n, s.a.Deadline[i].N)
	}
	return n + 1
}

// tick does one thing to the clock of a kind.
func (s *step) tick(t Tick) error {
	if t.Do == Opens {
		return s.open(t.Kind)
	}
	for i := range s.a.Deadline {
		d := &s.a.Deadline[i]
		if d.State != deadline.Open || (d.Kind != t.Kind && t.Kind != everyClock) {
			continue
		}
		if d.Kind == deadline.Opinion && s.opinion != nil && s.opinion.Clock != d.N {
			continue // the step is about another's
		}
		next, entry, changed, err := s.change(t.Do, *d)
		if err != nil {
			return err
		}
		if changed {
			*d = next
			s.data.Clock = append(s.data.Clock, entry)
		}
	}
	return nil
}

func (s *step) change(do TickOp, d deadline.Deadline) (next deadline.Deadline, e deadline.Entry, changed bool, err error) {
	switch do {
	case Meets:
		next, e, err = d.Close(s.met(d))
	case Cancels:
		next, e, err = d.Cancel(s.now)
	case Pauses:
		if !d.Running() || d.Overdue(s.now) {
			return d, e, false, nil // what is late stays late
		}
		next, e, err = d.Pause(s.now)
	case Resumes:
		if d.Running() {
			return d, e, false, nil
		}
		next, e, err = d.Resume(s.now, s.cal)
	case Transfers:
		next, e, err = d.Transfer(s.a.Agency, s.now)
	case Anchors:
		next, e, err = d.Anchor(s.reviewDue(), s.now, s.cal)
	case Extends:
		next, e, err = d.Extend(s.extension(s.cmd.Days), s.now, s.cal)
	default:
		err = fault.New(fault.Internal, "error.internal").With("tick", string(do))
	}
	return next, e, err == nil, err
}

func (s *step) open(kind deadline.Kind) error {
	if kind != deadline.Opinion && s.a.Open(kind) != nil {
		return fault.New(fault.Internal, "error.internal").With("opened_twice", string(kind))
	}
	rule, err := s.rules.Rule(kind)
	if err != nil {
		return err
	}
	var d deadline.Deadline
	var entry deadline.Entry
	switch {
	case kind == deadline.Opinion:
		d, entry, err = deadline.StartBefore(rule, s.nextN(), s.opinion.Agency, s.now, s.reviewDue(), s.cal)
		s.opinion.Clock = d.N
	case rule.Backwards:
		d, entry, err = deadline.StartBefore(rule, s.nextN(), s.a.Agency, s.now, s.a.PromisedOn, s.cal)
	default:
		d, entry, err = deadline.Start(rule, s.nextN(), s.a.Agency, s.now, s.cal)
	}
	if err != nil {
		return err
	}
	s.a.Deadline = append(s.a.Deadline, d)
	s.data.Clock = append(s.data.Clock, entry)
	return nil
}

// extension is so many days in the unit of the rules.
func (s *step) extension(days int) deadline.Amount {
	return deadline.Amount{N: days, Unit: s.rules.Extension.Max.Unit}
}
