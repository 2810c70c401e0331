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
	require.JSONEq(t, `{"key":"warn.review.soon","number":"`+c.Appeal.Number+`","agency":10,"roles":["coordinator"]}`, rows[0].Payload)
}

func TestEngine_FireAll_is_Fire_of_each(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	// The same lives twice: in one the clocks fire together, in the other one by
	// one.
	together, single := newStage(t), newStage(t)
	var dues []workflow.Due
	for range 5 {
		for _, s := range []*stage{together, single} {
			s.received(t, "fast") // two clocks
			s.assigned(t, "formal")
			s.answered(t, "general")
		}
	}
	stopped := together.pending(1)[0]
	for _, until := range []string{"2026-03-18", "2026-03-22", "2026-04-05", "2026-04-20"} {
		for _, s := range []*stage{together, single} {
			s.clock.Set(at(until))
		}
		for {
			dues = nil
			for id := range int64(15) {
				dues = append(dues, together.pending(id+1)...)
			}
			dues = append(dues, dues[0], workflow.Due{Appeal: 999, N: 1, Step: deadline.StepDue})
			all, fired := together.FireAll(ctx, dues), 0
			require.Len(t, all, len(dues))
			for i, got := range all {
				require.NoError(t, got.Err)
				require.Equal(t, dues[i], got.Due)
				one, err := single.Fire(ctx, dues[i])
				require.NoError(t, err)
				require.Equal(t, one, got.Done, "%v", got.Due)
				if one {
					fired++
				}
			}
			if fired == 0 {
				break
			}
		}
		for id := range int64(15) {
			require.Equal(t, string(pack(single.store.find(id+1))), string(pack(together.store.find(id+1))))
			together.audited(t, id+1)
		}
	}
	require.False(t, together.FireAll(ctx, []workflow.Due{stopped})[0].Done)
	require.Len(t, together.store.rows.outbox, len(single.store.rows.outbox))
}

func TestEngine_FireAll_one_that_can_t_be_fired_takes_no_other_with_it(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var dues []workflow.Due
	for range 3 {
		dues = append(dues, s.pending(s.inWork(t, "fast"))[0])
	}
	broken := s.store.find(2).Appeal
	broken.RuleSet = "no such rules"
	s.store.rows.appeals[2] = pack(broken)
	s.clock.Set(dues[2].At)
	got := s.FireAll(context.Background(), dues)
	require.True(t, got[0].Done)
	require.Error(t, got[1].Err)
	require.False(t, got[1].Done)
	require.True(t, got[2].Done)
}

// brokenStore fails at the last write of each unit of work.
type brokenStore struct{ *memStore }

type brokenTx struct{ workflow.Tx }

var errDisk = errors.New("disk full")

func (b brokenStore) InTx(ctx context.Context, fn func(workflow.Tx) error) error {
	return b.memStore.InTx(ctx, func(tx workflow.Tx) error { return fn(brokenTx{tx}) })
}

func (brokenTx) AddOutbox(context.Context, ...workflow.Outbox) error { return errDisk }

func (b brokenTx) SaveSteps(ctx context.Context, steps []workflow.Step) error {
	return errors.Join(b.Tx.SaveSteps(ctx, steps), errDisk)
}

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
	all := broken.FireAll(context.Background(), []workflow.Due{due})
	require.ErrorIs(t, all[0].Err, errDisk)
	require.False(t, all[0].Done)
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
