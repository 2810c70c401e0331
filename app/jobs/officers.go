package jobs

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/workflow"
)

// Staff finds who works where.
type Staff interface {
	// ListUsers lists the users with a role in the agency, and with a regional
	// role for 0.
	ListUsers(ctx context.Context, agency int64) ([]identity.User, error)
	// ListAbsences lists those of the agency that end after the instant.
	ListAbsences(ctx context.Context, agency int64, after time.Time) ([]identity.Absence, error)
}

// Cases reads an appeal for a message about it.
type Cases interface {
	FindCases(ctx context.Context, ids []int64) ([]workflow.Case, error)
}

func find(ctx context.Context, cases Cases, id int64) (*workflow.Case, error) {
	found, err := cases.FindCases(ctx, []int64{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return &found[0], nil
}

// Officers puts notices before the officers whom a row of the outbox names.
type Officers struct {
	Staff   Staff
	Cases   Cases
	Notices notify.Store
	Clock   clock.Clock
}

// Deliver adds a notice for each; one that is there already stays.
func (o *Officers) Deliver(ctx context.Context, row workflow.Outbox) error {
	var n workflow.Notice
	if err := json.Unmarshal([]byte(row.Payload), &n); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	to, err := o.recipients(ctx, n)
	if err != nil || len(to) == 0 {
		return err
	}
	number, err := o.number(ctx, row.Appeal, n)
	if err != nil {
		return err
	}
	notices := make([]notify.Notice, len(to))
	for i, user := range to {
		notices[i] = notify.Notice{
			User: user, Appeal: row.Appeal, Number: number, Event: row.Event, Key: n.Key, At: o.Clock.Now(),
		}
	}
	return o.Notices.AddNotices(ctx, notices)
}

// number is what people call the appeal.
func (o *Officers) number(ctx context.Context, appeal int64, n workflow.Notice) (string, error) {
	if n.Number != "" {
		return n.Number, nil
	}
	c, err := find(ctx, o.Cases, appeal)
	if err != nil {
		return "", err
	}
	return c.Appeal.Number, nil
}

func (o *Officers) recipients(ctx context.Context, n workflow.Notice) ([]int64, error) {
	if n.User != 0 {
		return o.inPlaceOf(ctx, n)
	}
	scopes := []int64{n.Agency}
	if slices.ContainsFunc(n.Roles, workflow.Role.Regional) {
		scopes = append(scopes, 0)
	}
	var out []int64
	for _, agency := range scopes {
		users, err := o.Staff.ListUsers(ctx, agency)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			holds := slices.ContainsFunc(n.Roles, func(r workflow.Role) bool { return u.Actor().Holds(r, n.Agency) })
			if holds && !u.Disabled && !slices.Contains(out, u.ID) {
				out = append(out, u.ID)
			}
		}
	}
	return out, nil
}

// inPlaceOf is the person of a notice and, while they are away, who works for
// them: the substitute, or the coordinators where nobody does.
func (o *Officers) inPlaceOf(ctx context.Context, n workflow.Notice) ([]int64, error) {
	now := o.Clock.Now()
	absences, err := o.Staff.ListAbsences(ctx, n.Agency, now)
	if err != nil {
		return nil, err
	}
	out := []int64{n.User}
	stand := identity.StandIn(absences, n.User, n.Agency, actor.Executor, now)
	if stand == n.User {
		return out, nil
	}
	users, err := o.Staff.ListUsers(ctx, n.Agency)
	if err != nil {
		return nil, err
	}
	able := func(u identity.User) bool {
		return u.ID == stand && !u.Disabled && u.Actor().Holds(actor.Executor, n.Agency)
	}
	if slices.ContainsFunc(users, able) {
		return append(out, stand), nil
	}
	for _, u := range users {
		if u.ID != n.User && !u.Disabled && u.Actor().Holds(actor.Coordinator, n.Agency) {
			out = append(out, u.ID)
		}
	}
	return out, nil
}
