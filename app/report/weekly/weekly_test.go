package weekly_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report/weekly"
)

func TestReport_Next_is_the_hour_of_the_regions_day(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Yekaterinburg") // +5
	require.NoError(t, err)
	r := weekly.Report{Weekday: 1, Hour: 8}
	for after, want := range map[string]string{
		"2026-11-22T20:00:00Z": "2026-11-23T03:00:00Z", // Monday there already
		"2026-11-23T02:59:59Z": "2026-11-23T03:00:00Z",
		"2026-11-23T03:00:00Z": "2026-11-30T03:00:00Z",
		"2026-12-29T00:00:00Z": "2027-01-04T03:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, after)
		require.NoError(t, err)
		next := r.Next(at, zone)
		require.Equal(t, want, next.Format(time.RFC3339), after)
		require.Equal(t, next, r.Last(next.AddDate(0, 0, 6), zone), "however late it is made")
	}
}

func TestReport_Next_where_the_clocks_are_changed(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	r := weekly.Report{Weekday: 7, Hour: 2} // on 29 March 2026 there is no two o'clock
	at := time.Date(2026, 3, 28, 12, 0, 0, 0, zone)
	require.Equal(t, "2026-03-29", r.Next(at, zone).In(zone).Format(time.DateOnly))
	next := r.Next(r.Next(at, zone), zone)
	require.Equal(t, "2026-04-05 02:00", next.In(zone).Format("2006-01-02 15:04"))
}

func TestDay_is_seven_days_before_in_the_regions_zone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 5*3600)
	require.Equal(t, "2026-11-16", weekly.Day(time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC), zone))
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	_, ok := weekly.ReadDay("2026-11-24", now, zone)
	require.False(t, ok, "it has not begun")
	_, ok = weekly.ReadDay("2026-11-16.pdf", now, zone)
	require.False(t, ok)
	_, ok = weekly.ReadDay("2026-11-16", now, zone)
	require.True(t, ok)
}

func TestReport_Check_refuses(t *testing.T) {
	t.Parallel()
	right := weekly.Report{Weekday: 1, Hour: 8, Lang: lang.RU, Users: []int64{1}}
	require.NoError(t, right.Check())
	for name, spoil := range map[string]func(*weekly.Report){
		"no day":            func(r *weekly.Report) { r.Weekday = 0 },
		"a late hour":       func(r *weekly.Report) { r.Hour = 24 },
		"another language":  func(r *weekly.Report) { r.Lang = "fr" },
		"nobody to read it": func(r *weekly.Report) { r.Users = nil },
		"a crowd":           func(r *weekly.Report) { r.Users = make([]int64, weekly.MostUsers+1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := right
			spoil(&r)
			require.Error(t, r.Check())
		})
	}
}
