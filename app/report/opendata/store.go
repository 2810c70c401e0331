package opendata

import (
	"context"
	"time"
)

// Edition is the open data of a period of the public map.
type Edition struct {
	Period  string // 2006-01 or 2006-q1
	MadeAt  time.Time
	Appeals int // taken to be worked on
	Rows    int // of the files
	Loose   int // appeals that have none; not to be published
	Files   []File
}

// File is one file of an edition.
type File struct {
	Name   string
	Size   int
	SHA256 string // hex, of the file as it is downloaded
	Body   []byte // gzip; lists leave it out
}

// Store keeps editions. Find methods answer fault.NotFound.
type Store interface {
	// EachFact calls fn with each appeal submitted in [from, to).
	EachFact(ctx context.Context, from, to time.Time, fn func(Fact) error) error
	// FirstSubmitted is when the first appeal was submitted, the zero time where
	// there is none.
	FirstSubmitted(ctx context.Context) (time.Time, error)
	// SaveEdition keeps an edition with its files. A period that has one keeps it,
	// and fresh is false, unless it is to be replaced.
	SaveEdition(ctx context.Context, e Edition, replace bool) (fresh bool, err error)
	// ListEditions lists the latest first.
	ListEditions(ctx context.Context) ([]Edition, error)
	FindFile(ctx context.Context, period, name string) (*File, error)
	// OpenDataOff reports whether publishing is switched off.
	OpenDataOff(ctx context.Context) (bool, error)
	SwitchOpenData(ctx context.Context, off bool, by int64, at time.Time) error
}
