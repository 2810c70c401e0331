package identity

import (
	"sync"
	"time"

	"github.com/otklik/otklik/app/clock"
)

// How many failures are free, and how long one waits after more.
const (
	freeFailures = 5
	firstWait    = 30 * time.Second // doubles with each further failure
	longestWait  = 15 * time.Minute
	forgetAfter  = time.Hour
	mostTracked  = 100_000
)

// brake slows down guessing of passwords, by login and by address. It forgets
// when the process ends; that costs a guesser's gain of five tries.
type brake struct {
	clock clock.Clock
	mu    sync.Mutex
	fails map[string]failure
}

type failure struct {
	count int
	last  time.Time
}

func newBrake(c clock.Clock) *brake { return &brake{clock: c, fails: map[string]failure{}} }

func brakeKeys(login, ip string) [2]string { return [2]string{"l:" + login, "a:" + ip} }

// wait returns how long the next try must wait, 0 when it may go on. An
// address may fail ten times as often as a login: offices share one.
func (b *brake) wait(login, ip string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	var longest time.Duration
	for i, key := range brakeKeys(login, ip) {
		f, free := b.fails[key], freeFailures
		if i == 1 {
			free *= 10
		}
		if f.count < free {
			continue
		}
		pause := min(longestWait, firstWait<<min(f.count-free, 6))
		longest = max(longest, f.last.Add(pause).Sub(now))
	}
	return longest
}

func (b *brake) failed(login, ip string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	for _, key := range brakeKeys(login, ip) {
		f := b.fails[key]
		if now.Sub(f.last) > forgetAfter {
			f.count = 0
		}
		b.fails[key] = failure{count: f.count + 1, last: now}
	}
	if len(b.fails) > mostTracked {
		for key, f := range b.fails {
			if now.Sub(f.last) > forgetAfter {
				delete(b.fails, key)
			}
		}
	}
}

func (b *brake) passed(login string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.fails, "l:"+login)
}
