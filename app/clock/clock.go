// Package clock is where time comes from, so that tests can move it.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time, in UTC and to the microsecond: what the databases keep.
type Clock interface {
	Now() time.Time
}

// System is the wall clock.
type System struct{}

// Now returns the present instant.
func (System) Now() time.Time { return Round(time.Now()) }

// Round gives an instant the precision and zone that it has in storage.
func Round(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Fake is a clock that moves only when told. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake returns a clock that stands at t.
func NewFake(t time.Time) *Fake { return &Fake{now: Round(t)} }

// Now returns the instant at which the clock stands.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set moves the clock to t.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = Round(t)
}

// Advance moves the clock by d.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}
