package workflow_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

func TestEngine_time_of_an_appeal_never_goes_back(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	note := workflow.Command{Action: workflow.AddNote, Text: "Созвонились"}
	s.pass(t, id, at("2026-03-20"))
	s.act(t, executor, id, note)
	before := s.clock.Now()
	last := func() workflow.Event {
		events := s.store.find(id).Events
		return events[len(events)-1]
	}
	require.Zero(t, last().Data.Behind)

	s.clock.Set(before.Add(-30 * time.Second))
	s.act(t, executor, id, note)
	require.Equal(t, before, last().At)
	require.Zero(t, last().Data.Behind, "clocks of nodes may be a little apart")

	s.clock.Set(before.AddDate(0, 0, -3)) // no clock of the appeal began after this
	s.act(t, executor, id, note)
	require.Equal(t, before, last().At, "not before what it follows")
	require.Equal(t, 3*24*3600, last().Data.Behind)
	s.act(t, executor, id, submission)
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign})
	require.Equal(t, before, last().At)
	require.Equal(t, before, s.store.find(id).Appeal.AnsweredAt, "the clock is met at the instant of the event")
	s.audited(t, id)

	s.clock.Set(before.Add(time.Hour))
	s.act(t, executor, id, note)
	require.Equal(t, before.Add(time.Hour), last().At, "and goes on when the clock is right again")
	require.Zero(t, last().Data.Behind)
}

func TestAudit_names_a_history_whose_times_go_back(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	s.pass(t, id, at("2026-03-20"))
	s.act(t, executor, id, workflow.Command{Action: workflow.AddNote, Text: "Созвонились"})
	c := s.store.find(id)
	last := &c.Events[len(c.Events)-1]
	last.At = c.Events[len(c.Events)-2].At.Add(-time.Hour)
	last.Hash = rehash(t, *last)
	c.Appeal.Hash = last.Hash
	findings := workflow.Audit(c, s.calendars)
	require.Len(t, findings, 1)
	require.Equal(t, last.N, findings[0].Event)
	require.Equal(t, "is 1h0m0s earlier than the event before it", findings[0].What)
}
