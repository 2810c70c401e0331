package proposal

import (
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/participation"
)

// State is where a proposal stands.
type State string

// The states.
const (
	Draft      State = "draft"      // the author still writes, or has not entered the code
	Moderation State = "moderation" // the organiser reads it before everybody does
	Returned   State = "returned"   // the author is asked to mend it
	Rejected   State = "rejected"
	Published  State = "published"
	Checking   State = "checking" // an agency says whether it can be done and for how much
	Changes    State = "changes"  // it can with changes: the authors are asked
	Feasible   State = "feasible"
	Infeasible State = "infeasible"
	Project    State = "project" // people vote on it
	Merged     State = "merged"  // a part of another
	Withdrawn  State = "withdrawn"
	Dissolved  State = "dissolved" // it was made by a merge that was undone
)

// States lists them in the order in which screens show them.
var States = []State{
	Draft, Moderation, Returned, Published, Checking, Changes, Feasible, Infeasible, Project, Merged, Rejected, Withdrawn, Dissolved,
}

var publicStates = []State{Published, Checking, Changes, Feasible, Infeasible, Project, Merged}

// Public reports whether everybody may read a proposal in the state.
func (s State) Public() bool { return slices.Contains(publicStates, s) }

// Action is what can happen to a proposal.
type Action string

// The actions.
const (
	Submit   Action = "submit"
	Edit     Action = "edit"
	Withdraw Action = "withdraw"
	Accept   Action = "accept"
	Return   Action = "return"
	Reject   Action = "reject"
	Send     Action = "send" // to the agency that would carry it out
	Judge    Action = "judge"
	Agree    Action = "agree"
	Disagree Action = "disagree"
	Silence  Action = "silence" // the authors didn't answer in time
	Recheck  Action = "recheck"
	Adopt    Action = "adopt" // it becomes a project of the vote
	TakeOut  Action = "take_out"
	Join     Action = "join" // all authors consented to a merge
	Undo     Action = "undo" // of a merge
	Create   Action = "create"
	Win      Action = "win" // the vote is announced, and there is money for it
	Lose     Action = "lose"
)

// Party is who may do something.
type Party string

// The parties.
const (
	ByAuthor    Party = "author"
	ByOrganiser Party = "organiser"
	ByAgency    Party = "agency" // officers of the agency that checks
	ByClock     Party = "clock"
	ByMerge     Party = "merge" // all authors of a merge, or its undoing
)

// Transition is one row of the table: the only ways from state to state.
type Transition struct {
	Action Action
	From   State
	To     State
	Who    Party
	Reason bool   // it has to be given; the authors are told
	Letter string // which letter the authors get, empty for none
}

// Transitions is the table.
var Transitions = []Transition{
	{Action: Edit, From: Draft, To: Draft, Who: ByAuthor},
	{Action: Edit, From: Returned, To: Returned, Who: ByAuthor},
	{Action: Edit, From: Moderation, To: Moderation, Who: ByAuthor},
	{Action: Edit, From: Published, To: Moderation, Who: ByAuthor}, // it is read again before everybody sees it
	{Action: Submit, From: Draft, To: Moderation, Who: ByAuthor, Letter: "submitted"},
	{Action: Submit, From: Returned, To: Moderation, Who: ByAuthor},
	{Action: Withdraw, From: Draft, To: Withdrawn, Who: ByAuthor},
	{Action: Withdraw, From: Moderation, To: Withdrawn, Who: ByAuthor},
	{Action: Withdraw, From: Returned, To: Withdrawn, Who: ByAuthor},
	{Action: Withdraw, From: Published, To: Withdrawn, Who: ByAuthor},
	{Action: Accept, From: Moderation, To: Published, Who: ByOrganiser, Letter: "accepted"},
	{Action: Return, From: Moderation, To: Returned, Who: ByOrganiser, Reason: true, Letter: "returned"},
	{Action: Reject, From: Moderation, To: Rejected, Who: ByOrganiser, Reason: true, Letter: "rejected"},
	{Action: Send, From: Published, To: Checking, Who: ByOrganiser, Letter: "checking"},
	{Action: Reject, From: Published, To: Rejected, Who: ByOrganiser, Reason: true, Letter: "rejected"},
	{Action: Send, From: Checking, To: Checking, Who: ByOrganiser, Reason: true, Letter: "checking"}, // to another, or with another day
	{Action: Judge, From: Checking, To: Feasible, Who: ByAgency, Letter: "feasible"},
	{Action: Judge, From: Checking, To: Infeasible, Who: ByAgency, Reason: true, Letter: "infeasible"},
	{Action: Judge, From: Checking, To: Changes, Who: ByAgency, Reason: true, Letter: "changes"},
	{Action: Agree, From: Changes, To: Feasible, Who: ByAuthor, Letter: "agreed"},
	{Action: Disagree, From: Changes, To: Infeasible, Who: ByAuthor, Letter: "disagreed"},
	{Action: Silence, From: Changes, To: Infeasible, Who: ByClock, Letter: "silence"},
	{Action: Adopt, From: Feasible, To: Project, Who: ByOrganiser, Letter: "project"},
	{Action: Recheck, From: Feasible, To: Checking, Who: ByOrganiser, Reason: true, Letter: "recheck"},
	{Action: Recheck, From: Infeasible, To: Checking, Who: ByOrganiser, Reason: true, Letter: "recheck"},
	{Action: TakeOut, From: Project, To: Feasible, Who: ByOrganiser, Reason: true, Letter: "taken_out"},
	{Action: Win, From: Project, To: Project, Who: ByClock, Letter: "won"},
	{Action: Lose, From: Project, To: Project, Who: ByClock, Letter: "lost"},
	{Action: Join, From: Published, To: Merged, Who: ByMerge, Letter: "merged"},
	{Action: Join, From: Feasible, To: Merged, Who: ByMerge, Letter: "merged"},
	{Action: Undo, From: Merged, To: Published, Who: ByMerge, Reason: true, Letter: "unmerged"},
	{Action: Undo, From: Merged, To: Feasible, Who: ByMerge, Reason: true, Letter: "unmerged"},
	{Action: Undo, From: Published, To: Dissolved, Who: ByMerge, Reason: true},
	{Action: Undo, From: Checking, To: Dissolved, Who: ByMerge, Reason: true},
	{Action: Undo, From: Changes, To: Dissolved, Who: ByMerge, Reason: true},
	{Action: Undo, From: Feasible, To: Dissolved, Who: ByMerge, Reason: true},
	{Action: Undo, From: Infeasible, To: Dissolved, Who: ByMerge, Reason: true},
}

// find finds the row of an action; to is "" where there is only one.
func find(a Action, from, to State) (Transition, bool) {
	i := slices.IndexFunc(Transitions, func(t Transition) bool {
		return t.Action == a && t.From == from && (to == "" || t.To == to)
	})
	if i < 0 {
		return Transition{}, false
	}
	return Transitions[i], true
}

// Note is one thing that happened to a proposal. Everybody may read it, but who of
// the officers did it.
type Note struct {
	Proposal int64
	N        int
	At       time.Time
	By       int64 // user; 0: an author, or the clock
	Action   Action
	From, To State
	Reason   string
	More     More
}

// More is what a note says beyond its columns.
type More struct {
	Estimate *Estimate `json:"estimate,omitempty"`
	Agency   int64     `json:"agency,omitempty"`
	Due      time.Time `json:"due,omitzero"`
	Other    int64     `json:"other,omitempty"` // proposal of a merge
}

// checkers are the roles whose holders may say for their agency what can be done.
var checkers = []actor.Role{actor.Head, actor.Coordinator, actor.Executor}

// MayJudge reports whether the actor may check proposals for the agency.
func MayJudge(by actor.Actor, agency int64) bool {
	return by.Kind == actor.Officer && agency != 0 && slices.ContainsFunc(checkers, func(r actor.Role) bool { return by.Holds(r, agency) })
}

// MayGather reports whether the actor may make a proposal of appeals that they see:
// the organiser, who publishes it, or a coordinator, whose proposal the organiser
// reads first.
func MayGather(by actor.Actor, agency int64) bool {
	return by.Kind == actor.Officer && (participation.MayOrganise(by, agency) || by.Has(actor.Coordinator))
}

// Allowed lists what the organiser may do with a proposal. Once the vote is
// published its terms are frozen, and so are the proposals.
func Allowed(by actor.Actor, c *participation.Campaign, p *Proposal) []Action {
	if !participation.MayOrganise(by, c.Agency) {
		return nil
	}
	var out []Action
	for _, t := range Transitions {
		if t.From == p.State && t.Who == ByOrganiser && !slices.Contains(out, t.Action) && c.State == participation.Draft && p.can(t.Action) {
			out = append(out, t.Action)
		}
	}
	return out
}

// can reports whether an action makes sense for the proposal: one that was made of
// appeals has nobody to whom it could be returned.
func (p *Proposal) can(a Action) bool { return a != Return || len(p.Authors) > 0 }
