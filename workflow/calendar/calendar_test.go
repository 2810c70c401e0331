package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

func load(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.Load()
	require.NoError(t, err)
	return cal
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func day(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	require.NoError(t, err)
	return d
}

// The official norms of the adopted years: working days, and hours of a
// 40-hour week, which are 8 a day less 1 for each shortened day. The draft of
// 2027 has two days more than it will have: those that 2 and 3 January move to.
func TestCalendar_Years_agree_with_the_official_norms(t *testing.T) {
	t.Parallel()
	cal := load(t)
	norms := map[int]struct{ days, hours int }{
		2024: {248, 1979}, 2025: {247, 1972}, 2026: {247, 1972}, 2027: {249, 1987},
	}
	years := cal.Years()
	require.Len(t, years, len(norms))
	for _, y := range years {
		want := norms[y.Year]
		require.Equal(t, want.days, y.WorkingDays, "%d", y.Year)
		require.NotEmpty(t, y.Source)
		hours := 0
		for d := calendar.NewDay(y.Year, 1, 1); d.Year() == y.Year; d++ {
			kind, err := cal.Kind(d)
			require.NoError(t, err)
			if kind.Working() {
				hours += 8
			}
			if kind == calendar.Shortened {
				hours--
			}
		}
		require.Equal(t, want.hours, hours, "%d", y.Year)
		require.Equal(t, y.Year == 2027, cal.Draft(y.Year))
	}
}

func TestCalendar_Kind(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, c := range []struct {
		day  string
		want calendar.Kind
	}{
		{"2026-01-01", calendar.Holiday},
		{"2026-01-03", calendar.Holiday}, // a Saturday: the holiday wins
		{"2026-01-09", calendar.Moved},
		{"2026-01-10", calendar.Weekend},
		{"2026-01-12", calendar.Workday},
		{"2026-02-20", calendar.Workday},
		{"2026-02-23", calendar.Holiday},
		{"2026-03-09", calendar.Moved},
		{"2026-04-30", calendar.Shortened},
		{"2026-05-08", calendar.Shortened},
		{"2026-05-11", calendar.Moved},
		{"2026-06-11", calendar.Shortened},
		{"2026-11-03", calendar.Shortened},
		{"2026-12-31", calendar.Moved},
		{"2024-04-27", calendar.WorkingWeekend},
		{"2024-11-02", calendar.Shortened}, // a Saturday worked for the eve of 1 May
		{"2024-12-28", calendar.WorkingWeekend},
		{"2025-05-02", calendar.Moved},
		{"2025-05-08", calendar.Moved},
		{"2025-11-01", calendar.Shortened},
		{"2027-11-05", calendar.Moved},
		{"2027-11-13", calendar.WorkingWeekend},
	} {
		kind, err := cal.Kind(day(t, c.day))
		require.NoError(t, err)
		require.Equal(t, c.want, kind, c.day)
	}
}

func TestCalendar_Hours(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, c := range []struct{ name, day, want string }{
		{"a Tuesday", "2026-02-10", "8h"},
		{"a Friday", "2026-02-13", "6h45m"},
		{"a shortened Thursday", "2026-04-30", "7h"},
		{"a shortened Friday", "2026-05-08", "5h45m"},
		{"a Saturday worked for a Monday", "2024-04-27", "8h"},
		{"a Saturday worked for a shortened Tuesday", "2024-11-02", "7h"},
		{"a Saturday worked for a Friday", "2027-11-13", "6h45m"},
		{"a Sunday", "2026-02-15", "0h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want, err := time.ParseDuration(c.want)
			require.NoError(t, err)
			got, err := cal.Hours(day(t, c.day))
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestCalendar_WorkingDaysBetween(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"2026-01-06", "2026-01-16", 5},
		{"2026-01-16", "2026-01-06", -5},
		{"2026-04-30", "2026-05-04", 1},
		{"2026-05-01", "2026-05-03", 0},
		{"2025-12-30", "2026-01-12", 1},
		{"2026-02-10", "2026-02-10", 0},
	} {
		n, err := cal.WorkingDaysBetween(day(t, c.a), day(t, c.b))
		require.NoError(t, err)
		require.Equal(t, c.want, n, "%s to %s", c.a, c.b)
	}
}

func TestCalendar_neighbours_of_long_holidays(t *testing.T) {
	t.Parallel()
	cal := load(t)
	next, err := cal.NextWorking(day(t, "2025-12-30"))
	require.NoError(t, err)
	require.Equal(t, "2026-01-12", next.String())
	previous, err := cal.PreviousWorking(day(t, "2026-01-12"))
	require.NoError(t, err)
	require.Equal(t, "2025-12-30", previous.String())
}

func TestCalendar_a_missing_year_is_an_error_and_not_a_guess(t *testing.T) {
	t.Parallel()
	cal := load(t)
	requireMissing := func(err error, year int) {
		t.Helper()
		var f *fault.Error
		require.ErrorAs(t, err, &f)
		require.Equal(t, fault.Unavailable, f.Kind)
		require.Equal(t, "calendar.missing_year", f.Key)
		require.Equal(t, year, f.Params["year"])
	}
	_, err := cal.IsWorking(day(t, "2023-12-31"))
	requireMissing(err, 2023)
	_, err = cal.NextWorking(day(t, "2027-12-31"))
	requireMissing(err, 2028)
	_, err = cal.PreviousWorking(day(t, "2024-01-08"))
	requireMissing(err, 2023)
	start := time.Date(2027, 12, 20, 9, 0, 0, 0, time.UTC)
	_, err = cal.Due(start, calendar.Days(30), calendar.RollPrevious)
	requireMissing(err, 2028)
	_, err = cal.Due(start, calendar.Working(30), calendar.RollPrevious)
	requireMissing(err, 2028)
	_, err = cal.Due(start, calendar.Hours(300), calendar.RollNone)
	requireMissing(err, 2028)
	_, err = cal.WorkingTime(start, start.AddDate(0, 1, 0))
	requireMissing(err, 2028)
	_, err = cal.WorkingDaysBetween(day(t, "2027-12-31"), day(t, "2028-01-03"))
	requireMissing(err, 2028)
	_, err = cal.With(calendar.Overlay{Name: "x", Source: "x", Off: []calendar.Day{day(t, "2028-02-01")}})
	requireMissing(err, 2028)
}

func TestCalendar_With_a_region_s_own_days(t *testing.T) {
	t.Parallel()
	federal := load(t)
	regional, err := federal.With(calendar.Overlay{
		Name: "ru-xx", Source: "regional law",
		Off:       []calendar.Day{day(t, "2026-04-21")},
		Working:   []calendar.Day{day(t, "2026-04-25"), day(t, "2026-12-31")},
		Shortened: []calendar.Day{day(t, "2026-04-20")},
	})
	require.NoError(t, err)
	for s, want := range map[string]calendar.Kind{
		"2026-04-20": calendar.Shortened, "2026-04-21": calendar.RegionalOff,
		"2026-04-25": calendar.WorkingWeekend, "2026-12-31": calendar.Workday,
	} {
		kind, err := regional.Kind(day(t, s))
		require.NoError(t, err)
		require.Equal(t, want, kind, s)
	}
	kind, err := federal.Kind(day(t, "2026-04-21"))
	require.NoError(t, err)
	require.Equal(t, calendar.Workday, kind, "the federal calendar is as it was")
	require.NotEqual(t, federal.Version(), regional.Version())
	require.Regexp(t, `^ru-xx-[0-9a-f]{12}$`, regional.Version())

	_, err = federal.With(calendar.Overlay{Name: "x", Source: "x", Shortened: []calendar.Day{day(t, "2026-01-01")}})
	require.True(t, fault.Is(err, fault.Invalid))
	_, err = federal.With(calendar.Overlay{})
	require.True(t, fault.Is(err, fault.Invalid))
}

func TestCalendar_Version_covers_what_a_due_date_depends_on(t *testing.T) {
	t.Parallel()
	cal := load(t)
	require.Regexp(t, `^ru-[0-9a-f]{12}$`, cal.Version())
	require.Equal(t, cal.Version(), cal.In(cal.Zone()).Version())
	require.NotEqual(t, cal.Version(), cal.In(zone(t, "Asia/Kamchatka")).Version())
	office := cal.Office()
	office.Opens = calendar.Clock(8, 0)
	early, err := cal.WithOffice(office)
	require.NoError(t, err)
	require.NotEqual(t, cal.Version(), early.Version())
}

func TestDecode_reads_what_Encode_wrote(t *testing.T) {
	t.Parallel()
	cal := load(t).In(zone(t, "Europe/Kaliningrad"))
	again, err := calendar.Decode(cal.Encode())
	require.NoError(t, err)
	require.Equal(t, cal.Version(), again.Version())
	for d := calendar.NewDay(2024, 1, 1); d.Year() < 2028; d++ {
		want, err := cal.Hours(d)
		require.NoError(t, err)
		got, err := again.Hours(d)
		require.NoError(t, err)
		require.Equal(t, want, got, d)
	}
}

func TestDecode_refuses_what_it_can_t_trust(t *testing.T) {
	t.Parallel()
	const office = `"office":{"opens":"09:00","closes":"18:00","friday_closes":"16:45","lunch_starts":"13:00","lunch_ends":"14:00"}`
	for name, data := range map[string]string{
		"no JSON":               `x`,
		"an unknown zone":       `{"zone":"Mars/Base",` + office + `}`,
		"the machine's zone":    `{"zone":"Local",` + office + `}`,
		"an unknown field":      `{"zone":"UTC","planet":"Mars",` + office + `}`,
		"a day of another year": `{"zone":"UTC",` + office + `,"years":[{"year":2026,"days":{"2025-01-01":{"kind":"holiday"}}}]}`,
		"a year twice":          `{"zone":"UTC",` + office + `,"years":[{"year":2026},{"year":2026}]}`,
		"hours out of order":    `{"zone":"UTC","office":{"opens":"19:00"}}`,
	} {
		_, err := calendar.Decode([]byte(data))
		require.True(t, fault.Is(err, fault.Invalid), "%s: %v", name, err)
	}
}

func TestNew_refuses_years_that_contradict_themselves(t *testing.T) {
	t.Parallel()
	const head = "year: 2030\nstatus: draft\nsource: test\n"
	for name, text := range map[string]string{
		"an unknown status":                 "year: 2030\nstatus: maybe\nsource: test\n",
		"no source":                         "year: 2030\nstatus: draft\n",
		"an unknown key":                    head + "holydays: []\n",
		"a holiday of another year":         head + "holidays: [2031-01-01]\n",
		"a move from a working day":         head + "moves: [{from: 2030-01-15, to: 2030-01-16}]\n",
		"a move to a day off":               head + "moves: [{from: 2030-01-12, to: 2030-01-13}]\n",
		"a shortened Sunday":                head + "shortened: [2030-01-13]\n",
		"a day that the calendar lacks":     head + "holidays: [2030-02-30]\n",
		"a move to where one already moved": head + "moves: [{from: 2030-01-12, to: 2030-01-14}, {from: 2030-01-13, to: 2030-01-14}]\n",
	} {
		y, err := calendar.ParseYear([]byte(text))
		if err == nil {
			_, err = calendar.New("t", time.UTC, calendar.StandardOffice, y)
		}
		require.True(t, fault.Is(err, fault.Invalid), "%s: %v", name, err)
	}
}

// Day is what every date goes through.
func TestDay_agrees_with_time(t *testing.T) {
	t.Parallel()
	at := time.Date(1968, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := calendar.NewDay(1968, 1, 1); d < calendar.NewDay(2040, 1, 1); d++ {
		require.Equal(t, at.Format(time.DateOnly), d.String())
		require.Equal(t, at.Weekday(), d.Weekday())
		at = at.AddDate(0, 0, 1)
	}
	_, err := calendar.ParseDay("2026-02-29")
	require.True(t, fault.Is(err, fault.Invalid))
}
