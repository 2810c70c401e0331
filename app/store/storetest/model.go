package storetest

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/classifier"
	"github.com/otklik/otklik/workflow"
)

func newModel(state rubricator.ModelState) *rubricator.Model {
	return &rubricator.Model{State: state, Cause: rubricator.CauseNight, Tree: 3, CreatedAt: Noon, TouchedAt: Noon, Version: 1}
}

func testModels(t *testing.T, open Opener) {
	ctx := t.Context()

	t.Run("one training at a time, and it is kept as it was saved", func(t *testing.T) {
		s := open(t)
		none, err := s.FindBusyModel(ctx)
		require.NoError(t, err)
		require.Nil(t, none)
		m := newModel(rubricator.ModelWaiting)
		m.CreatedBy = 5
		require.NoError(t, s.CreateModel(ctx, m))
		err = s.CreateModel(ctx, newModel(rubricator.ModelTraining))
		requireKind(t, fault.Conflict, err)
		seen := *m
		m.State, m.Step, m.Known, m.Examples, m.Corrected, m.Tested = rubricator.ModelTraining, "learning", 90, 60, 4, 30
		m.From, m.Until = Noon.Add(-time.Hour), Noon
		m.Figures = rubricator.Figures{Own: &classifier.Report{TopicTop1: 0.5}, Versus: 7, Compared: 30, Gained: 3, Lost: 1}
		require.NoError(t, s.SaveModel(ctx, m))
		got, err := s.FindBusyModel(ctx)
		require.NoError(t, err)
		require.Equal(t, m, got)
		requireKind(t, fault.Conflict, s.SaveModel(ctx, &seen))
		_, err = s.FindModel(ctx, m.ID+1)
		requireKind(t, fault.NotFound, err)
		m.State = rubricator.ModelFailed
		require.NoError(t, s.SaveModel(ctx, m))
		require.NoError(t, s.CreateModel(ctx, newModel(rubricator.ModelTraining)))
	})

	t.Run("one is in force, with its file, and the former can come back", func(t *testing.T) {
		s := open(t)
		file := bytes.Repeat([]byte("0123456789abcdef"), 150_000) // more than two pieces
		var ids []int64
		for range 4 {
			m := newModel(rubricator.ModelCandidate)
			require.NoError(t, s.CreateModel(ctx, m))
			ids = append(ids, m.ID)
		}
		_, err := s.ReadModelFile(ctx, ids[0])
		requireKind(t, fault.NotFound, err)
		requireKind(t, fault.Conflict, s.Activate(ctx, ids[0], 5, Noon, "person"))
		active, err := s.ActiveModel(ctx)
		require.NoError(t, err)
		require.Zero(t, active)
		for i, id := range ids {
			require.NoError(t, s.SaveModelFile(ctx, id, file[i:]))
			require.NoError(t, s.Activate(ctx, id, int64(i), Noon.Add(time.Duration(i)*time.Hour), "better"))
		}
		require.NoError(t, s.Activate(ctx, ids[3], 9, Noon, "person")) // it is already
		active, err = s.ActiveModel(ctx)
		require.NoError(t, err)
		require.Equal(t, ids[3], active)
		got, err := s.ReadModelFile(ctx, ids[2])
		require.NoError(t, err)
		require.Equal(t, file[2:], got)

		require.NoError(t, s.PruneModels(ctx, 1, 3))
		list, err := s.ListModels(ctx, 10)
		require.NoError(t, err)
		require.Len(t, list, 3)
		require.Equal(t, ids[3], list[0].ID)
		require.Equal(t, rubricator.ModelActive, list[0].State)
		require.Equal(t, int64(3), list[0].ActivatedBy)
		require.Equal(t, rubricator.ModelRetired, list[1].State)
		require.Equal(t, []int{len(file) - 3, len(file) - 2, 0}, []int{list[0].Size, list[1].Size, list[2].Size})
		_, err = s.ReadModelFile(ctx, ids[1])
		requireKind(t, fault.NotFound, err)
		require.NoError(t, s.Activate(ctx, ids[2], 5, Noon, "rolled_back"))

		lines, err := s.WalkJournal(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, lines, 5)
		require.Equal(t, identity.ActivateModel, lines[4].Kind)
		require.Equal(t, int64(5), lines[4].By)
		_, err = identity.VerifyJournal("", lines)
		require.NoError(t, err)
	})

	t.Run("examples are what was answered, not what is joined", func(t *testing.T) {
		s := open(t)
		answered := func(at time.Time, fn func(*workflow.Appeal)) {
			id := take(t, s, Noon, 4)
			require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) {
				a.Stage, a.FirstSigned = workflow.StageAnswered, at
				fn(a)
			}))
		}
		take(t, s, Noon, 4) // nobody has looked at it
		answered(Noon.Add(time.Hour), func(*workflow.Appeal) {})
		answered(Noon.Add(3*time.Hour), func(a *workflow.Appeal) { a.Rubric, a.Retopics = "roads.snow", 1 })
		answered(Noon.Add(2*time.Hour), func(a *workflow.Appeal) { a.Lead = 99 })
		n, err := s.CountWorked(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		list, err := s.ListWorked(ctx, 10)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, "roads.snow", list[0].Topic)
		require.True(t, list[0].Chosen)
		require.False(t, list[1].Chosen)
		require.Equal(t, int64(7), list[1].Territory)
		require.Equal(t, int64(4), list[1].Agency)
		require.Equal(t, Noon.Add(time.Hour), list[1].At.UTC())
		require.NotEmpty(t, list[1].Text)
	})
}
