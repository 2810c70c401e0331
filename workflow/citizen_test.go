package workflow_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

func TestEngine_the_citizen_has_the_last_word(t *testing.T) {
	t.Parallel()
	t.Run("a rating closes, a low one with a comment", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.answered(t, "fast")
		author := actor.Author(id)
		require.Equal(t, map[string]string{"rating": "workflow.rating_range"}, s.wrong(t, author, id, workflow.Command{Action: workflow.Rate, Rating: 6}))
		require.Equal(t, map[string]string{"text": "workflow.comment_required"}, s.wrong(t, author, id, workflow.Command{Action: workflow.Rate, Rating: 2}))
		a := s.act(t, author, id, workflow.Command{Action: workflow.Rate, Rating: 3})
		require.Equal(t, workflow.StageClosed, a.Stage)
		require.Equal(t, 3, a.Rating)
		require.Empty(t, s.pending(id))
		s.audited(t, id)
	})
	t.Run("silence closes after fifteen days", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.answered(t, "fast")
		require.Equal(t, "2026-03-31", s.due(id, deadline.Rating))
		s.pass(t, id, at("2026-04-01"))
		a := s.store.find(id).Appeal
		require.Equal(t, workflow.StageClosed, a.Stage)
		require.Zero(t, a.Rating)
		s.audited(t, id)
	})
	t.Run("not fixed sends it back, and then to the supervisor", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.answered(t, "fast")
		author := actor.Author(id)
		objection := workflow.Command{Action: workflow.ReReview, NotFixed: true, Text: "Яма на месте"}
		require.Equal(t, map[string]string{"rating": "workflow.rating_or_not_fixed", "text": "workflow.comment_required"},
			s.wrong(t, author, id, workflow.Command{Action: workflow.ReReview}))
		require.Equal(t, "workflow.re_review_instead", s.refused(t, author, id, workflow.Command{Action: workflow.Dispute, NotFixed: true, Text: "x"}).Key)
		s.pass(t, id, at("2026-03-18"))
		a := s.act(t, author, id, objection)
		require.Equal(t, 2, a.Round)
		require.True(t, a.Refuted)
		require.Zero(t, a.Executor)
		require.Equal(t, "2026-03-27", s.due(id, deadline.Review), "a new review; the 28th is a Saturday")
		s.again(t, id)

		require.Equal(t, "workflow.dispute_instead", s.refused(t, author, id, objection).Key)
		a = s.act(t, author, id, workflow.Command{Action: workflow.Dispute, Rating: 1, Text: "Опять ничего"})
		require.Equal(t, workflow.StageDisputed, a.Stage)
		require.Equal(t, "2026-03-25", s.due(id, deadline.Dispute))
		a = s.act(t, supervisor, id, workflow.Command{Action: workflow.SendBack, Reason: "Переделать", Agency: water})
		require.Equal(t, 3, a.Round)
		require.Equal(t, water, a.Agency)
		require.Equal(t, 1, a.Hops)
		require.Equal(t, 1, a.Rating)
		s.audited(t, id)
	})
	t.Run("the supervisor may uphold the answer", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.answered(t, "formal")
		s.act(t, actor.Author(id), id, workflow.Command{Action: workflow.ReReview, Rating: 2, Text: "Не согласна"})
		s.again(t, id)
		s.act(t, actor.Author(id), id, workflow.Command{Action: workflow.Dispute, Rating: 1, Text: "Не согласна"})
		require.Contains(t, s.wrong(t, supervisor, id, workflow.Command{Action: workflow.Uphold}), "reason")
		a := s.act(t, supervisor, id, workflow.Command{Action: workflow.Uphold, Reason: "Ответ верный"})
		require.Equal(t, workflow.StageClosed, a.Stage)
		require.False(t, a.Refuted)
		s.audited(t, id)
	})
	t.Run("withdrawing ends everything and takes the answer back", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		id := s.inWork(t, "fast")
		s.act(t, executor, id, workflow.Command{Action: workflow.SubmitAnswer, Text: answerText, Outcome: workflow.Solved})
		a := s.act(t, actor.Author(id), id, workflow.Command{Action: workflow.Withdraw})
		require.Equal(t, workflow.StageWithdrawn, a.Stage)
		require.Empty(t, s.pending(id))
		require.Equal(t, workflow.AnswerDraft, s.store.find(id).Answers[0].State)
		s.audited(t, id)
	})
}
