package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// testPublicMaps is what keeping public maps promises.
func testPublicMaps(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	share := 40
	drawn := func(from, to atlas.Day, count int) atlas.Map {
		return atlas.Map{Period: atlas.Period{From: from, To: to}, At: Noon, Rules: 1, Whole: atlas.Node{
			Count: count, Parts: []atlas.Node{{Key: "town", Count: count, Problems: 2, Solved: &share, Rest: 3}},
		}}
	}
	periods := func() []atlas.Period {
		t.Helper()
		out, err := s.ListPeriods(ctx)
		require.NoError(t, err)
		return out
	}
	require.Empty(t, periods())
	require.NoError(t, s.PutMap(ctx, drawn(100, 130, 7)))
	require.NoError(t, s.PutMap(ctx, drawn(100, 130, 8)), "another node was faster")
	require.NoError(t, s.PutMap(ctx, drawn(90, 101, 9)), "a day of it is published")
	require.NoError(t, s.PutMap(ctx, drawn(129, 200, 9)))
	require.NoError(t, s.PutMap(ctx, drawn(110, 120, 9)))
	require.NoError(t, s.PutMap(ctx, drawn(130, 161, 5)))
	require.Equal(t, []atlas.Period{{From: 130, To: 161}, {From: 100, To: 130}}, periods())
	m, err := s.FindMap(ctx, 100)
	require.NoError(t, err)
	require.Equal(t, drawn(100, 130, 7), m, "what is published stays")
	_, err = s.FindMap(ctx, 110)
	require.True(t, fault.Is(err, fault.NotFound))

	first, err := s.FirstAppeal(ctx)
	require.NoError(t, err)
	require.True(t, first.IsZero())
	intake := func(id int64, at time.Time, stage workflow.Stage, change func(*workflow.Intake)) {
		t.Helper()
		in := Sample(id, at, 7, func(in *workflow.Intake) { in.Appeal.Stage = stage }, change)
		_, _, err := s.Intake(ctx, in)
		require.NoError(t, err)
	}
	intake(1, Noon, workflow.StageAnswered, func(in *workflow.Intake) {
		in.Applicant = workflow.Applicant{Name: "Пётр  Ильин", Phone: "8 (900) 123-45-67", Email: " P@example.org"}
		in.Appeal.FirstSigned, in.Appeal.Outcome = Noon.Add(36*time.Hour), workflow.Solved
	})
	intake(2, Noon.Add(time.Hour), workflow.StageAnswered, func(in *workflow.Intake) {
		in.Applicant = workflow.Applicant{Name: "петр ильин", Phone: "+79001234567", Email: "p@EXAMPLE.org"}
		in.Appeal.FirstSigned, in.Appeal.Outcome, in.Appeal.Refuted, in.Appeal.Lead = Noon.Add(2*time.Hour), workflow.Solved, true, 1
	})
	intake(3, Noon.Add(2*time.Hour), workflow.StageInWork, func(in *workflow.Intake) {
		in.Applicant = workflow.Applicant{Name: "Анна"}
	})
	for i, stage := range []workflow.Stage{workflow.StageModeration, workflow.StageRejected, workflow.StageWithdrawn, workflow.StageClarification} {
		intake(int64(4+i), Noon, stage, func(*workflow.Intake) {})
	}
	intake(9, Noon.Add(3*time.Hour), workflow.StageInWork, func(*workflow.Intake) {})
	first, err = s.FirstAppeal(ctx)
	require.NoError(t, err)
	require.True(t, first.Equal(Noon), first)
	var facts []atlas.Fact
	require.NoError(t, s.EachMapFact(ctx, Noon, Noon.Add(3*time.Hour), func(territory int64, f atlas.Fact) error {
		require.NotZero(t, territory)
		facts = append(facts, f)
		return nil
	}))
	require.Len(t, facts, 3, "neither what isn't accepted nor what was sent later")
	byDays := map[int]atlas.Fact{}
	for _, f := range facts {
		byDays[f.Days] = f
	}
	one, two, open3 := byDays[2], byDays[1], byDays[0]
	require.True(t, one.Answered && one.Solved && two.Answered && !two.Solved && !open3.Answered)
	require.True(t, !one.Joined && two.Joined)
	require.Equal(t, one.Signs, two.Signs, "the same person, however it was written")
	for i, sign := range one.Signs {
		require.NotZero(t, sign)
		require.NotEqual(t, sign, open3.Signs[i])
	}
	require.Zero(t, open3.Signs[0])
	require.NotZero(t, open3.Signs[2])
}
