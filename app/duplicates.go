package app

import (
	"context"

	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// alike looks a message up among the appeals that await an answer.
type alike struct {
	app   *App
	index *duplicate.Index
}

// mostAlike is how many appeals a message is put beside.
const mostAlike = 5

// Duplicates returns the appeals that may be about the same problem as a message
// that is being written, the likeliest first. Any of text and topic may be "".
// What they are is for the caller to read, and to show no more of than its
// reader may see.
func (d alike) Duplicates(_ context.Context, text, topic string, place workflow.Place) []duplicate.Candidate {
	c := duplicate.Case{
		Topic: topic, Territory: place.Territory, Address: place.Address, Text: text, Sent: d.app.Clock.Now(), Radius: d.app.radius(topic),
	}
	if leaf, ok := d.app.Rubricator.Book().Tree.Find(topic); ok && topic != "" {
		c.Category = leaf.Category().Code
	}
	if p := place.Point; p != nil {
		c.Point = &duplicate.Point{Lat: p.Lat, Lon: p.Lon}
	}
	return d.index.Find(&c, duplicate.Offered, mostAlike)
}

// radius is how far apart reports of one problem of the topic may lie, 0 where it
// is no matter of a place.
func (a *App) radius(topic string) int {
	leaf, ok := a.Rubricator.Book().Tree.Find(topic)
	if !ok {
		return 0
	}
	return leaf.DuplicateRadius
}

// follower keeps the index of a node behind the log; notes says whether it keeps
// what is suspected too: that is background work.
func (a *App) follower(notes bool) *jobs.Duplicates {
	d := &jobs.Duplicates{Log: a.Log, Event: a.Store, Index: a.alike, Radius: a.radius, Clock: a.Clock}
	if notes {
		d.Notes = a.Store.Suspicions()
		d.Person = func(who workflow.Applicant) []uint64 { return duplicate.Person(a.keys.person, who.Email, who.Phone) }
	}
	return d
}

// SuspectAnew forgets what was suspected, but for what somebody dismissed, and
// compares all appeals that await an answer. It returns how many those are, and
// how many pairs are open then.
func (a *App) SuspectAnew(ctx context.Context) (appeals, pairs int, err error) {
	if appeals, err = a.follower(true).Rebuild(ctx); err != nil {
		return 0, 0, err
	}
	pairs, err = a.Store.Suspicions().CountOpen(ctx, duplicate.Scope{Region: true}, 1_000_000)
	return appeals, pairs, err
}

// HoldOpen puts all appeals that await an answer into this node's index, and
// suspects nothing. It returns how many there are.
func (a *App) HoldOpen(ctx context.Context) (int, error) {
	if _, err := a.follower(false).Step(ctx); err != nil {
		return 0, err
	}
	return a.alike.Len(), nil
}
