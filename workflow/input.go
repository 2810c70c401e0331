package workflow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Input is something that a command must hold, read and checked. What is wrong
// goes to the check, beside its field; the error is for what failed on our
// side.
type Input struct {
	Name string
	read func(ctx context.Context, s *step, check *fault.Check) error
}

// quick is an input that is checked without asking anybody.
func quick(name string, read func(s *step, check *fault.Check)) Input {
	return Input{name, func(_ context.Context, s *step, check *fault.Check) error {
		read(s, check)
		return nil
	}}
}

// The inputs.
var (
	needReason = quick("reason", func(s *step, check *fault.Check) {
		check.That(s.cmd.Reason != "", "reason", "workflow.reason_required")
		s.keepReason("reason", check)
	})
	needWhy = quick("reason, for officers", func(s *step, check *fault.Check) {
		check.That(s.cmd.Reason != "", "reason", "workflow.why_required")
		s.keepReason("reason", check)
	})
	mayReason = quick("reason (optional)", func(s *step, check *fault.Check) {
		s.keepReason("reason", check)
	})
	needNote = quick("note", func(s *step, check *fault.Check) {
		check.That(s.cmd.Text != "", "text", "workflow.note_required")
		check.That(length(s.cmd.Text) <= MaxReason, "text", "workflow.text_long", "max", MaxReason)
		s.data.Note = s.cmd.Text
	})
	needText = quick("text", func(s *step, check *fault.Check) {
		check.That(s.cmd.Text != "", "text", "workflow.reply_required")
		check.That(length(s.cmd.Text) <= MaxText, "text", "workflow.text_long", "max", MaxText)
	})
	needExecutor = Input{"executor", readExecutor}
	needAgency   = Input{"agency", func(ctx context.Context, s *step, check *fault.Check) error {
		switch s.cmd.Agency {
		case 0:
			check.Fail("agency", "workflow.agency_required")
		case s.a.Agency:
			check.Fail("agency", "workflow.same_agency")
		}
		// Back to where it came from is ping-pong: the supervisor decides.
		check.That(!slices.Contains(s.a.Past, s.cmd.Agency) || s.by.Has(actor.Supervisor), "agency", "workflow.had_it_already")
		return s.readAgency(ctx, check)
	}}
	mayAgency = Input{"agency (optional)", func(ctx context.Context, s *step, check *fault.Check) error {
		if s.cmd.Agency == 0 {
			s.cmd.Agency = s.a.Agency
		}
		return s.readAgency(ctx, check)
	}}
	needTopic = Input{"topic", readTopic}
	needDays  = quick("days", func(s *step, check *fault.Check) {
		limit := s.rules.Extension.Max.N
		check.That(s.cmd.Days >= 1 && s.cmd.Days <= limit, "days", "workflow.days_range", "max", limit)
		s.data.Days = s.cmd.Days
	})
	needDaysAsked = quick("days, at most as asked", func(s *step, check *fault.Check) {
		if s.cmd.Days == 0 {
			s.cmd.Days = s.a.Asked
		}
		check.That(s.cmd.Days >= 1 && s.cmd.Days <= s.a.Asked, "days", "workflow.days_range", "max", s.a.Asked)
		s.data.Days = s.cmd.Days
	})
	needRating = quick("rating, with a comment for 1 and 2", func(s *step, check *fault.Check) {
		check.That(s.cmd.Rating >= 1 && s.cmd.Rating <= 5, "rating", "workflow.rating_range")
		check.That(s.cmd.Rating == 0 || s.cmd.Rating > 2 || s.cmd.Text != "", "text", "workflow.comment_required")
		s.keepReason("text", check)
		s.data.Rating = s.cmd.Rating
	})
	needObjection = quick("rating 1–3 or «not fixed», with a comment", func(s *step, check *fault.Check) {
		check.That(s.cmd.Rating >= 0 && s.cmd.Rating <= 3, "rating", "workflow.rating_low")
		check.That(s.cmd.Rating != 0 || s.cmd.NotFixed, "rating", "workflow.rating_or_not_fixed")
		check.That(s.cmd.Text != "", "text", "workflow.comment_required")
		s.keepReason("text", check)
		s.data.Rating, s.data.NotFixed = s.cmd.Rating, s.cmd.NotFixed
	})
	needAnswer = quick("answer", readAnswer)
	// A head may sign against flags, and answers for it.
	needConscience = quick("reason, where flags speak against it", func(s *step, check *fault.Check) {
		if len(s.flags) == 0 {
			return
		}
		check.That(s.cmd.Reason != "", "reason", "workflow.flags_reason_required")
		s.keepReason("reason", check)
		s.data.Flags = s.flags
	})
)

// keepReason makes the words of the command the reason of the event.
func (s *step) keepReason(field string, check *fault.Check) {
	check.That(length(s.cmd.Reason) <= MaxReason, field, "workflow.text_long", "max", MaxReason)
	s.reason = s.cmd.Reason
}

func readExecutor(ctx context.Context, s *step, check *fault.Check) error {
	switch s.cmd.Executor {
	case 0:
		check.Fail("executor", "workflow.executor_required")
		return nil
	case s.a.Executor:
		check.Fail("executor", "workflow.same_executor")
		return nil
	}
	check.That(s.a.AskedOf(s.cmd.Executor) == nil, "executor", "workflow.executor_is_asked")
	s.data.Executor = s.cmd.Executor
	if s.directory == nil {
		return nil
	}
	ok, err := s.directory.Holds(ctx, s.cmd.Executor, actor.Executor, s.a.Agency)
	check.That(ok || err != nil, "executor", "workflow.not_an_executor")
	return err
}

// readTopic finds the leaf of a retopic. One of another rule set would have other
// clocks: such an appeal is sent anew.
func readTopic(ctx context.Context, s *step, check *fault.Check) error {
	switch s.cmd.Rubric {
	case "":
		check.Fail("rubric", "workflow.rubric_required")
		return nil
	case s.a.Rubric:
		check.Fail("rubric", "workflow.same_topic")
		return nil
	}
	leaf, err := s.catalog.Leaf(ctx, s.cmd.Rubric, s.a.Place.Territory, s.a.Replies)
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Kind == fault.Invalid {
		check.Fail("rubric", refused.Key)
		return nil
	}
	if err != nil {
		return err
	}
	check.That(leaf.RuleSet == s.a.RuleSet, "rubric", "workflow.other_rules")
	s.leaf = leaf
	return nil
}

func (s *step) readAgency(ctx context.Context, check *fault.Check) error {
	to := s.cmd.Agency
	check.That(to == 0 || to != s.a.Against, "agency", "workflow.complained_about")
	if to == 0 || to == s.a.Agency || s.directory == nil {
		return nil
	}
	ok, err := s.directory.Answers(ctx, to)
	check.That(ok || err != nil, "agency", "workflow.unknown_agency")
	return err
}

// readAnswer checks an answer before the head sees it. Where the command has
// no text the saved draft counts.
func readAnswer(s *step, check *fault.Check) {
	c := &s.cmd
	if c.Text == "" && s.answer != nil {
		c.Text = s.answer.Text
		if c.Outcome == "" {
			c.Outcome, c.Promised, c.Ground = s.answer.Outcome, s.answer.PromisedOn, s.answer.Ground
		}
	}
	check.That(length(c.Text) >= MinAnswer, "text", "workflow.answer_short", "min", MinAnswer)
	check.That(length(c.Text) <= MaxAnswer, "text", "workflow.text_long", "max", MaxAnswer)
	if left := Unfilled(c.Text, PersonalFields(s.a, s.cal.Zone())); len(left) > 0 {
		check.Fail("text", "workflow.answer_unfilled", "places", strings.Join(left, ", "))
	}
	check.That(slices.Contains(Outcomes, c.Outcome), "outcome", "workflow.outcome_required")
	if c.Outcome == Planned {
		check.That(s.a.Interims < MaxInterims, "outcome", "workflow.too_many_interims", "max", MaxInterims)
		c.Promised = s.readPromise(c.Promised, check)
	} else {
		c.Promised = time.Time{}
	}
	if c.Outcome == Refused {
		check.That(c.Ground != "", "ground", "workflow.ground_required")
		check.That(length(c.Ground) <= MaxReason, "ground", "workflow.text_long", "max", MaxReason)
	} else {
		c.Ground = ""
	}
	s.data.Outcome = c.Outcome
}

// readPromise checks the day of a promise, and returns its end.
func (s *step) readPromise(promised time.Time, check *fault.Check) time.Time {
	if promised.IsZero() {
		check.Fail("promised", "workflow.promised_required")
		return promised
	}
	today, day := s.cal.DayOf(s.now), s.cal.DayOf(promised)
	year, month, date := today.Date()
	check.That(day > today, "promised", "workflow.promised_past")
	check.That(day <= calendar.NewDay(year+1, month, date), "promised", "workflow.promised_far")
	return s.cal.EndOf(day)
}
