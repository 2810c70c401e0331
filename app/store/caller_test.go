package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

func TestMarkPhones_marks_applicants_from_before(t *testing.T) {
	t.Parallel()
	desk := actor.Actor{Kind: actor.Officer, User: 5, Memberships: []actor.Membership{{Agency: 3, Role: actor.Desk}}}
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			s := storetest.Open(t, dialect)
			for id, phone := range map[int64]string{1: "+79001234567", 2: ""} {
				_, _, err := s.Intake(ctx, storetest.Sample(id, storetest.Noon, 1, func(in *workflow.Intake) { in.Applicant.Phone = phone }))
				require.NoError(t, err)
			}
			require.NoError(t, s.ForgetMarks(ctx))
			found, _, err := s.FindCaller(ctx, "+79001234567", desk, "phone", 10)
			require.NoError(t, err)
			require.Empty(t, found)
			for _, want := range []int{1, 1, 0} {
				n, err := s.MarkPhones(ctx, 1)
				require.NoError(t, err)
				require.Equal(t, want, n)
			}
			found, _, err = s.FindCaller(ctx, "+79001234567", desk, "phone", 10)
			require.NoError(t, err)
			require.Len(t, found, 1)
		})
	}
}
