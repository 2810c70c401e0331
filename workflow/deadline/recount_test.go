package deadline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

func TestDeadline_Recount_counts_the_whole_history_anew(t *testing.T) {
	t.Parallel()
	cals := twoCalendars(t)
	old, edited := cals[0], cals[1] // 12 March 2026 is off in the second
	monday := time.Date(2026, 3, 9, 7, 0, 0, 0, time.UTC)
	review := deadline.Rule{Kind: deadline.Review, Amount: calendar.Working(5), Roll: calendar.RollPrevious}
	opened, first, err := deadline.Start(review, 1, 7, monday, old)
	require.NoError(t, err)
	require.Equal(t, "2026-03-16", old.DayOf(opened.DueAt).String(), "9 March 2026 is a day off itself")
	history := []deadline.Entry{first}

	at := monday.Add(24 * time.Hour)
	next, entry, changed, err := opened.Recount(history, at, edited)
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, "2026-03-17", edited.DayOf(next.DueAt).String())
	require.Equal(t, edited.Version(), next.Calendar)
	history = append(history, entry)

	_, _, changed, err = next.Recount(history, at.Add(time.Hour), edited)
	require.NoError(t, err)
	require.False(t, changed, "asked for again it moves nothing")

	// An extension counts from the moved date, and going back takes both along.
	extended, grown, err := next.Extend(calendar.Working(2), at, edited)
	require.NoError(t, err)
	require.Equal(t, "2026-03-19", edited.DayOf(extended.DueAt).String())
	history = append(history, grown)
	back, again, changed, err := extended.Recount(history, at, old)
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, "2026-03-18", old.DayOf(back.DueAt).String())
	history = append(history, again)
	replayed, err := deadline.Replay(history, shelf(cals...))
	require.NoError(t, err)
	require.Equal(t, []deadline.Deadline{back}, replayed)

	t.Run("what is late stays late", func(t *testing.T) {
		t.Parallel()
		_, _, changed, err := opened.Recount(history[:1], opened.DueAt.Add(time.Second), edited)
		require.NoError(t, err)
		require.False(t, changed)
	})
	t.Run("what has ended stays as it is", func(t *testing.T) {
		t.Parallel()
		done, _, err := opened.Close(at)
		require.NoError(t, err)
		_, _, changed, err := done.Recount(history[:1], at, edited)
		require.NoError(t, err)
		require.False(t, changed)
	})
	t.Run("a date that would have passed is today", func(t *testing.T) {
		t.Parallel()
		moved, _, err := deadline.Start(review, 1, 7, monday, edited)
		require.NoError(t, err)
		opening := []deadline.Entry{first}
		opening[0].Calendar = edited.Version()
		late := moved.DueAt.Add(-time.Hour) // 17 March; by the old calendar it was due on the 16th
		now, _, changed, err := moved.Recount(opening, late, old)
		require.NoError(t, err)
		require.False(t, changed)
		require.Equal(t, old.EndOf(old.DayOf(late)), now.DueAt)
	})
}
