package workflow

import (
	"context"
	"time"
)

// Load is what an executor of an agency has on the desk and has done.
type Load struct {
	User     int64
	Open     int // assigned and not answered
	DueWeek  int // of them due until the end of the week, not overdue
	Overdue  int
	OnSign   int
	Answered int           // final answers signed in the period
	Median   time.Duration // from registration to the answer, of those; 0 for none
}

// LoadQuery asks for the loads of some people.
type LoadQuery struct {
	Agency  int64
	Users   []int64
	Now     time.Time
	WeekEnd time.Time // where this week ends
	Since   time.Time // answers from here on count
}

// DueQuery asks how many appeals fall due when.
type DueQuery struct {
	Scope    Scope
	Agency   int64 // 0: the whole scope
	Mine     bool  // only those on the reader's desk
	From, To time.Time
}

// DueCount is how many appeals fall due at an instant (within a quarter of an
// hour).
type DueCount struct {
	At time.Time
	N  int
}

// Planning reads what a day's work is planned by.
type Planning interface {
	// CountDue counts by instant, in no order, those of [From, To).
	CountDue(ctx context.Context, q DueQuery) ([]DueCount, error)
	// ListLoads lists the loads of the users, in their order.
	ListLoads(ctx context.Context, q LoadQuery) ([]Load, error)
	// LastSeen says when each was last signed in; who never was (or long ago) is
	// left out.
	LastSeen(ctx context.Context, users []int64) (map[int64]time.Time, error)
}
