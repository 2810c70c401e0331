package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/search/alert"
)

// bursts looks for bursts in the index of this node.
func (a *App) bursts() *jobs.Bursts {
	return &jobs.Bursts{Log: a.Log, Watch: &alert.Watch{
		Index: a.index, Store: a.Store, Clock: a.Clock, Zone: a.Config.Zone, Tell: a.tellBurst,
		Region: func() alert.Region { return burstRegion{a.Rubricator.Book()} },
	}}
}

// burstRegion shows the rubricator to the watch.
type burstRegion struct{ *rubricator.Book }

func (r burstRegion) Municipality(territory int64) (int64, bool) {
	t, ok := r.Places.Municipality(territory)
	return t.ID, ok
}

func (r burstRegion) Below(territory int64) []int64 { return r.Places.Below(territory) }

func (r burstRegion) Category(leaf string) string {
	if found, ok := r.Tree.Find(leaf); ok {
		return found.Category().Code
	}
	return leaf
}

// burstKey is the notice of a burst; its event is the number of the alert.
const burstKey = "burst.notice"

// tellBurst puts a notice before every supervisor, and writes to those who want
// it by e-mail too. Told again it tells nobody twice.
func (a *App) tellBurst(ctx context.Context, burst alert.Alert) error {
	users, err := a.Store.ListUsers(ctx, 0)
	if err != nil {
		return err
	}
	var notices []notify.Notice
	for _, u := range users {
		if u.Disabled || !u.Actor().Holds(actor.Supervisor, 0) {
			continue
		}
		notices = append(notices, notify.Notice{User: u.ID, Event: int(burst.ID), Key: burstKey, At: a.Clock.Now()})
		if err := a.mailBurst(ctx, u, burst); err != nil {
			return err
		}
	}
	return a.Store.AddNotices(ctx, notices)
}

func (a *App) mailBurst(ctx context.Context, u identity.User, burst alert.Alert) error {
	wants, err := a.Store.WantsMail(ctx, u.ID)
	if err != nil || !wants || u.Email == "" {
		return err
	}
	id := fmt.Sprintf("alert-%d.%d@%s", burst.ID, u.ID, a.Config.Base.Hostname())
	if sent, err := a.Store.LetterSent(ctx, id); err != nil || sent {
		return err
	}
	ctx = ui.WithZone(ui.WithLang(ctx, u.Reads()), a.Config.Zone)
	book := a.Rubricator.Book()
	place, _ := book.Places.Find(burst.Territory)
	topic := burst.Rubric
	if r, ok := book.Tree.Find(burst.Rubric); ok {
		topic = r.Name.In(u.Reads())
	}
	words := ""
	if len(burst.Words) > 0 {
		words = ui.T(ctx, "burst.mail_words", "words", strings.Join(burst.Words, ", "))
	}
	page := a.Config.Base.JoinPath("dashboard", "alerts")
	page.Fragment = "alert-" + strconv.FormatInt(burst.ID, 10)
	subject := ui.T(ctx, "burst.mail_subject", "place", place.Name.In(u.Reads()), "topic", topic)
	body := ui.T(ctx, "burst.mail", "count", burst.Count, "days", ui.Days(ctx, burst.Window), "expected", ui.Decimal(ctx, burst.Expected, 1),
		"words", words, "url", page.String())
	if err := a.channel().Send(ctx, notify.Letter{To: u.Email, Subject: subject, Body: body, ID: id}); err != nil {
		return err
	}
	_, err = a.Store.MarkLetter(ctx, id, a.Clock.Now())
	return err
}
