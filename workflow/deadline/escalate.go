package deadline

import (
	"slices"

	"github.com/otklik/otklik/app/actor"
)

// doer stands in the table below for who works on the kind of deadline.
const doer actor.Role = "doer"

// told says who is told at a step of a duty. The last line holds for every
// further day.
var told = []struct {
	step  Step
	roles []actor.Role
}{
	{StepHalf, []actor.Role{doer}},
	{StepMost, []actor.Role{doer, actor.Coordinator}},
	{StepEve, []actor.Role{doer, actor.Coordinator}},
	{StepDue, []actor.Role{actor.Coordinator, actor.Head}},
	{Overdue(1), []actor.Role{actor.Coordinator}},
	{Overdue(2), []actor.Role{actor.Head}},
	{Overdue(3), []actor.Role{actor.Supervisor}},
}

// Escalate returns the roles that are told at a step, each once; none for a
// citizen's window, where the author is told. A role that nobody holds (an
// appeal without an executor) is replaced by [Above] it.
func (d Deadline) Escalate(step Step) []actor.Role {
	trait := traits[d.Kind]
	if d.ladder() == Window || step == "" {
		return nil
	}
	if trait.doer == actor.Supervisor {
		return []actor.Role{actor.Supervisor} // nobody is above to climb to
	}
	var roles []actor.Role
	for _, line := range told {
		if line.step.Rank() <= step.Rank() {
			roles = line.roles
		}
	}
	var out []actor.Role
	for _, role := range roles {
		if role == doer {
			role = trait.doer
		}
		if !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	return out
}

// climb is the ladder of overdue.
var climb = []actor.Role{actor.Executor, actor.Coordinator, actor.Head, actor.Supervisor}

// Above returns who answers when nobody holds the role; the supervisor is the
// last.
func Above(role actor.Role) actor.Role {
	if role == actor.Moderator {
		return actor.Coordinator
	}
	i := slices.Index(climb, role)
	return climb[min(i+1, len(climb)-1)]
}

// Level is the height of overdue at a step: 0 none, 1 coordinator, 2 head,
// 3 supervisor.
func Level(step Step) int { return min(step.OverdueDays(), 3) }
