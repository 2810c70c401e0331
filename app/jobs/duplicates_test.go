package jobs_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

func (w *town) duplicates() *jobs.Duplicates {
	return &jobs.Duplicates{
		Log: slog.New(slog.DiscardHandler), Event: w.store, Index: duplicate.NewIndex(), Notes: w.store.Suspicions(), Clock: w.clock,
		Radius: func(string) int { return 50 },
		Person: func(a workflow.Applicant) []uint64 {
			return duplicate.Person([]byte("a key of persons"), a.Email, a.Phone)
		},
	}
}

// settle steps until all that happened to the appeals was seen. On PostgreSQL
// the log is read below the oldest transaction that runs, of other tests too.
func (w *town) settle(t *testing.T, d *jobs.Duplicates) {
	t.Helper()
	var last int64
	ids, err := w.store.ListAppealIDs(t.Context(), 0, 100)
	require.NoError(t, err)
	for _, id := range ids {
		for _, e := range w.events(t, id) {
			last = max(last, e.Seq)
		}
	}
	eventually(t, func() bool {
		for more := true; more; {
			var err error
			more, err = d.Step(t.Context())
			require.NoError(t, err)
		}
		at, err := w.store.Suspicions().Progress(t.Context())
		require.NoError(t, err)
		return strings.HasSuffix(at, fmt.Sprintf(":%d", last))
	}, "the log was followed to its end")
}

func (w *town) open(t *testing.T) []duplicate.Pair {
	t.Helper()
	list, err := w.store.Suspicions().ListOpen(t.Context(), duplicate.Scope{Agencies: []int64{w.agency}}, 100)
	require.NoError(t, err)
	n, err := w.store.Suspicions().CountOpen(t.Context(), duplicate.Scope{Region: true}, 100)
	require.NoError(t, err)
	require.Len(t, list, n)
	var out []duplicate.Pair
	for _, s := range list {
		require.NotEmpty(t, s.Why)
		out = append(out, s.Pair)
	}
	return out
}

func (w *town) tell(t *testing.T, text string, lat float64, same int64) int64 {
	t.Helper()
	r, err := w.engine.Submit(t.Context(), workflow.Submission{
		Text: text, Rubric: "roads.pothole", Place: workflow.Place{Territory: 1, Point: &workflow.Point{Lat: lat, Lon: 36.2}},
		Applicant: workflow.Applicant{Name: "Анна", Email: "anna@example.org", Lang: "ru"}, Source: workflow.FromPortal, SameAs: same,
	})
	require.NoError(t, err)
	return r.ID
}

func TestDuplicates_are_suspected_once_until_somebody_decides(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, dialect)
			by := w.staff[actor.Coordinator]
			first := w.tell(t, "На улице Садовой яма во всю дорогу", 51.7, 0)
			w.tell(t, "В парке сломаны качели и лавочки", 51.9, 0)
			d := w.duplicates()
			w.settle(t, d)
			require.Empty(t, w.open(t))

			second := w.tell(t, "Глубокая яма на Садовой, объехать нельзя", 51.7001, 0)
			w.settle(t, d)
			pair := duplicate.PairOf(first, second)
			require.Equal(t, []duplicate.Pair{pair}, w.open(t))

			// Another that begins anew finds the same, and nothing twice.
			other := w.duplicates()
			w.settle(t, other)
			n, err := other.Rebuild(t.Context())
			require.NoError(t, err)
			require.Equal(t, 3, n)
			require.Equal(t, []duplicate.Pair{pair}, w.open(t))

			_, err = w.engine.Join(t.Context(), by, first, 0, []int64{second})
			require.NoError(t, err)
			w.settle(t, d)
			require.Empty(t, w.open(t), "they are together")

			// Who is like one that is joined is suspected to be like the lead.
			third := w.tell(t, "Яма на Садовой, глубокая, объехать нельзя совсем", 51.7001, 0)
			w.settle(t, d)
			require.Equal(t, []duplicate.Pair{duplicate.PairOf(first, third)}, w.open(t))
			require.NoError(t, w.store.Suspicions().Dismiss(t.Context(), w.open(t), by.User, w.clock.Now()))
			require.Empty(t, w.open(t))
			_, err = d.Rebuild(t.Context())
			require.NoError(t, err)
			require.NotContains(t, w.open(t), duplicate.PairOf(first, third), "what was dismissed stays so")
			require.NoError(t, w.store.Suspicions().Dismiss(t.Context(), []duplicate.Pair{duplicate.PairOf(first, third)}, 0, w.clock.Now()))
			require.Contains(t, w.open(t), duplicate.PairOf(first, third))

			_, err = w.engine.Act(t.Context(), by, second, workflow.Command{Action: workflow.Leave})
			require.NoError(t, err)
			w.settle(t, d)
			require.Contains(t, w.open(t), pair, "apart again, they are in question again")
			_, err = w.engine.Act(t.Context(), actor.Author(second), second, workflow.Command{Action: workflow.Withdraw})
			require.NoError(t, err)
			w.settle(t, d)
			require.NotContains(t, w.open(t), pair)
		})
	}
}

func TestJoinAsSaid_joins_once_and_loses_nobody(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, dialect)
			by := w.staff[actor.Coordinator]
			lead := w.tell(t, "На улице Садовой яма во всю дорогу", 51.7, 0)
			mine := w.tell(t, "На улице Садовой яма во всю дорогу, и у нас", 51.7, lead)
			d := w.duplicates()
			w.settle(t, d)
			require.Len(t, w.open(t), 1, "it is in question until they are together")

			rows, err := w.store.ClaimOutbox(t.Context(), w.clock.Now(), 0, 100)
			require.NoError(t, err)
			passing := &jobs.Passings{Leads: w.engine}
			deliver := func() {
				for _, row := range rows {
					if row.Topic == workflow.TopicSame {
						require.Equal(t, mine, row.Appeal)
						require.NoError(t, passing.Deliver(t.Context(), row))
					}
				}
			}
			deliver()
			c, err := w.store.FindCase(t.Context(), mine)
			require.NoError(t, err)
			require.Equal(t, lead, c.Appeal.Lead)
			require.False(t, c.Appeal.DueAt.IsZero(), "its own clock runs")
			events := len(c.Events)
			deliver()
			c, err = w.store.FindCase(t.Context(), mine)
			require.NoError(t, err)
			require.Len(t, c.Events, events)
			w.settle(t, d)
			require.Empty(t, w.open(t))

			due := c.Appeal.DueAt
			_, err = w.engine.Act(t.Context(), by, mine, workflow.Command{Action: workflow.Leave})
			require.NoError(t, err)
			deliver()
			c, err = w.store.FindCase(t.Context(), mine)
			require.NoError(t, err)
			require.Zero(t, c.Appeal.Lead, "who took it out isn't overruled")
			require.Equal(t, due, c.Appeal.DueAt)

			require.NoError(t, w.engine.JoinAsSaid(t.Context(), lead, mine), "the other never said so")
			orphan := w.tell(t, "На улице Садовой яма, это та же", 51.7, 1<<40)
			require.NoError(t, w.engine.JoinAsSaid(t.Context(), orphan, 1<<40))
			o, err := w.store.FindCase(t.Context(), orphan)
			require.NoError(t, err)
			require.Zero(t, o.Appeal.Lead)
			w.settle(t, d)
		})
	}
}
