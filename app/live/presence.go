package live

import (
	"context"
	"time"
)

// Presence is an officer who has a card open.
type Presence struct {
	Appeal  int64
	User    int64
	Writing bool
	Since   time.Time // when they began to look, or to write
	SeenAt  time.Time // last sign of life
}

// How long a sign of life counts. It is given again well before it expires.
const (
	PresenceLife  = 90 * time.Second
	presenceAgain = 40 * time.Second
	// WritingLife is how long somebody who stopped typing is said to write.
	WritingLife = 60 * time.Second
	// presenceGrace is how long somebody who left is still there: they may be on
	// their way from the card to the answer's page.
	presenceGrace = 4 * time.Second
)

// Presences keeps who has which card open, for all nodes.
type Presences interface {
	SavePresence(ctx context.Context, p Presence) error
	DeletePresence(ctx context.Context, appeal, user int64) error
	// ListPresences lists those of the appeals with a sign of life after the
	// instant, by appeal and then by who came first.
	ListPresences(ctx context.Context, appeals []int64, after time.Time) ([]Presence, error)
	// PurgePresences removes those without a sign of life since the instant.
	PurgePresences(ctx context.Context, before time.Time) error
}
