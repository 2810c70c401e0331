package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// testSuspicions is what keeping pairs that may be the same promises.
func testSuspicions(t *testing.T, open Opener) {
	s := open(t)
	ctx, book := t.Context(), s.Suspicions()
	received := func(in *workflow.Intake) {
		in.Appeal.Stage, in.Appeal.RegisteredAt = workflow.StageReceived, Noon
	}
	a, b, c := take(t, s, Noon, 3, received), take(t, s, Noon, 3, received), take(t, s, Noon, 4, received)
	early := take(t, s, Noon, 3)
	found := func(x, y int64, score float64) duplicate.Suspicion {
		return duplicate.Suspicion{
			Pair: duplicate.PairOf(x, y), Score: score, FoundAt: Noon, Why: []duplicate.Reason{{Fact: duplicate.SameTopic, Points: 1.5}},
		}
	}
	list := func(in duplicate.Scope) []duplicate.Suspicion {
		out, err := book.ListOpen(ctx, in, 10)
		require.NoError(t, err)
		n, err := book.CountOpen(ctx, in, 10)
		require.NoError(t, err)
		require.Len(t, out, n)
		pairs, err := book.ListOpenPairs(ctx, in, 10)
		require.NoError(t, err)
		require.Len(t, pairs, n)
		for i, p := range pairs {
			require.Equal(t, out[i].Pair, p)
		}
		return out
	}
	at, err := book.Progress(ctx)
	require.NoError(t, err)
	require.Empty(t, at)
	require.NoError(t, book.Note(ctx, []duplicate.Suspicion{found(b, a, 0.7), found(a, c, 0.8), found(a, early, 0.9)}, nil, "0:5"))
	require.NoError(t, book.Note(ctx, []duplicate.Suspicion{found(a, b, 0.75)}, []int64{c}, "0:6"))
	at, err = book.Progress(ctx)
	require.NoError(t, err)
	require.Equal(t, "0:6", at)

	require.Equal(t, []duplicate.Suspicion{found(a, b, 0.75)}, list(duplicate.Scope{Agencies: []int64{3}}), "one agency has both, and can join them")
	require.Empty(t, list(duplicate.Scope{Agencies: []int64{4}}))
	require.Empty(t, list(duplicate.Scope{}))
	require.Len(t, list(duplicate.Scope{Region: true}), 2, "what is at moderation waits")

	require.NoError(t, change(ctx, s, early, func(a *workflow.Appeal) { a.Stage, a.RegisteredAt = workflow.StageReceived, Noon }))
	require.NoError(t, book.Note(ctx, nil, []int64{early}, ""))
	require.Len(t, list(duplicate.Scope{Agencies: []int64{3}}), 2)

	require.NoError(t, book.Dismiss(ctx, []duplicate.Pair{duplicate.PairOf(a, b), {Earlier: 8, Later: 9}}, 5, Noon))
	require.NoError(t, book.Note(ctx, []duplicate.Suspicion{found(a, b, 0.99)}, nil, ""))
	require.Len(t, list(duplicate.Scope{Agencies: []int64{3}}), 1, "found again, it stays dismissed")
	require.NoError(t, book.Forget(ctx))
	require.Empty(t, list(duplicate.Scope{Region: true}))
	require.NoError(t, book.Note(ctx, []duplicate.Suspicion{found(a, b, 0.99), found(a, early, 0.6)}, nil, ""))
	require.Equal(t, []duplicate.Suspicion{found(a, early, 0.6)}, list(duplicate.Scope{Region: true}))
	require.NoError(t, book.Dismiss(ctx, []duplicate.Pair{duplicate.PairOf(a, b)}, 0, Noon))
	require.Len(t, list(duplicate.Scope{Region: true}), 2)

	told, err := s.ListTold(ctx, nil, 0, 10, func(w workflow.Applicant) []uint64 { return []uint64{uint64(len(w.Email))} })
	require.NoError(t, err)
	require.Len(t, told, 4)
	require.Equal(t, []uint64{16}, told[0].Persons)
	require.Equal(t, 51.73, told[0].Appeal.Place.Point.Lat)
	told, err = s.ListTold(ctx, []int64{b, 1 << 40}, 0, 10, nil)
	require.NoError(t, err)
	require.Len(t, told, 1)
	require.Empty(t, told[0].Persons)
}
