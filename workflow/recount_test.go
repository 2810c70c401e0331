package workflow_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

func TestEngine_Recount_moves_what_was_confirmed_and_records_it(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := context.Background()
	id := s.inWork(t, "fast") // ten days from Monday, 16 March: Thursday, 26 March
	due := s.open(id, deadline.Review).DueAt
	off, err := s.cal.With(calendar.Overlay{Name: "ru-xx", Source: "regional law", Off: []calendar.Day{s.cal.DayOf(due)}})
	require.NoError(t, err)

	c := s.store.find(id)
	proposed, err := workflow.Proposals(c, off, s.clock.Now())
	require.NoError(t, err)
	require.Len(t, proposed, 1)
	require.Equal(t, due, proposed[0].From)
	require.Equal(t, "2026-03-25", s.cal.DayOf(proposed[0].To).String(), "an agency's date rolls to the day before")
	require.Equal(t, due, s.open(id, deadline.Review).DueAt, "a proposal moves nothing")

	change := workflow.Recounting{Change: 3, Calendar: off, Reason: "Выходной по закону края", Later: true}
	moved, err := s.Recount(ctx, c, change)
	require.NoError(t, err)
	require.Zero(t, moved, "earlier dates were not confirmed")
	require.Len(t, s.store.find(id).Events, len(c.Events))

	change.Earlier = true
	moved, err = s.Recount(ctx, c, change)
	require.NoError(t, err)
	require.Equal(t, 1, moved)
	_, err = s.Recount(ctx, c, change)
	require.True(t, fault.Is(err, fault.Conflict), "the case was changed since it was read")
	after := s.store.find(id)
	moved, err = s.Recount(ctx, after, change)
	require.NoError(t, err)
	require.Zero(t, moved, "asked for again it moves nothing")

	last := after.Events[len(after.Events)-1]
	require.Equal(t, workflow.Recount, last.Action)
	require.Equal(t, "Выходной по закону края", last.Reason)
	require.Equal(t, int64(3), last.Data.Change)
	require.Equal(t, due, last.DueBefore)
	require.Equal(t, proposed[0].To, last.DueAfter)
	require.Equal(t, proposed[0].To, after.Appeal.DueAt)

	calendars := func(version string) (*calendar.Calendar, error) {
		if version == off.Version() {
			return off, nil
		}
		return s.cal, nil
	}
	require.Empty(t, workflow.Audit(after, calendars))
	after.Appeal.Deadline[0].DueAt = after.Appeal.Deadline[0].DueAt.Add(time.Hour)
	require.NotEmpty(t, workflow.Audit(after, calendars))

	s.SetCalendar(off)
	require.Equal(t, off.Version(), s.Calendar().Version())
	fresh := s.submit(t, "fast")
	require.Equal(t, off.Version(), s.open(fresh, deadline.Review).Calendar, "what is counted from now on is counted with it")
}
