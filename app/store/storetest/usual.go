package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

// testUsualTimes is what counting how long answers take promises.
func testUsualTimes(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	answered := func(agency int64, sent time.Time, took time.Duration, alter ...func(*workflow.Appeal)) {
		id := take(t, s, sent, agency)
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) {
			a.Stage, a.FirstSigned, a.AnsweredAt = workflow.StageAnswered, sent.Add(took), sent.Add(took)
			for _, c := range alter {
				c(a)
			}
		}))
	}
	const day = 24 * time.Hour
	for i := range 9 {
		answered(3, Noon, time.Duration(i+1)*day) // median of 1–9 and 5½: 5¼
	}
	answered(4, Noon, 200*day)
	answered(3, Noon.Add(-100*day), 2*day) // long ago
	answered(3, Noon, 300*day, func(a *workflow.Appeal) { a.Lead = 1 })
	take(t, s, Noon, 3) // waits
	count := func() []workflow.UsualTime {
		n, err := s.CountUsualTimes(ctx, Noon.Add(-90*day))
		require.NoError(t, err)
		out, err := s.ListUsualTimes(ctx)
		require.NoError(t, err)
		require.Len(t, out, n)
		return out
	}
	topic := Sample(1, Noon, 3).Appeal.Rubric
	require.Equal(t, []workflow.UsualTime{{Rubric: topic, Days: 6, Answered: 10}}, count(), "of one agency alone there are too few")
	answered(3, Noon, 5*day+12*time.Hour)
	require.Equal(t, []workflow.UsualTime{
		{Rubric: topic, Days: 6, Answered: 11}, {Rubric: topic, Agency: 3, Days: 6, Answered: 10},
	}, count())
	n, err := s.CountUsualTimes(ctx, Noon.Add(400*day))
	require.NoError(t, err)
	require.Zero(t, n, "what is usual no longer is forgotten")
}
