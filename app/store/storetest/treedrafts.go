package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
)

func testTreeDrafts(t *testing.T, open Opener) {
	tree := func() []*rubricator.Rubric {
		return []*rubricator.Rubric{{Code: "roads", Name: lang.Text{RU: "Дороги"}, Children: []*rubricator.Rubric{
			{Code: "roads.hole", Name: lang.Text{RU: "Яма"}, Order: "fast", Days: 10},
		}}}
	}
	agency := func(t *testing.T, s *store.Store) int64 {
		t.Helper()
		a := []identity.Agency{{Code: "a", Name: lang.Text{RU: "А"}}}
		require.NoError(t, s.SaveAgencies(t.Context(), a))
		return a[0].ID
	}
	admin := actor.Actor{Kind: actor.Officer, User: 1, Memberships: []actor.Membership{{Role: actor.SystemAdmin}}}
	editor := func(s *store.Store) *rubricator.Editor {
		return &rubricator.Editor{Store: s, Clock: clock.NewFake(Noon), Reload: rubricator.New(s, nil).Reload}
	}

	t.Run("one draft at a time is open, and is saved as it was seen", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		_, err := s.FindTreeDraft(ctx)
		requireKind(t, fault.NotFound, err)
		d := &rubricator.Draft{
			State: rubricator.DraftOpen, Base: 3, BaseRules: "hash", Roots: tree(), Rules: []rubricator.Rule{{Rubric: "*", Agency: 7}},
			Note: "why", CreatedBy: 1, ChangedBy: 2, CreatedAt: Noon, ChangedAt: Noon,
		}
		require.NoError(t, s.CreateTreeDraft(ctx, d))
		got, err := s.FindTreeDraft(ctx)
		require.NoError(t, err)
		require.Equal(t, d, got)
		requireKind(t, fault.Conflict, s.CreateTreeDraft(ctx, &rubricator.Draft{State: rubricator.DraftOpen, CreatedAt: Noon, ChangedAt: Noon}))

		other := *got
		d.Roots[0].Name.EN = "Roads"
		require.NoError(t, s.SaveTreeDraft(ctx, d))
		requireKind(t, fault.Conflict, s.SaveTreeDraft(ctx, &other))
		d.State = rubricator.DraftDiscarded
		require.NoError(t, s.SaveTreeDraft(ctx, d))
		requireKind(t, fault.Conflict, s.SaveTreeDraft(ctx, d))
		_, err = s.FindTreeDraft(ctx)
		requireKind(t, fault.NotFound, err)
		require.NoError(t, s.CreateTreeDraft(ctx, &rubricator.Draft{State: rubricator.DraftOpen, CreatedAt: Noon, ChangedAt: Noon}))
	})

	t.Run("changes are taken back one by one, by whoever saw the last", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		agency(t, s)
		_, err := s.PublishVersion(ctx, tree(), "first")
		require.NoError(t, err)
		e := editor(s)
		d, err := e.Begin(ctx, admin)
		require.NoError(t, err)
		none, err := e.Last(ctx, d)
		require.NoError(t, err)
		require.Nil(t, none)
		requireKind(t, fault.NotFound, e.Undo(ctx, admin, d.Version))
		days := func(n int) *rubricator.Draft {
			d, err := e.Change(ctx, admin, func(d *rubricator.Draft) error {
				d.Roots[0].Children[0].Days = n
				d.Rules = []rubricator.Rule{{Rubric: "*", Agency: int64(n)}}
				return nil
			})
			require.NoError(t, err)
			return d
		}
		for n := range rubricator.MostSteps + 2 {
			d = days(n + 1)
		}
		require.Equal(t, d.Version, days(rubricator.MostSteps+2).Version, "what changes nothing is not saved")
		before, err := e.Last(ctx, d)
		require.NoError(t, err)
		require.Equal(t, rubricator.MostSteps+1, before.Roots[0].Children[0].Days)
		requireKind(t, fault.Conflict, e.Undo(ctx, admin, d.Version-1))
		for n := rubricator.MostSteps + 1; n > 1; n-- {
			d, err = e.Draft(ctx, admin)
			require.NoError(t, err)
			require.NoError(t, e.Undo(ctx, admin, d.Version))
			d, err = e.Draft(ctx, admin)
			require.NoError(t, err)
			require.Equal(t, n, d.Roots[0].Children[0].Days)
			require.Equal(t, []rubricator.Rule{{Rubric: "*", Agency: int64(n)}}, d.Rules)
		}
		require.Equal(t, 3, days(3).Roots[0].Children[0].Days)
		d, err = e.Draft(ctx, admin)
		require.NoError(t, err)
		require.NoError(t, e.Undo(ctx, admin, d.Version))
		d, err = e.Draft(ctx, admin)
		require.NoError(t, err)
		require.Equal(t, 2, d.Roots[0].Children[0].Days, "what was kept is at its end")
		requireKind(t, fault.NotFound, e.Undo(ctx, admin, d.Version))
		days(9)
		require.NoError(t, e.Discard(ctx, admin))
		_, err = s.FindTreeStep(ctx, d.ID)
		requireKind(t, fault.NotFound, err)
	})

	t.Run("publishing puts tree, rules and journal in force at once", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		id := agency(t, s)
		first, err := s.PublishVersion(ctx, tree(), "first")
		require.NoError(t, err)
		e := editor(s)
		d, err := e.Begin(ctx, admin)
		require.NoError(t, err)
		require.Equal(t, first, d.Base)
		d, err = e.Change(ctx, admin, func(d *rubricator.Draft) error {
			d.Roots[0].Children[0].Days = 5
			d.Rules = []rubricator.Rule{{Rubric: "*", Agency: id}}
			return nil
		})
		require.NoError(t, err)
		version, err := e.Publish(ctx, admin, d.Version, "why")
		require.NoError(t, err)
		v, err := s.FindTreeVersion(ctx, version)
		require.NoError(t, err)
		require.Equal(t, 5, v.Roots[0].Children[0].Days)
		require.Equal(t, d.Rules, v.Rules)
		require.Equal(t, admin.User, v.PublishedBy)
		list, err := s.ListVersions(ctx, 10)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, "why", list[0].Note)
		require.Equal(t, first, list[1].ID)
		rules, err := s.ListRules(ctx)
		require.NoError(t, err)
		require.Equal(t, d.Rules, rules)
		lines, err := s.WalkJournal(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Equal(t, identity.PublishTree, lines[0].Kind)
		require.Contains(t, lines[0].Detail, "added=0 retired=0 removed=0 moved=0 edited=1")
		_, err = s.FindTreeDraft(ctx)
		requireKind(t, fault.NotFound, err)
	})

	t.Run("a draft of what is no longer in force is refused, and so is a wrong one", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		id := agency(t, s)
		_, err := s.PublishVersion(ctx, tree(), "first")
		require.NoError(t, err)
		e := editor(s)
		d, err := e.Begin(ctx, admin)
		require.NoError(t, err)
		_, err = e.Publish(ctx, admin, d.Version+1, "why")
		requireKind(t, fault.Conflict, err)
		require.NoError(t, s.ReplaceRules(ctx, []rubricator.Rule{{Rubric: "*", Agency: id}}))
		_, err = e.Publish(ctx, admin, d.Version, "why")
		require.ErrorContains(t, err, "rubricator.stale_draft")
		require.NoError(t, e.Discard(ctx, admin))

		d, err = e.Begin(ctx, admin)
		require.NoError(t, err)
		_, err = s.PublishVersion(ctx, tree(), "imported meanwhile")
		require.NoError(t, err)
		_, err = e.Publish(ctx, admin, d.Version, "why")
		require.ErrorContains(t, err, "rubricator.stale_draft")
		require.NoError(t, e.Discard(ctx, admin))

		_, err = e.Begin(ctx, admin)
		require.NoError(t, err)
		d, err = e.Change(ctx, admin, func(d *rubricator.Draft) error {
			d.Roots[0].Children[0].Code = "roads.pit"
			return nil
		})
		require.NoError(t, err)
		_, err = e.Publish(ctx, admin, d.Version, "why")
		requireKind(t, fault.Invalid, err)
		require.ErrorContains(t, err, "roads.hole was published")
		rules, err := s.ListRules(ctx)
		require.NoError(t, err)
		require.Len(t, rules, 1)
		_, err = e.Begin(ctx, actor.Actor{Kind: actor.Officer, Memberships: []actor.Membership{{Role: actor.Supervisor}}})
		requireKind(t, fault.Forbidden, err)
	})
}
