// Package notify owns what people are told outside the pages: letters to
// authors and notices to officers.
package notify

import (
	"context"
	"time"
)

// Letter is an e-mail in plain text.
type Letter struct {
	To      string
	Subject string
	Body    string
	// ID makes the letter's Message-ID, so that one sent twice is seen as one.
	ID string
}

// Channel delivers letters. A temporary failure is fault.Unavailable and is
// tried again.
type Channel interface {
	Send(ctx context.Context, l Letter) error
}

// Notice is one line in an officer's notices.
type Notice struct {
	ID     int64
	User   int64
	Appeal int64
	Number string
	Event  int
	Key    string // catalogue key, area «notice»
	At     time.Time
	Seen   bool
}

// MostUnseen is where counting unseen notices stops: as many or more.
const MostUnseen = 1000

// Store keeps notices. AddNotices is idempotent by (user, appeal, event).
type Store interface {
	AddNotices(ctx context.Context, ns []Notice) error
	ListNotices(ctx context.Context, user int64, limit int) ([]Notice, error)
	// CountUnseen counts up to MostUnseen.
	CountUnseen(ctx context.Context, user int64) (int, error)
	MarkSeen(ctx context.Context, user int64) error
}
