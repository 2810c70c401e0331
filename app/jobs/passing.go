package jobs

import (
	"context"
	"encoding/json"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// Leads is what an engine does for appeals that are joined to a lead. Asked
// again, it changes nothing.
type Leads interface {
	ShareAnswer(ctx context.Context, appeal, lead, answer int64) error
	LetGo(ctx context.Context, appeal, lead int64) error
	JoinAsSaid(ctx context.Context, appeal, said int64) error
}

// Passings brings what happened to a lead to one of those that are joined to
// it. Each is a row and a transaction of its own: a crash in the middle of
// hundreds leaves the others to be done, and none is done twice.
type Passings struct{ Leads Leads }

// Deliver implements [Deliverer] for TopicShareAnswer, TopicLeave and TopicSame.
func (p *Passings) Deliver(ctx context.Context, row workflow.Outbox) error {
	var what workflow.Passing
	if err := json.Unmarshal([]byte(row.Payload), &what); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	switch row.Topic {
	case workflow.TopicLeave:
		return p.Leads.LetGo(ctx, row.Appeal, what.Lead)
	case workflow.TopicSame:
		return p.Leads.JoinAsSaid(ctx, row.Appeal, what.Lead)
	default:
		return p.Leads.ShareAnswer(ctx, row.Appeal, what.Lead, what.Answer)
	}
}
