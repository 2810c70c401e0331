// Package actor says who acts and what they may do.
package actor

import "slices"

// Kind tells people from machines.
type Kind string

// The kinds of actors.
const (
	Citizen Kind = "citizen" // author of an appeal, known by its secret link
	Officer Kind = "officer" // a signed-in user
	System  Kind = "system"  // a job: a deadline that came due, an import
)

// Role is what a user does in one agency (or in the region).
type Role string

// The roles of domain.md.
const (
	Moderator   Role = "moderator"
	Coordinator Role = "coordinator"
	Executor    Role = "executor"
	Head        Role = "head"
	Supervisor  Role = "supervisor"
	Organiser   Role = "organiser"
	Desk        Role = "desk"
	AgencyAdmin Role = "agency_admin"
	SystemAdmin Role = "system_admin"
)

// Roles lists every role, in the order in which screens show them.
var Roles = []Role{Moderator, Coordinator, Executor, Head, Supervisor, Organiser, Desk, AgencyAdmin, SystemAdmin}

// Known reports whether it is one of the roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Regional reports whether the role is held in the whole region and not in
// one agency.
func (r Role) Regional() bool { return r == Supervisor || r == SystemAdmin }

// Membership is a role held in an agency; Agency is 0 for regional roles.
type Membership struct {
	Agency int64
	Role   Role
}

// Standing is a role that one holds in the place of somebody who is away.
type Standing struct {
	For    int64 // user who is away
	Agency int64
	Role   Role
}

// Actor is who acts. The zero value is nobody and may do nothing.
type Actor struct {
	Kind        Kind
	User        int64 // id of the user, 0 unless an officer
	Name        string
	Memberships []Membership
	Stands      []Standing // now, in whose place
	// Appeal is the appeal that a citizen proved to be theirs, 0 otherwise.
	Appeal int64
}

// Job is the actor of background work.
var Job = Actor{Kind: System, Name: "system"}

// Author is the citizen who holds the secret of an appeal.
func Author(appeal int64) Actor { return Actor{Kind: Citizen, Appeal: appeal} }

// Holds reports whether the actor has the role in the agency. Regional roles
// count in every agency.
func (a Actor) Holds(role Role, agency int64) bool {
	return slices.ContainsFunc(a.Memberships, func(m Membership) bool {
		return m.Role == role && (m.Agency == agency || role.Regional())
	})
}

// StandsFor reports whether the actor takes the place of the user in the role,
// which one must hold oneself.
func (a Actor) StandsFor(user int64, role Role, agency int64) bool {
	return user != 0 && a.Holds(role, agency) && slices.Contains(a.Stands, Standing{For: user, Agency: agency, Role: role})
}

// Has reports whether the actor has the role anywhere.
func (a Actor) Has(role Role) bool {
	return slices.ContainsFunc(a.Memberships, func(m Membership) bool { return m.Role == role })
}

// Regional reports whether the actor sees the whole region.
func (a Actor) Regional() bool {
	return a.Kind == System || a.Has(Supervisor) || a.Has(SystemAdmin)
}

// Agencies lists the agencies in which the actor holds a role, each once.
func (a Actor) Agencies() []int64 {
	var out []int64
	for _, m := range a.Memberships {
		if m.Agency != 0 && !slices.Contains(out, m.Agency) {
			out = append(out, m.Agency)
		}
	}
	return out
}
