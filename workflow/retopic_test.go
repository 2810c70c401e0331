package workflow_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

func TestRetopic_changes_the_topic_and_nothing_that_was_promised(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.received(t, "general")
	before := s.due(id, deadline.Review)
	s.pass(t, id, at("2026-03-17"))
	to := func(topic string) workflow.Command { return workflow.Command{Action: workflow.Retopic, Rubric: topic} }

	for topic, key := range map[string]string{
		"": "workflow.rubric_required", "general": "workflow.same_topic", "formal": "workflow.other_rules", "nonsense": "error.invalid",
	} {
		require.Equal(t, map[string]string{"rubric": key}, s.wrong(t, coordinatorOf(roads), id, to(topic)), topic)
	}
	a := s.act(t, coordinatorOf(roads), id, to("fast"))
	require.Equal(t, "fast", a.Rubric)
	require.Equal(t, 1, a.Retopics)
	require.Equal(t, workflow.General, a.Order)
	require.Equal(t, roads, a.Agency)
	require.Equal(t, workflow.StageReceived, a.Stage)
	require.Equal(t, before, s.due(id, deadline.Review), "a fast topic has ten days, this citizen was told thirty")
	e := s.store.find(id).Events[a.Events-1]
	require.Equal(t, "general", e.Data.FromRubric)
	require.Equal(t, "fast", e.Data.Rubric)
	require.Equal(t, e.DueBefore, e.DueAfter)
	require.Empty(t, e.Data.Clock)
	s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Retopic, Rubric: "general", Reason: "Всё же не яма"})
	s.audited(t, id)

	found := s.store.find(id)
	found.Appeal.Retopics = 0
	found.Appeal.Rubric = "fast"
	require.Len(t, workflow.Audit(found, func(string) (*calendar.Calendar, error) { return s.Calendar(), nil }), 2)
}
