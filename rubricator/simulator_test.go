package rubricator_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// slowPast has one appeal, read when the test lets it, and counts how many read
// at once.
type slowPast struct {
	rubricator.SentStore
	roots []*rubricator.Rubric
	let   chan struct{}
	at    atomic.Int64
	most  atomic.Int64
}

func (s *slowPast) FindTreeDraft(context.Context) (*rubricator.Draft, error) {
	return &rubricator.Draft{ID: 1, Version: 1, Roots: s.roots, Rules: []rubricator.Rule{{Rubric: "*", Agency: 2}}}, nil
}

func (s *slowPast) LatestVersion(context.Context) (int64, []*rubricator.Rubric, error) {
	return 1, s.roots, nil
}

func (s *slowPast) ListRules(context.Context) ([]rubricator.Rule, error) {
	return []rubricator.Rule{{Rubric: "*", Agency: 1}}, nil
}

func (s *slowPast) ListTerritories(context.Context) ([]territory.Territory, error) { return nil, nil }

func (s *slowPast) EachSent(_ context.Context, _, _ time.Time, fn func(rubricator.Sent) error) error {
	s.most.Store(max(s.most.Load(), s.at.Add(1)))
	defer s.at.Add(-1)
	<-s.let
	return fn(rubricator.Sent{Rubric: "parks", Agency: 1})
}

func TestSimulator_replays_one_after_another(t *testing.T) {
	t.Parallel()
	past := &slowPast{roots: parse(t, twoBranches).Roots, let: make(chan struct{})}
	m := &rubricator.Simulator{Store: past, Clock: clock.NewFake(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))}
	var runs []*rubricator.Run
	for _, days := range []int{7, 30, 90} {
		r, err := m.Simulate(t.Context(), days)
		require.NoError(t, err)
		again, err := m.Simulate(t.Context(), days)
		require.NoError(t, err)
		require.Same(t, r, again)
		runs = append(runs, r)
	}
	waiting := func() (n int) {
		for _, r := range runs {
			if r.Waits() {
				n++
			}
		}
		return n
	}
	for left := 2; left >= 0; left-- {
		require.Eventually(t, func() bool { return waiting() == left }, 10*time.Second, time.Millisecond)
		past.let <- struct{}{}
	}
	for _, r := range runs {
		done, err := r.Wait(t.Context(), 10*time.Second)
		require.NoError(t, err)
		require.True(t, done)
		require.Equal(t, 1, r.Simulation().Result().Elsewhere)
	}
	require.EqualValues(t, 1, past.most.Load())
}
