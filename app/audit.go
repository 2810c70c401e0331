package app

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// AuditResult is what an audit looked at and what it found wrong.
type AuditResult struct {
	Appeals, Events, Deadlines int
	Wrong                      int      // findings in all
	Findings                   []string // the first of them, at most [MostFindings]
}

// MostFindings is how many findings a result keeps: where a whole table was
// spoilt, nobody reads further.
const MostFindings = 1000

const (
	auditAtOnce = 200 // cases in memory of one worker
	orphans     = 20  // events without an appeal that are named
)

func (r *AuditResult) add(more *AuditResult) {
	r.Appeals, r.Events, r.Deadlines = r.Appeals+more.Appeals, r.Events+more.Events, r.Deadlines+more.Deadlines
	r.Wrong += more.Wrong
	r.Findings = append(r.Findings, more.Findings[:min(len(more.Findings), MostFindings-len(r.Findings))]...)
}

func (r *AuditResult) found(what string) {
	r.Wrong++
	if len(r.Findings) < MostFindings {
		r.Findings = append(r.Findings, what)
	}
}

// Audit checks every appeal's chain of events, recomputes its due dates with the
// calendars that were in force, and compares what appeals say of each other: on
// all processors, with a few hundred appeals in memory. Findings come in the
// order of the appeals. step is called for each appeal, never twice at once.
func (a *App) Audit(ctx context.Context, step func()) (AuditResult, error) {
	type batch struct {
		ids  []int64
		done chan *AuditResult
	}
	var result AuditResult
	workers := runtime.GOMAXPROCS(0)
	group, ctx := errgroup.WithContext(ctx)
	work, order := make(chan batch), make(chan batch, 2*workers)
	calendars := a.calendars(ctx)
	group.Go(func() error {
		defer close(work)
		defer close(order)
		for after := int64(0); ; {
			ids, err := a.Store.ListAppealIDs(ctx, after, auditAtOnce)
			if err != nil || len(ids) == 0 {
				return err
			}
			b := batch{ids, make(chan *AuditResult, 1)}
			for _, to := range []chan batch{order, work} {
				select {
				case to <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			after = ids[len(ids)-1]
		}
	})
	for range workers {
		group.Go(func() error {
			for b := range work {
				one, err := a.auditSome(ctx, b.ids, calendars)
				if err != nil {
					return err
				}
				b.done <- one
			}
			return nil
		})
	}
	group.Go(func() error {
		for b := range order {
			select {
			case one := <-b.done:
				result.add(one)
				for range one.Appeals {
					step()
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		lost, err := a.Store.ListOrphanEvents(ctx, orphans)
		for _, e := range lost {
			result.found(fmt.Sprintf("event %d of appeal %d: the appeal is gone", e.N, e.Appeal))
		}
		return err
	})
	return result, group.Wait()
}

// AuditSome is Audit of some appeals.
func (a *App) AuditSome(ctx context.Context, ids []int64) (AuditResult, error) {
	result, err := a.auditSome(ctx, ids, a.calendars(ctx))
	if err != nil {
		return AuditResult{}, err
	}
	return *result, nil
}

func (a *App) auditSome(ctx context.Context, ids []int64, calendars func(string) (*calendar.Calendar, error)) (*AuditResult, error) {
	cases, err := a.Store.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	result := &AuditResult{}
	for i := range cases {
		c := &cases[i]
		result.Appeals++
		result.Events += len(c.Events)
		result.Deadlines += len(c.Appeal.Deadline)
		ties, err := a.auditTies(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, f := range append(workflow.Audit(c, calendars), ties...) {
			result.found(finding(c, f))
		}
	}
	return result, nil
}

// auditTies proves what an appeal and others say of each other.
func (a *App) auditTies(ctx context.Context, c *workflow.Case) ([]workflow.Finding, error) {
	ids := workflow.Ties(c)
	if len(ids) == 0 {
		return nil, nil
	}
	cases, err := a.Store.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	return workflow.AuditTies(c, func(id int64) *workflow.Case {
		for i := range cases {
			if cases[i].Appeal.ID == id {
				return &cases[i]
			}
		}
		return nil
	}), nil
}

func finding(c *workflow.Case, f workflow.Finding) string {
	if f.Event > 0 {
		return fmt.Sprintf("%s event %d: %s", c.Appeal.Number, f.Event, f.What)
	}
	return fmt.Sprintf("%s: %s", c.Appeal.Number, f.What)
}

// calendars finds calendars by version, each read once.
func (a *App) calendars(ctx context.Context) func(version string) (*calendar.Calendar, error) {
	var mu sync.Mutex
	known := map[string]*calendar.Calendar{a.Calendar().Version(): a.Calendar()}
	return func(version string) (*calendar.Calendar, error) {
		mu.Lock()
		defer mu.Unlock()
		if c, ok := known[version]; ok {
			return c, nil
		}
		body, err := a.Store.FindCalendar(ctx, version)
		if err != nil {
			return nil, err
		}
		c, err := calendar.Decode(body)
		if err == nil {
			known[version] = c
		}
		return c, err
	}
}
