package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// testTie is what joining and splitting need.
func testTie(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	joinTo := func(id, lead int64, stage workflow.Stage) {
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) {
			a.Lead, a.LeadNumber, a.Stage = lead, "26-000001-0", stage
		}))
	}

	t.Run("those that wait for a lead are listed", func(t *testing.T) {
		lead, one, two, done, alone := take(t, s, Noon, 3), take(t, s, Noon, 3), take(t, s, Noon, 3), take(t, s, Noon, 3), take(t, s, Noon, 3)
		joinTo(one, lead, workflow.StageReceived)
		joinTo(two, lead, workflow.StagePlanned)
		joinTo(done, lead, workflow.StageAnswered)
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error {
			ids, err := tx.ListJoined(ctx, lead)
			require.Equal(t, []int64{one, two}, ids)
			return err
		}))
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error {
			ids, err := tx.ListJoined(ctx, 0)
			require.Empty(t, ids, "who is alone isn't joined to nobody")
			return err
		}))
		joined, parts, err := s.ListTied(ctx, lead, 2)
		require.NoError(t, err)
		require.Equal(t, []int64{one, two}, joined)
		require.Empty(t, parts)

		page, _, err := s.ListInbox(ctx, workflow.InboxQuery{
			Scope: workflow.Scope{Agencies: []int64{3}}, Tab: workflow.TabNew, Now: Noon, Limit: 50,
		})
		require.NoError(t, err)
		var ids []int64
		for _, r := range page {
			ids = append(ids, r.ID)
		}
		require.Contains(t, ids, alone)
		require.NotContains(t, ids, one, "it is nobody's work apart")
		counts, err := s.CountTabs(ctx, workflow.Scope{Agencies: []int64{3}}, Noon)
		require.NoError(t, err)
		require.Equal(t, len(ids), counts[workflow.TabNew])
		page, _, err = s.ListInbox(ctx, workflow.InboxQuery{
			Scope: workflow.Scope{Agencies: []int64{3}}, Tab: workflow.TabAll, Now: Noon, Limit: 50, IDs: []int64{one},
		})
		require.NoError(t, err)
		require.Equal(t, "26-000001-0", page[0].LeadNumber)
	})

	t.Run("an answer is shared once", func(t *testing.T) {
		lead, one := take(t, s, Noon, 3), take(t, s, Noon, 3)
		signed := func(appeal, from int64) *workflow.Answer {
			return &workflow.Answer{
				Appeal: appeal, Round: 1, Text: "По обращению 1 яму засыпали", Pattern: "По обращению {number} яму засыпали",
				Outcome: workflow.Solved, State: workflow.AnswerSigned, Author: 5, Signer: 6, CreatedAt: Noon, UpdatedAt: Noon,
				SignedAt: Noon.Add(time.Hour), SharedFrom: from,
			}
		}
		source := signed(lead, 0)
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, source) }))
		share := func() error {
			return s.InTx(ctx, func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, signed(one, source.ID)) })
		}
		require.NoError(t, share())
		requireKind(t, fault.Conflict, share())
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error {
			found, err := tx.FindSigned(ctx, source.ID)
			require.NoError(t, err)
			require.Equal(t, source, found)
			for id, want := range map[int64]bool{one: true, lead: false} {
				done, err := tx.Shared(ctx, id, source.ID)
				require.NoError(t, err)
				require.Equal(t, want, done)
			}
			_, err = tx.FindSigned(ctx, source.ID+1000)
			requireKind(t, fault.NotFound, err)
			return nil
		}))
	})

	t.Run("a part is the same applicant's", func(t *testing.T) {
		of := take(t, s, Noon, 3)
		id, err := s.NextID(ctx)
		require.NoError(t, err)
		in := Sample(id, Noon, 4)
		in.Applicant, in.Appeal.SplitFrom = workflow.Applicant{}, of
		in.Photos = []workflow.Photo{{Key: "a/b", Width: 4, Height: 3, Bytes: 9, SHA256: "ab"}}
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error { return tx.CreatePart(ctx, in, of) }))
		who, err := s.ReadApplicant(ctx, id, actor.Job, "test")
		require.NoError(t, err)
		require.Equal(t, "Анна Петрова", who.Name)
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Len(t, c.Events, 2)
		in.Appeal.LastAt = c.Events[1].At
		require.Equal(t, in.Appeal, c.Appeal)
		require.Equal(t, "a/b", c.Photos[0].Key)
		_, parts, err := s.ListTied(ctx, of, 10)
		require.NoError(t, err)
		require.Equal(t, []int64{id}, parts)
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error {
			events, err := tx.ListEvents(ctx, id)
			require.NoError(t, err)
			require.Equal(t, c.Events, events)
			photos, err := tx.ListPhotos(ctx, id)
			require.Equal(t, c.Photos, photos)
			return err
		}))
		next, err := s.NextID(ctx)
		require.NoError(t, err)
		requireKind(t, fault.NotFound, s.InTx(ctx, func(tx workflow.Tx) error {
			return tx.CreatePart(ctx, Sample(next, Noon, 4), 1<<40)
		}))
	})
}
