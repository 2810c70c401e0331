// Package alert tells supervisors of bursts: of appeals of a topic in a
// municipality that are more than its own past explains.
package alert

import (
	"context"
	"time"
)

// Alert is one burst.
type Alert struct {
	ID        int64
	Territory int64  // municipality
	Rubric    string // a category, or the leaf of it that bursts
	Window    int    // days that Count is of
	RaisedOn  string // day of the region, 2006-01-02
	RaisedAt  time.Time
	LastAt    time.Time // until when it was seen to go on
	Count     int       // at its highest
	Expected  float64   // by its own past
	Chance    float64   // of so many or more without a reason
	Words     []string  // that rise in it
	TakenBy   int64     // user who has taken note, 0 for nobody
	TakenAt   time.Time
	Note      string
}

// Store keeps alerts.
type Store interface {
	// RaiseAlert keeps a burst. One of the same place and topic that was seen
	// after since goes on instead: it is the same.
	RaiseAlert(ctx context.Context, a Alert, since time.Time) error
	// ListAlerts lists the latest first.
	ListAlerts(ctx context.Context, limit int) ([]Alert, error)
	// ListUntold lists those of which nobody was told yet.
	ListUntold(ctx context.Context) ([]Alert, error)
	MarkTold(ctx context.Context, id int64) error
	// TakeAlert notes who has seen to it; taken already is fault.Conflict, gone
	// fault.NotFound.
	TakeAlert(ctx context.Context, id, user int64, note string, at time.Time) error
	// CountAlerts counts those that nobody has taken note of.
	CountAlerts(ctx context.Context) (int, error)
	WantsMail(ctx context.Context, user int64) (bool, error)
	SetMail(ctx context.Context, user int64, wants bool) error
}
