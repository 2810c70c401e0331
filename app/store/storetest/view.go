package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

func testViews(t *testing.T, open Opener) {
	s, ctx := open(t), t.Context()
	me, other := hire(t, s, "me", 1, actor.Coordinator), hire(t, s, "other", 2, actor.Coordinator)
	save := func(v workflow.View) workflow.View {
		require.NoError(t, s.SaveView(ctx, &v))
		return v
	}
	pits := save(workflow.View{User: me.ID, Name: "Ямы", Query: "tab=new&topic=roads.pit"})
	late := save(workflow.View{User: me.ID, Name: "Просрочены", Query: "tab=overdue"})
	shared := save(workflow.View{User: me.ID, Agency: 1, Name: "Наши", Query: "tab=all"})
	save(workflow.View{User: other.ID, Name: "Чужие", Query: "tab=all"})
	save(workflow.View{User: other.ID, Agency: 2, Name: "Соседние", Query: "tab=all"})
	names := func(user int64, agencies ...int64) (out []string) {
		list, err := s.ListViews(ctx, user, agencies)
		require.NoError(t, err)
		for _, v := range list {
			out = append(out, v.Name)
		}
		return out
	}
	require.Equal(t, []string{"Ямы", "Просрочены", "Наши"}, names(me.ID, 1))
	require.Equal(t, []string{"Наши"}, names(999, 1))
	require.Empty(t, names(999))

	require.NoError(t, s.SwapViews(ctx, pits.ID, late.ID))
	require.Equal(t, []string{"Просрочены", "Ямы", "Наши"}, names(me.ID, 1))
	pits.Name, pits.Query = "Большие ямы", "tab=all"
	require.NoError(t, s.SaveView(ctx, &pits))
	require.Equal(t, []string{"Просрочены", "Большие ямы", "Наши"}, names(me.ID, 1))
	found, err := s.FindView(ctx, pits.ID)
	require.NoError(t, err)
	require.Equal(t, "tab=all", found.Query)

	for _, id := range []int64{shared.ID, late.ID} {
		require.NoError(t, s.SetDefaultView(ctx, me.ID, id))
		list, err := s.ListViews(ctx, me.ID, []int64{1})
		require.NoError(t, err)
		for _, v := range list {
			require.Equal(t, v.ID == id, v.Default, v.Name)
		}
	}
	require.NoError(t, s.DeleteView(ctx, late.ID))
	require.Equal(t, []string{"Большие ямы", "Наши"}, names(me.ID, 1))
	require.NoError(t, s.SetDefaultView(ctx, me.ID, 0))
	_, err = s.FindView(ctx, late.ID)
	requireKind(t, fault.NotFound, err)
	requireKind(t, fault.NotFound, s.SaveView(ctx, &late))
	for i := len(names(me.ID)); i < workflow.MaxViews; i++ {
		save(workflow.View{User: me.ID, Name: "Ещё", Query: "tab=all"})
	}
	requireKind(t, fault.Conflict, s.SaveView(ctx, &workflow.View{User: me.ID, Name: "Лишний", Query: "tab=all"}))
}

func testPlanning(t *testing.T, open Opener) {
	sh := newShelf(t, open)
	ctx := t.Context()

	t.Run("queries are counted as they are listed", func(t *testing.T) {
		var queries []workflow.InboxQuery
		var want []int
		for _, scope := range sh.scope {
			for _, tab := range workflow.Tabs {
				for _, narrow := range sh.narrowings() {
					q := workflow.InboxQuery{Scope: scope, Tab: tab, Now: Noon}
					narrow(&q)
					queries, want = append(queries, q), append(want, len(sh.want(q)))
				}
			}
		}
		for some := range slices.Chunk(queries, 20) {
			got, err := sh.s.CountQueries(ctx, some)
			require.NoError(t, err)
			require.Equal(t, want[:len(some)], got)
			want = want[len(some):]
		}
	})

	t.Run("due dates are counted by their quarter of an hour", func(t *testing.T) {
		from, to := Noon.Add(-30*time.Hour), Noon.Add(60*time.Hour)
		for who, scope := range sh.scope {
			for _, mine := range []bool{false, true} {
				got, err := sh.s.CountDue(ctx, workflow.DueQuery{Scope: scope, Mine: mine, From: from, To: to})
				require.NoError(t, err)
				want, sum := map[time.Time]int{}, map[time.Time]int{}
				tab := workflow.TabAll
				if mine {
					tab = workflow.TabMine
				}
				for _, id := range sh.want(workflow.InboxQuery{Scope: scope, Tab: tab, Now: Noon}) {
					i := slices.IndexFunc(sh.all, func(a workflow.Appeal) bool { return a.ID == id })
					if due := sh.all[i].DueAt; !due.Before(from) && due.Before(to) {
						want[due.Truncate(15*time.Minute)]++
					}
				}
				for _, c := range got {
					sum[c.At] += c.N
				}
				if len(scope.Agencies) == 0 && !scope.Region {
					want = map[time.Time]int{}
				}
				require.Equal(t, want, sum, "%s mine=%v", who, mine)
			}
		}
	})

	t.Run("a list by due date holds those that are due and no others", func(t *testing.T) {
		q := workflow.InboxQuery{Scope: sh.scope["region"], Tab: workflow.TabAll, Now: Noon, DueFirst: true, Limit: 300}
		rows, more, err := sh.s.ListInbox(ctx, q)
		require.NoError(t, err)
		require.False(t, more)
		require.NotEmpty(t, rows)
		for i, r := range rows {
			require.False(t, r.DueAt.IsZero())
			if i > 0 {
				require.False(t, r.DueAt.Before(rows[i-1].DueAt))
			}
		}
		q.DueFirst, q.DueFrom, q.DueTo = false, Noon, Noon.Add(24*time.Hour)
		day, _, err := sh.s.ListInbox(ctx, q)
		require.NoError(t, err)
		require.NotEmpty(t, day)
		for _, r := range day {
			require.True(t, !r.DueAt.Before(Noon) && r.DueAt.Before(Noon.Add(24*time.Hour)))
		}
		q.Tab = workflow.TabNew
		fresh, _, err := sh.s.ListInbox(ctx, q)
		require.NoError(t, err)
		for _, r := range fresh {
			require.Contains(t, []workflow.Stage{workflow.StageModeration, workflow.StageReceived}, r.Stage)
		}
		n, err := sh.s.CountInbox(ctx, q, 100)
		require.NoError(t, err)
		require.Len(t, fresh, n)
	})

	t.Run("who stands in has the absent one's cases too", func(t *testing.T) {
		scope := workflow.Scope{Agencies: []int64{1, 2, 3}, User: sh.user, Stands: []actor.Standing{
			{For: sh.user + 1, Agency: 2, Role: actor.Executor}, {For: sh.user + 2, Agency: 3, Role: actor.Head},
		}}
		var want []int64
		for _, a := range sh.all {
			mine := a.Executor == sh.user || a.Executor == sh.user+1 && a.Agency == 2
			if mine && slices.Contains(scope.Agencies, a.Agency) &&
				inTab(a, workflow.InboxQuery{Tab: workflow.TabMine, Scope: workflow.Scope{User: a.Executor}}) {
				want = append(want, a.ID)
			}
		}
		rows, _, err := sh.s.ListInbox(ctx, workflow.InboxQuery{Scope: scope, Tab: workflow.TabMine, Now: Noon, Limit: 300})
		require.NoError(t, err)
		require.ElementsMatch(t, want, idsOf(rows))
		counts, err := sh.s.CountTabs(ctx, scope, Noon)
		require.NoError(t, err)
		require.Equal(t, len(want), counts[workflow.TabMine])
		n, err := sh.s.CountInbox(ctx, workflow.InboxQuery{Scope: scope, Tab: workflow.TabMine, Now: Noon}, 300)
		require.NoError(t, err)
		require.Len(t, want, n)
	})

	t.Run("loads", func(t *testing.T) {
		users := []int64{sh.user + 1, sh.user, 999}
		for hours, user := range []int64{sh.user, sh.user, sh.user, sh.user + 1} {
			take(t, sh.s, Noon.Add(-100*time.Hour), 1, func(in *workflow.Intake) {
				a := &in.Appeal
				a.Stage, a.Executor, a.DueAt, a.Deadline = workflow.StageClosed, user, time.Time{}, nil
				a.RegisteredAt = a.SubmittedAt
				a.AnsweredAt = a.SubmittedAt.Add(time.Duration(10*(hours+1)) * time.Hour)
			})
		}
		weekEnd := Noon.Add(50 * time.Hour)
		got, err := sh.s.ListLoads(ctx, workflow.LoadQuery{Agency: 1, Users: users, Now: Noon, WeekEnd: weekEnd, Since: Noon.Add(-85 * time.Hour)})
		require.NoError(t, err)
		want := []workflow.Load{{User: users[0]}, {User: users[1]}, {User: 999}}
		for i := range want {
			for _, a := range sh.all {
				if a.Agency != 1 || !inTab(a, workflow.InboxQuery{Tab: workflow.TabMine, Scope: workflow.Scope{User: users[i]}}) {
					continue
				}
				want[i].Open++
				switch {
				case a.DueAt.IsZero():
				case a.DueAt.Before(Noon):
					want[i].Overdue++
				case a.DueAt.Before(weekEnd):
					want[i].DueWeek++
				}
				if a.Stage == workflow.StageOnSign {
					want[i].OnSign++
				}
			}
		}
		want[0].Answered, want[0].Median = 1, 40*time.Hour
		want[1].Answered, want[1].Median = 2, 25*time.Hour
		require.Equal(t, want, got)
	})

	t.Run("last seen", func(t *testing.T) {
		for i, hash := range []string{"a", "b"} {
			seen := Noon.Add(time.Duration(i) * time.Hour)
			require.NoError(t, sh.s.CreateSession(ctx, hash, identity.Session{User: sh.user, CreatedAt: Noon, SeenAt: seen, ExpiresAt: Noon}))
		}
		seen, err := sh.s.LastSeen(ctx, []int64{sh.user, sh.user + 1})
		require.NoError(t, err)
		require.Equal(t, map[int64]time.Time{sh.user: Noon.Add(time.Hour)}, seen)
	})
}
