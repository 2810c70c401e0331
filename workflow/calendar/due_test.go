package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

func TestCalendar_Due(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, start string // local
		amount            calendar.Amount
		roll              calendar.Roll
		want              string // local
	}{
		{"five working days over the New Year holidays", "Europe/Moscow", "2026-01-06 10:00:00", calendar.Working(5), calendar.RollNone, "2026-01-16 23:59:59"},
		{"one working day over 1 May", "Europe/Moscow", "2026-04-30 10:00:00", calendar.Working(1), calendar.RollNone, "2026-05-04 23:59:59"},
		{"day 1 is the day after start even one second before midnight", "Europe/Moscow", "2026-02-09 23:59:59", calendar.Days(1), calendar.RollNone, "2026-02-10 23:59:59"},
		{"and right at midnight", "Europe/Moscow", "2026-02-10 00:00:00", calendar.Days(1), calendar.RollNone, "2026-02-11 23:59:59"},
		{"30 days to a working day", "Europe/Moscow", "2026-02-10 12:00:00", calendar.Days(30), calendar.RollPrevious, "2026-03-12 23:59:59"},
		{"a Saturday stays when nothing rolls", "Europe/Moscow", "2026-02-11 12:00:00", calendar.Days(3), calendar.RollNone, "2026-02-14 23:59:59"},
		{"a Saturday rolls back to Friday", "Europe/Moscow", "2026-02-11 12:00:00", calendar.Days(3), calendar.RollPrevious, "2026-02-13 23:59:59"},
		{"a Saturday rolls on to Monday", "Europe/Moscow", "2026-02-11 12:00:00", calendar.Days(3), calendar.RollNext, "2026-02-16 23:59:59"},
		{"a duty in the New Year holidays rolls back into the old year", "Europe/Moscow", "2025-12-10 12:00:00", calendar.Days(30), calendar.RollPrevious, "2025-12-30 23:59:59"},
		{"a window in them rolls on past them", "Europe/Moscow", "2025-12-31 12:00:00", calendar.Days(3), calendar.RollNext, "2026-01-12 23:59:59"},
		{"rolling back never takes all the time away", "Europe/Moscow", "2025-12-31 12:00:00", calendar.Days(3), calendar.RollPrevious, "2026-01-12 23:59:59"},
		{"nor on a Friday evening", "Europe/Moscow", "2026-02-13 20:00:00", calendar.Days(1), calendar.RollPrevious, "2026-02-16 23:59:59"},
		{"a Saturday that works is a due day", "Europe/Moscow", "2024-04-26 12:00:00", calendar.Working(1), calendar.RollNone, "2024-04-27 23:59:59"},
		{"no time at all ends today", "Europe/Moscow", "2026-02-13 20:00:00", calendar.Days(0), calendar.RollPrevious, "2026-02-13 23:59:59"},
		{"no working day at all on a Sunday ends on Monday", "Europe/Moscow", "2026-02-15 20:00:00", calendar.Working(0), calendar.RollPrevious, "2026-02-16 23:59:59"},
		{"a leap day counts", "Europe/Moscow", "2024-02-28 12:00:00", calendar.Days(1), calendar.RollNone, "2024-02-29 23:59:59"},
		{"Kamchatka begins its day first", "Asia/Kamchatka", "2026-02-10 00:30:00", calendar.Working(1), calendar.RollNone, "2026-02-11 23:59:59"},
		{"Kaliningrad ends its day last", "Europe/Kaliningrad", "2026-02-09 23:30:00", calendar.Working(1), calendar.RollNone, "2026-02-10 23:59:59"},
		{"four hours over lunch", "Europe/Moscow", "2026-02-10 11:30:00", calendar.Hours(4), calendar.RollNone, "2026-02-10 16:30:00"},
		{"nine hours over a night", "Europe/Moscow", "2026-02-10 11:30:00", calendar.Hours(9), calendar.RollNone, "2026-02-11 12:30:00"},
		{"hours begin when the office opens", "Europe/Moscow", "2026-02-10 03:00:00", calendar.Hours(1), calendar.RollNone, "2026-02-10 10:00:00"},
		{"hours that begin at lunch", "Europe/Moscow", "2026-02-10 13:20:00", calendar.Hours(1), calendar.RollNone, "2026-02-10 15:00:00"},
		{"hours over a shortened Friday and a holiday", "Europe/Moscow", "2026-05-08 15:00:00", calendar.Hours(1), calendar.RollNone, "2026-05-12 09:15:00"},
		{"hours end with the office to the minute", "Europe/Moscow", "2026-02-10 17:00:00", calendar.Hours(1), calendar.RollNone, "2026-02-10 18:00:00"},
		{"hours from a Sunday", "Europe/Moscow", "2026-02-15 12:00:00", calendar.Hours(8), calendar.RollNone, "2026-02-16 18:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			z := zone(t, c.zone)
			start, err := time.ParseInLocation(time.DateTime, c.start, z)
			require.NoError(t, err)
			due, err := load(t).In(z).Due(start.UTC(), c.amount, c.roll)
			require.NoError(t, err)
			require.Equal(t, time.UTC, due.Location())
			require.Equal(t, c.want, due.In(z).Format(time.DateTime))
		})
	}
}

// The same instant is two different days at the two ends of the country.
func TestCalendar_Due_depends_on_the_zone(t *testing.T) {
	t.Parallel()
	cal := load(t)
	at := time.Date(2026, 2, 9, 18, 0, 0, 0, time.UTC) // 20:00 on the 9th, 06:00 on the 10th
	west, err := cal.In(zone(t, "Europe/Kaliningrad")).Due(at, calendar.Working(1), calendar.RollNone)
	require.NoError(t, err)
	require.Equal(t, "2026-02-10T21:59:59Z", west.Format(time.RFC3339))
	east, err := cal.In(zone(t, "Asia/Kamchatka")).Due(at, calendar.Working(1), calendar.RollNone)
	require.NoError(t, err)
	require.Equal(t, "2026-02-11T11:59:59Z", east.Format(time.RFC3339))
}

func TestCalendar_Before(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, c := range []struct {
		name, anchor string
		amount       calendar.Amount
		roll         calendar.Roll
		want         string
	}{
		{"two working days before a Monday", "2026-02-16", calendar.Working(2), calendar.RollPrevious, "2026-02-12"},
		{"over the New Year holidays", "2026-01-12", calendar.Working(2), calendar.RollPrevious, "2025-12-29"},
		{"the day itself", "2026-02-16", calendar.Days(0), calendar.RollPrevious, "2026-02-16"},
		{"a promised Sunday rolls back", "2026-02-15", calendar.Days(0), calendar.RollPrevious, "2026-02-13"},
		{"calendar days", "2026-02-16", calendar.Days(1), calendar.RollNone, "2026-02-15"},
	} {
		got, err := cal.Before(cal.EndOf(day(t, c.anchor)), c.amount, c.roll)
		require.NoError(t, err)
		require.Equal(t, c.want, cal.DayOf(got).String(), c.name)
		require.Equal(t, cal.EndOf(day(t, c.want)), got, c.name)
	}
}

func TestCalendar_Due_refuses_what_it_can_t_count(t *testing.T) {
	t.Parallel()
	cal := load(t)
	at := time.Date(2026, 2, 9, 18, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		amount calendar.Amount
		roll   calendar.Roll
	}{
		"a negative number": {calendar.Days(-1), calendar.RollNone},
		"too many":          {calendar.Hours(10001), calendar.RollNone},
		"an unknown unit":   {calendar.Amount{N: 1, Unit: "weeks"}, calendar.RollNone},
		"an unknown roll":   {calendar.Days(1), "sideways"},
	} {
		_, err := cal.Due(at, c.amount, c.roll)
		require.True(t, fault.Is(err, fault.Invalid), name)
	}
	_, err := cal.Before(at, calendar.Hours(2), calendar.RollNone)
	require.True(t, fault.Is(err, fault.Invalid))
	_, err = cal.AddWorking(at, -time.Second)
	require.True(t, fault.Is(err, fault.Invalid))
}

func TestParseAmount(t *testing.T) {
	t.Parallel()
	a, err := calendar.ParseAmount("30 calendar_days")
	require.NoError(t, err)
	require.Equal(t, calendar.Days(30), a)
	for _, s := range []string{"", "30", "x working_days", "-1 working_days", "1  working_days", "1 weeks"} {
		_, err := calendar.ParseAmount(s)
		require.True(t, fault.Is(err, fault.Invalid), s)
	}
}

var zones = []string{"Europe/Kaliningrad", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Kamchatka", "UTC"}

// anyCalendar draws a zone, anyStart an instant that leaves room for counting.
func anyCalendar(rt *rapid.T, cal *calendar.Calendar) *calendar.Calendar {
	z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(rt, "zone"))
	require.NoError(rt, err)
	return cal.In(z)
}

func anyStart(rt *rapid.T) time.Time {
	from := time.Date(2024, 1, 15, 0, 0, 0, 0, time.UTC).UnixMicro()
	to := time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	return time.UnixMicro(rapid.Int64Range(from, to).Draw(rt, "start")).UTC()
}

func TestCalendar_Due_properties(t *testing.T) {
	t.Parallel()
	base := load(t)
	rapid.Check(t, func(rt *rapid.T) {
		cal, start := anyCalendar(rt, base), anyStart(rt)
		unit := rapid.SampledFrom(calendar.Units).Draw(rt, "unit")
		roll := rapid.SampledFrom(calendar.Rolls).Draw(rt, "roll")
		n := rapid.IntRange(1, 60).Draw(rt, "n")
		due, err := cal.Due(start, calendar.Amount{N: n, Unit: unit}, roll)
		require.NoError(rt, err)
		later, err := cal.Due(start, calendar.Amount{N: n + 1, Unit: unit}, roll)
		require.NoError(rt, err)
		require.True(rt, due.After(start), "it is after the start")
		require.False(rt, later.Before(due), "more is never earlier")
		day := cal.DayOf(due)
		working, err := cal.IsWorking(day)
		require.NoError(rt, err)
		if unit != calendar.CalendarDays || roll != calendar.RollNone {
			require.True(rt, working, "it falls on a working day")
		}
		if unit != calendar.WorkingHours {
			require.Equal(rt, cal.EndOf(day), due, "it is the end of the day")
			require.Greater(rt, day, cal.DayOf(start), "day 1 is the day after")
		}
		switch unit {
		case calendar.WorkingDays:
			between, err := cal.WorkingDaysBetween(cal.DayOf(start), day)
			require.NoError(rt, err)
			require.Equal(rt, n, between, "it is exactly so many working days")
		case calendar.WorkingHours:
			open, err := cal.WorkingTime(start, due)
			require.NoError(rt, err)
			require.Equal(rt, time.Duration(n)*time.Hour, open, "the office was open for exactly so long")
		case calendar.CalendarDays:
			if roll == calendar.RollNone {
				require.Equal(rt, cal.DayOf(start)+calendar.Day(n), day)
			}
		}
	})
}

func TestCalendar_WorkingTime_adds_up(t *testing.T) {
	t.Parallel()
	base := load(t)
	rapid.Check(t, func(rt *rapid.T) {
		cal, a := anyCalendar(rt, base), anyStart(rt)
		b := a.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(rt, "first")))
		c := b.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(rt, "second")))
		ab, err := cal.WorkingTime(a, b)
		require.NoError(rt, err)
		bc, err := cal.WorkingTime(b, c)
		require.NoError(rt, err)
		ac, err := cal.WorkingTime(a, c)
		require.NoError(rt, err)
		require.Equal(rt, ac, ab+bc)
	})
}

func BenchmarkCalendar_Due(b *testing.B) {
	cal := load(b)
	start := time.Date(2025, 12, 10, 12, 0, 0, 0, time.UTC)
	for _, amount := range []calendar.Amount{calendar.Days(30), calendar.Working(20), calendar.Hours(9)} {
		b.Run(amount.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := cal.Due(start, amount, calendar.RollPrevious); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
