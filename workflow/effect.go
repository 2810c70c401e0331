package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/workflow/conscience"
	"github.com/otklik/otklik/workflow/deadline"
)

// Effect is a change of the appeal or its answer that belongs to a transition,
// beyond stage and clocks.
type Effect struct {
	Name  string
	apply func(s *step)
}

// The effects.
var (
	registered = Effect{"registered", func(s *step) { s.a.RegisteredAt = s.now }}
	// The body that receives an fz59 appeal registers it in its own name.
	unregistered = Effect{"not registered", func(s *step) { s.a.RegisteredAt = time.Time{} }}
	assigned     = Effect{"executor set", func(s *step) { s.a.Executor, s.a.Asked = s.cmd.Executor, 0 }}
	moved        = Effect{"at the other agency", move}
	// Order, rule set and time for review stay those under which it was sent.
	retopiced = Effect{"another topic", func(s *step) {
		s.data.FromRubric, s.data.Rubric = s.a.Rubric, s.leaf.Code
		s.a.Rubric, s.a.Category, s.a.RubricVersion = s.leaf.Code, s.leaf.Category, s.leaf.Version
		s.a.Retopics++
	}}
	nextRound = Effect{"next round", func(s *step) {
		s.a.Round++
		s.a.Executor, s.a.Asked, s.a.PromisedOn = 0, 0, time.Time{}
		for i := range s.a.Items { // what was said stays with the signed answer
			s.a.Items[i].Outcome, s.a.Items[i].Note = "", ""
		}
	}}

	question = Effect{"question kept", ask}
	replied  = Effect{"reply kept", reply}

	extensionAsked = Effect{"extension asked for", func(s *step) { s.a.Asked = s.cmd.Days }}
	askDropped     = Effect{"asked extension dropped", func(s *step) { s.a.Asked = 0 }}
	extended       = Effect{"extended", func(s *step) { s.a.Extended, s.a.Asked = true, 0 }}

	answerSubmitted = Effect{"answer submitted", submitAnswer}
	answerReturned  = Effect{"answer back to draft", func(s *step) {
		if s.answer != nil && s.answer.State == AnswerSubmitted {
			s.answer.State = AnswerDraft
			s.touchAnswer()
		}
	}}
	answerSigned = Effect{"answer signed", func(s *step) {
		s.answer.State, s.answer.Signer, s.answer.SignedAt = AnswerSigned, s.by.User, s.now
		s.answer.Items = slices.Clone(s.a.Items)
		s.fillAnswer()
		s.answer.Flags, s.answer.Reason = s.flags, s.reason
		s.touchAnswer()
		s.a.Outcome, s.data.Outcome = s.answer.Outcome, s.answer.Outcome
		s.data.AnswerHash = HashAnswer(s.answer)
	}}
	answeredFinally = Effect{"answered", answerFinally}
	promised        = Effect{"promised", func(s *step) {
		s.a.Interims++
		s.a.PromisedOn = s.answer.PromisedOn
		s.data.PromisedOn = s.cal.DayOf(s.a.PromisedOn).String()
	}}

	rated = Effect{"rated", func(s *step) {
		if s.cmd.Rating != 0 {
			s.a.Rating = s.cmd.Rating
		}
	}}
	refuted = Effect{"refuted where it said «solved»", func(s *step) {
		s.a.Refuted = s.a.Refuted || (s.cmd.NotFixed && s.a.Outcome == Solved)
	}}

	splitOff = Effect{"parts split off", func(*step) {}} // written by [Engine.Split]
	tied     = Effect{"joined to the lead", func(s *step) {
		s.a.Lead, s.a.LeadNumber, s.data.Lead = s.lead.Appeal, s.lead.Number, &s.lead
	}}
	gathered = Effect{"others taken in", func(s *step) { s.a.Joined += len(s.data.Joined) }}
	released = Effect{"one fewer joined", func(s *step) { s.a.Joined -= len(s.data.Joined) }}
	// The lead learns of it in the same unit of work: see [Engine.release].
	untied = Effect{"no longer joined", func(s *step) {
		if s.a.Lead != 0 {
			s.lead = Link{s.a.Lead, s.a.LeadNumber}
			s.data.Lead, s.a.Lead, s.a.LeadNumber = &s.lead, 0, ""
		}
	}}
	saidSame     = Effect{"joined, where the author said it is the same", func(s *step) { s.joins = s.a.SameAs }}
	answerShared = Effect{"answer of the lead, signed", func(s *step) {
		s.a.Outcome, s.data.Outcome = s.answer.Outcome, s.answer.Outcome
		s.data.AnswerHash, s.data.SharedFrom = HashAnswer(s.answer), s.answer.SharedFrom
		s.data.Signer, s.data.SignedAt, s.data.Lead = s.answer.Signer, s.answer.SignedAt, &s.lead
		s.touchAnswer()
	}}
	sharedOn = Effect{"shared with those joined", func(s *step) { s.passOn(TopicShareAnswer) }}
	setFree  = Effect{"those joined are let go", func(s *step) { s.passOn(TopicLeave) }}

	ended   = Effect{"ended", func(s *step) { s.a.ClosedAt = s.now }}
	lapsed  = Effect{"may be sent again", func(s *step) { s.a.Lapsed = true }}
	revived = Effect{"sent again", func(s *step) { s.a.Lapsed, s.a.ClosedAt = false, time.Time{} }}
)

// touchAnswer notes that the answer is to be saved and that the event is about
// it.
func (s *step) touchAnswer() {
	s.answer.UpdatedAt = s.now
	s.saves = true
}

func move(s *step) {
	if s.cmd.Agency == s.a.Agency {
		return
	}
	s.data.FromAgency = s.a.Agency
	if !slices.Contains(s.a.Past, s.a.Agency) {
		s.a.Past = append(s.a.Past, s.a.Agency)
	}
	s.a.Agency, s.a.Executor, s.a.Asked = s.cmd.Agency, 0, 0
	s.a.Hops++
}

// clarification begins the codes of the replies that a moderator asked for.
const clarification = "clarification."

// ask keeps a moderator's question beside those of the form; the reply comes
// into the same place.
func ask(s *step) {
	n := 1
	for _, r := range s.a.Replies {
		if strings.HasPrefix(r.Question, clarification) {
			n++
		}
	}
	s.a.Replies = append(s.a.Replies, Reply{Question: fmt.Sprintf("%s%d", clarification, n), Asked: s.cmd.Reason})
}

func reply(s *step) {
	for i := len(s.a.Replies) - 1; i >= 0; i-- {
		if r := &s.a.Replies[i]; strings.HasPrefix(r.Question, clarification) {
			r.Value, r.Shown = s.cmd.Text, s.cmd.Text
			return
		}
	}
}

func submitAnswer(s *step) {
	if s.answer == nil {
		s.answer = newAnswer(s.a, s.by.User, s.now)
	}
	c := s.cmd
	s.answer.Text, s.answer.Outcome, s.answer.PromisedOn, s.answer.Ground = c.Text, c.Outcome, c.Promised, c.Ground
	s.answer.State, s.answer.Author = AnswerSubmitted, s.by.User
	s.touchAnswer()
}

// newAnswer begins an answer of the present round.
func newAnswer(a *Appeal, author int64, now time.Time) *Answer {
	return &Answer{
		Appeal: a.ID, Round: a.Round, State: AnswerDraft, Author: author,
		CreatedAt: clock.Round(now), UpdatedAt: clock.Round(now),
	}
}

func answerFinally(s *step) {
	at := s.done()
	if s.a.FirstSigned.IsZero() {
		s.a.FirstSigned = at
		review := s.a.Open(deadline.Review)
		s.a.Late = review != nil && review.Overdue(at)
	}
	s.a.Formal = slices.ContainsFunc(s.flags, conscience.Code.Formal)
	// The rating of an earlier round stands until there is something new to
	// rate.
	s.a.AnsweredAt, s.a.Rating, s.a.PromisedOn = at, 0, time.Time{}
}
