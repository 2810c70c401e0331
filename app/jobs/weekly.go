package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/report/weekly"
	"github.com/otklik/otklik/workflow"
)

const (
	weeklyPause  = 20 * time.Second
	weeklyLease  = 5 * time.Minute
	weeklyAtOnce = 5
)

// WeeklyMaker makes the report of the seven days from first on, and says the
// week in a sentence.
type WeeklyMaker interface {
	WeekBrief(ctx context.Context, r weekly.Report, first time.Time) (pdf []byte, lead string, err error)
}

// Weekly makes the reports of the week that are due, on a node that has an
// index. Any number of nodes may run one: a report is made by who claims it, and
// is kept and put into the outbox once however many make it.
type Weekly struct {
	Reports weekly.Store
	Maker   WeeklyMaker
	Clock   clock.Clock
	Zone    *time.Location
	Log     *slog.Logger
}

// Run works until ctx ends.
func (w *Weekly) Run(ctx context.Context) { loop(ctx, w.Log, "weekly reports", weeklyPause, w.Step) }

// Step makes those that are due and reports whether there may be more.
func (w *Weekly) Step(ctx context.Context) (more bool, err error) {
	due, err := w.Reports.ClaimWeekly(ctx, w.Clock.Now(), weeklyLease, weeklyAtOnce)
	if err != nil {
		return false, err
	}
	for _, r := range due {
		if err := w.issue(ctx, r); err != nil {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			w.Log.WarnContext(ctx, "a report of the week can't be made, will try again", slog.Int64("report", r.ID), slog.Any("error", err))
		}
	}
	return len(due) == weeklyAtOnce, nil
}

// issue makes the report of the week of its hour, however late that is.
func (w *Weekly) issue(ctx context.Context, r weekly.Report) error {
	now := w.Clock.Now()
	day := weekly.Day(r.Last(now, w.Zone), w.Zone)
	first, err := time.ParseInLocation(time.DateOnly, day, w.Zone)
	if err != nil {
		return err
	}
	pdf, lead, err := w.Maker.WeekBrief(ctx, r, first)
	if err != nil {
		return err
	}
	_, err = w.Reports.IssueWeekly(ctx, r, weekly.Issue{Report: r.ID, Day: day, MadeAt: now, Lead: lead, Body: pdf}, r.Next(now, w.Zone))
	return err
}

// WeeklyComposer puts the letter with a report into words.
type WeeklyComposer interface {
	WeeklyLetter(ctx context.Context, r weekly.Report, day, lead string) (subject, body string)
}

// UserFinder finds a person; one that is gone is fault.NotFound.
type UserFinder interface {
	FindUser(ctx context.Context, id int64) (*identity.User, error)
}

// WeeklyLetters writes to people that a report of the week is there.
type WeeklyLetters struct {
	Reports  weekly.Store
	People   UserFinder
	Letters  Letters
	Composer WeeklyComposer
	Channel  notify.Channel
	Clock    clock.Clock
	Host     string
}

// Deliver sends the letter unless it has left before, to somebody who may see by
// now what the report is of.
func (w *WeeklyLetters) Deliver(ctx context.Context, row workflow.Outbox) error {
	var l weekly.Letter
	if err := json.Unmarshal([]byte(row.Payload), &l); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	id := fmt.Sprintf("weekly-%d.%s.%d.%d@%s", l.Report, l.Day, l.User, row.ID, w.Host)
	if sent, err := w.Letters.LetterSent(ctx, id); err != nil || sent {
		return err
	}
	r, err := w.Reports.FindWeekly(ctx, l.Report)
	if fault.Is(err, fault.NotFound) {
		return nil // it was removed
	}
	if err != nil {
		return err
	}
	u, err := w.People.FindUser(ctx, l.User)
	if err != nil {
		return err
	}
	if u.Disabled || u.Email == "" || !workflow.ScopeOf(u.Actor()).Covers(r.Agency) {
		return nil
	}
	lead := ""
	issue, err := w.Reports.FindIssue(ctx, l.Report, l.Day)
	switch {
	case err == nil:
		lead = issue.Lead
	case !fault.Is(err, fault.NotFound): // one asked for before its time is made when it is opened
		return err
	}
	subject, body := w.Composer.WeeklyLetter(ctx, *r, l.Day, lead)
	if err := w.Channel.Send(ctx, notify.Letter{To: u.Email, Subject: subject, Body: body, ID: id}); err != nil {
		return err
	}
	_, err = w.Letters.MarkLetter(ctx, id, w.Clock.Now())
	return err
}
