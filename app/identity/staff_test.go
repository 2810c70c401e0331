package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
)

func officerWith(user int64, ms ...actor.Membership) actor.Actor {
	return actor.Actor{Kind: actor.Officer, User: user, Memberships: ms}
}

// Every role in its own agency, another and the region, against every role that
// could be granted there: only administrators grant, and only where they are.
func TestMayGrant_nobody_grants_what_is_not_theirs_to_give(t *testing.T) {
	t.Parallel()
	for _, own := range actor.Roles {
		for _, given := range actor.Roles {
			for _, agency := range []int64{0, 7, 8} {
				home := int64(7)
				if own.Regional() {
					home = 0
				}
				by := officerWith(1, actor.Membership{Agency: home, Role: own})
				m := actor.Membership{Agency: agency, Role: given}
				want := own == actor.SystemAdmin || own == actor.AgencyAdmin && agency == 7 && !given.Regional()
				require.Equal(t, want, identity.MayGrant(by, m), "%s grants %s in %d", own, given, agency)

				by.Kind = actor.Citizen
				require.False(t, identity.MayGrant(by, m))
			}
		}
	}
	require.False(t, identity.MayGrant(actor.Actor{}, actor.Membership{Agency: 7, Role: actor.Executor}))
	require.False(t, identity.MayGrant(actor.Job, actor.Membership{Agency: 7, Role: actor.Executor}))
}

func TestMayManage_takes_the_right_to_every_role(t *testing.T) {
	t.Parallel()
	executor, abroad := actor.Membership{Agency: 7, Role: actor.Executor}, actor.Membership{Agency: 8, Role: actor.Executor}
	supervisor := actor.Membership{Role: actor.Supervisor}
	boss, root := officerWith(1, actor.Membership{Agency: 7, Role: actor.AgencyAdmin}), officerWith(2, actor.Membership{Role: actor.SystemAdmin})
	for name, c := range map[string]struct {
		by   actor.Actor
		user identity.User
		want bool
	}{
		"an officer of the agency":                {boss, identity.User{ID: 5, Memberships: []actor.Membership{executor}}, true},
		"one who works elsewhere too":             {boss, identity.User{ID: 5, Memberships: []actor.Membership{executor, abroad}}, false},
		"one of the region":                       {boss, identity.User{ID: 5, Memberships: []actor.Membership{executor, supervisor}}, false},
		"one with no role":                        {boss, identity.User{ID: 5}, false},
		"themselves":                              {boss, identity.User{ID: 1, Memberships: []actor.Membership{executor}}, false},
		"anybody, for the system's":               {root, identity.User{ID: 5, Memberships: []actor.Membership{abroad, supervisor}}, true},
		"themselves, even for the system's":       {root, identity.User{ID: 2}, false},
		"anybody, for one who administers no one": {officerWith(3, executor), identity.User{ID: 5, Memberships: []actor.Membership{executor}}, false},
	} {
		require.Equal(t, c.want, identity.MayManage(c.by, c.user), name)
	}
}
