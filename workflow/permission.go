package workflow

import (
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// CanSee reports whether the actor may open the appeal: its author, anybody
// with a role in the agency that has it now, the region's supervisors and
// system administrators, jobs, and whoever is asked for an opinion, with those
// above them while it is awaited. An agency that has passed it on sees it no
// longer.
func CanSee(by actor.Actor, a *Appeal) bool {
	switch by.Kind {
	case actor.Citizen:
		return by.Appeal != 0 && by.Appeal == a.ID
	case actor.Officer:
		return by.Regional() || slices.Contains(by.Agencies(), a.Agency) || lets(by, a)
	case actor.System:
		return true
	default:
		return false
	}
}

// CanReadApplicant reports why the actor may not read who wrote, nil when they
// may: whoever sees the appeal by a right of their own. Who is only asked for an
// opinion, and those above them, may where the lead has allowed it for that
// opinion; else it is fault.Forbidden.
func CanReadApplicant(by actor.Actor, a *Appeal) error {
	if !CanSee(by, a) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	if by.Kind != actor.Officer || by.Regional() || slices.Contains(by.Agencies(), a.Agency) {
		return nil
	}
	if slices.ContainsFunc(a.Opinions, func(o Opinion) bool { return o.Contacts && o.lets(by, a) }) {
		return nil
	}
	return fault.New(fault.Forbidden, "workflow.contacts_closed")
}

// is reports whether the actor is the party in the appeal.
func (p Party) is(by actor.Actor, a *Appeal) bool {
	switch p {
	case Author:
		return by.Kind == actor.Citizen && CanSee(by, a)
	case Job:
		return by.Kind == actor.System
	case Door, Other:
		return false
	case Officer:
		return by.Kind == actor.Officer && slices.Contains(by.Agencies(), a.Agency)
	case Worker:
		return by.Kind == actor.Officer && by.User != 0 && by.Holds(actor.Executor, a.Agency) &&
			(by.User == a.Executor || by.StandsFor(a.Executor, actor.Executor, a.Agency))
	case CoExecutor:
		return a.OwedBy(by) != nil
	default:
		return by.Kind == actor.Officer && by.Holds(actor.Role(p), a.Agency)
	}
}

// Can reports why the actor may not take the action with the appeal now, nil
// when they may. It is a pure function of the table of transitions; what the
// command must hold is checked later.
//
// Forbidden: the actor doesn't see the appeal, or the step is another's.
// Conflict: nobody may, at this stage or as the appeal stands.
func Can(by actor.Actor, a *Appeal, action Action) error {
	if !CanSee(by, a) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	known, here, mine := false, false, false
	var why error
	for i := range transitions {
		t := &transitions[i]
		if t.Action != action {
			continue
		}
		known = true
		if !slices.Contains(t.From, a.Stage) {
			continue
		}
		here = true
		if !t.who(by, a) {
			continue
		}
		mine = true
		if why = t.guard(by, a); why == nil {
			return nil
		}
	}
	switch {
	case !known:
		return fault.New(fault.Invalid, "workflow.unknown_action").With("action", string(action))
	case !here:
		return fault.New(fault.Conflict, "workflow.wrong_stage").With("action", string(action)).With("stage", string(a.Stage))
	case !mine:
		return notYours(by, a, action)
	default:
		return why
	}
}

// MayEver reports whether the actor holds a role, anywhere, that may take the
// action with some appeal: whether to offer it for many.
func MayEver(by actor.Actor, action Action) bool {
	return by.Kind == actor.Officer && slices.ContainsFunc(transitions, func(t Transition) bool {
		return t.Action == action && slices.ContainsFunc(t.Who, func(p Party) bool { return by.Has(actor.Role(p)) })
	})
}

// Allowed lists the actions that the actor may take with the appeal now, in
// the order of the table.
func Allowed(by actor.Actor, a *Appeal) []Action {
	if !CanSee(by, a) {
		return nil
	}
	var out []Action
	for i := range transitions {
		t := &transitions[i]
		if slices.Contains(t.From, a.Stage) && !slices.Contains(out, t.Action) && t.who(by, a) && t.guard(by, a) == nil {
			out = append(out, t.Action)
		}
	}
	return out
}

func (t *Transition) who(by actor.Actor, a *Appeal) bool {
	return slices.ContainsFunc(t.Who, func(p Party) bool { return p.is(by, a) })
}

// inPlaceOf is the absent executor for whom the actor takes the step, 0 where
// it is theirs by another right.
func (t *Transition) inPlaceOf(by actor.Actor, a *Appeal) int64 {
	own := by
	own.Stands = nil
	if t.who(own, a) || !t.who(by, a) {
		return 0
	}
	if slices.Contains(t.Who, CoExecutor) {
		return a.OwedBy(by).User
	}
	return a.Executor
}

func (t *Transition) guard(by actor.Actor, a *Appeal) error {
	for _, g := range t.Guards {
		if !g.holds(by, a) {
			e := fault.New(fault.Conflict, g.Key)
			if a.Lead != 0 {
				e = e.With("lead", a.LeadNumber)
			}
			return e
		}
	}
	return nil
}

// notYours says whose step it is as well as one can.
func notYours(by actor.Actor, a *Appeal, action Action) error {
	if by.Holds(actor.Executor, a.Agency) && a.Executor != 0 && a.Executor != by.User {
		for _, t := range transitions {
			if t.Action == action && slices.Contains(t.From, a.Stage) && slices.Contains(t.Who, Worker) {
				return fault.New(fault.Forbidden, "workflow.not_assigned_to_you")
			}
		}
	}
	return fault.New(fault.Forbidden, "workflow.not_yours").With("action", string(action))
}

// line finds the line of the table by which the action is taken.
func line(by actor.Actor, a *Appeal, answer *Answer, action Action) (*Transition, error) {
	if err := Can(by, a, action); err != nil {
		return nil, err
	}
	return find(a, answer, action, func(t *Transition) bool { return t.who(by, a) })
}

func find(a *Appeal, answer *Answer, action Action, fits func(*Transition) bool) (*Transition, error) {
	for i := range transitions {
		t := &transitions[i]
		if t.Action == action && slices.Contains(t.From, a.Stage) && fits(t) &&
			(t.When.holds == nil || t.When.holds(a, answer)) {
			return t, nil
		}
	}
	return nil, fault.New(fault.Conflict, "workflow.no_answer").With("action", string(action))
}
