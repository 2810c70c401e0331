package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

func testCase(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	a, b := take(t, s, Noon, 3), take(t, s, Noon, 4)

	t.Run("many are found in the order asked for", func(t *testing.T) {
		cases, err := s.FindCases(ctx, []int64{b, 1 << 40, a})
		require.NoError(t, err)
		require.Len(t, cases, 2)
		require.Equal(t, b, cases[0].Appeal.ID)
		require.Equal(t, a, cases[1].Appeal.ID)
		require.Len(t, cases[1].Events, 2)
		cases, err = s.FindCases(ctx, nil)
		require.NoError(t, err)
		require.Empty(t, cases)
	})

	t.Run("one is found by the key under which it was sent", func(t *testing.T) {
		keyed := take(t, s, Noon, 9, func(in *workflow.Intake) { in.Key = "token-7:key" })
		id, err := s.FindIDByKey(ctx, "token-7:key")
		require.NoError(t, err)
		require.Equal(t, keyed, id)
	})

	t.Run("what isn't there is not found", func(t *testing.T) {
		_, err := s.FindIDByKey(ctx, "no such key")
		requireKind(t, fault.NotFound, err)
		_, err = s.FindCase(ctx, 1<<40)
		requireKind(t, fault.NotFound, err)
		_, err = s.FindID(ctx, "26-999999-9")
		requireKind(t, fault.NotFound, err)
		_, _, err = s.FindPhoto(ctx, 1<<40)
		requireKind(t, fault.NotFound, err)
		_, err = s.ReadApplicant(ctx, 1<<40, actor.Job, "letter")
		requireKind(t, fault.NotFound, err)
	})

	t.Run("ids are walked in pages", func(t *testing.T) {
		first, err := s.ListAppealIDs(ctx, 0, 1)
		require.NoError(t, err)
		require.Equal(t, []int64{a}, first)
		rest, err := s.ListAppealIDs(ctx, a, 10)
		require.NoError(t, err)
		require.Equal(t, b, rest[0])
	})

	t.Run("an officer's reading of the applicant is logged, others' is not", func(t *testing.T) {
		officer := actor.Actor{Kind: actor.Officer, User: 12}
		for _, by := range []actor.Actor{officer, actor.Author(a), actor.Job} {
			who, err := s.ReadApplicant(ctx, a, by, "card")
			require.NoError(t, err)
			require.Equal(t, workflow.Applicant{Name: "Анна Петрова", Email: "anna@example.org", Lang: "ru"}, who)
		}
		log, err := s.ListAccess(ctx, a)
		require.NoError(t, err)
		require.Len(t, log, 1)
		require.EqualValues(t, 12, log[0].User)
		require.Equal(t, "card", log[0].Purpose)
	})
}
