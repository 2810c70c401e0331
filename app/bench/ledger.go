package bench

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// ledger keeps one appeal in memory while an engine works on it, so that
// histories can be made faster than a database takes them one by one. What the
// engine tells people is dropped.
type ledger struct {
	workflow.Case
	ids     *atomic.Int64 // of appeals, shared
	answers *atomic.Int64 // of answers, shared
}

var _ workflow.Store = (*ledger)(nil)

// InTx implements workflow.Store.
func (l *ledger) InTx(_ context.Context, fn func(workflow.Tx) error) error {
	before := l.Case
	before.Answers = slices.Clone(before.Answers)
	err := fn(ledgerTx{ledger: l})
	if err != nil {
		l.Case = before
	}
	return err
}

// Intake implements workflow.Store.
func (l *ledger) Intake(_ context.Context, in workflow.Intake) (id int64, fresh bool, err error) {
	l.Case = workflow.Case{Appeal: in.Appeal, Events: in.Events, Photos: in.Photos}
	return in.Appeal.ID, true, nil
}

// NextID implements workflow.Store.
func (l *ledger) NextID(context.Context) (int64, error) { return l.ids.Add(1), nil }

// ledgerTx is a unit of work on the one appeal. The interface within is nil:
// what no life here comes to needs no answer.
type ledgerTx struct {
	workflow.Tx
	ledger *ledger
}

// FindAppeal implements workflow.Tx.
func (t ledgerTx) FindAppeal(_ context.Context, id int64) (*workflow.Appeal, error) {
	if id != t.ledger.Appeal.ID {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	a := t.ledger.Appeal
	a.Deadline, a.Replies = slices.Clone(a.Deadline), slices.Clone(a.Replies)
	return &a, nil
}

// SaveAppeal implements workflow.Tx.
func (t ledgerTx) SaveAppeal(_ context.Context, a *workflow.Appeal) error {
	if a.Version != t.ledger.Appeal.Version {
		return fault.New(fault.Conflict, "workflow.stale")
	}
	a.Version++
	t.ledger.Appeal = *a
	t.ledger.Appeal.Deadline = slices.Clone(a.Deadline)
	return nil
}

// AppendEvent implements workflow.Tx.
func (t ledgerTx) AppendEvent(_ context.Context, e *workflow.Event) error {
	t.ledger.Events = append(t.ledger.Events, *e)
	return nil
}

// AddOutbox implements workflow.Tx.
func (ledgerTx) AddOutbox(context.Context, ...workflow.Outbox) error { return nil }

// FindAnswer implements workflow.Tx.
func (t ledgerTx) FindAnswer(_ context.Context, _ int64, round int) (*workflow.Answer, error) {
	for _, a := range t.ledger.Answers {
		if a.Round == round && a.State != workflow.AnswerSigned {
			return &a, nil
		}
	}
	return nil, nil //nolint:nilnil // the contract: nothing is drafted
}

// SaveAnswer implements workflow.Tx.
func (t ledgerTx) SaveAnswer(_ context.Context, a *workflow.Answer) error {
	a.Version++
	if a.ID == 0 {
		a.ID = t.ledger.answers.Add(1)
		t.ledger.Answers = append(t.ledger.Answers, *a)
		return nil
	}
	for i := range t.ledger.Answers {
		if t.ledger.Answers[i].ID == a.ID {
			t.ledger.Answers[i] = *a
			return nil
		}
	}
	return fault.New(fault.NotFound, "error.not_found")
}

// copyAs is a case of another appeal that lived the same: its chain of events
// is made anew. The case has no answers.
func copyAs(c *workflow.Case, id int64) (workflow.Case, error) {
	out := *c
	out.Appeal.ID, out.Appeal.Number = id, workflow.Number(id, c.Appeal.SubmittedAt)
	out.Events = slices.Clone(c.Events)
	out.Appeal.Hash = ""
	for i := range out.Events {
		e := &out.Events[i]
		e.Appeal, e.PrevHash = id, out.Appeal.Hash
		sum, err := workflow.HashEvent(e)
		if err != nil {
			return out, err
		}
		e.Hash, out.Appeal.Hash = sum, sum
	}
	return out, nil
}

// moved is the wall clock, as many whole seconds away as somebody set.
type moved struct{ by atomic.Int64 }

// Now implements clock.Clock.
func (m *moved) Now() time.Time {
	return time.Now().Add(time.Duration(m.by.Load()) * time.Second).UTC().Truncate(time.Microsecond)
}

// show sets the clock so that it shows the instant now, to the second.
func (m *moved) show(at time.Time) {
	m.by.Store(int64(time.Until(at).Round(time.Second) / time.Second))
}
