package deadline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// walk fires the clock exactly when it asks for it, up to an instant.
func walk(t testing.TB, d deadline.Deadline, until time.Time) ([]string, deadline.Deadline) {
	t.Helper()
	cal := load(t)
	var out []string
	for !d.NextAt.IsZero() && !d.NextAt.After(until) {
		early, same, _, err := d.Fire(d.NextAt.Add(-time.Microsecond), cal)
		require.NoError(t, err)
		require.Empty(t, early, "not a microsecond early")
		require.Equal(t, d, same)
		at := d.NextAt
		step, next, entry, err := d.Fire(at, cal)
		require.NoError(t, err)
		require.Equal(t, d.Step, step, "what was planned")
		require.Equal(t, step, entry.Step)
		out = append(out, show(t, at)+" "+string(step))
		d = next
	}
	return out, d
}

func TestDeadline_Fire_in_time(t *testing.T) {
	t.Parallel()
	with := func(kind deadline.Kind, amount deadline.Amount) deadline.Rule {
		r := rule(t, deadline.SetMessage, kind)
		if !amount.IsZero() {
			r.Amount = amount
		}
		return r
	}
	for _, c := range []struct {
		name         string
		rule         deadline.Rule
		start, until string
		want         []string
		state        deadline.State
	}{
		{
			"a review climbs the whole ladder", with(deadline.Review, deadline.Amount{}), "2026-02-10 10:00:00", "2026-03-15 10:00:00",
			[]string{
				"2026-02-25 16:59:59 half", "2026-03-06 21:11:59 most", "2026-03-11 09:00:00 eve", "2026-03-12 23:59:59 due",
				"2026-03-13 09:00:00 overdue:1", "2026-03-14 09:00:00 overdue:2", "2026-03-15 09:00:00 overdue:3",
			},
			deadline.Open,
		},
		{
			"80 % in the holidays is left out when the eve is before them", with(deadline.Review, deadline.Amount{}), "2025-12-13 10:00:00", "2026-01-13 00:00:00",
			[]string{"2025-12-28 16:59:59 half", "2025-12-30 09:00:00 eve", "2026-01-12 23:59:59 due"},
			deadline.Open,
		},
		{
			"a day's duty has no eve", with(deadline.Moderation, deadline.Amount{}), "2026-02-10 10:00:00", "2026-02-12 09:00:00",
			[]string{"2026-02-11 04:59:59 half", "2026-02-11 16:23:59 most", "2026-02-11 23:59:59 due", "2026-02-12 09:00:00 overdue:1"},
			deadline.Open,
		},
		{
			"hours", with(deadline.Review, calendar.Hours(4)), "2026-02-10 09:00:00", "2026-02-11 09:00:00",
			[]string{"2026-02-10 11:00:00 half", "2026-02-10 12:12:00 most", "2026-02-10 13:00:00 due", "2026-02-11 09:00:00 overdue:1"},
			deadline.Open,
		},
		{
			"a citizen's window shuts", with(deadline.Rating, deadline.Amount{}), "2026-02-10 10:00:00", "2027-01-01 00:00:00",
			[]string{"2026-02-24 23:59:59 eve24", "2026-02-25 23:59:59 due"},
			deadline.Missed,
		},
		{
			"a window of one day has no warning before its start", with(deadline.Clarification, calendar.Hours(2)), "2026-02-10 10:00:00", "2027-01-01 00:00:00",
			[]string{"2026-02-10 12:00:00 due"},
			deadline.Missed,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, d := walk(t, start(t, c.rule, c.start), local(t, c.until))
			require.Equal(t, c.want, got)
			require.Equal(t, c.state, d.State)
		})
	}
}

func TestDeadline_Fire_a_promise_comes_back_to_work(t *testing.T) {
	t.Parallel()
	d, _, err := deadline.StartBefore(rule(t, deadline.SetMessage, deadline.Promise), 3, 7,
		local(t, "2026-02-10 10:00:00"), local(t, "2026-04-15 00:00:00"), load(t))
	require.NoError(t, err)
	got, d := walk(t, d, local(t, "2027-01-01 00:00:00"))
	require.Equal(t, []string{"2026-04-14 09:00:00 eve", "2026-04-15 23:59:59 due"}, got)
	require.Equal(t, deadline.Missed, d.State)
}

func TestDeadline_Fire_after_an_outage(t *testing.T) {
	t.Parallel()
	cal := load(t)
	fresh := start(t, rule(t, deadline.SetMessage, deadline.Review), "2026-02-10 10:00:00") // due on 12 March
	for _, c := range []struct {
		name, now string
		want      []deadline.Step
		next      deadline.Step
	}{
		{"nothing was missed", "2026-02-20 10:00:00", nil, deadline.StepHalf},
		{"of three warnings only the latest is told", "2026-03-11 12:00:00", []deadline.Step{deadline.StepEve}, deadline.StepDue},
		{"of two as well", "2026-03-10 12:00:00", []deadline.Step{deadline.StepMost}, deadline.StepEve},
		{"due supersedes warnings", "2026-03-13 00:00:00", []deadline.Step{deadline.StepDue}, deadline.Overdue(1)},
		{"due is told before overdue, overdue days collapse", "2026-03-20 12:00:00", []deadline.Step{deadline.StepDue, deadline.Overdue(8)}, deadline.Overdue(9)},
		{"a day counts when offices open", "2026-03-20 08:00:00", []deadline.Step{deadline.StepDue, deadline.Overdue(7)}, deadline.Overdue(8)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := fresh
			var got []deadline.Step
			for {
				step, next, _, err := d.Fire(local(t, c.now), cal)
				require.NoError(t, err)
				if step == "" {
					break
				}
				got, d = append(got, step), next
			}
			require.Equal(t, c.want, got)
			require.Equal(t, c.next, d.Step)
			require.Equal(t, deadline.Open, d.State)
		})
	}
}

func TestParseStep(t *testing.T) {
	t.Parallel()
	order := []deadline.Step{
		"", deadline.StepHalf, deadline.StepMost, deadline.StepEve, deadline.StepEve24, deadline.StepDue,
		deadline.Overdue(1), deadline.Overdue(2), deadline.Overdue(10), deadline.Overdue(365),
	}
	for i, step := range order {
		got, err := deadline.ParseStep(string(step))
		require.NoError(t, err)
		require.Equal(t, step, got)
		if i > 0 {
			require.Greater(t, step.Rank(), order[i-1].Rank(), "the order is strict")
		}
	}
	for _, s := range []string{"late", "overdue", "overdue:", "overdue:0", "overdue:-1", "overdue:01", "overdue:+1", "overdue:x"} {
		_, err := deadline.ParseStep(s)
		require.True(t, fault.Is(err, fault.Invalid), s)
	}
}
