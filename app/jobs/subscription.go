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
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/workflow"
)

const (
	watchPause  = 5 * time.Second
	watchLease  = time.Minute
	watchAtOnce = 50
	// mostMatches is how many of the newest matches a look notes. What falls
	// behind that many at once is not told.
	mostMatches = 1000
)

// Finder looks for what matches a view under the present rights of a person,
// the newest first.
type Finder interface {
	Matching(ctx context.Context, u *identity.User, v workflow.View, limit int) ([]workflow.InboxRow, error)
}

// Subscribers finds who wants to hear of what.
type Subscribers interface {
	FindUser(ctx context.Context, id int64) (*identity.User, error)
	FindView(ctx context.Context, id int64) (*workflow.View, error)
}

// Watch looks for what newly matches saved searches, on a node that has an
// index. Any number of nodes may run one.
type Watch struct {
	Subscriptions workflow.Subscriptions
	People        Subscribers
	Finder        Finder
	Clock         clock.Clock
	Zone          *time.Location
	Log           *slog.Logger
}

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) { loop(ctx, w.Log, "subscriptions", watchPause, w.Step) }

// Step looks at the subscriptions that are due and reports whether there may be
// more.
func (w *Watch) Step(ctx context.Context) (more bool, err error) {
	now := w.Clock.Now()
	due, err := w.Subscriptions.ClaimSubscriptions(ctx, now, watchLease, watchAtOnce)
	if err != nil {
		return false, err
	}
	for _, s := range due {
		if err := w.look(ctx, s, now); err != nil {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			w.Log.WarnContext(ctx, "a saved search can't be looked at, will try again", slog.Int64("subscription", s.ID), slog.Any("error", err))
		}
	}
	return len(due) == watchAtOnce, nil
}

func (w *Watch) look(ctx context.Context, s workflow.Subscription, now time.Time) error {
	next := s.Rhythm.Next(now, w.Zone)
	rows, err := matching(ctx, w.People, w.Finder, s, mostMatches)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		rows, err = nil, nil // what the search names is gone or not theirs any more: nothing matches
	}
	if err != nil {
		return err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	_, err = w.Subscriptions.NoteMatches(ctx, s, ids, next)
	return err
}

// matching is what matches a subscription under its owner's present rights:
// nothing where they may not sign in.
func matching(ctx context.Context, people Subscribers, finder Finder, s workflow.Subscription, limit int) ([]workflow.InboxRow, error) {
	u, v, err := subscriber(ctx, people, s)
	if err != nil || u == nil {
		return nil, err
	}
	return finder.Matching(ctx, u, *v, limit)
}

// subscriber is the person with the view; nil where the person may not sign in,
// or may not see the view any more.
func subscriber(ctx context.Context, people Subscribers, s workflow.Subscription) (*identity.User, *workflow.View, error) {
	u, err := people.FindUser(ctx, s.User)
	if err != nil {
		return nil, nil, err
	}
	v, err := people.FindView(ctx, s.View)
	if err != nil {
		return nil, nil, err
	}
	if u.Disabled || !v.SeenBy(u.Actor()) {
		return nil, nil, nil
	}
	return u, v, nil
}

// SubscriptionComposer puts new matches into the words of a letter, in a
// language.
type SubscriptionComposer interface {
	MatchesLetter(ctx context.Context, l lang.Lang, v workflow.View, cases []workflow.Case) (subject, body string)
}

// SubscriptionLetters writes to people about what newly matches.
type SubscriptionLetters struct {
	Subscriptions workflow.Subscriptions
	People        Subscribers
	Cases         Cases
	Letters       Letters
	Composer      SubscriptionComposer
	Channel       notify.Channel
	Clock         clock.Clock
	Host          string
}

// Deliver sends the letter unless it has left before, about what its reader may
// see by now.
func (w *SubscriptionLetters) Deliver(ctx context.Context, row workflow.Outbox) error {
	var found workflow.NewMatches
	if err := json.Unmarshal([]byte(row.Payload), &found); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	id := fmt.Sprintf("subscription-%d.%d@%s", found.Subscription, row.ID, w.Host)
	if sent, err := w.Letters.LetterSent(ctx, id); err != nil || sent {
		return err
	}
	s, err := w.Subscriptions.FindSubscription(ctx, found.Subscription)
	if fault.Is(err, fault.NotFound) || err == nil && s.Rhythm == workflow.NoMail {
		return nil // they want to hear no more
	}
	if err != nil {
		return err
	}
	u, v, err := subscriber(ctx, w.People, *s)
	if err != nil || u == nil || u.Email == "" {
		return err
	}
	cases, err := w.Cases.FindCases(ctx, found.Appeals)
	if err != nil {
		return err
	}
	visible := cases[:0]
	for _, c := range cases {
		if workflow.CanSee(u.Actor(), &c.Appeal) {
			visible = append(visible, c)
		}
	}
	if len(visible) == 0 {
		return nil
	}
	subject, body := w.Composer.MatchesLetter(ctx, u.Reads(), *v, visible)
	if err := w.Channel.Send(ctx, notify.Letter{To: u.Email, Subject: subject, Body: body, ID: id}); err != nil {
		return err
	}
	_, err = w.Letters.MarkLetter(ctx, id, w.Clock.Now())
	return err
}
