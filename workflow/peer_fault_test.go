package workflow_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// These are the faults that other products of this kind have been seen with,
// one test for each.

// A clock restarted by any edit: what touches an appeal without deciding
// anything leaves every clock as it was, also days after it began and while it
// is overdue.
func TestPeerFault_an_edit_restarts_no_clock(t *testing.T) {
	t.Parallel()
	saveDraft := func(t *testing.T, s *stage, id int64) {
		t.Helper()
		_, err := s.SaveAnswerDraft(context.Background(), executor, id, 0, "Едем", "", time.Time{}, "")
		require.NoError(t, err)
	}
	by := func(who actor.Actor, commands ...workflow.Command) func(*testing.T, *stage, int64) {
		return func(t *testing.T, s *stage, id int64) {
			t.Helper()
			for _, c := range commands {
				s.act(t, who, id, c)
			}
		}
	}
	for _, edit := range []struct {
		name string
		do   func(*testing.T, *stage, int64)
	}{
		{"a note", by(executor, workflow.Command{Action: workflow.AddNote, Text: "Звонил подрядчику"})},
		{"another executor", by(coordinatorOf(roads), workflow.Command{Action: workflow.Assign, Executor: colleague})},
		{"the draft of an answer", saveDraft},
		{"questions of a checklist", by(coordinatorOf(roads), add("Когда засыплют яму?\nКто возместит ущерб?"))},
		{"an outcome in a checklist", by(executor, add("Когда засыплют яму?"), settle(1))},
		{"a question taken away", by(executor, add("Когда?"), workflow.Command{Action: workflow.DropItem, Item: 1, Reason: "Повтор"})},
		{"a photo", func(t *testing.T, s *stage, id int64) {
			t.Helper()
			_, err := s.AttachPhotos(context.Background(), executor, id, []workflow.Photo{{Key: "k", SHA256: "ab"}})
			require.NoError(t, err)
		}},
	} {
		t.Run(edit.name, func(t *testing.T) {
			t.Parallel()
			for _, rubric := range []string{"fast", "formal"} {
				for _, days := range []int{3, 60} { // on time; overdue
					s := newStage(t)
					id := s.inWork(t, rubric)
					s.pass(t, id, s.clock.Now().AddDate(0, 0, days))
					before := s.store.find(id).Appeal
					require.Equal(t, days == 60, before.Level > 0)
					edit.do(t, s, id)
					after := s.store.find(id).Appeal
					require.Equal(t, before.Deadline, after.Deadline, "%s after %d days", rubric, days)
					require.Equal(t, before.DueAt, after.DueAt)
					require.Equal(t, before.Level, after.Level, "what is overdue stays so")
					s.audited(t, id)
				}
			}
		})
	}
}

// A due instant that is never computed: at every stage where somebody owes the
// next step a clock runs, it is due at an instant, and a step waits to be fired.
// Random orders of actions are [TestEngine_properties].
func TestPeerFault_no_open_appeal_without_a_running_clock(t *testing.T) {
	t.Parallel()
	for _, zone := range zones {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			s := newStageIn(t, zone)
			for rubric, leaf := range seeded {
				if leaf.Agency == 0 {
					continue
				}
				for name, reach := range map[string]func(require.TestingT, string) int64{
					"submitted": s.submit, "received": s.received, "assigned": s.assigned, "in work": s.inWork, "answered": s.answered,
				} {
					id := reach(t, rubric)
					running := 0
					for _, d := range s.store.find(id).Appeal.Deadline {
						require.False(t, d.DueAt.IsZero(), "%s %s: %s", rubric, name, d.Kind)
						require.True(t, d.DueAt.After(d.StartsAt), "%s %s: %s", rubric, name, d.Kind)
						if d.Running() {
							running++
							require.False(t, d.NextAt.IsZero(), "%s %s: %s", rubric, name, d.Kind)
						}
					}
					require.NotZero(t, running, "%s %s", rubric, name)
					s.audited(t, id)
				}
			}
		})
	}
}

// Only the first hundred overdue looked at: thousands that run out together
// are all fired, each once, although every one is asked for twice.
func TestPeerFault_more_than_a_hundred_overdue_are_all_fired_once_unraced(t *testing.T) {
	t.Parallel()
	const appeals = 5000
	s := newStage(t)
	ids := make([]int64, appeals)
	for i := range ids {
		ids[i] = s.submit(t, "fast")
	}
	due := s.open(ids[0], deadline.Review).DueAt
	s.clock.Set(due.Add(time.Hour))
	fired, asked := map[workflow.Due]int{}, 0
	for round := 0; ; round++ {
		require.Less(t, round, 10, "it never ends")
		var dues []workflow.Due
		for _, id := range ids {
			for _, d := range s.pending(id) {
				if !d.At.After(s.clock.Now()) {
					dues = append(dues, d)
				}
			}
		}
		if len(dues) == 0 {
			break
		}
		for _, got := range s.FireAll(context.Background(), append(dues, dues...)) {
			require.NoError(t, got.Err)
			asked++
			if got.Done {
				fired[got.Due]++
			}
		}
	}
	overdue, twice := 0, 0
	for _, id := range ids {
		c := s.store.find(id)
		told := 0
		for _, e := range c.Events {
			if e.Data.Kind == deadline.Review && e.Data.Step == deadline.StepDue {
				told++
			}
		}
		require.Equal(t, 1, told, "appeal %d", id)
		if c.Appeal.Level > 0 {
			overdue++
		}
	}
	for _, n := range fired {
		if n > 1 {
			twice++
		}
	}
	require.Equal(t, appeals, overdue)
	require.Zero(t, twice)
	s.audited(t, ids[appeals-1])
	t.Logf("%d overdue at once: asked %d times, %d steps fired, %d twice, %d missed", appeals, asked, len(fired), twice, appeals-overdue)
}
