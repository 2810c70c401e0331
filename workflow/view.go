package workflow

import (
	"context"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// View is a named combination of tab, filters, words and order of the inbox:
// somebody's own, or shared with an agency.
type View struct {
	ID      int64
	User    int64 // who made it
	Agency  int64 // shared with everybody there, 0: their own
	Name    string
	Query   string // as in an address
	Place   int    // in the order of the screen, own ones before shared ones
	Default bool   // the reader begins with it
}

// Limits of views.
const (
	MaxViewName = 40 // characters
	MaxViews    = 30 // of a person, and of an agency
)

// MayChange reports whether the actor may rename, share, order or delete the
// view: who made it while it is their own, coordinators and administrators of
// the agency once it is shared.
func (v View) MayChange(by actor.Actor) bool {
	if by.Kind != actor.Officer || by.User == 0 {
		return false
	}
	if v.Agency == 0 {
		return v.User == by.User
	}
	return MayShareView(by, v.Agency)
}

// SeenBy reports whether the actor has the view among theirs.
func (v View) SeenBy(by actor.Actor) bool {
	return by.Kind == actor.Officer && by.User != 0 &&
		(v.Agency == 0 && v.User == by.User || v.Agency != 0 && slices.Contains(by.Agencies(), v.Agency))
}

// MayShareView reports whether the actor may share views with the agency.
func MayShareView(by actor.Actor, agency int64) bool {
	return agency != 0 && by.Kind == actor.Officer &&
		(by.Holds(actor.Coordinator, agency) || by.Holds(actor.AgencyAdmin, agency))
}

// Check cleans the name and says what is wrong with it.
func (v *View) Check() error {
	v.Name = strings.Join(strings.Fields(v.Name), " ")
	var check fault.Check
	check.That(v.Name != "", "name", "view.name_required")
	check.That(length(v.Name) <= MaxViewName, "name", "workflow.text_long", "max", MaxViewName)
	return check.Err()
}

// Views keeps them. Find methods answer fault.NotFound.
type Views interface {
	// ListViews lists a person's own and those shared with the agencies, in the
	// order of the screen.
	ListViews(ctx context.Context, user int64, agencies []int64) ([]View, error)
	FindView(ctx context.Context, id int64) (*View, error)
	// SaveView inserts (ID 0, at the end of its list) or updates. More than
	// MaxViews are fault.Conflict.
	SaveView(ctx context.Context, v *View) error
	DeleteView(ctx context.Context, id int64) error
	// SwapViews exchanges the places of two views.
	SwapViews(ctx context.Context, a, b int64) error
	// SetDefaultView says with which view a person begins; 0: none.
	SetDefaultView(ctx context.Context, user, view int64) error
	// CountQueries counts the rows of each query, each up to 1,000.
	CountQueries(ctx context.Context, queries []InboxQuery) ([]int, error)
}
