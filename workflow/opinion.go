package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/deadline"
)

// Opinion is what the lead asks of a co-executor, in the same agency or in
// another: one person, one question, one clock. The lead merges what comes into
// the answer. Its JSON is stored: fields may be added, never renamed.
type Opinion struct {
	N       int          `json:"n"` // ordinal within the appeal, from 1
	Round   int          `json:"round"`
	User    int64        `json:"user"`   // who is asked
	Agency  int64        `json:"agency"` // where they work
	Asker   int64        `json:"asker"`
	Clock   int          `json:"clock"` // N of its deadline
	State   OpinionState `json:"state"`
	AskedAt time.Time    `json:"asked_at"`
	EndedAt time.Time    `json:"ended_at,omitzero"` // given or dropped
	// Question and Text are what was asked and what was said.
	Question string `json:"question"`
	Text     string `json:"text,omitempty"`
	// Contacts says that the lead let who is asked read who wrote.
	Contacts bool `json:"contacts,omitempty"`
}

// OpinionState is where an opinion stands.
type OpinionState string

// The states of an opinion.
const (
	OpinionAsked   OpinionState = "asked"
	OpinionGiven   OpinionState = "given"
	OpinionDropped OpinionState = "dropped" // no longer asked for
)

// Limits of opinions: how many may be awaited at once, and characters of one.
const (
	MaxOpinions = 10
	MaxOpinion  = 5000
)

// OpinionMark is what an event keeps of an opinion that it changed.
type OpinionMark struct {
	N     int          `json:"n"`
	User  int64        `json:"user"`
	State OpinionState `json:"state"`
	Hash  string       `json:"hash"` // see [HashOpinion]
}

// HashOpinion is what an event keeps of an opinion: SHA-256, hex, over all its
// fields in the order of the struct, written as in [HashEvent].
func HashOpinion(o *Opinion) string {
	f := fields{sha256.New()}
	for _, n := range []int64{int64(o.N), int64(o.Round), o.User, o.Agency, o.Asker, int64(o.Clock)} {
		f.integer(n)
	}
	f.text(string(o.State))
	f.instant(o.AskedAt)
	f.instant(o.EndedAt)
	f.text(o.Question)
	f.text(o.Text)
	if o.Contacts { // hashes from before it was there stand
		f.text("contacts")
	}
	return hex.EncodeToString(f.sum.Sum(nil))
}

// OpinionDue is when an opinion falls or fell due, zero where its clock isn't
// there.
func (a *Appeal) OpinionDue(o *Opinion) time.Time {
	for i := range a.Deadline {
		if a.Deadline[i].N == o.Clock {
			return a.Deadline[i].DueAt
		}
	}
	return time.Time{}
}

// AwaitedOpinions lists the opinions that are asked for and not there yet.
func (a *Appeal) AwaitedOpinions() []Opinion {
	return slices.DeleteFunc(slices.Clone(a.Opinions), func(o Opinion) bool { return o.State != OpinionAsked })
}

// without reports whether the opinion is awaited from another agency that may
// not read who wrote.
func (o *Opinion) without(a *Appeal) bool {
	return o.State == OpinionAsked && o.Agency != a.Agency && !o.Contacts
}

// WithoutContacts lists the awaited opinions of other agencies that may not read
// who wrote.
func (a *Appeal) WithoutContacts() []Opinion {
	return slices.DeleteFunc(slices.Clone(a.Opinions), func(o Opinion) bool { return !o.without(a) })
}

// AskedOf returns the opinion that the user owes, nil where they owe none.
func (a *Appeal) AskedOf(user int64) *Opinion {
	for i := range a.Opinions {
		if o := &a.Opinions[i]; o.State == OpinionAsked && o.User == user && user != 0 {
			return o
		}
	}
	return nil
}

// OwedBy returns the opinion that the officer may give, as who is asked or in
// their place, nil where there is none.
func (a *Appeal) OwedBy(by actor.Actor) *Opinion {
	if by.Kind != actor.Officer {
		return nil
	}
	for i := range a.Opinions {
		if o := &a.Opinions[i]; o.State == OpinionAsked && o.user(by) {
			return o
		}
	}
	return nil
}

// user reports whether the officer is who is asked, or stands for them.
func (o *Opinion) user(by actor.Actor) bool {
	return o.User != 0 && (o.User == by.User && by.Holds(actor.Executor, o.Agency) ||
		by.StandsFor(o.User, actor.Executor, o.Agency))
}

// lets reports whether opinions open an appeal to somebody of another agency:
// to those who are asked until the round ends, and to their coordinators and
// heads, to whom an overdue one climbs, while it is awaited.
func lets(by actor.Actor, a *Appeal) bool {
	return slices.ContainsFunc(a.Opinions, func(o Opinion) bool { return o.lets(by, a) })
}

func (o *Opinion) lets(by actor.Actor, a *Appeal) bool {
	switch {
	case o.Round != a.Round || o.State == OpinionDropped:
		return false
	case o.user(by):
		return true
	default:
		return o.State == OpinionAsked && (by.Holds(actor.Coordinator, o.Agency) || by.Holds(actor.Head, o.Agency))
	}
}

var (
	opinionAwaited = Guard{"an opinion is awaited", "workflow.no_opinion", func(_ actor.Actor, a *Appeal) bool {
		return len(a.AwaitedOpinions()) > 0
	}}

	contactsClosed = Guard{"an awaited opinion of another agency is without contacts", "workflow.contacts_open", func(_ actor.Actor, a *Appeal) bool {
		return len(a.WithoutContacts()) > 0
	}}

	needClosed = quick("opinion of another agency", func(s *step, check *fault.Check) {
		i := slices.IndexFunc(s.a.Opinions, func(o Opinion) bool { return o.N == s.cmd.Opinion && o.without(s.a) })
		check.That(i >= 0, "opinion", "workflow.opinion_unknown")
		if i >= 0 {
			s.opinion = &s.a.Opinions[i]
		}
	})
	contactsOpened = Effect{"contacts shown to the co-executor", func(s *step) { s.opinion.Contacts = true }}

	needCoExecutor = Input{"executor of any agency, question", readCoExecutor}
	needOpinion    = quick("opinion", func(s *step, check *fault.Check) {
		i := slices.IndexFunc(s.a.Opinions, func(o Opinion) bool { return o.N == s.cmd.Opinion && o.State == OpinionAsked })
		check.That(i >= 0, "opinion", "workflow.opinion_unknown")
		if i >= 0 {
			s.opinion = &s.a.Opinions[i]
		}
	})
	needOwnOpinion = quick("what they think", func(s *step, check *fault.Check) {
		s.opinion = s.a.OwedBy(s.by)
		check.That(s.cmd.Text != "", "text", "workflow.opinion_required")
		check.That(length(s.cmd.Text) <= MaxOpinion, "text", "workflow.text_long", "max", MaxOpinion)
	})
	everyOpinionIn = quick("no opinion is awaited", func(s *step, check *fault.Check) {
		awaited := s.a.AwaitedOpinions()
		check.That(len(awaited) == 0, "opinions", "workflow.opinions_awaited", "n", len(awaited))
	})

	opinionAsked = Effect{"opinion asked for", func(s *step) {
		n := 0
		for _, o := range s.a.Opinions {
			n = max(n, o.N)
		}
		s.a.Opinions = append(s.a.Opinions, Opinion{
			N: n + 1, Round: s.a.Round, User: s.cmd.Executor, Agency: s.cmd.Agency, Asker: s.by.User, State: OpinionAsked,
			AskedAt: s.now, Question: s.cmd.Reason,
		})
		s.opinion = &s.a.Opinions[len(s.a.Opinions)-1]
	}}
	opinionGiven = Effect{"opinion given", func(s *step) {
		s.opinion.State, s.opinion.EndedAt, s.opinion.Text = OpinionGiven, s.now, s.cmd.Text
	}}
	opinionDropped  = Effect{"opinion no longer asked for", func(s *step) { s.dropOpinion(s.opinion) }}
	opinionsDropped = Effect{"no opinion asked for any more", func(s *step) {
		for i := range s.a.Opinions {
			if o := &s.a.Opinions[i]; o.State == OpinionAsked {
				s.dropOpinion(o)
			}
		}
	}}
)

func (s *step) dropOpinion(o *Opinion) {
	o.State, o.EndedAt = OpinionDropped, s.now
	s.dropped = append(s.dropped, *o)
}

// readCoExecutor checks whom an opinion is asked of: an executor of any agency
// but the one complained about, who isn't the lead and isn't asked already.
func readCoExecutor(ctx context.Context, s *step, check *fault.Check) error {
	if s.cmd.Agency == 0 {
		s.cmd.Agency = s.a.Agency
	}
	check.That(s.cmd.Reason != "", "reason", "workflow.question_required")
	s.keepReason("reason", check)
	check.That(len(s.a.AwaitedOpinions()) < MaxOpinions, "executor", "workflow.opinions_many", "max", MaxOpinions)
	switch {
	case s.cmd.Executor == 0:
		check.Fail("executor", "workflow.executor_required")
		return nil
	case s.cmd.Executor == s.a.Executor:
		check.Fail("executor", "workflow.opinion_of_lead")
		return nil
	case s.a.AskedOf(s.cmd.Executor) != nil:
		check.Fail("executor", "workflow.opinion_asked_already")
		return nil
	case s.cmd.Agency == s.a.Against:
		check.Fail("executor", "workflow.complained_about")
		return nil
	}
	s.data.Executor = s.cmd.Executor
	if s.directory == nil {
		return nil
	}
	ok, err := s.directory.Holds(ctx, s.cmd.Executor, actor.Executor, s.cmd.Agency)
	check.That(ok || err != nil, "executor", "workflow.not_an_executor")
	return err
}

// marks are the opinions that the step changed.
func (s *step) marks() []OpinionMark {
	var out []OpinionMark
	for i := range s.a.Opinions {
		o := &s.a.Opinions[i]
		if i < len(s.opinions) && s.opinions[i] == *o {
			continue
		}
		out = append(out, OpinionMark{N: o.N, User: o.User, State: o.State, Hash: HashOpinion(o)})
	}
	return out
}

// reviewDue is the date before which opinions are due: that of the review, or
// now where none runs.
func (s *step) reviewDue() time.Time {
	if d := s.a.Open(deadline.Review); d != nil {
		return d.DueAt
	}
	return s.now
}
