package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/search/alert"
)

// testAlerts is what keeping bursts promises.
func testAlerts(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	burst := func(at time.Time, count int) alert.Alert {
		return alert.Alert{
			Territory: 3, Rubric: "roads.pit", Window: 1, RaisedOn: at.Format(time.DateOnly), RaisedAt: at, LastAt: at,
			Count: count, Expected: 0.5, Chance: 1e-7, Words: []string{"прорвало", "трубу"},
		}
	}
	list := func() []alert.Alert {
		all, err := s.ListAlerts(ctx, 10)
		require.NoError(t, err)
		return all
	}
	require.NoError(t, s.RaiseAlert(ctx, burst(Noon, 8), Noon.Add(-time.Hour)))
	require.NoError(t, s.RaiseAlert(ctx, burst(Noon.Add(time.Hour), 12), Noon.Add(-time.Hour)), "it goes on")
	require.NoError(t, s.RaiseAlert(ctx, burst(Noon.Add(2*time.Hour), 5), Noon), "and wanes")
	require.NoError(t, s.RaiseAlert(ctx, burst(Noon, 9), Noon.Add(48*time.Hour)), "another node has raised it the same day")
	all := list()
	require.Len(t, all, 1)
	want := burst(Noon, 12)
	want.ID, want.LastAt = all[0].ID, Noon.Add(2*time.Hour)
	require.Equal(t, want, all[0])
	later := Noon.AddDate(0, 0, 9)
	require.NoError(t, s.RaiseAlert(ctx, burst(later, 6), later.AddDate(0, 0, -4)), "another burst")
	all = list()
	require.Len(t, all, 2)
	require.Equal(t, 6, all[0].Count, "the latest first")

	untold, err := s.ListUntold(ctx)
	require.NoError(t, err)
	require.Len(t, untold, 2)
	require.NoError(t, s.MarkTold(ctx, all[0].ID))
	untold, err = s.ListUntold(ctx)
	require.NoError(t, err)
	require.Equal(t, all[1:], untold)

	require.NoError(t, s.TakeAlert(ctx, all[1].ID, 7, "Бригада выехала", Noon))
	require.True(t, fault.Is(s.TakeAlert(ctx, all[1].ID, 8, "", Noon), fault.Conflict))
	require.True(t, fault.Is(s.TakeAlert(ctx, 999, 8, "", Noon), fault.NotFound))
	n, err := s.CountAlerts(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	taken := list()[1]
	require.Equal(t, int64(7), taken.TakenBy)
	require.Equal(t, "Бригада выехала", taken.Note)
	require.True(t, Noon.Equal(taken.TakenAt))

	u := &identity.User{Login: "s", Name: "s", PasswordHash: "-"}
	require.NoError(t, s.SaveUser(ctx, u))
	for _, wants := range []bool{false, true, true, false} {
		require.NoError(t, s.SetMail(ctx, u.ID, wants))
		got, err := s.WantsMail(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, wants, got)
	}
}
