package workflow

import (
	"context"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Rhythm is how often somebody is written to about a saved search.
type Rhythm string

// The rhythms.
const (
	NoMail Rhythm = ""
	AtOnce Rhythm = "at_once"
	Daily  Rhythm = "daily"
)

// Of looks for what is new.
const (
	atOncePause = 2 * time.Minute
	dailyHour   = 8
)

// Next is when to look again after a look: in a while, or in the morning of the
// region.
func (r Rhythm) Next(now time.Time, zone *time.Location) time.Time {
	if r != Daily {
		return now.Add(atOncePause)
	}
	local := now.In(zone)
	morning := time.Date(local.Year(), local.Month(), local.Day(), dailyHour, 0, 0, 0, zone)
	if !morning.After(now) {
		morning = morning.AddDate(0, 0, 1)
	}
	return morning.UTC()
}

// Subscription is a person's wish to hear of what newly matches a view.
type Subscription struct {
	ID     int64
	User   int64
	View   int64
	Rhythm Rhythm
	Feed   []byte // hash of the secret in the feed's address, nil: there is none
	Primed bool   // what matched when it began is known: only what is new is told
}

// Check says what is wrong.
func (s Subscription) Check() error {
	var check fault.Check
	check.That(s.Rhythm == NoMail || s.Rhythm == AtOnce || s.Rhythm == Daily, "rhythm", "error.unknown_choice")
	return check.Err()
}

// TopicSubscription asks to write to a subscriber; its payload is a [NewMatches].
const TopicSubscription Topic = "notify.subscriber"

// NewMatches is what newly matches a subscription: no words, no people.
type NewMatches struct {
	Subscription int64   `json:"subscription"`
	Appeals      []int64 `json:"appeals"`
}

// Subscriptions keeps them. Find methods answer fault.NotFound.
type Subscriptions interface {
	ListSubscriptions(ctx context.Context, user int64) ([]Subscription, error)
	FindSubscription(ctx context.Context, id int64) (*Subscription, error)
	FindFeed(ctx context.Context, hash []byte) (*Subscription, error)
	// SaveSubscription inserts or replaces that of the user and view; one that
	// neither writes nor has a feed is removed. A new rhythm begins anew: what
	// matches by then is known.
	SaveSubscription(ctx context.Context, s Subscription, now time.Time) error
	// ClaimSubscriptions takes those whose look is due, for the time of the lease.
	ClaimSubscriptions(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Subscription, error)
	// NoteMatches notes what matches now, and in the same transaction puts what
	// was not known into the outbox, unless it is the first look. next is when to
	// look again. Noted twice, nothing is told twice.
	NoteMatches(ctx context.Context, s Subscription, appeals []int64, next time.Time) (fresh int, err error)
}
