package identity

import (
	"context"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// Absence is a time during which somebody does not work in a role at an
// agency, and who does it for them. It ends by itself.
type Absence struct {
	ID         int64
	User       int64
	Agency     int64
	Role       actor.Role
	Substitute int64 // 0: nobody
	From       time.Time
	To         time.Time // the first instant at which they are back
	SetBy      int64
	SetAt      time.Time
}

// At reports whether the person is away at the instant.
func (a Absence) At(t time.Time) bool { return !t.Before(a.From) && t.Before(a.To) }

// MaxAbsence is the longest absence that can be set at once.
const MaxAbsence = 366 * 24 * time.Hour

// Check says what is wrong with an absence that is to be set; user and
// substitute are as they are now, substitute nil for none.
func (a Absence) Check(now time.Time, user, substitute *User) error {
	var check fault.Check
	check.That(user.Actor().Holds(a.Role, a.Agency), "user", "absence.not_in_role")
	check.That(a.From.Before(a.To), "to", "absence.ends_before")
	check.That(a.To.After(now), "to", "absence.past")
	check.That(a.To.Sub(a.From) <= MaxAbsence, "to", "absence.long")
	if substitute != nil {
		check.That(substitute.ID != user.ID, "substitute", "absence.self")
		check.That(!substitute.Disabled && substitute.Actor().Holds(a.Role, a.Agency), "substitute", "absence.not_in_role")
	}
	return check.Err()
}

// MaySetAbsence reports whether the actor may set or end an absence: their own,
// or as a coordinator or an administrator of the agency.
func MaySetAbsence(by actor.Actor, a Absence) bool {
	if by.Kind != actor.Officer || by.User == 0 {
		return false
	}
	return by.User == a.User && by.Holds(a.Role, a.Agency) || by.Holds(actor.Coordinator, a.Agency) ||
		by.Holds(actor.AgencyAdmin, a.Agency) || by.Has(actor.SystemAdmin)
}

// away finds the absence in force.
func away(list []Absence, user, agency int64, role actor.Role, at time.Time) (Absence, bool) {
	i := slices.IndexFunc(list, func(a Absence) bool {
		return a.User == user && a.Agency == agency && a.Role == role && a.At(at)
	})
	if i < 0 {
		return Absence{}, false
	}
	return list[i], true
}

// StandIn says who does the work of a user at the instant: the user where they
// are there; else their substitute, or the substitute's where that one is away
// too, and so on. It is 0 where nobody does: none was named, or the chain leads
// round in a circle.
func StandIn(list []Absence, user, agency int64, role actor.Role, at time.Time) int64 {
	seen := []int64{user}
	for who := user; ; {
		a, is := away(list, who, agency, role, at)
		if !is {
			return who
		}
		if who = a.Substitute; who == 0 || slices.Contains(seen, who) {
			return 0
		}
		seen = append(seen, who)
	}
}

// Standings lists in whose place a user works at the instant.
func Standings(list []Absence, user int64, at time.Time) []actor.Standing {
	var out []actor.Standing
	for _, a := range list {
		one := actor.Standing{For: a.User, Agency: a.Agency, Role: a.Role}
		if a.At(at) && a.User != user && StandIn(list, a.User, a.Agency, a.Role, at) == user && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// Absences keeps them. Find methods answer fault.NotFound.
type Absences interface {
	// ListAbsences lists those of the agency that end after the instant, the
	// earliest first.
	ListAbsences(ctx context.Context, agency int64, after time.Time) ([]Absence, error)
	FindAbsence(ctx context.Context, id int64) (*Absence, error)
	// CreateAbsence sets its id. One that overlaps another of the same person in
	// the role is fault.Conflict with key «absence.overlaps».
	CreateAbsence(ctx context.Context, a *Absence) error
	// EndAbsence ends it at the instant; one that is over stays as it is.
	EndAbsence(ctx context.Context, id int64, at time.Time) error
}
