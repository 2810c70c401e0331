package workflow_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

func TestEngine_a_stand_in_works_and_the_event_says_for_whom(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.submit(t, "fast")
	s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: worker})
	other := officer(colleague, roads, actor.Executor)
	_, err := s.Act(context.Background(), other, id, workflow.Command{Action: workflow.Start})
	require.True(t, fault.Is(err, fault.Forbidden), "a colleague who doesn't stand in")
	s.act(t, standIn(other), id, workflow.Command{Action: workflow.Start})
	s.act(t, executor, id, workflow.Command{Action: workflow.AddNote, Text: "Вернулся из отпуска"})
	events := s.store.find(id).Events
	started, noted := events[len(events)-2], events[len(events)-1]
	require.Equal(t, colleague, started.Actor)
	require.Equal(t, worker, started.Data.For)
	require.Zero(t, noted.Data.For, "everybody in the agency may write a note: nobody's place is taken")
	s.audited(t, id)
}

func TestAudit_finds_who_acted_in_a_place_that_was_not_theirs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.submit(t, "fast")
	s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: worker})
	s.act(t, standIn(officer(colleague, roads, actor.Executor)), id, workflow.Command{Action: workflow.Start})
	for name, forge := range map[string]func(e *workflow.Event){
		"nobody's place":    func(e *workflow.Event) { e.Data.For = 0 },
		"another's place":   func(e *workflow.Event) { e.Data.For = 999 },
		"their own place":   func(e *workflow.Event) { e.Actor = worker },
		"what isn't theirs": func(e *workflow.Event) { e.Action, e.From = workflow.AddNote, e.To },
	} {
		c := s.store.find(id)
		last := &c.Events[len(c.Events)-1]
		forge(last)
		sum, err := workflow.HashEvent(last)
		require.NoError(t, err)
		last.Hash, c.Appeal.Hash = sum, sum
		var about []string
		for _, f := range workflow.Audit(c, s.calendars) {
			if f.Event == last.N {
				about = append(about, f.What)
			}
		}
		require.NotEmpty(t, about, name)
	}
}
