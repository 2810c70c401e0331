package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

func testRegion(t *testing.T, open Opener) {
	ctx := t.Context()

	t.Run("territories are saved by code and keep their ids", func(t *testing.T) {
		s := open(t)
		region := []territory.Territory{{Code: "r", Kind: "region", Name: lang.Text{RU: "Область", EN: "Region"}, Col: -1, Row: -1}}
		require.NoError(t, s.SaveTerritories(ctx, region))
		towns := make([]territory.Territory, 1200) // more than one batch
		for i := range towns {
			towns[i] = territory.Territory{
				Parent: region[0].ID, Code: fmt.Sprintf("t%d", i), Kind: "town", Name: lang.Text{RU: "Город"}, Short: lang.Text{RU: "Г"},
				OKTMO: "38", Population: i, Lat: 51.5, Lon: 36.5, Col: 1, Row: 2, Boundary: `{"type":"Polygon"}`,
			}
		}
		require.NoError(t, s.SaveTerritories(ctx, towns))
		again := append([]territory.Territory(nil), towns...)
		for i := range again {
			again[i].ID, again[i].Population = 0, i+1
		}
		require.NoError(t, s.SaveTerritories(ctx, again))
		all, err := s.ListTerritories(ctx)
		require.NoError(t, err)
		require.Equal(t, append(region, again...), all)
		require.Equal(t, towns[700].ID, again[700].ID)
	})

	t.Run("the latest tree is the published one, older ones stay", func(t *testing.T) {
		s := open(t)
		_, _, err := s.LatestVersion(ctx)
		requireKind(t, fault.NotFound, err)
		tree := []*rubricator.Rubric{{Code: "roads", Name: lang.Text{RU: "Дороги"}, Children: []*rubricator.Rubric{
			{Code: "roads.hole", Name: lang.Text{RU: "Яма"}, Days: 10, Season: &rubricator.Season{From: "11-01", To: "03-31"}},
		}}}
		first, err := s.PublishVersion(ctx, tree, "first")
		require.NoError(t, err)
		second, err := s.PublishVersion(ctx, tree[:1:1], "second")
		require.NoError(t, err)
		id, roots, err := s.LatestVersion(ctx)
		require.NoError(t, err)
		require.Equal(t, second, id)
		require.Equal(t, tree, roots)
		roots, err = s.FindVersion(ctx, first)
		require.NoError(t, err)
		require.Equal(t, tree, roots)
		_, err = s.FindVersion(ctx, 1<<40)
		requireKind(t, fault.NotFound, err)
	})

	t.Run("agencies, rules and templates", func(t *testing.T) { testRules(t, open(t)) })
	t.Run("what decided where appeals went, of a period", func(t *testing.T) { testSent(t, open(t)) })

	t.Run("an import that fails leaves nothing, also one that only tries", func(t *testing.T) {
		s := open(t)
		dry := errors.New("dry run")
		err := s.Import(ctx, func(i *store.Import) error {
			require.NoError(t, i.SaveTerritories([]territory.Territory{{Code: "x", Kind: "region", Name: lang.Text{RU: "x"}}}))
			require.NoError(t, i.SaveAgencies([]identity.Agency{{Code: "a", Name: lang.Text{RU: "a"}}}))
			there, err := i.ListTerritories()
			require.NoError(t, err)
			require.Len(t, there, 1)
			agencies, err := i.ListAgencies()
			require.NoError(t, err)
			require.Len(t, agencies, 1)
			return dry
		})
		require.ErrorIs(t, err, dry)
		all, err := s.ListTerritories(ctx)
		require.NoError(t, err)
		require.Empty(t, all)
	})

	t.Run("users are imported by login and keep their password", func(t *testing.T) {
		s := open(t)
		save := func(u *identity.User) error {
			return s.Import(ctx, func(i *store.Import) error { return i.SaveUser(u) })
		}
		u := &identity.User{Login: "anna", Name: "Анна", PasswordHash: "secret"}
		require.NoError(t, save(u))
		again := &identity.User{Login: "anna", Name: "Анна П.", Memberships: []actor.Membership{{Agency: 1, Role: actor.Desk}}}
		require.NoError(t, save(again))
		require.Equal(t, u.ID, again.ID)
		got, err := s.FindUser(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, "secret", got.PasswordHash)
		require.Equal(t, "Анна П.", got.Name)
		require.Len(t, got.Memberships, 1)
	})
}

func testRules(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	agencies := []identity.Agency{{Code: "a", Name: lang.Text{RU: "А"}}, {Code: "b", Name: lang.Text{RU: "Б"}}}
	require.NoError(t, s.SaveAgencies(ctx, agencies))
	agencies[1].Phone = "2"
	require.NoError(t, s.SaveAgencies(ctx, agencies))
	all, err := s.ListAgencies(ctx)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "2", all[1].Phone)

	rules := []rubricator.Rule{
		{Rubric: "*", Agency: agencies[0].ID},
		{Rubric: "roads", Territory: 3, Agency: agencies[1].ID},
		{Rubric: "roads", Territory: 3, When: rubricator.Condition{Question: "class", Answer: "federal"}, Agency: agencies[0].ID},
		{Rubric: "roads", Territory: 3, When: rubricator.Condition{Question: "class", Answer: "local"}, Agency: agencies[1].ID},
	}
	require.NoError(t, s.ReplaceRules(ctx, rules))
	require.NoError(t, s.ReplaceRules(ctx, rules))
	got, err := s.ListRules(ctx)
	require.NoError(t, err)
	require.Equal(t, rules, got)
	requireKind(t, fault.Invalid, s.ReplaceRules(ctx, []rubricator.Rule{{Rubric: "*", Agency: 1 << 40}}))
	got, err = s.ListRules(ctx)
	require.NoError(t, err)
	require.Equal(t, rules, got)
	require.NoError(t, s.ReplaceRules(ctx, nil))
}

func testSent(t *testing.T, s *store.Store) {
	t.Helper()
	answered := func(in *workflow.Intake) {
		in.Appeal.Replies = []workflow.Reply{{Question: "class", Asked: "Чья?", Value: "federal", Shown: "федеральная"}}
	}
	take(t, s, Noon.Add(-time.Hour), 3)
	id := take(t, s, Noon, 7, answered)
	take(t, s, Noon.Add(time.Hour), 3)
	found, err := s.FindCase(t.Context(), id)
	require.NoError(t, err)
	var got []rubricator.Sent
	require.NoError(t, s.EachSent(t.Context(), Noon, Noon.Add(time.Hour), func(one rubricator.Sent) error {
		got = append(got, one)
		return nil
	}))
	a := found.Appeal
	require.Equal(t, []rubricator.Sent{{
		ID: id, Number: a.Number, Rubric: a.Rubric, Territory: a.Place.Territory, Agency: a.Agency, Answers: rubricator.Answers{"class": "federal"},
	}}, got)
	stop := errors.New("enough")
	require.ErrorIs(t, s.EachSent(t.Context(), Noon, Noon.Add(time.Hour), func(rubricator.Sent) error { return stop }), stop)
}
