package app

import (
	"context"
	"fmt"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// AuditResult is what an audit looked at and what it found wrong.
type AuditResult struct {
	Appeals, Events, Deadlines int
	Findings                   []string
}

const auditAtOnce = 200

// Audit checks every appeal's chain of events and recomputes its due dates with
// the calendars that were in force, and what appeals say of each other. step is called for each appeal.
func (a *App) Audit(ctx context.Context, step func()) (AuditResult, error) {
	var result AuditResult
	calendars := a.calendars(ctx)
	for after := int64(0); ; {
		ids, err := a.Store.ListAppealIDs(ctx, after, auditAtOnce)
		if err != nil || len(ids) == 0 {
			return result, err
		}
		cases, err := a.Store.FindCases(ctx, ids)
		if err != nil {
			return result, err
		}
		for i := range cases {
			c := &cases[i]
			result.Appeals++
			result.Events += len(c.Events)
			result.Deadlines += len(c.Appeal.Deadline)
			found, err := a.auditTies(ctx, c)
			if err != nil {
				return result, err
			}
			for _, f := range append(workflow.Audit(c, calendars), found...) {
				result.Findings = append(result.Findings, finding(c, f))
			}
			step()
		}
		after = ids[len(ids)-1]
	}
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
	known := map[string]*calendar.Calendar{a.Calendar().Version(): a.Calendar()}
	return func(version string) (*calendar.Calendar, error) {
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
