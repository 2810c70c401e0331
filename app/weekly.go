package app

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/report/weekly"
	"github.com/otklik/otklik/app/web/ui"
)

// weekly makes the reports of the week that are due, on a node with an index.
func (a *App) weekly() *jobs.Weekly {
	return &jobs.Weekly{Reports: a.Store, Maker: a.watched, Clock: a.Clock, Zone: a.Config.Zone, Log: a.Log}
}

// weeklyLetters writes to those to whom they go.
func (a *App) weeklyLetters() *jobs.WeeklyLetters {
	return &jobs.WeeklyLetters{
		Reports: a.Store, People: a.Store, Letters: a.Store, Composer: weeklyWords{a.Config.Base}, Channel: a.channel(), Clock: a.Clock,
		Host: a.Config.Base.Hostname(),
	}
}

// weeklyWords puts the letter with a report into words. The report itself stays
// in the product, behind the sign-in.
type weeklyWords struct{ base *url.URL }

// WeeklyLetter implements jobs.WeeklyComposer.
func (w weeklyWords) WeeklyLetter(ctx context.Context, r weekly.Report, day, lead string) (subject, body string) {
	ctx = ui.WithLang(ctx, r.Lang)
	page := w.base.JoinPath("dashboard", "weekly")
	link := page.JoinPath(strconv.FormatInt(r.ID, 10), day+".pdf").String()
	if lead != "" {
		lead += "\n\n"
	}
	if first, err := time.Parse(time.DateOnly, day); err == nil {
		day = ui.FullDate(ui.WithZone(ctx, time.UTC), first)
	}
	return ui.T(ctx, "weekly.mail_subject", "day", day),
		ui.T(ctx, "weekly.mail", "lead", lead, "link", link, "page", page.String())
}
