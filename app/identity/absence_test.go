package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
)

var may = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// gone is an absence from May 1st for so many days.
func gone(user, substitute int64, days int) identity.Absence {
	from := may.AddDate(0, 0, -3)
	return identity.Absence{User: user, Agency: 7, Role: actor.Executor, Substitute: substitute, From: from, To: from.AddDate(0, 0, days)}
}

func TestStandIn(t *testing.T) {
	t.Parallel()
	elsewhere := gone(1, 2, 10)
	elsewhere.Agency = 8
	for name, one := range map[string]struct {
		absences []identity.Absence
		want     int64
	}{
		"who is there works":                   {nil, 1},
		"the substitute of who is away":        {[]identity.Absence{gone(1, 2, 10)}, 2},
		"nobody was named":                     {[]identity.Absence{gone(1, 0, 10)}, 0},
		"the substitute's substitute":          {[]identity.Absence{gone(1, 2, 10), gone(2, 3, 10)}, 3},
		"a substitute who is away alone":       {[]identity.Absence{gone(1, 2, 10), gone(2, 0, 10)}, 0},
		"two who stand in for each other":      {[]identity.Absence{gone(1, 2, 10), gone(2, 1, 10)}, 0},
		"a circle further on":                  {[]identity.Absence{gone(1, 2, 10), gone(2, 3, 10), gone(3, 2, 10)}, 0},
		"an absence that is over":              {[]identity.Absence{gone(1, 2, 2)}, 1},
		"a substitute who is back":             {[]identity.Absence{gone(1, 2, 10), gone(2, 3, 2)}, 2},
		"an absence from another agency":       {[]identity.Absence{elsewhere}, 1},
		"the last instant still belongs to it": {[]identity.Absence{{User: 1, Agency: 7, Role: actor.Executor, Substitute: 2, From: may.Add(-1), To: may.Add(1)}}, 2},
		"at its end one is back":               {[]identity.Absence{{User: 1, Agency: 7, Role: actor.Executor, Substitute: 2, From: may.Add(-1), To: may}}, 1},
	} {
		require.Equal(t, one.want, identity.StandIn(one.absences, 1, 7, actor.Executor, may), name)
	}
}

func TestStandings(t *testing.T) {
	t.Parallel()
	chain := []identity.Absence{gone(1, 2, 10), gone(2, 3, 10), gone(4, 3, 2)}
	require.Equal(t, []actor.Standing{
		{For: 1, Agency: 7, Role: actor.Executor}, {For: 2, Agency: 7, Role: actor.Executor},
	}, identity.Standings(chain, 3, may))
	require.Empty(t, identity.Standings(chain, 2, may), "who is away stands in for nobody")
	require.Empty(t, identity.Standings(chain, 1, may))
}

func TestAbsence_Check(t *testing.T) {
	t.Parallel()
	works := func(id int64, role actor.Role) *identity.User {
		return &identity.User{ID: id, Memberships: []actor.Membership{{Agency: 7, Role: role}}}
	}
	ok := gone(1, 2, 10)
	require.NoError(t, ok.Check(may, works(1, actor.Executor), works(2, actor.Executor)))
	require.NoError(t, ok.Check(may, works(1, actor.Executor), nil), "nobody stands in")
	left := works(2, actor.Executor)
	left.Disabled = true
	for name, one := range map[string]struct {
		absence    identity.Absence
		substitute *identity.User
		field      string
	}{
		"another role":             {ok, works(2, actor.Head), "substitute"},
		"one who left":             {ok, left, "substitute"},
		"oneself":                  {ok, works(1, actor.Executor), "substitute"},
		"it ends before it begins": {gone(1, 2, -1), works(2, actor.Executor), "to"},
		"it is over":               {gone(1, 2, 1), works(2, actor.Executor), "to"},
		"two years":                {gone(1, 2, 800), works(2, actor.Executor), "to"},
	} {
		err := one.absence.Check(may, works(1, actor.Executor), one.substitute)
		var e *fault.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, one.field, e.Fields[0].Name, name)
	}
}

func TestMaySetAbsence(t *testing.T) {
	t.Parallel()
	a := gone(1, 2, 10)
	who := func(user, agency int64, role actor.Role) actor.Actor {
		return actor.Actor{Kind: actor.Officer, User: user, Memberships: []actor.Membership{{Agency: agency, Role: role}}}
	}
	for name, one := range map[string]struct {
		by   actor.Actor
		want bool
	}{
		"oneself":                       {who(1, 7, actor.Executor), true},
		"oneself without the role":      {who(1, 7, actor.Head), false},
		"the coordinator":               {who(5, 7, actor.Coordinator), true},
		"the administrator":             {who(5, 7, actor.AgencyAdmin), true},
		"a coordinator elsewhere":       {who(5, 8, actor.Coordinator), false},
		"the substitute":                {who(2, 7, actor.Executor), false},
		"the region's administrator":    {who(5, 0, actor.SystemAdmin), true},
		"a supervisor only looks":       {who(5, 0, actor.Supervisor), false},
		"a citizen":                     {actor.Author(1), false},
		"nobody":                        {actor.Actor{}, false},
		"a job with somebody's user id": {actor.Actor{Kind: actor.System, User: 1}, false},
	} {
		require.Equal(t, one.want, identity.MaySetAbsence(one.by, a), name)
	}
}
