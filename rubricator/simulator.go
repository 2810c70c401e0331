package rubricator

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/territory"
)

// SentStore knows what was sent, and the draft that it is replayed against.
type SentStore interface {
	DraftStore
	// EachSent gives what was submitted at from or later and before until, the
	// earliest first.
	EachSent(ctx context.Context, from, until time.Time, fn func(Sent) error) error
}

// Simulator replays the appeals of the last days against the open draft, beside
// its readers: each draft and period once, one after another, and keeps what
// came of it. It is safe for concurrent use.
type Simulator struct {
	Store SentStore
	Clock clock.Clock

	mu   sync.Mutex
	runs []*Run
	turn sync.Mutex // held by the replay under way
}

// Run is one replay, waiting for its turn, under way or done.
type Run struct {
	Days  int
	Until time.Time
	ask   question
	done  chan struct{}
	begun atomic.Bool
	count atomic.Int64
	sim   *Simulation
	index *territory.Index
	err   error
	cut   bool
}

// question is what a replay answers: a draft as of a save, against what was in
// force.
type question struct {
	draft   int64
	saved   int
	version int64
	rules   string
	days    int
}

const (
	// MostSimulated is how many appeals a replay looks at, the earliest of the period.
	MostSimulated = 500_000
	// mostRuns is how many replays are kept.
	mostRuns = 6
	// runFresh is how long a replay is shown before it is made anew.
	runFresh = 10 * time.Minute
	// runLimit is how long a replay may take from its turn on.
	runLimit = 5 * time.Minute
)

// errEnough ends a replay that has looked at enough.
var errEnough = errors.New("enough")

// Simulate starts a replay against the open draft, or returns the one that was
// made of the same lately. It is fault.NotFound with key "rubricator.no_draft"
// where no draft is open, and fault.Invalid with key "rubricator.draft_wrong" or
// "rubricator.routes_wrong" while the draft has errors.
//
// It is for whoever may see a draft or a part of what it would do: callers ask.
func (m *Simulator) Simulate(ctx context.Context, days int) (*Run, error) {
	d, err := m.Store.FindTreeDraft(ctx)
	if err != nil {
		return nil, err
	}
	version, roots, err := m.Store.LatestVersion(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	rules, err := m.Store.ListRules(ctx)
	if err != nil {
		return nil, err
	}
	now := m.Clock.Now()
	ask := question{d.ID, d.Version, version, RulesHash(rules), days}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.runs {
		if r.ask == ask && now.Sub(r.Until) < runFresh && !r.failed() {
			return r, nil
		}
	}
	places, err := m.Store.ListTerritories(ctx)
	if err != nil {
		return nil, err
	}
	before, err := NewBook(version, roots, rules, places)
	if err != nil {
		return nil, err
	}
	tree, err := NewTree(0, d.Roots)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "rubricator.draft_wrong", err)
	}
	router, err := NewRouter(d.Rules, before.Places)
	if err != nil {
		return nil, wrongRoutes(err)
	}
	r := &Run{
		Days: days, Until: now, ask: ask, done: make(chan struct{}), index: before.Places,
		sim: NewSimulation(before.Tree, before.Router, tree, router),
	}
	m.runs = append(m.runs, r)
	m.runs = m.runs[max(0, len(m.runs)-mostRuns):]
	// Whoever asked may leave: the next one finds it done.
	go func() {
		m.turn.Lock()
		defer m.turn.Unlock()
		r.replay(context.WithoutCancel(ctx), m.Store)
	}()
	return r, nil
}

func (r *Run) replay(ctx context.Context, store SentStore) {
	defer close(r.done)
	r.begun.Store(true)
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	r.err = store.EachSent(ctx, r.Until.Add(-time.Duration(r.Days)*24*time.Hour), r.Until, func(one Sent) error {
		if r.count.Load() == MostSimulated {
			r.cut = true
			return errEnough
		}
		r.sim.Add(one)
		r.count.Add(1)
		return nil
	})
	if errors.Is(r.err, errEnough) {
		r.err = nil
	}
}

// Wait returns when the replay is done, or the patience is at its end: then it
// is false, and the replay goes on. The error is that of the replay.
func (r *Run) Wait(ctx context.Context, patience time.Duration) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-r.done:
		return true, r.err
	case <-ctx.Done():
		return false, nil
	}
}

func (r *Run) failed() bool {
	select {
	case <-r.done:
		return r.err != nil
	default:
		return false
	}
}

// Waits reports whether another replay is under way, after which it begins.
func (r *Run) Waits() bool { return !r.begun.Load() }

// Count is how many appeals were replayed so far.
func (r *Run) Count() int { return int(r.count.Load()) }

// Cut reports whether there were more appeals than it looks at. Like the
// simulation it is for a replay that is done.
func (r *Run) Cut() bool { return r.cut }

// Simulation is what was found, once the replay is done. It must not be changed.
func (r *Run) Simulation() *Simulation { return r.sim }

// Places are the territories that it was made with.
func (r *Run) Places() *territory.Index { return r.index }
