package storetest

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report/weekly"
)

// testWeekly is what keeping reports of the week promises.
func testWeekly(t *testing.T, open Opener) {
	s, ctx := open(t), t.Context()
	me, you := hire(t, s, "me", 0, actor.Supervisor), hire(t, s, "you", 1, actor.Head)
	r := weekly.Report{Territory: 3, Weekday: 1, Hour: 8, Lang: lang.RU, CreatedBy: me.ID, Users: []int64{me.ID, you.ID}, DueAt: Noon}
	require.NoError(t, s.SaveWeekly(ctx, &r))
	found, err := s.FindWeekly(ctx, r.ID)
	require.NoError(t, err)
	require.Equal(t, r, *found)

	stale := r
	r.Users, r.Hour = []int64{you.ID}, 9
	require.NoError(t, s.SaveWeekly(ctx, &r))
	requireKind(t, fault.Conflict, s.SaveWeekly(ctx, &stale))
	all, err := s.ListWeekly(ctx)
	require.NoError(t, err)
	require.Equal(t, []weekly.Report{r}, all)

	claim := func(at time.Time) []weekly.Report {
		got, err := s.ClaimWeekly(ctx, at, time.Minute, 10)
		require.NoError(t, err)
		return got
	}
	require.Empty(t, claim(Noon.Add(-time.Second)), "nobody is early")
	got := claim(Noon)
	require.Len(t, got, 1)
	require.Equal(t, []int64{you.ID}, got[0].Users)
	require.Empty(t, claim(Noon), "what one node makes is left to it")
	require.Len(t, claim(Noon.Add(time.Minute)), 1, "unless it never ends")

	issue := weekly.Issue{Report: r.ID, Day: "2026-05-04", MadeAt: Noon, Lead: "Поступило 5.", Body: []byte("%PDF")}
	fresh, err := s.IssueWeekly(ctx, stale, issue, Noon.AddDate(0, 0, 7))
	require.NoError(t, err)
	require.False(t, fresh, "it was changed meanwhile")
	// Two nodes end at once: one of them sends.
	var wg sync.WaitGroup
	made := make([]bool, 8)
	errs := make([]error, len(made))
	for i := range made {
		wg.Go(func() { made[i], errs[i] = s.IssueWeekly(ctx, got[0], issue, Noon.AddDate(0, 0, 7)) })
	}
	wg.Wait()
	n := 0
	for i := range made {
		require.NoError(t, errs[i])
		if made[i] {
			n++
		}
	}
	require.Equal(t, 1, n)
	require.Empty(t, claim(Noon.AddDate(0, 0, 6)))
	require.Len(t, claim(Noon.AddDate(0, 0, 7)), 1)

	letter := weekly.Letter{Report: r.ID, Day: issue.Day, User: me.ID}
	require.NoError(t, s.SendWeekly(ctx, letter, Noon))
	require.NoError(t, s.SendWeekly(ctx, letter, Noon), "a double click")
	rows, err := s.ClaimOutbox(ctx, Noon.AddDate(1, 0, 0), time.Minute, 10)
	require.NoError(t, err)
	var to []int64
	for _, row := range rows {
		require.EqualValues(t, weekly.Topic, row.Topic)
		var l weekly.Letter
		require.NoError(t, json.Unmarshal([]byte(row.Payload), &l))
		to = append(to, l.User)
	}
	require.Equal(t, []int64{you.ID, me.ID}, to, "one letter each")

	kept, err := s.FindIssue(ctx, r.ID, issue.Day)
	require.NoError(t, err)
	require.Equal(t, issue, *kept)
	_, err = s.FindIssue(ctx, r.ID, "2026-05-05")
	requireKind(t, fault.NotFound, err)
	list, err := s.ListIssues(ctx, r.ID, 10)
	require.NoError(t, err)
	issue.Body = nil
	require.Equal(t, []weekly.Issue{issue}, list)

	r.Paused = true
	require.NoError(t, s.SaveWeekly(ctx, &r))
	require.Empty(t, claim(Noon.AddDate(1, 0, 0)), "a paused one rests")
	require.NoError(t, s.RemoveWeekly(ctx, r.ID))
	_, err = s.FindWeekly(ctx, r.ID)
	requireKind(t, fault.NotFound, err)
	_, err = s.FindIssue(ctx, r.ID, issue.Day)
	requireKind(t, fault.NotFound, err)
}
