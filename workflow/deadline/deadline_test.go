package deadline_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

func load(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.Load()
	require.NoError(t, err)
	return cal
}

// local reads a Moscow time.
func local(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateTime, s, load(t).Zone())
	require.NoError(t, err)
	return at.UTC()
}

func show(t testing.TB, at time.Time) string {
	t.Helper()
	if at.IsZero() {
		return ""
	}
	return at.In(load(t).Zone()).Format(time.DateTime)
}

func rule(t testing.TB, set string, kind deadline.Kind) deadline.Rule {
	t.Helper()
	r, err := deadline.Seed()[set].Rule(kind)
	require.NoError(t, err)
	return r
}

func start(t testing.TB, r deadline.Rule, at string) deadline.Deadline {
	t.Helper()
	d, e, err := deadline.Start(r, 1, 7, local(t, at), load(t))
	require.NoError(t, err)
	require.Equal(t, d.DueAt, e.Due)
	return d
}

func TestSeed_is_the_table_of_limits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set, source string
		kind        deadline.Kind
		start, want string
	}{
		{deadline.SetFZ59, "S3", deadline.Registration, "2026-02-10 10:00:00", "2026-02-13 23:59:59"},
		{deadline.SetFZ59, "S4", deadline.Forwarding, "2026-02-10 10:00:00", "2026-02-17 23:59:59"},
		{deadline.SetFZ59, "S4", deadline.Notice, "2026-02-10 10:00:00", "2026-02-17 23:59:59"},
		{deadline.SetFZ59, "S3", deadline.Review, "2026-02-10 10:00:00", "2026-03-12 23:59:59"},
		{deadline.SetFZ59, "S5", deadline.Inquiry, "2026-02-10 10:00:00", "2026-02-25 23:59:59"},
		{deadline.SetMessage, "S6", deadline.Review, "2026-02-10 10:00:00", "2026-03-12 23:59:59"},
		{deadline.SetMessage, "S7", deadline.Moderation, "2026-02-13 10:00:00", "2026-02-16 23:59:59"},
		{deadline.SetMessage, "S7", deadline.Signing, "2026-02-13 10:00:00", "2026-02-16 23:59:59"},
		{deadline.SetMessage, "S8", deadline.Rating, "2026-02-13 10:00:00", "2026-03-02 23:59:59"}, // 28 Feb is a Saturday
		{deadline.SetMessage, "", deadline.Clarification, "2026-02-12 10:00:00", "2026-02-16 23:59:59"},
		{deadline.SetMessage, "", deadline.Redirect, "2026-02-13 10:00:00", "2026-02-16 23:59:59"},
	} {
		r := rule(t, c.set, c.kind)
		require.Equal(t, c.source, r.Source, "%s %s", c.set, c.kind)
		require.Equal(t, c.want, show(t, start(t, r, c.start).DueAt), "%s %s", c.set, c.kind)
	}
	for _, set := range deadline.Seed() {
		require.NoError(t, set.Check())
	}
	_, err := deadline.Seed()[deadline.SetMessage].Rule(deadline.Inquiry)
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestRuleSet_WithReview_leaves_the_seed_alone(t *testing.T) {
	t.Parallel()
	seed := deadline.Seed()[deadline.SetMessage]
	leaf := seed.WithReview(deadline.FastTrack)
	require.Equal(t, calendar.Days(10), leaf.Rules[deadline.Review].Amount)
	require.Equal(t, calendar.Days(30), seed.Rules[deadline.Review].Amount)
	require.Equal(t, seed, seed.WithReview(deadline.Amount{}))
}

func TestExtension_Allow(t *testing.T) {
	t.Parallel()
	limit := deadline.Seed()[deadline.SetFZ59].Extension
	require.NoError(t, limit.Allow(calendar.Days(30), 0))
	require.True(t, fault.Is(limit.Allow(calendar.Days(31), 0), fault.Invalid))
	require.True(t, fault.Is(limit.Allow(calendar.Days(0), 0), fault.Invalid))
	require.True(t, fault.Is(limit.Allow(calendar.Working(5), 0), fault.Invalid))
	require.True(t, fault.Is(limit.Allow(calendar.Days(5), 1), fault.Conflict))
}

func TestStart_refuses_a_rule_that_can_t_be_counted(t *testing.T) {
	t.Parallel()
	cal, at := load(t), local(t, "2026-02-10 10:00:00")
	good := rule(t, deadline.SetMessage, deadline.Review)
	for name, spoil := range map[string]func(*deadline.Rule){
		"an unknown kind":   func(r *deadline.Rule) { r.Kind = "whim" },
		"no time":           func(r *deadline.Rule) { r.Amount.N = 0 },
		"an unknown unit":   func(r *deadline.Rule) { r.Amount.Unit = "weeks" },
		"an unknown roll":   func(r *deadline.Rule) { r.Roll = "" },
		"an unknown ladder": func(r *deadline.Rule) { r.Ladder = "rope" },
		"no anchor":         func(r *deadline.Rule) { r.Backwards = true },
	} {
		bad := good
		spoil(&bad)
		_, _, err := deadline.Start(bad, 1, 7, at, cal)
		require.True(t, fault.Is(err, fault.Invalid), "%s: %v", name, err)
	}
	_, _, err := deadline.StartBefore(good, 1, 7, at, at.AddDate(0, 0, 9), cal)
	require.True(t, fault.Is(err, fault.Invalid))
	_, _, err = deadline.Start(good, 1, 7, local(t, "2027-12-20 10:00:00"), cal)
	require.True(t, fault.Is(err, fault.Unavailable))
}

func TestStartBefore(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, c := range []struct {
		name, start, anchor, want string
		kind                      deadline.Kind
	}{
		{"an opinion is due two working days before the lead's date", "2026-02-10 10:00:00", "2026-03-12 23:59:59", "2026-03-10 23:59:59", deadline.Opinion},
		{"asked too late, it is due on the next working day", "2026-03-11 10:00:00", "2026-03-12 23:59:59", "2026-03-12 23:59:59", deadline.Opinion},
		{"asked on the very day, it is due that day", "2026-03-10 10:00:00", "2026-03-12 23:59:59", "2026-03-10 23:59:59", deadline.Opinion},
		{"asked on a Friday after the date, it is due on Monday", "2026-03-20 10:00:00", "2026-03-12 23:59:59", "2026-03-23 23:59:59", deadline.Opinion},
		{"a promise is due on its day", "2026-02-10 10:00:00", "2026-04-15 00:00:00", "2026-04-15 23:59:59", deadline.Promise},
		{"a promised Sunday is due on Friday", "2026-02-10 10:00:00", "2026-04-12 00:00:00", "2026-04-10 23:59:59", deadline.Promise},
	} {
		d, _, err := deadline.StartBefore(rule(t, deadline.SetMessage, c.kind), 2, 7, local(t, c.start), local(t, c.anchor), cal)
		require.NoError(t, err)
		require.Equal(t, c.want, show(t, d.DueAt), c.name)
	}
}

func TestDeadline_Anchor_moves_with_the_lead_s_date_and_never_back(t *testing.T) {
	t.Parallel()
	cal := load(t)
	at := local(t, "2026-02-10 10:00:00")
	d, _, err := deadline.StartBefore(rule(t, deadline.SetMessage, deadline.Opinion), 2, 7, at, local(t, "2026-03-12 23:59:59"), cal)
	require.NoError(t, err)
	later, e, err := d.Anchor(local(t, "2026-04-01 23:59:59"), local(t, "2026-03-01 10:00:00"), cal)
	require.NoError(t, err)
	require.Equal(t, "2026-03-30 23:59:59", show(t, later.DueAt))
	require.Equal(t, deadline.OpAnchor, e.Op)
	require.Equal(t, later.DueAt, e.Due)
	back, _, err := later.Anchor(local(t, "2026-03-12 23:59:59"), local(t, "2026-03-02 10:00:00"), cal)
	require.NoError(t, err)
	require.Equal(t, later.DueAt, back.DueAt)
	met, _, err := d.Close(at)
	require.NoError(t, err)
	_, _, err = met.Anchor(local(t, "2026-04-01 23:59:59"), at, cal)
	require.True(t, fault.Is(err, fault.Conflict))
}

func TestDeadline_Pause_keeps_what_was_left(t *testing.T) {
	t.Parallel()
	cal := load(t)
	days := rule(t, deadline.SetMessage, deadline.Review)
	working, hours := days, days
	working.Amount, hours.Amount = calendar.Working(5), calendar.Hours(9)
	for _, c := range []struct {
		name                 string
		rule                 deadline.Rule
		start, pause, resume string
		before, after        string
	}{
		{"20 of 30 days", days, "2026-02-10 10:00:00", "2026-02-20 12:00:00", "2026-03-03 12:00:00", "2026-03-12 23:59:59", "2026-03-23 23:59:59"},
		{"resumed on the same day", days, "2026-02-10 10:00:00", "2026-02-20 12:00:00", "2026-02-20 13:00:00", "2026-03-12 23:59:59", "2026-03-12 23:59:59"},
		{"paused on the last day and resumed on a Saturday", days, "2026-02-10 10:00:00", "2026-03-12 12:00:00", "2026-03-14 12:00:00", "2026-03-12 23:59:59", "2026-03-16 23:59:59"},
		{"3 of 5 working days", working, "2026-02-09 10:00:00", "2026-02-11 12:00:00", "2026-02-24 12:00:00", "2026-02-16 23:59:59", "2026-02-27 23:59:59"},
		{"7 of 9 working hours", hours, "2026-02-10 10:00:00", "2026-02-10 12:00:00", "2026-02-12 09:00:00", "2026-02-11 11:00:00", "2026-02-12 17:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, c.rule, c.start)
			require.Equal(t, c.before, show(t, d.DueAt))
			d, _, err := d.Pause(local(t, c.pause))
			require.NoError(t, err)
			require.Zero(t, d.NextAt)
			left := d.Left(local(t, c.pause))
			require.Equal(t, left, d.Left(local(t, c.resume)), "it stands still")
			step, _, _, err := d.Fire(d.DueAt.AddDate(1, 0, 0), cal)
			require.NoError(t, err)
			require.Empty(t, step, "nothing fires in a pause")
			_, _, err = d.Pause(local(t, c.resume))
			require.True(t, fault.Is(err, fault.Conflict))
			_, _, err = d.Extend(calendar.Days(1), local(t, c.resume), cal)
			require.True(t, fault.Is(err, fault.Conflict))
			d, _, err = d.Resume(local(t, c.resume), cal)
			require.NoError(t, err)
			require.Equal(t, c.after, show(t, d.DueAt))
			require.False(t, d.NextAt.IsZero())
			_, _, err = d.Resume(local(t, c.resume), cal)
			require.True(t, fault.Is(err, fault.Conflict))
		})
	}
}

func TestDeadline_Extend_counts_from_the_due_date_and_warns_anew(t *testing.T) {
	t.Parallel()
	cal := load(t)
	d := start(t, rule(t, deadline.SetFZ59, deadline.Review), "2026-02-10 10:00:00")
	at := local(t, "2026-03-10 10:00:00")
	for {
		step, next, _, err := d.Fire(at, cal)
		require.NoError(t, err)
		if step == "" {
			break
		}
		d = next
	}
	require.Equal(t, deadline.StepEve, d.Step)
	d, e, err := d.Extend(calendar.Days(30), at, cal)
	require.NoError(t, err)
	require.Equal(t, "2026-04-10 23:59:59", show(t, d.DueAt)) // 11 April is a Saturday
	require.Equal(t, d.DueAt, e.Due)
	require.Equal(t, deadline.StepHalf, d.Step)
	_, _, err = d.Extend(calendar.Days(0), at, cal)
	require.True(t, fault.Is(err, fault.Invalid))
}

func TestDeadline_the_end(t *testing.T) {
	t.Parallel()
	cal := load(t)
	d := start(t, rule(t, deadline.SetMessage, deadline.Review), "2026-02-10 10:00:00")
	moved, _, err := d.Transfer(8, local(t, "2026-02-11 10:00:00"))
	require.NoError(t, err)
	require.Equal(t, int64(8), moved.AgencyID)
	require.Equal(t, d.DueAt, moved.DueAt)

	inTime, _, err := d.Close(d.DueAt)
	require.NoError(t, err)
	require.Equal(t, deadline.Met, inTime.State)
	require.False(t, inTime.Late())
	late, _, err := d.Close(d.DueAt.Add(time.Second))
	require.NoError(t, err)
	require.Equal(t, deadline.Met, late.State)
	require.True(t, late.Late())
	require.Equal(t, -time.Second, late.Left(d.DueAt.AddDate(1, 0, 0)))
	gone, _, err := d.Cancel(d.StartsAt)
	require.NoError(t, err)
	require.Equal(t, deadline.Cancelled, gone.State)

	for _, ended := range []deadline.Deadline{inTime, late, gone} {
		require.Zero(t, ended.NextAt)
		require.False(t, ended.Overdue(d.DueAt.AddDate(1, 0, 0)))
		_, _, err = ended.Close(d.DueAt)
		require.True(t, fault.Is(err, fault.Conflict))
		step, same, _, err := ended.Fire(d.DueAt.AddDate(1, 0, 0), cal)
		require.NoError(t, err)
		require.Empty(t, step)
		require.Equal(t, ended, same)
	}
	_, _, err = d.Close(d.StartsAt.Add(-time.Second))
	require.True(t, fault.Is(err, fault.Conflict))
	_, _, err = d.Pause(d.DueAt.Add(time.Second))
	require.True(t, fault.Is(err, fault.Conflict))
}

func TestDeadline_closed_in_a_pause_is_not_late(t *testing.T) {
	t.Parallel()
	d := start(t, rule(t, deadline.SetMessage, deadline.Review), "2026-02-10 10:00:00")
	d, _, err := d.Pause(local(t, "2026-02-20 10:00:00"))
	require.NoError(t, err)
	d, _, err = d.Close(local(t, "2026-06-20 10:00:00"))
	require.NoError(t, err)
	require.False(t, d.Late())
}

func TestDeadline_Spent(t *testing.T) {
	t.Parallel()
	cal := load(t)
	d := start(t, rule(t, deadline.SetMessage, deadline.Review), "2026-02-10 10:00:00")
	term := d.DueAt.Sub(d.StartsAt)
	require.Zero(t, d.Spent(d.StartsAt.Add(-time.Hour)))
	require.InDelta(t, 0.5, d.Spent(d.StartsAt.Add(term/2)), 1e-9)
	require.InDelta(t, 1, d.Spent(d.DueAt), 1e-9)
	require.Greater(t, d.Spent(d.DueAt.Add(term)), 1.9)
	require.True(t, d.Overdue(d.DueAt.Add(time.Second)))
	require.False(t, d.Overdue(d.DueAt))

	half := d.StartsAt.Add(term / 2)
	d, _, err := d.Pause(half)
	require.NoError(t, err)
	require.InDelta(t, 0.5, d.Spent(half.AddDate(0, 1, 0)), 1e-9)
	d, _, err = d.Resume(half.AddDate(0, 0, 14), cal)
	require.NoError(t, err)
	require.InDelta(t, 0.5, d.Spent(half.AddDate(0, 0, 14)), 0.01)
}

func TestDeadline_JSON_keeps_everything(t *testing.T) {
	t.Parallel()
	d := start(t, rule(t, deadline.SetMessage, deadline.Review), "2026-02-10 10:00:00")
	d, _, err := d.Pause(local(t, "2026-02-20 10:00:00"))
	require.NoError(t, err)
	data, err := json.Marshal(d)
	require.NoError(t, err)
	var again deadline.Deadline
	require.NoError(t, json.Unmarshal(data, &again))
	require.Equal(t, d, again)
}

func TestDeadline_Escalate(t *testing.T) {
	t.Parallel()
	review := deadline.Deadline{Kind: deadline.Review}
	moderation := deadline.Deadline{Kind: deadline.Moderation}
	for _, c := range []struct {
		d    deadline.Deadline
		step deadline.Step
		want []actor.Role
	}{
		{review, deadline.StepHalf, []actor.Role{actor.Executor}},
		{review, deadline.StepMost, []actor.Role{actor.Executor, actor.Coordinator}},
		{review, deadline.StepEve, []actor.Role{actor.Executor, actor.Coordinator}},
		{review, deadline.StepDue, []actor.Role{actor.Coordinator, actor.Head}},
		{review, deadline.Overdue(1), []actor.Role{actor.Coordinator}},
		{review, deadline.Overdue(2), []actor.Role{actor.Head}},
		{review, deadline.Overdue(3), []actor.Role{actor.Supervisor}},
		{review, deadline.Overdue(40), []actor.Role{actor.Supervisor}},
		{review, "", nil},
		{deadline.Deadline{Kind: deadline.Dispute}, deadline.Overdue(1), []actor.Role{actor.Supervisor}},
		{moderation, deadline.StepHalf, []actor.Role{actor.Moderator}},
		{deadline.Deadline{Kind: deadline.Registration}, deadline.StepMost, []actor.Role{actor.Coordinator}},
		{deadline.Deadline{Kind: deadline.Rating}, deadline.StepEve24, nil},
	} {
		require.Equal(t, c.want, c.d.Escalate(c.step), "%s %s", c.d.Kind, c.step)
	}
	require.Equal(t, actor.Coordinator, deadline.Above(actor.Executor))
	require.Equal(t, actor.Coordinator, deadline.Above(actor.Moderator))
	require.Equal(t, actor.Supervisor, deadline.Above(actor.Head))
	require.Equal(t, actor.Supervisor, deadline.Above(actor.Supervisor))
	require.Equal(t, 3, deadline.Level(deadline.Overdue(9)))
	require.Zero(t, deadline.Level(deadline.StepDue))
}
