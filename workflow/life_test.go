package workflow_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

func TestEngine_a_fast_message_goes_straight_to_the_agency(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r, err := s.Submit(context.Background(), form("fast"))
	require.NoError(t, err)
	c := s.store.find(r.ID)
	require.Equal(t, workflow.StageReceived, c.Appeal.Stage)
	require.Equal(t, r.Number, c.Appeal.Number)
	require.True(t, s.CheckSecret(r.ID, r.Secret))
	require.Equal(t, monday, c.Appeal.RegisteredAt)
	require.Equal(t, "2026-03-26", s.due(r.ID, deadline.Review), "ten calendar days, day 1 is the day after")
	require.Equal(t, "2026-03-17", s.due(r.ID, deadline.Redirect))
	require.Equal(t, s.open(r.ID, deadline.Review).DueAt, c.Appeal.DueAt)
	require.Len(t, c.Events, 2)
	require.Equal(t, []workflow.Action{workflow.Submit, workflow.Route}, []workflow.Action{c.Events[0].Action, c.Events[1].Action})
	require.Equal(t, "roads × everywhere", c.Events[1].Data.Rule)
	require.Len(t, s.store.told(r.ID, 2), 2, "the author and the coordinators")
	s.audited(t, r.ID)
}

func TestEngine_a_formal_appeal_is_registered_before_its_review_runs(t *testing.T) {
	t.Parallel()
	for _, rubric := range []string{"formal", "lawful"} {
		s := newStage(t)
		id := s.submit(t, rubric)
		require.Equal(t, workflow.StageModeration, s.store.find(id).Appeal.Stage)
		require.Equal(t, "2026-03-19", s.due(id, deadline.Registration))
		require.Empty(t, s.due(id, deadline.Review))
		require.True(t, s.store.find(id).Appeal.DueAt.IsZero())

		s.pass(t, id, at("2026-03-17"))
		a := s.act(t, moderatorOf(roads), id, workflow.Command{Action: workflow.Accept})
		require.Equal(t, at("2026-03-17"), a.RegisteredAt)
		require.Equal(t, "2026-04-16", s.due(id, deadline.Review))
		require.Equal(t, "2026-03-24", s.due(id, deadline.Forwarding))
		require.Empty(t, s.due(id, deadline.Registration))
		s.audited(t, id)
	}
}

func TestEngine_a_redirect(t *testing.T) {
	t.Parallel()
	redirect := func(to int64) workflow.Command {
		return workflow.Command{Action: workflow.Redirect, Reason: "Это дорога парка", Agency: to}
	}
	t.Run("never resets the date of a message", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.received(t, "general")
		before := s.due(id, deadline.Review)
		s.pass(t, id, at("2026-03-17"))
		a := s.act(t, coordinatorOf(roads), id, redirect(water))
		require.Equal(t, before, s.due(id, deadline.Review))
		require.Equal(t, water, s.open(id, deadline.Review).AgencyID)
		require.Equal(t, "2026-03-18", s.due(id, deadline.Redirect), "the next body has its own working day")
		require.Equal(t, 1, a.Hops)
		require.False(t, workflow.CanSee(coordinatorOf(roads), a))
		e := s.store.find(id).Events[a.Events-1]
		require.Equal(t, roads, e.Data.FromAgency)
		require.Equal(t, e.DueBefore, e.DueAfter)
		s.audited(t, id)
	})
	t.Run("has a formal appeal registered anew", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.received(t, "formal")
		s.pass(t, id, at("2026-03-17"))
		a := s.act(t, coordinatorOf(roads), id, redirect(water))
		require.True(t, a.RegisteredAt.IsZero())
		require.Empty(t, s.due(id, deadline.Review))
		require.Empty(t, s.due(id, deadline.Forwarding))
		require.Equal(t, "2026-03-20", s.due(id, deadline.Registration))
		e := s.refused(t, coordinatorOf(water), id, workflow.Command{Action: workflow.Assign, Executor: stranger})
		require.Equal(t, "workflow.not_registered", e.Key)

		s.pass(t, id, at("2026-03-18"))
		s.act(t, coordinatorOf(water), id, workflow.Command{Action: workflow.Register})
		require.Equal(t, "2026-04-17", s.due(id, deadline.Review))
		e = s.refused(t, coordinatorOf(water), id, workflow.Command{Action: workflow.Register})
		require.Equal(t, "workflow.registered_already", e.Key)
		s.act(t, coordinatorOf(water), id, workflow.Command{Action: workflow.Assign, Executor: stranger})
		s.audited(t, id)
	})
	t.Run("is made twice by coordinators and then by the supervisor alone", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.received(t, "fast")
		s.act(t, coordinatorOf(roads), id, redirect(water))
		s.act(t, coordinatorOf(water), id, redirect(parks))
		require.Equal(t, "workflow.too_many_hops", s.refused(t, coordinatorOf(parks), id, redirect(roads)).Key)
		require.Equal(t, 3, s.act(t, supervisor, id, redirect(roads)).Hops)
	})
	t.Run("goes to another body that exists and isn't complained about", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		in := form("fast")
		in.Against = parks
		r, err := s.Submit(context.Background(), in)
		require.NoError(t, err)
		for to, key := range map[int64]string{
			0: "workflow.agency_required", roads: "workflow.same_agency", parks: "workflow.complained_about", closed: "workflow.unknown_agency",
		} {
			require.Equal(t, map[string]string{"agency": key}, s.wrong(t, coordinatorOf(roads), r.ID, redirect(to)))
		}
		require.Equal(t, map[string]string{"agency": "workflow.agency_required", "reason": "workflow.reason_required"},
			s.wrong(t, coordinatorOf(roads), r.ID, workflow.Command{Action: workflow.Redirect, Reason: " \n "}))
	})
}

func TestEngine_a_question_stops_the_clock_and_silence_rejects(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.submit(t, "general")
	author := actor.Author(id)
	s.pass(t, id, at("2026-03-17"))
	s.act(t, moderatorOf(roads), id, workflow.Command{Action: workflow.Ask, Reason: "Какой дом?"})
	c := s.store.find(id)
	require.True(t, c.Appeal.DueAt.IsZero(), "no date is promised while we wait")
	require.False(t, c.Appeal.Open(deadline.Review).Running())
	require.Equal(t, "2026-03-20", s.due(id, deadline.Clarification))

	s.pass(t, id, at("2026-03-19"))
	s.act(t, author, id, workflow.Command{Action: workflow.ReplyAction, Text: "Дом 14"})
	c = s.store.find(id)
	require.Equal(t, workflow.StageModeration, c.Appeal.Stage)
	require.Equal(t, []workflow.Reply{{Question: "clarification.1", Asked: "Какой дом?", Value: "Дом 14", Shown: "Дом 14"}}, c.Appeal.Replies)
	require.Equal(t, "2026-04-17", s.due(id, deadline.Review), "two days longer")

	s.act(t, moderatorOf(roads), id, workflow.Command{Action: workflow.Ask, Reason: "Какой подъезд?"})
	s.pass(t, id, at("2026-03-25"))
	c = s.store.find(id)
	require.Equal(t, workflow.StageRejected, c.Appeal.Stage)
	require.True(t, c.Appeal.Lapsed)
	var actions []workflow.Action
	for _, e := range c.Events[len(c.Events)-2:] {
		actions = append(actions, e.Action)
	}
	require.Equal(t, []workflow.Action{workflow.Warn, workflow.Lapse}, actions)
	require.Equal(t, workflow.TopicNotifyAuthor, s.store.told(id, len(c.Events)-1)[0].Topic, "warned the day before")
	require.Empty(t, s.pending(id))

	a := s.act(t, author, id, workflow.Command{Action: workflow.Resubmit})
	require.Equal(t, workflow.StageModeration, a.Stage)
	require.False(t, a.Lapsed)
	require.True(t, a.ClosedAt.IsZero())
	require.Equal(t, "2026-04-24", s.due(id, deadline.Review), "a fresh review")
	s.audited(t, id)
}

func TestEngine_who_was_rejected_by_a_person_cannot_resubmit(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.submit(t, "formal")
	require.Contains(t, s.wrong(t, moderatorOf(roads), id, workflow.Command{Action: workflow.Reject}), "reason")
	s.act(t, moderatorOf(roads), id, workflow.Command{Action: workflow.Reject, Reason: "Реклама"})
	require.Equal(t, "workflow.not_lapsed", s.refused(t, actor.Author(id), id, workflow.Command{Action: workflow.Resubmit}).Key)
	require.Empty(t, s.pending(id))
	require.True(t, workflow.PublicReason(workflow.Reject))
	require.False(t, workflow.PublicReason(workflow.Return))
}

func TestEngine_an_extension_is_asked_for_and_granted_once(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	ask := workflow.Command{Action: workflow.AskExtension, Reason: "Ждём материалы", Days: 10}
	require.Equal(t, map[string]string{"days": "workflow.days_range"},
		s.wrong(t, executor, id, workflow.Command{Action: workflow.AskExtension, Reason: "x", Days: 31}))
	require.Equal(t, "workflow.nothing_asked", s.refused(t, headOf(roads), id, workflow.Command{Action: workflow.ApproveExtension}).Key)
	s.act(t, executor, id, ask)
	require.Equal(t, "workflow.asked_already", s.refused(t, executor, id, ask).Key)
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.DenyExtension, Reason: "Успеете"})
	s.act(t, executor, id, ask)
	require.Contains(t, s.wrong(t, headOf(roads), id, workflow.Command{Action: workflow.ApproveExtension, Days: 11}), "days")
	a := s.act(t, headOf(roads), id, workflow.Command{Action: workflow.ApproveExtension, Days: 8})
	require.True(t, a.Extended)
	require.Equal(t, "2026-04-03", s.due(id, deadline.Review))
	require.Equal(t, "workflow.extended_already", s.refused(t, executor, id, ask).Key)
	require.Equal(t, workflow.TopicNotifyAuthor, s.store.told(id, a.Events)[0].Topic, "the citizen is told")
	s.audited(t, id)
}

func TestEngine_an_answer_is_checked_before_the_head_sees_it(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	for name, c := range map[string]struct {
		command workflow.Command
		wrong   map[string]string
	}{
		"empty":                     {workflow.Command{}, map[string]string{"text": "workflow.answer_short", "outcome": "workflow.outcome_required"}},
		"short":                     {workflow.Command{Text: "Сделано.", Outcome: workflow.Solved}, map[string]string{"text": "workflow.answer_short"}},
		"long":                      {workflow.Command{Text: strings.Repeat("я", workflow.MaxAnswer+1), Outcome: workflow.Solved}, map[string]string{"text": "workflow.text_long"}},
		"unknown outcome":           {workflow.Command{Text: answerText, Outcome: "fine"}, map[string]string{"outcome": "workflow.outcome_required"}},
		"plan without a date":       {workflow.Command{Text: answerText, Outcome: workflow.Planned}, map[string]string{"promised": "workflow.promised_required"}},
		"plan for today":            {workflow.Command{Text: answerText, Outcome: workflow.Planned, Promised: monday}, map[string]string{"promised": "workflow.promised_past"}},
		"plan for the far future":   {workflow.Command{Text: answerText, Outcome: workflow.Planned, Promised: at("2027-03-17")}, map[string]string{"promised": "workflow.promised_far"}},
		"refusal without a ground":  {workflow.Command{Text: answerText, Outcome: workflow.Refused}, map[string]string{"ground": "workflow.ground_required"}},
		"characters, and not bytes": {workflow.Command{Text: strings.Repeat("я", workflow.MinAnswer-1), Outcome: workflow.Solved}, map[string]string{"text": "workflow.answer_short"}},
	} {
		c.command.Action = workflow.SubmitAnswer
		require.Equal(t, c.wrong, s.wrong(t, executor, id, c.command), name)
	}
}

func TestEngine_a_returned_answer_is_a_draft_again(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	draft, err := s.SaveAnswerDraft(context.Background(), executor, id, 0, answerText, workflow.Solved, time.Time{}, "")
	require.NoError(t, err)
	before := s.store.find(id)
	s.act(t, executor, id, workflow.Command{Action: workflow.SubmitAnswer})
	require.Equal(t, "2026-03-17", s.due(id, deadline.Signing))
	require.Contains(t, s.wrong(t, headOf(roads), id, workflow.Command{Action: workflow.Return}), "reason")
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Return, Reason: "Назовите дату"})
	c := s.store.find(id)
	require.Len(t, c.Answers, 1)
	require.Equal(t, draft.ID, c.Answers[0].ID)
	require.Equal(t, workflow.AnswerDraft, c.Answers[0].State)
	require.Equal(t, answerText, c.Answers[0].Text)
	require.Empty(t, s.due(id, deadline.Signing))
	require.Equal(t, before.Appeal.DueAt, c.Appeal.DueAt)
	s.audited(t, id)
}

func TestEngine_saving_a_draft_moves_nothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := context.Background()
	id := s.inWork(t, "general")
	before := s.store.find(id)
	first, err := s.SaveAnswerDraft(ctx, executor, id, 0, "Едем", "", time.Time{}, "")
	require.NoError(t, err)
	second, err := s.SaveAnswerDraft(ctx, executor, id, first.Version, "Приехали", workflow.Planned, at("2026-05-01"), "")
	require.NoError(t, err)
	require.Equal(t, first.ID, second.ID)
	_, err = s.SaveAnswerDraft(ctx, executor, id, first.Version, "из другой вкладки", "", time.Time{}, "")
	require.True(t, fault.Is(err, fault.Conflict))
	_, err = s.SaveAnswerDraft(ctx, headOf(roads), id, 0, "чужое", "", time.Time{}, "")
	require.True(t, fault.Is(err, fault.Forbidden))
	after := s.store.find(id)
	require.Equal(t, before.Appeal, after.Appeal)
	require.Equal(t, before.Events, after.Events)
}

func TestEngine_a_promise_keeps_the_review_running_and_comes_back(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	review := s.due(id, deadline.Review)
	a := s.answer(t, id, workflow.Planned, at("2026-04-10"))
	require.Equal(t, workflow.StagePlanned, a.Stage)
	require.True(t, a.FirstSigned.IsZero(), "an interim answer is no answer")
	require.Equal(t, review, s.due(id, deadline.Review))
	require.Equal(t, "2026-04-10", s.due(id, deadline.Promise))

	s.pass(t, id, at("2026-04-11"))
	require.Equal(t, workflow.StageInWork, s.store.find(id).Appeal.Stage)
	s.answer(t, id, workflow.Planned, at("2026-05-15"))
	s.act(t, executor, id, workflow.Command{Action: workflow.Resume}) // done early
	require.Equal(t, map[string]string{"outcome": "workflow.too_many_interims"}, s.wrong(t, executor, id,
		workflow.Command{Action: workflow.SubmitAnswer, Text: answerText, Outcome: workflow.Planned, Promised: at("2026-06-15")}))
	s.pass(t, id, at("2026-04-20"))
	a = s.answer(t, id, workflow.Solved, time.Time{})
	require.True(t, a.Late)
	require.Equal(t, at("2026-04-20"), a.FirstSigned)
	require.True(t, a.DueAt.IsZero())
	require.Len(t, s.store.find(id).Answers, 3)
	s.audited(t, id)
}

func TestEngine_notes_and_new_executors_move_no_clock(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	before := s.store.find(id).Appeal.Deadline
	require.Equal(t, map[string]string{"text": "workflow.note_required"}, s.wrong(t, executor, id, workflow.Command{Action: workflow.AddNote}))
	s.act(t, executor, id, workflow.Command{Action: workflow.AddNote, Text: "Звонил подрядчику"})
	for who, key := range map[int64]string{0: "workflow.executor_required", worker: "workflow.same_executor", stranger: "workflow.not_an_executor"} {
		require.Equal(t, map[string]string{"executor": key}, s.wrong(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: who}))
	}
	a := s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: colleague})
	require.Equal(t, workflow.StageAssigned, a.Stage)
	require.Equal(t, before, s.store.find(id).Appeal.Deadline)
	require.Equal(t, "workflow.not_assigned_to_you", s.refused(t, executor, id, workflow.Command{Action: workflow.Start}).Key)
	last := s.store.find(id).Events[a.Events-2]
	require.Equal(t, "Звонил подрядчику", last.Data.Note)
	require.Empty(t, last.Reason, "a note is never the author's to read")
}

func TestEngine_a_stale_command_is_refused(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.received(t, "fast")
	version := s.store.find(id).Appeal.Version
	a := s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: worker, Version: version})
	require.Equal(t, version+1, a.Version)
	e := s.refused(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: colleague, Version: version})
	require.Equal(t, "workflow.stale", e.Key)
}

func TestEngine_photos_belong_to_the_answer_or_to_the_reply(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := context.Background()
	id := s.inWork(t, "fast")
	_, err := s.AttachPhotos(ctx, executor, id, nil)
	require.True(t, fault.Is(err, fault.Invalid))
	_, err = s.AttachPhotos(ctx, actor.Author(id), id, []workflow.Photo{{SHA256: "aa"}})
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	_, err = s.AttachPhotos(ctx, executor, id, []workflow.Photo{{Key: "p1", SHA256: "aa"}, {Key: "p2", SHA256: "bb"}})
	require.NoError(t, err)
	s.answer(t, id, workflow.Solved, time.Time{})
	c := s.store.find(id)
	require.Len(t, c.Answers, 1)
	require.Len(t, c.Photos, 2)
	require.Equal(t, c.Answers[0].ID, c.Photos[0].Answer)
	s.audited(t, id)

	c.Photos = c.Photos[:1]
	require.Len(t, workflow.Audit(c, s.calendars), 1)

	id = s.submit(t, "general")
	s.act(t, moderatorOf(roads), id, workflow.Command{Action: workflow.Ask, Reason: "Покажите"})
	_, err = s.AttachPhotos(ctx, actor.Author(id), id, []workflow.Photo{{Key: "p3", SHA256: "cc"}})
	require.NoError(t, err)
	require.Zero(t, s.store.find(id).Photos[0].Answer)
}

func TestEngine_who_told_of_it_by_phone_adds_the_photos_later(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := context.Background()
	in := form("fast")
	in.Source, in.Taken = workflow.FromDesk, workflow.Taken{Channel: workflow.ByPhone, NoPhoto: true}
	r, err := s.Submit(ctx, in)
	require.NoError(t, err)
	id, author := r.ID, actor.Author(r.ID)
	due := s.store.find(id).Appeal.DueAt
	_, err = s.AttachPhotos(ctx, author, id, []workflow.Photo{{Key: "p1", SHA256: "aa"}})
	require.NoError(t, err)
	s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: worker})
	s.act(t, executor, id, workflow.Command{Action: workflow.Start})
	_, err = s.AttachPhotos(ctx, author, id, []workflow.Photo{{Key: "p2", SHA256: "bb"}})
	require.NoError(t, err)
	c := s.store.find(id)
	require.Len(t, c.Photos, 2)
	require.Equal(t, due, c.Appeal.DueAt, "no clock moves")
	require.Equal(t, []string{"bb"}, c.Events[len(c.Events)-1].Data.Photos)
	var many []workflow.Photo
	for i := range workflow.MaxPhotos - 1 {
		many = append(many, workflow.Photo{Key: "m" + strconv.Itoa(i), SHA256: "c" + strconv.Itoa(i)})
	}
	_, err = s.AttachPhotos(ctx, author, id, many)
	require.True(t, fault.Is(err, fault.Invalid), "not more than a form takes")
	s.answer(t, id, workflow.Solved, time.Time{})
	_, err = s.AttachPhotos(ctx, author, id, []workflow.Photo{{Key: "p3", SHA256: "dd"}})
	require.Error(t, err, "the answer has been given")
}
