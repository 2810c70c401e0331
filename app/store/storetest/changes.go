package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

func testChanges(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	for _, version := range []string{"ru-1", "ru-2"} {
		require.NoError(t, s.SaveCalendar(ctx, version, []byte("{}")))
	}
	first := &workflow.CalendarChange{
		State: workflow.ChangeCounting, From: "ru-1", To: "ru-2", Note: "Указ", CreatedBy: 3, CreatedAt: Noon, Version: 1,
		Days: []calendar.DayChange{{Day: calendar.NewDay(2026, time.May, 12), From: calendar.Workday, To: calendar.RegionalOff}},
	}
	require.NoError(t, s.CreateChange(ctx, first))

	version, err := s.FindInForce(ctx)
	require.NoError(t, err)
	require.Empty(t, version)

	t.Run("one at a time is on its way", func(t *testing.T) {
		second := *first
		err := s.CreateChange(ctx, &second)
		require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	})

	t.Run("is kept as it was saved, against those who saw an older one", func(t *testing.T) {
		seen := *first
		first.State, first.Examined, first.Later, first.Cursor = workflow.ChangeProposed, 7, 2, 99
		first.Sample = []workflow.Proposal{{Appeal: 5, Number: "26-000005-0", N: 1, Kind: deadline.Review, From: Noon, To: Noon.Add(time.Hour)}}
		require.NoError(t, s.SaveChange(ctx, first))
		got, err := s.FindChange(ctx, first.ID)
		require.NoError(t, err)
		require.Equal(t, first, got)
		require.True(t, fault.Is(s.SaveChange(ctx, &seen), fault.Conflict))
		_, err = s.FindChange(ctx, first.ID+1)
		require.True(t, fault.Is(err, fault.NotFound))
	})

	t.Run("makes way for the next when it is over", func(t *testing.T) {
		first.State = workflow.ChangeApplying
		require.NoError(t, s.SaveChange(ctx, first))
		active, err := s.FindActive(ctx)
		require.NoError(t, err)
		require.Equal(t, first, active)
		version, err := s.FindInForce(ctx)
		require.NoError(t, err)
		require.Equal(t, "ru-2", version)
		first.State, first.EndedAt = workflow.ChangeDone, Noon
		require.NoError(t, s.SaveChange(ctx, first))
		active, err = s.FindActive(ctx)
		require.NoError(t, err)
		require.Nil(t, active)
		next := &workflow.CalendarChange{State: workflow.ChangeCounting, From: "ru-1", To: "ru-2", Note: "Закон", CreatedAt: Noon, Version: 1}
		require.NoError(t, s.CreateChange(ctx, next))
		all, err := s.ListChanges(ctx, 10)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, next.ID, all[0].ID, "the latest first")
	})
}
