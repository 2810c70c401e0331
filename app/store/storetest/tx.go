package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

func testTx(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()

	t.Run("a change is read back whole", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		var want workflow.Appeal
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) {
			a.Stage, a.Executor, a.Agency, a.Round = workflow.StageAnswered, 9, 4, 2
			a.RegisteredAt, a.DueAt = Noon.Add(time.Hour), time.Time{}
			a.FirstSigned, a.AnsweredAt, a.ClosedAt = Noon.Add(2*time.Hour), Noon.Add(3*time.Hour), Noon.Add(4*time.Hour)
			a.Outcome, a.Rating, a.Refuted, a.Late, a.Hops = workflow.Solved, 2, true, true, 2
			a.Extended, a.Asked, a.Interims, a.PromisedOn = true, 5, 1, Noon.Add(72*time.Hour)
			a.Lapsed, a.Level = true, 3
			a.Lead, a.LeadNumber, a.Joined = 77, "26-000077-1", 4
			a.Past = []int64{3, 7}
			a.Items = []workflow.Item{{N: 1, Text: "Когда?", Outcome: workflow.Solved, Note: "Вчера"}, {N: 3, Text: "Кто?"}}
			a.Opinions = []workflow.Opinion{{
				N: 1, Round: 2, User: 5, Agency: 8, Asker: 9, Clock: 3, State: workflow.OpinionAsked,
				AskedAt: Noon, Question: "Чья труба?",
			}}
			a.Deadline[0].State, a.Deadline[0].EndedAt = deadline.Met, Noon
			a.Deadline[0].Step, a.Deadline[0].NextAt = "", time.Time{}
			a.Deadline = append(a.Deadline, clockOf(3, deadline.Rating, 4, Noon, Noon.Add(360*time.Hour)))
			want = *a
		}))
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		want.Events, want.Hash, want.Version = 3, "event 3", 2
		require.Equal(t, want, c.Appeal)
		require.Len(t, c.Events, 3)
		require.EqualValues(t, 5, c.Events[2].Actor)
	})

	t.Run("what can become nothing again does", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) { a.Executor, a.Asked, a.Level = 9, 5, 2 }))
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) { a.Executor, a.Asked, a.Level = 0, 0, 0 }))
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Zero(t, c.Appeal.Executor)
		require.Zero(t, c.Appeal.Asked)
		require.Zero(t, c.Appeal.Level)
	})

	t.Run("steps of many appeals are saved together", func(t *testing.T) {
		var ids []int64
		for range 5 {
			ids = append(ids, take(t, s, Noon, 3))
		}
		lone := take(t, s, Noon, 3)
		require.NoError(t, change(ctx, s, ids[1], func(a *workflow.Appeal) {
			a.Opinions = []workflow.Opinion{{N: 1, Round: 1, User: 5, Agency: 8, Clock: 1, State: workflow.OpinionAsked}}
		}))
		var want []workflow.Appeal
		asked := append([]int64{ids[4], 987654321, ids[0]}, ids[1:4]...)
		save := func(change func(i int, a *workflow.Appeal)) error {
			return s.InTx(ctx, func(tx workflow.Tx) error {
				found, err := tx.FindAppeals(ctx, asked)
				require.NoError(t, err)
				require.Len(t, found, 5)
				var steps []workflow.Step
				want = nil
				for i, a := range found {
					require.Equal(t, ids[i], a.ID, "in the order of the ids")
					change(i, a)
					a.Events++
					a.Hash = "of many"
					steps = append(steps, workflow.Step{
						Appeal: a,
						Event:  &workflow.Event{Appeal: a.ID, N: a.Events, At: Noon, Action: workflow.Warn, Hash: a.Hash},
						Outbox: []workflow.Outbox{{Topic: workflow.TopicNotifyAuthor, Appeal: a.ID, Event: a.Events, Payload: `{"key":"k"}`}},
					})
					after := *a
					after.Version++
					want = append(want, after)
				}
				return tx.SaveSteps(ctx, steps)
			})
		}
		require.NoError(t, save(func(i int, a *workflow.Appeal) {
			a.Deadline[0].Step, a.Deadline[0].NextAt = deadline.StepMost, Noon.Add(time.Hour)
			if i == 1 { // a co-executor is awaited
				a.Opinions[0].Text = "Наша"
			}
			if i == 2 { // another set of columns
				a.Stage, a.ClosedAt, a.DueAt = workflow.StageClosed, Noon, time.Time{}
				a.Deadline[0].State, a.Deadline[0].Step, a.Deadline[0].NextAt = deadline.Missed, "", time.Time{}
				a.Deadline = append(a.Deadline, clockOf(9, deadline.Rating, 3, Noon, Noon.Add(time.Hour)))
			}
		}))
		for i, id := range ids {
			c, err := s.FindCase(ctx, id)
			require.NoError(t, err)
			require.Equal(t, want[i], c.Appeal)
			require.Equal(t, workflow.Warn, c.Events[len(c.Events)-1].Action)
		}
		rows, err := s.ClaimOutbox(ctx, Noon.Add(24*365*time.Hour), time.Second, 1000)
		require.NoError(t, err)
		told := map[int64]int{}
		for _, row := range rows {
			if row.Payload == `{"key":"k"}` {
				told[row.Appeal]++
			}
		}
		require.Len(t, told, 5)

		// Who was faster wins, and nothing of the others is kept.
		requireKind(t, fault.Conflict, save(func(i int, a *workflow.Appeal) { a.Version += i / 4 }))
		c, err := s.FindCase(ctx, ids[0])
		require.NoError(t, err)
		require.Equal(t, 2, c.Appeal.Version)
		require.Error(t, s.InTx(ctx, func(tx workflow.Tx) error {
			a, err := tx.FindAppeal(ctx, lone)
			require.NoError(t, err)
			return tx.SaveSteps(ctx, []workflow.Step{{Appeal: a, Event: &workflow.Event{}}})
		}), "what was not found can't be saved")
	})

	t.Run("an opinion and a checklist follow what becomes of them", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		ask := func(a *workflow.Appeal) {
			n := len(a.Opinions) + 1
			a.Deadline = append(a.Deadline, clockOf(10+n, deadline.Opinion, 8, Noon, Noon.Add(48*time.Hour)))
			a.Opinions = append(a.Opinions, workflow.Opinion{N: n, Round: 1, User: int64(50 + n), Agency: 8, Clock: 10 + n, State: workflow.OpinionAsked})
			a.Items = append(a.Items, workflow.Item{N: n, Text: "Когда?"})
		}
		require.NoError(t, change(ctx, s, id, ask))
		require.NoError(t, change(ctx, s, id, ask))
		var want workflow.Appeal
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) {
			require.Len(t, a.Opinions, 2, "a unit of work sees them")
			o := &a.Opinions[0]
			o.State, o.EndedAt, o.Text = workflow.OpinionGiven, Noon.Add(time.Hour), "Наша"
			a.Deadline[len(a.Deadline)-1].DueAt = Noon.Add(72 * time.Hour)
			a.Items = a.Items[1:]
			want = *a
		}))
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Equal(t, want.Opinions, c.Appeal.Opinions)
		require.Equal(t, want.Items, c.Appeal.Items)
		for user, due := range map[int64]time.Time{51: {}, 52: Noon.Add(72 * time.Hour), 99: Noon.Add(72 * time.Hour)} {
			scope := workflow.Scope{Agencies: []int64{8}, User: user}
			if user == 99 {
				scope.Stands = []actor.Standing{{For: 52, Agency: 8, Role: actor.Executor}}
			}
			rows, _, err := s.ListInbox(ctx, workflow.InboxQuery{
				Scope: scope, Tab: workflow.TabAsked, Now: Noon, Limit: 5,
			})
			require.NoError(t, err)
			if due.IsZero() {
				require.Empty(t, rows, "given is no longer asked")
				continue
			}
			require.Len(t, rows, 1)
			require.Equal(t, due, rows[0].DueAt, "the row is due when the opinion is")
		}
	})

	t.Run("an error leaves nothing", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		cause := errors.New("no")
		err := s.InTx(ctx, func(tx workflow.Tx) error {
			a, err := tx.FindAppeal(ctx, id)
			require.NoError(t, err)
			a.Stage = workflow.StageClosed
			require.NoError(t, tx.SaveAppeal(ctx, a))
			require.NoError(t, tx.AddOutbox(ctx, workflow.Outbox{Topic: workflow.TopicNotifyAuthor, Appeal: id, Payload: "{}"}))
			return cause
		})
		require.ErrorIs(t, err, cause)
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Equal(t, workflow.StageModeration, c.Appeal.Stage)
		require.Equal(t, 1, c.Appeal.Version)
	})

	t.Run("a fault comes out as it went in", func(t *testing.T) {
		err := s.InTx(ctx, func(workflow.Tx) error { return fault.New(fault.Forbidden, "error.forbidden") })
		requireKind(t, fault.Forbidden, err)
	})

	t.Run("a panic gives the connection back", func(t *testing.T) {
		for range 20 {
			require.Panics(t, func() { _ = s.InTx(ctx, func(workflow.Tx) error { panic("oh") }) })
		}
		take(t, s, Noon, 3)
	})

	t.Run("a stale version is a conflict", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) { a.Level = 1 }))
		requireKind(t, fault.Conflict, s.InTx(ctx, func(tx workflow.Tx) error { return tx.SaveAppeal(ctx, &c.Appeal) }))
	})

	t.Run("an appeal that isn't there", func(t *testing.T) {
		requireKind(t, fault.NotFound, s.InTx(ctx, func(tx workflow.Tx) error {
			_, err := tx.FindAppeal(ctx, 1<<40)
			return err
		}))
	})

	t.Run("changes at once follow one another", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		var wg sync.WaitGroup
		var failed atomic.Int64
		for range 16 {
			wg.Go(func() {
				if err := change(ctx, s, id, func(a *workflow.Appeal) { a.Hops++ }); err != nil {
					failed.Add(1)
				}
			})
		}
		wg.Wait()
		require.Zero(t, failed.Load())
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Equal(t, 16, c.Appeal.Hops)
		require.Equal(t, 17, c.Appeal.Version)
		require.Len(t, c.Events, 18)
	})

	t.Run("answers", func(t *testing.T) { testAnswers(t, open) })

	t.Run("pictures are counted", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		photos := []workflow.Photo{{Key: "1.jpg", Answer: 4}, {Key: "2.jpg", Answer: 4}}
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error { return tx.AddPhotos(ctx, id, photos) }))
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Equal(t, photos, c.Photos)
		require.NotZero(t, photos[0].ID)
		rows, _, err := s.ListInbox(ctx, workflow.InboxQuery{
			Scope: workflow.Scope{Region: true}, Tab: workflow.TabAll, IDs: []int64{id}, Limit: 5,
		})
		require.NoError(t, err)
		require.Equal(t, 2, rows[0].Photos)
	})
}

func testAnswers(t *testing.T, open Opener) {
	t.Helper()
	s := open(t)
	ctx := t.Context()
	id := take(t, s, Noon, 3)
	in := func(fn func(tx workflow.Tx) error) error { return s.InTx(ctx, fn) }
	find := func() (a *workflow.Answer) {
		require.NoError(t, in(func(tx workflow.Tx) (err error) {
			a, err = tx.FindAnswer(ctx, id, 1)
			return err
		}))
		return a
	}
	require.Nil(t, find())
	a := &workflow.Answer{
		Appeal: id, Round: 1, Text: "Засыпали", Outcome: workflow.Solved, State: workflow.AnswerDraft, Author: 5,
		CreatedAt: Noon, UpdatedAt: Noon,
	}
	require.NoError(t, in(func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, a) }))
	require.NotZero(t, a.ID)
	require.Equal(t, 1, a.Version)
	require.Equal(t, a, find())

	second := *a
	second.ID = 0
	requireKind(t, fault.Conflict, in(func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, &second) }))

	old := *a
	a.State, a.Signer, a.SignedAt, a.UpdatedAt = workflow.AnswerSigned, 6, Noon.Add(time.Hour), Noon.Add(time.Hour)
	a.PromisedOn, a.Ground = Noon.Add(24*time.Hour), "ст. 11"
	a.Items = []workflow.Item{{N: 2, Text: "Когда?", Outcome: workflow.Solved, Note: "Вчера"}}
	require.NoError(t, in(func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, a) }))
	require.Nil(t, find())
	requireKind(t, fault.Conflict, in(func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, &old) }))
	signed := *a
	signed.Text = "Другое"
	requireKind(t, fault.Conflict, in(func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, &signed) }))

	c, err := s.FindCase(ctx, id)
	require.NoError(t, err)
	require.Equal(t, []workflow.Answer{*a}, c.Answers)
}
