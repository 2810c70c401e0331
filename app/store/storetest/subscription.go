package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

func testSubscriptions(t *testing.T, open Opener) {
	s, ctx := open(t), t.Context()
	me := hire(t, s, "me", 1, actor.Coordinator)
	v := workflow.View{User: me.ID, Name: "Ямы", Query: "q=яма"}
	require.NoError(t, s.SaveView(ctx, &v))
	want := workflow.Subscription{User: me.ID, View: v.ID, Rhythm: workflow.AtOnce, Feed: []byte("hash")}
	require.NoError(t, s.SaveSubscription(ctx, want, Noon))
	claim := func(at time.Time) []workflow.Subscription {
		got, err := s.ClaimSubscriptions(ctx, at, time.Minute, 10)
		require.NoError(t, err)
		return got
	}
	require.Empty(t, claim(Noon.Add(-time.Second)), "nobody is early")
	got := claim(Noon)
	require.Len(t, got, 1)
	want.ID = got[0].ID
	require.Equal(t, want, got[0])
	require.Empty(t, claim(Noon), "what somebody looks at is left to them")
	require.Len(t, claim(Noon.Add(time.Minute)), 1, "unless they never finish")

	next := Noon.Add(time.Hour)
	note := func(sub workflow.Subscription, appeals ...int64) int {
		fresh, err := s.NoteMatches(ctx, sub, appeals, next)
		require.NoError(t, err)
		return fresh
	}
	told := func() (out [][]int64) {
		rows, err := s.ClaimOutbox(ctx, Noon.AddDate(50, 0, 0), time.Minute, 10)
		require.NoError(t, err)
		for _, r := range rows {
			require.Equal(t, workflow.TopicSubscription, r.Topic)
			var m workflow.NewMatches
			require.NoError(t, json.Unmarshal([]byte(r.Payload), &m))
			require.Equal(t, want.ID, m.Subscription)
			out = append(out, m.Appeals)
			require.NoError(t, s.DoneOutbox(ctx, []int64{r.ID}))
		}
		return out
	}
	require.Zero(t, note(want, 1, 2), "what matches at the beginning is no news")
	require.Empty(t, told())
	require.Empty(t, claim(next.Add(-time.Second)))
	primed := claim(next)[0]
	require.True(t, primed.Primed)
	require.Zero(t, note(want, 9), "a look from before the first one changes nothing")
	require.Equal(t, 1, note(primed, 3, 2, 1))
	require.Zero(t, note(primed, 3, 2, 1), "nothing is told twice")
	require.Zero(t, note(primed))
	require.Equal(t, [][]int64{{3}}, told())

	feed, err := s.FindFeed(ctx, []byte("hash"))
	require.NoError(t, err)
	require.Equal(t, want.ID, feed.ID)
	_, err = s.FindFeed(ctx, []byte("other"))
	requireKind(t, fault.NotFound, err)

	want.Feed = nil
	require.NoError(t, s.SaveSubscription(ctx, want, Noon))
	found, err := s.FindSubscription(ctx, want.ID)
	require.NoError(t, err)
	require.Empty(t, found.Feed)
	require.True(t, found.Primed, "the feed is another thing than letters")
	want.Rhythm = workflow.Daily
	require.NoError(t, s.SaveSubscription(ctx, want, Noon))
	daily := claim(Noon)[0]
	require.False(t, daily.Primed, "another rhythm begins anew")
	require.Zero(t, note(daily, 1, 2, 3, 4))

	list, err := s.ListSubscriptions(ctx, me.ID)
	require.NoError(t, err)
	require.Len(t, list, 1)
	want.Rhythm = workflow.NoMail
	require.NoError(t, s.SaveSubscription(ctx, want, Noon))
	list, err = s.ListSubscriptions(ctx, me.ID)
	require.NoError(t, err)
	require.Empty(t, list, "neither letters nor feed is no subscription")
	_, err = s.NoteMatches(ctx, daily, []int64{5}, next)
	requireKind(t, fault.NotFound, err)

	require.NoError(t, s.SaveSubscription(ctx, workflow.Subscription{User: me.ID, View: v.ID, Rhythm: workflow.Daily}, Noon))
	require.NoError(t, s.DeleteView(ctx, v.ID))
	require.Empty(t, claim(Noon.Add(1000*time.Hour)), "it goes with its view")
}
