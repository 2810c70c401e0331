package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// Opener returns a fresh, migrated store.
type Opener func(t *testing.T) *store.Store

// Run runs the whole suite: what the store promises on any database.
func Run(t *testing.T, open Opener) {
	t.Helper()
	for _, topic := range []struct {
		name string
		run  func(t *testing.T, open Opener)
	}{
		{"intake", testIntake},
		{"tx", testTx},
		{"case", testCase},
		{"tie", testTie},
		{"inbox", testInbox},
		{"events", testEvents},
		{"clocks", testClocks},
		{"outbox", testOutbox},
		{"drafts", testDrafts},
		{"identity", testIdentity},
		{"region", testRegion},
		{"address", testAddresses},
		{"desk", testDesk},
		{"subscriptions", testSubscriptions},
		{"tree drafts", testTreeDrafts},
		{"rebase", testRebase},
		{"templates", testTemplates},
		{"notices", testNotices},
		{"calendar changes", testChanges},
		{"staff", testStaff},
		{"report", testReport},
		{"bulk", testBulk},
		{"absences", testAbsences},
		{"views", testViews},
		{"planning", testPlanning},
		{"presences", testPresences},
		{"witness", testWitness},
		{"suspicions", testSuspicions},
		{"alerts", testAlerts},
		{"weekly reports", testWeekly},
		{"open data", testOpenData},
		{"usual times", testUsualTimes},
		{"public maps", testPublicMaps},
		{"models", testModels},
		{"ballots", testBallots},
		{"proposals", testProposals},
		{"results", testResults},
		{"paper", testPaper},
		{"discussions", testTalks},
	} {
		t.Run(topic.name, func(t *testing.T) {
			t.Parallel()
			topic.run(t, open)
		})
	}
}

// Noon is the instant around which the suite's appeals lie.
var Noon = time.Date(2026, 3, 3, 9, 0, 0, 123456000, time.UTC)

// Sample is an intake as the engine would make it, for the agency and the
// instant; change says what is to be different.
func Sample(id int64, at time.Time, agency int64, change ...func(*workflow.Intake)) workflow.Intake {
	due := at.Add(30 * 24 * time.Hour)
	in := workflow.Intake{
		Appeal: workflow.Appeal{
			ID: id, Number: workflow.Number(id, at), RuleSet: workflow.Message, Order: workflow.General,
			Stage: workflow.StageModeration, Round: 1, RubricVersion: 1, Rubric: "roads.surface.pothole", Category: "roads",
			Review: calendar.Days(30), Place: workflow.Place{
				Territory: 7, Point: &workflow.Point{Lat: 51.73, Lon: 36.19}, Address: "улица Ленина, 1",
			},
			Agency: agency, Against: 2, Text: fmt.Sprintf("Яма на дороге № %d, колесо пробито второй раз за неделю.", id),
			Replies: []workflow.Reply{{Question: "size", Asked: "Какого размера яма?", Value: "big", Shown: "Больше колеса"}},
			Source:  workflow.FromPortal, SubmittedAt: at, DueAt: due, Events: 2, Hash: "second", Version: 1,
			Deadline: []deadline.Deadline{
				clockOf(1, deadline.Moderation, agency, at, at.Add(24*time.Hour)),
				clockOf(2, deadline.Review, agency, at, due),
			},
		},
		Applicant: workflow.Applicant{Name: "Анна Петрова", Email: "anna@example.org", Lang: "ru"},
		Events: []workflow.Event{
			{
				Appeal: id, N: 1, At: at, ActorKind: actor.Citizen, Agency: agency, Action: workflow.Submit,
				From: workflow.StageDraft, To: workflow.StageNew, Data: workflow.EventData{Rubric: "roads.surface.pothole"}, Hash: "first",
			},
			{
				Appeal: id, N: 2, At: at, ActorKind: actor.System, Agency: agency, Action: workflow.Route,
				From: workflow.StageNew, To: workflow.StageModeration, DueAfter: due,
				Data: workflow.EventData{Rule: "roads everywhere"}, PrevHash: "first", Hash: "second",
			},
		},
		Outbox: []workflow.Outbox{{Topic: workflow.TopicNotifyAuthor, Appeal: id, Event: 2, Payload: `{"key":"submitted"}`}},
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

func clockOf(n int, kind deadline.Kind, agency int64, from, due time.Time) deadline.Deadline {
	return deadline.Deadline{
		N: n, Kind: kind, AgencyID: agency, StartsAt: from, DueAt: due, Calendar: "ru-test", Amount: calendar.Days(30),
		Roll: calendar.RollNext, State: deadline.Open, Step: deadline.StepHalf, NextAt: from.Add(due.Sub(from) / 2),
	}
}

// take submits a sample and returns its id.
func take(t *testing.T, s *store.Store, at time.Time, agency int64, change ...func(*workflow.Intake)) int64 {
	t.Helper()
	id, err := s.NextID(t.Context())
	require.NoError(t, err)
	got, fresh, err := s.Intake(t.Context(), Sample(id, at, agency, change...))
	require.NoError(t, err)
	require.True(t, fresh)
	require.Equal(t, id, got)
	return id
}

// change performs a change of an appeal as the engine would.
func change(ctx context.Context, s *store.Store, id int64, fn func(a *workflow.Appeal)) error {
	return s.InTx(ctx, func(tx workflow.Tx) error {
		a, err := tx.FindAppeal(ctx, id)
		if err != nil {
			return err
		}
		from := a.Stage
		fn(a)
		a.Events++
		e := workflow.Event{
			Appeal: id, N: a.Events, At: Noon, ActorKind: actor.Officer, Actor: 5, Agency: a.Agency, Action: workflow.Start,
			From: from, To: a.Stage, PrevHash: a.Hash, Hash: fmt.Sprintf("event %d", a.Events),
		}
		a.Hash = e.Hash
		if err := tx.AppendEvent(ctx, &e); err != nil {
			return err
		}
		return tx.SaveAppeal(ctx, a)
	})
}

// requireKind checks the kind of an error.
func requireKind(t *testing.T, kind fault.Kind, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, kind, fault.KindOf(err), "%v", err)
}
