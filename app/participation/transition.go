package participation

import (
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// State is where a campaign stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Published State = "published" // frozen, everybody sees it, ballots are not taken yet
	Open      State = "open"
	Closed    State = "closed"
	Counted   State = "counted"
	Announced State = "announced"
	Cancelled State = "cancelled"
)

// Voting reports whether ballots may be taken, within the campaign's time. A
// ballot that arrived before the closing is taken after it too, and one that
// comes with the opening does not wait for the sweep that writes it down.
func (s State) Voting() bool { return s == Published || s == Open || s == Closed }

// Action is what can happen to a campaign.
type Action string

// The actions.
const (
	Create     Action = "create"
	Edit       Action = "edit"
	Publish    Action = "publish"
	Recall     Action = "recall" // back to a draft, before it opens
	Begin      Action = "open"
	End        Action = "close"
	CloseEarly Action = "close_early"
	Seal       Action = "seal"
	Count      Action = "count"
	Announce   Action = "announce"
	Cancel     Action = "cancel"
	Hide       Action = "hide"   // an answer in own words, from the page of results
	Reveal     Action = "reveal" // and put it back
)

// Transition is one row of the table: the only ways from state to state.
type Transition struct {
	Action Action
	From   State
	To     State
	Clock  bool // the clock does it, nobody else
	Reason bool // it has to be given and is published
}

// Transitions is the table.
var Transitions = []Transition{
	{Action: Edit, From: Draft, To: Draft},
	{Action: Publish, From: Draft, To: Published},
	{Action: Recall, From: Published, To: Draft},
	{Action: Begin, From: Published, To: Open, Clock: true},
	{Action: End, From: Open, To: Closed, Clock: true},
	{Action: CloseEarly, From: Open, To: Closed, Reason: true},
	{Action: Seal, From: Closed, To: Closed, Clock: true},
	{Action: Count, From: Closed, To: Counted},
	{Action: Announce, From: Counted, To: Announced},
	{Action: Cancel, From: Published, To: Cancelled, Reason: true},
	{Action: Cancel, From: Open, To: Cancelled, Reason: true},
	{Action: Cancel, From: Closed, To: Cancelled, Reason: true},
	{Action: Hide, From: Counted, To: Counted, Reason: true},
	{Action: Hide, From: Announced, To: Announced, Reason: true},
	{Action: Reveal, From: Counted, To: Counted, Reason: true},
	{Action: Reveal, From: Announced, To: Announced, Reason: true},
}

// Step finds the row of an action from a state.
func Step(a Action, from State) (Transition, bool) {
	i := slices.IndexFunc(Transitions, func(t Transition) bool { return t.Action == a && t.From == from })
	if i < 0 {
		return Transition{}, false
	}
	return Transitions[i], true
}

// MayOrganise reports whether the actor may hold campaigns of the agency.
func MayOrganise(by actor.Actor, agency int64) bool {
	return by.Kind == actor.Officer && (by.Holds(actor.Organiser, agency) || by.Has(actor.SystemAdmin))
}

// MayLook reports whether the actor may see the campaigns of the agency in the
// console.
func MayLook(by actor.Actor, agency int64) bool {
	return MayOrganise(by, agency) || by.Kind == actor.Officer && (by.Regional() || by.Holds(actor.AgencyAdmin, agency))
}

// Allowed lists what the actor may do with the campaign now.
func Allowed(by actor.Actor, c *Campaign, now time.Time) []Action {
	var out []Action
	if !MayOrganise(by, c.Agency) {
		return nil
	}
	for _, t := range Transitions {
		if t.From == c.State && !t.Clock && guard(t.Action, c, now) == nil {
			out = append(out, t.Action)
		}
	}
	return out
}

// guard says why an action can't be done now, beyond the state.
func guard(a Action, c *Campaign, now time.Time) error {
	switch a {
	case Recall:
		if !now.Before(c.Terms.Opens) {
			return fault.New(fault.Conflict, "campaign.opened_already")
		}
	case CloseEarly:
		if !now.Before(c.Closed) {
			return fault.New(fault.Conflict, "campaign.closed_already")
		}
	case Count:
		if c.Sealed.IsZero() {
			return fault.New(fault.Conflict, "campaign.not_sealed")
		}
	case Announce:
		if c.Terms.Shown == WhenCounted {
			return fault.New(fault.Conflict, "campaign.shown_already")
		}
	case Create, Edit, Publish, Begin, End, Seal, Cancel, Hide, Reveal:
	}
	return nil
}

// Note is one thing that happened to a campaign.
type Note struct {
	Campaign int64
	N        int
	At       time.Time
	By       int64 // user, 0: the clock
	Action   Action
	From, To State
	Reason   string
	// Tell is the outbox topic of those who are to be told, empty for none; it is
	// not kept.
	Tell string
}
