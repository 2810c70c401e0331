package jobs_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

func TestOfficers_a_notice_finds_who_works_in_the_place_of_the_absent(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	s := storetest.OpenAt(t, storetest.SQLite, clock.NewFake(now))
	ids := map[string]int64{}
	for login, role := range map[string]actor.Role{"away": actor.Executor, "second": actor.Executor, "coordinator": actor.Coordinator} {
		u := &identity.User{Login: login, Name: login, PasswordHash: "x", Memberships: []actor.Membership{{Agency: 1, Role: role}}}
		require.NoError(t, s.SaveUser(t.Context(), u))
		ids[login] = u.ID
	}
	id, err := s.NextID(t.Context())
	require.NoError(t, err)
	_, _, err = s.Intake(t.Context(), storetest.Sample(id, now, 1))
	require.NoError(t, err)
	officers := &jobs.Officers{Staff: s, Cases: s, Notices: s, Clock: clock.NewFake(now)}
	event := 0
	told := func(login string) bool {
		list, err := s.ListNotices(t.Context(), ids[login], 10)
		require.NoError(t, err)
		return len(list) > 0 && list[0].Event == event
	}
	tell := func() {
		event++
		payload, err := json.Marshal(workflow.Notice{Key: "notice.officer.assigned", Agency: 1, User: ids["away"]})
		require.NoError(t, err)
		require.NoError(t, officers.Deliver(t.Context(), workflow.Outbox{Appeal: id, Event: event, Payload: string(payload)}))
		require.True(t, told("away"), "the absent one reads it when they are back")
	}
	tell()
	require.False(t, told("second") || told("coordinator"), "nobody is away yet")
	absence := func(user, substitute int64) {
		require.NoError(t, s.CreateAbsence(t.Context(), &identity.Absence{
			User: user, Agency: 1, Role: actor.Executor, Substitute: substitute, From: now.Add(-time.Hour), To: now.Add(time.Hour), SetAt: now,
		}))
	}
	absence(ids["away"], ids["second"])
	tell()
	require.True(t, told("second"))
	require.False(t, told("coordinator"))
	absence(ids["second"], 0)
	tell()
	require.False(t, told("second"))
	require.True(t, told("coordinator"), "nobody works in their place")
}
