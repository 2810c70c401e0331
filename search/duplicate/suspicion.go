package duplicate

import (
	"context"
	"time"
)

// Pair is two appeals, the one with the lower id first.
type Pair struct{ Earlier, Later int64 }

// PairOf puts two ids in their order.
func PairOf(a, b int64) Pair { return Pair{min(a, b), max(a, b)} }

// Suspicion is a pair that may be about the same problem.
type Suspicion struct {
	Pair
	Score   float64
	Why     []Reason
	FoundAt time.Time
}

// Scope is whose suspicions one asks for: those between appeals of the region,
// or of the agencies.
type Scope struct {
	Region   bool
	Agencies []int64
}

// Suspicions keeps pairs until somebody decides. A pair is there once however
// often it is found, and one that was dismissed is never open again.
type Suspicions interface {
	// Progress is how far in the event log suspicions were computed, "" for
	// nowhere.
	Progress(ctx context.Context) (position string, err error)
	// Note writes what was found, brings what is kept of the changed appeals in
	// line with them, and moves on to the position: all or nothing.
	Note(ctx context.Context, found []Suspicion, changed []int64, position string) error
	// Forget drops all but what was dismissed, and the progress.
	Forget(ctx context.Context) error
	// ListOpen lists open pairs, those found last first.
	ListOpen(ctx context.Context, in Scope, limit int) ([]Suspicion, error)
	// ListOpenPairs lists the same without what speaks for them.
	ListOpenPairs(ctx context.Context, in Scope, limit int) ([]Pair, error)
	// CountOpen counts them, up to the limit.
	CountOpen(ctx context.Context, in Scope, limit int) (int, error)
	// Dismiss says that pairs are not the same; user 0 takes that back. Pairs that
	// are not there are passed over.
	Dismiss(ctx context.Context, pairs []Pair, user int64, at time.Time) error
}
