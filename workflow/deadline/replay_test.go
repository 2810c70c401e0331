package deadline_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// shelf finds calendars by version, as kept copies would be found.
func shelf(cals ...*calendar.Calendar) func(string) (*calendar.Calendar, error) {
	return func(version string) (*calendar.Calendar, error) {
		for _, cal := range cals {
			if cal.Version() == version {
				return calendar.Decode(cal.Encode())
			}
		}
		return nil, fault.New(fault.NotFound, "calendar.unknown_version").With("version", version)
	}
}

// twoCalendars are what an edit makes: the second has more days off.
func twoCalendars(t testing.TB) []*calendar.Calendar {
	t.Helper()
	old := load(t)
	edited, err := old.With(calendar.Overlay{
		Name: "ru-xx", Source: "regional law",
		Off: []calendar.Day{calendar.NewDay(2026, 3, 12), calendar.NewDay(2026, 4, 21), calendar.NewDay(2025, 6, 24)},
	})
	require.NoError(t, err)
	return []*calendar.Calendar{old, edited}
}

// Whatever happens to the clocks of an appeal, replaying what was recorded
// gives the clocks that are stored, to the last field.
func TestReplay_gives_what_is_stored(t *testing.T) {
	t.Parallel()
	cals := twoCalendars(t)
	set := deadline.Seed()[deadline.SetFZ59]
	rapid.Check(t, func(rt *rapid.T) {
		now := time.Date(2024, 2, 1, 7, 30, 0, 123456000, time.UTC).
			Add(time.Duration(rapid.Int64Range(0, int64(700*24*time.Hour)).Draw(rt, "start")))
		var stored []deadline.Deadline
		var log []deadline.Entry
		note := func(d deadline.Deadline, e deadline.Entry, err error, at int) {
			if err != nil {
				require.True(rt, fault.Is(err, fault.Conflict), "only a conflict is expected: %v", err)
				return
			}
			if at == len(stored) {
				stored = append(stored, deadline.Deadline{})
			}
			stored[at] = d
			log = append(log, e)
		}
		for range rapid.IntRange(1, 25).Draw(rt, "changes") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(6*24*time.Hour)).Draw(rt, "wait")))
			cal := rapid.SampledFrom(cals).Draw(rt, "calendar")
			if len(stored) == 0 || rapid.IntRange(0, 5).Draw(rt, "open") == 0 {
				r := set.Rules[rapid.SampledFrom(deadline.Kinds).Draw(rt, "kind")]
				if r.Backwards {
					d, e, err := deadline.StartBefore(r, len(stored)+1, 7, now, now.AddDate(0, 0, rapid.IntRange(0, 40).Draw(rt, "anchor")), cal)
					note(d, e, err, len(stored))
				} else {
					r.Amount.Unit = rapid.SampledFrom(calendar.Units).Draw(rt, "unit")
					d, e, err := deadline.Start(r, len(stored)+1, 7, now, cal)
					note(d, e, err, len(stored))
				}
				continue
			}
			i := rapid.IntRange(0, len(stored)-1).Draw(rt, "clock")
			if rapid.IntRange(0, 5).Draw(rt, "recount") == 0 {
				if d, e, changed, err := stored[i].Recount(log, now, cal); err != nil || changed {
					note(d, e, err, i)
				}
				continue
			}
			d, e, err := someChange(rt, stored[i], now, cal)
			if err == nil && e.Op == "" {
				continue // nothing fired
			}
			note(d, e, err, i)
		}
		for _, d := range stored {
			require.Equal(rt, d.State == deadline.Open && d.PausedAt.IsZero(), !d.NextAt.IsZero(), "what runs has a next step")
			require.Equal(rt, d.NextAt.IsZero(), d.Step == "")
		}

		data, err := json.Marshal(log)
		require.NoError(rt, err)
		var read []deadline.Entry
		require.NoError(rt, json.Unmarshal(data, &read))
		replayed, err := deadline.Replay(read, shelf(cals...))
		require.NoError(rt, err)
		require.Equal(rt, stored, replayed)

		dues, err := deadline.Replay(withoutSteps(read), shelf(cals...))
		if err == nil { // a window that ran out may have changed afterwards
			for i := range dues {
				require.Equal(rt, stored[i].DueAt, dues[i].DueAt, "due dates do not hang on warnings")
			}
		}
	})
}

func withoutSteps(entries []deadline.Entry) []deadline.Entry {
	var out []deadline.Entry
	for _, e := range entries {
		if e.Op != deadline.OpStep {
			out = append(out, e)
		}
	}
	return out
}

func someChange(rt *rapid.T, d deadline.Deadline, now time.Time, cal *calendar.Calendar) (deadline.Deadline, deadline.Entry, error) {
	switch rapid.IntRange(0, 10).Draw(rt, "change") {
	case 10:
		if d.Kind != deadline.Opinion && d.Kind != deadline.Promise {
			return d.Transfer(3, now)
		}
		return d.Anchor(now.AddDate(0, 0, rapid.IntRange(0, 60).Draw(rt, "anchor")), now, cal)
	case 0, 1:
		return d.Pause(now)
	case 2, 3, 4:
		if d.PausedAt.IsZero() {
			return d.Extend(calendar.Days(rapid.IntRange(1, 30).Draw(rt, "days")), now, cal)
		}
		return d.Resume(now, cal)
	case 5:
		return d.Transfer(int64(rapid.IntRange(1, 9).Draw(rt, "agency")), now)
	case 6:
		if rapid.Bool().Draw(rt, "close") {
			return d.Close(now)
		}
		return d.Cancel(now)
	default:
		_, next, entry, err := d.Fire(now, cal)
		return next, entry, err
	}
}

func TestReplay_names_a_due_date_that_was_tampered_with(t *testing.T) {
	t.Parallel()
	cal := load(t)
	r := rule(t, deadline.SetMessage, deadline.Review)
	d, opened, err := deadline.Start(r, 1, 7, local(t, "2026-02-10 10:00:00"), cal)
	require.NoError(t, err)
	_, extended, err := d.Extend(calendar.Days(5), local(t, "2026-03-01 10:00:00"), cal)
	require.NoError(t, err)
	extended.Due = extended.Due.AddDate(0, 0, 3)
	clocks, err := deadline.Replay([]deadline.Entry{opened, extended}, shelf(cal))
	var mismatch *deadline.MismatchError
	require.ErrorAs(t, err, &mismatch)
	require.Equal(t, 1, mismatch.N)
	require.Equal(t, deadline.OpExtend, mismatch.Op)
	require.Equal(t, mismatch.Recorded, mismatch.Computed.AddDate(0, 0, 3))
	require.ErrorContains(t, err, "deadline 1 (review), extend: recorded due 2026-03-20T20:59:59Z, computed 2026-03-17T20:59:59Z")
	require.Len(t, clocks, 1)
	require.Equal(t, mismatch.Computed, clocks[0].DueAt)
}

func TestReplay_refuses_a_history_that_can_t_be(t *testing.T) {
	t.Parallel()
	cal := load(t)
	at := local(t, "2026-02-11 10:00:00")
	d, opened, err := deadline.Start(rule(t, deadline.SetMessage, deadline.Review), 1, 7, local(t, "2026-02-10 10:00:00"), cal)
	require.NoError(t, err)
	_, closed, err := d.Close(at)
	require.NoError(t, err)
	other, odd, elsewhere := closed, closed, opened
	other.Kind, odd.Op, elsewhere.Calendar = deadline.Rating, "undo", "xx-000000000000"
	for name, entries := range map[string][]deadline.Entry{
		"a change before the opening": {closed},
		"opened twice":                {opened, opened},
		"closed twice":                {opened, closed, closed},
		"another kind":                {opened, other},
		"an unknown operation":        {opened, odd},
		"an unknown calendar":         {elsewhere},
	} {
		_, err := deadline.Replay(entries, shelf(cal))
		require.Error(t, err, name)
		require.NotEqual(t, fault.Internal, fault.KindOf(err), "%s: %v", name, err)
	}
	clocks, err := deadline.Replay(nil, shelf(cal))
	require.NoError(t, err)
	require.Empty(t, clocks)
}

// The JSON of an entry is hashed with its event: it must never change.
func TestEntry_JSON_is_stable(t *testing.T) {
	t.Parallel()
	cal := load(t)
	d, e, err := deadline.Start(rule(t, deadline.SetMessage, deadline.Review), 1, 7, local(t, "2026-02-10 10:00:00"), cal)
	require.NoError(t, err)
	e.Calendar = "ru-000000000000"
	data, err := json.Marshal(e)
	require.NoError(t, err)
	require.Equal(t, `{"op":"open","n":1,"kind":"review","at":"2026-02-10T07:00:00Z","agency":7,`+
		`"amount":{"n":30,"unit":"calendar_days"},"roll":"previous","ladder":"duty","calendar":"ru-000000000000",`+
		`"due":"2026-03-12T20:59:59Z"}`, string(data))
	_, e, err = d.Close(local(t, "2026-02-11 10:00:00"))
	require.NoError(t, err)
	data, err = json.Marshal(e)
	require.NoError(t, err)
	require.Equal(t, `{"op":"close","n":1,"kind":"review","at":"2026-02-11T07:00:00Z","due":"2026-03-12T20:59:59Z"}`, string(data))
}

func TestReplay_with_an_edited_calendar_says_what_would_move(t *testing.T) {
	t.Parallel()
	cals := twoCalendars(t) // the edit makes 12 March 2026 a day off
	_, opened, err := deadline.Start(rule(t, deadline.SetMessage, deadline.Review), 1, 7, local(t, "2026-02-10 10:00:00"), cals[0])
	require.NoError(t, err)
	_, err = deadline.Replay([]deadline.Entry{opened}, func(string) (*calendar.Calendar, error) { return cals[1], nil })
	var mismatch *deadline.MismatchError
	require.ErrorAs(t, err, &mismatch)
	require.Equal(t, "2026-03-12 23:59:59", show(t, mismatch.Recorded))
	require.Equal(t, "2026-03-11 23:59:59", show(t, mismatch.Computed))
}
