package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

func TestEngine_Fire_never_early_never_twice(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := context.Background()
	id := s.inWork(t, "fast")
	due := s.pending(id)[0]
	require.Equal(t, deadline.StepHalf, due.Step)

	s.clock.Set(due.At.Add(-time.Microsecond))
	fired, err := s.Fire(ctx, due)
	require.NoError(t, err)
	require.False(t, fired, "early")

	s.clock.Set(due.At)
	var count atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if fired, err := s.Fire(ctx, due); err == nil && fired {
				count.Add(1)
			}
		})
	}
	all.Wait()
	require.Equal(t, int32(1), count.Load())

	for _, gone := range []workflow.Due{
		{Appeal: id, N: due.N, Step: deadline.StepHalf}, {Appeal: id, N: 99, Step: deadline.StepDue}, {Appeal: 999, N: 1, Step: deadline.StepDue},
	} {
		fired, err := s.Fire(ctx, gone)
		require.NoError(t, err)
		require.False(t, fired)
	}
	s.audited(t, id)
}

func TestEngine_Fire_does_nothing_for_a_clock_that_was_stopped(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	due := s.pending(id)[0]
	s.answer(t, id, workflow.Solved, time.Time{})
	s.clock.Set(due.At.Add(time.Hour))
	fired, err := s.Fire(context.Background(), due)
	require.NoError(t, err)
	require.False(t, fired)
}

func TestEngine_Fire_climbs_the_ladder_while_overdue(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast") // due on Thursday 26 March
	told := func() map[string][]actor.Role {
		out := map[string][]actor.Role{}
		c := s.store.find(id)
		for _, row := range s.store.told(id, c.Appeal.Events) {
			var n workflow.Notice
			require.NoError(t, json.Unmarshal([]byte(row.Payload), &n))
			roles := n.Roles
			if n.User != 0 {
				require.Equal(t, worker, n.User)
				roles = append(roles, actor.Executor)
			}
			out[n.Key] = append(out[n.Key], roles...)
		}
		return out
	}
	for _, step := range []struct {
		until string
		level int
		told  map[string][]actor.Role
	}{
		{"2026-03-22", 0, map[string][]actor.Role{"warn.review.soon": {actor.Executor}}},
		{"2026-03-25", 0, map[string][]actor.Role{"warn.review.soon": {actor.Executor, actor.Coordinator}}},
		{"2026-03-27", 1, map[string][]actor.Role{"warn.review.overdue": {actor.Coordinator}}},
		{"2026-03-28", 2, map[string][]actor.Role{"warn.review.overdue": {actor.Head}}},
		{"2026-03-29", 3, map[string][]actor.Role{"warn.review.overdue": {actor.Supervisor}}},
		{"2026-04-05", 3, map[string][]actor.Role{"warn.review.overdue": {actor.Supervisor}}},
	} {
		s.pass(t, id, at(step.until))
		require.Equal(t, step.level, s.store.find(id).Appeal.Level, step.until)
		require.Equal(t, step.told, told(), step.until)
	}
	a := s.answer(t, id, workflow.Solved, time.Time{})
	require.Zero(t, a.Level, "nothing is overdue any more")
	require.True(t, a.Late)
	s.audited(t, id)
}

func TestEngine_Fire_after_an_outage_tells_the_last_and_never_skips_the_due_step(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	s.clock.Set(at("2026-04-06"))
	fire := func() bool {
		pending := s.pending(id)
		require.Len(t, pending, 1)
		fired, err := s.Fire(context.Background(), pending[0])
		require.NoError(t, err)
		return fired
	}
	var steps []deadline.Step
	for fire() {
		c := s.store.find(id)
		steps = append(steps, c.Events[len(c.Events)-1].Data.Step)
	}
	require.Equal(t, []deadline.Step{deadline.StepDue, deadline.Overdue(11)}, steps)
	require.Equal(t, 3, s.store.find(id).Appeal.Level)
	s.audited(t, id)
}

func TestEngine_Fire_without_an_executor_tells_the_coordinator(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.received(t, "fast")
	s.clock.Set(at("2026-03-22"))
	for _, due := range s.pending(id) {
		if due.Step == deadline.StepHalf && due.N == 1 {
			fired, err := s.Fire(context.Background(), due)
			require.NoError(t, err)
			require.True(t, fired)
		}
	}
	c := s.store.find(id)
	rows := s.store.told(id, c.Appeal.Events)
	require.Len(t, rows, 1)
	require.JSONEq(t, `{"key":"warn.review.soon","agency":10,"roles":["coordinator"]}`, rows[0].Payload)
}

// brokenStore fails at the last write of each unit of work.
type brokenStore struct{ *memStore }

type brokenTx struct{ workflow.Tx }

var errDisk = errors.New("disk full")

func (b brokenStore) InTx(ctx context.Context, fn func(workflow.Tx) error) error {
	return b.memStore.InTx(ctx, func(tx workflow.Tx) error { return fn(brokenTx{tx}) })
}

func (brokenTx) AddOutbox(context.Context, ...workflow.Outbox) error { return errDisk }

func TestEngine_Fire_undoes_everything_when_a_part_fails(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	due := s.pending(id)[0]
	before := s.store.find(id)
	broken, err := workflow.NewEngine(workflow.Config{
		Store: brokenStore{s.store}, Catalog: seeded, Clock: s.clock, Calendar: s.cal, Secret: make([]byte, 32),
	})
	require.NoError(t, err)
	s.clock.Set(due.At)
	fired, err := broken.Fire(context.Background(), due)
	require.ErrorIs(t, err, errDisk)
	require.False(t, fired)
	require.Equal(t, before, s.store.find(id))
	_, err = broken.Act(context.Background(), executor, id, workflow.Command{
		Action: workflow.SubmitAnswer, Text: answerText, Outcome: workflow.Solved,
	})
	require.ErrorIs(t, err, errDisk)
	require.Equal(t, before, s.store.find(id), "no answer is left behind either")

	fired, err = s.Fire(context.Background(), due)
	require.NoError(t, err)
	require.True(t, fired, "it is tried again")
}
