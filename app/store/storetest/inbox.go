package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// shelf is a set of appeals that the inbox is tried on.
type shelf struct {
	s     *store.Store
	all   []workflow.Appeal
	user  int64
	scope map[string]workflow.Scope
}

// newShelf fills a store with appeals of five agencies in all stages. Many
// share their instants, so that only the id tells them apart.
func newShelf(t *testing.T, open Opener) *shelf {
	t.Helper()
	sh := &shelf{s: open(t)}
	u := &identity.User{Login: "ivan", Name: "Иван Сидоров", PasswordHash: "x", Memberships: []actor.Membership{{Agency: 1, Role: actor.Executor}}}
	require.NoError(t, sh.s.SaveUser(t.Context(), u))
	sh.user = u.ID
	sh.scope = map[string]workflow.Scope{
		"region":         {Region: true, User: u.ID},
		"one agency":     {Agencies: []int64{2}, User: u.ID},
		"three agencies": {Agencies: []int64{1, 3, 5}, User: u.ID},
		"nobody":         {User: u.ID},
	}
	stages := workflow.Stages[1:]
	for i := range 260 {
		var kept workflow.Appeal
		take(t, sh.s, Noon.Add(time.Duration(i/4)*time.Hour), int64(i%5+1), func(in *workflow.Intake) {
			a := &in.Appeal
			a.Stage = stages[i%len(stages)]
			a.Rubric, a.Category = []string{"roads.surface.pothole", "yard.snow", "yard.trees"}[i%3], []string{"roads", "yard", "yard"}[i%3]
			a.Place.Territory = int64(i % 7)
			a.Source = []workflow.Source{workflow.FromPortal, workflow.FromWidget}[i%2]
			if i%4 != 0 {
				a.Executor = sh.user + int64(i%3)
			}
			a.DueAt = Noon.Add(time.Duration(i/3-20) * 5 * time.Hour)
			if !a.Stage.Working() || i%17 == 0 {
				a.DueAt = time.Time{}
			}
			a.Deadline = nil
			kept = *a
		})
		if i%9 == 0 {
			kept = sh.ask(t, kept.ID, i)
		}
		sh.all = append(sh.all, kept)
	}
	return sh
}

// ask awaits an opinion about an appeal: of the user where they work, or
// elsewhere, or no longer.
func (sh *shelf) ask(t *testing.T, id int64, i int) (out workflow.Appeal) {
	t.Helper()
	require.NoError(t, change(t.Context(), sh.s, id, func(a *workflow.Appeal) {
		due := Noon.Add(time.Duration(i%40) * time.Hour)
		a.Deadline = append(a.Deadline, clockOf(1, deadline.Opinion, 1, Noon, due))
		o := workflow.Opinion{N: 1, Round: 1, User: sh.user, Agency: 1, Clock: 1, State: workflow.OpinionAsked, AskedAt: Noon}
		switch i % 4 {
		case 1:
			o.State, o.EndedAt = workflow.OpinionGiven, Noon
		case 2:
			o.Agency = 6 // where the user has left
		}
		a.Opinions = append(a.Opinions, o)
		out = *a
	}))
	return out
}

// asked is the opinion of the user that the tab shows, nil where none is.
func asked(a *workflow.Appeal, q workflow.InboxQuery) *workflow.Opinion {
	if o := a.AskedOf(q.Scope.User); o != nil && slices.Contains(q.Scope.Agencies, o.Agency) {
		return o
	}
	return nil
}

// want filters and orders in Go what the store should list.
func (sh *shelf) want(q workflow.InboxQuery) []int64 {
	var kept []workflow.Appeal
	for _, a := range sh.all {
		in := q.Scope.Region || slices.Contains(q.Scope.Agencies, a.Agency) || q.Tab == workflow.TabAsked
		in = in && (q.Stage == "" || a.Stage == q.Stage) && (q.Category == "" || a.Category == q.Category) &&
			(q.Rubric == "" || a.Rubric == q.Rubric) && (q.Rubrics == nil || slices.Contains(q.Rubrics, a.Rubric)) && (q.Territory == 0 || a.Place.Territory == q.Territory) &&
			(q.Agency == 0 || a.Agency == q.Agency) && (q.Executor == 0 || a.Executor == q.Executor) &&
			(q.Source == "" || a.Source == q.Source) && (q.From.IsZero() || !a.SubmittedAt.Before(q.From)) &&
			(q.To.IsZero() || a.SubmittedAt.Before(q.To)) && (q.IDs == nil || slices.Contains(q.IDs, a.ID))
		if in && inTab(a, q) {
			if q.Tab == workflow.TabAsked {
				a.DueAt = a.OpinionDue(asked(&a, q))
			}
			kept = append(kept, a)
		}
	}
	byDue := slices.Contains([]workflow.Tab{workflow.TabMine, workflow.TabAsked, workflow.TabDueSoon, workflow.TabOverdue, workflow.TabOnSign}, q.Tab)
	slices.SortFunc(kept, func(a, b workflow.Appeal) int {
		if !byDue {
			if c := b.SubmittedAt.Compare(a.SubmittedAt); c != 0 {
				return c
			}
			return int(b.ID - a.ID)
		}
		if c := dueOrLast(a).Compare(dueOrLast(b)); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	ids := make([]int64, len(kept))
	for i, a := range kept {
		ids[i] = a.ID
	}
	return ids
}

func dueOrLast(a workflow.Appeal) time.Time {
	if a.DueAt.IsZero() {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return a.DueAt
}

func inTab(a workflow.Appeal, q workflow.InboxQuery) bool {
	switch q.Tab {
	case workflow.TabNew:
		return a.Stage == workflow.StageModeration || a.Stage == workflow.StageReceived
	case workflow.TabMine:
		return a.Executor == q.Scope.User && slices.Contains([]workflow.Stage{
			workflow.StageAssigned, workflow.StageInWork, workflow.StageOnSign, workflow.StagePlanned,
		}, a.Stage)
	case workflow.TabAsked:
		return asked(&a, q) != nil
	case workflow.TabDueSoon:
		return !a.DueAt.IsZero() && !a.DueAt.Before(q.Now) && a.DueAt.Before(q.Now.Add(workflow.DueSoon))
	case workflow.TabOverdue:
		return !a.DueAt.IsZero() && a.DueAt.Before(q.Now)
	case workflow.TabOnSign:
		return a.Stage == workflow.StageOnSign
	case workflow.TabAll:
	}
	return true
}

func idsOf(rows []workflow.InboxRow) []int64 {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

func cursorOf(q workflow.InboxQuery, r workflow.InboxRow) workflow.Cursor {
	switch q.Tab {
	case workflow.TabMine, workflow.TabAsked, workflow.TabDueSoon, workflow.TabOverdue, workflow.TabOnSign:
		return workflow.Cursor{At: r.DueAt, ID: r.ID}
	case workflow.TabNew, workflow.TabAll:
	}
	return workflow.Cursor{At: r.SubmittedAt, ID: r.ID}
}

// narrowings are filters, alone and together.
func (sh *shelf) narrowings() map[string]func(*workflow.InboxQuery) {
	var odd []int64
	for _, a := range sh.all {
		if a.ID%2 == 1 {
			odd = append(odd, a.ID)
		}
	}
	return map[string]func(*workflow.InboxQuery){
		"no filter":               func(*workflow.InboxQuery) {},
		"stage":                   func(q *workflow.InboxQuery) { q.Stage = workflow.StageReceived },
		"stage that has no clock": func(q *workflow.InboxQuery) { q.Stage = workflow.StageClosed },
		"no such stage":           func(q *workflow.InboxQuery) { q.Stage = "'; DROP TABLE appeals" },
		"category":                func(q *workflow.InboxQuery) { q.Category = "yard" },
		"any of two rubrics":      func(q *workflow.InboxQuery) { q.Rubrics = []string{"yard.snow", "yard.trees"} },
		"rubric and territory":    func(q *workflow.InboxQuery) { q.Rubric, q.Territory = "yard.snow", 4 },
		"agency":                  func(q *workflow.InboxQuery) { q.Agency = 2 },
		"agency, source, stage": func(q *workflow.InboxQuery) {
			q.Agency, q.Source, q.Stage = 3, workflow.FromWidget, workflow.StageOnSign
		},
		"executor": func(q *workflow.InboxQuery) { q.Executor = sh.user + 1 },
		"days":     func(q *workflow.InboxQuery) { q.From, q.To = Noon.Add(5*time.Hour), Noon.Add(30*time.Hour) },
		"found":    func(q *workflow.InboxQuery) { q.IDs = odd },
		"none found": func(q *workflow.InboxQuery) {
			q.IDs = []int64{}
		},
	}
}

func testInbox(t *testing.T, open Opener) {
	sh := newShelf(t, open)
	ctx := t.Context()
	for who, scope := range sh.scope {
		for _, tab := range workflow.Tabs {
			for what, narrow := range sh.narrowings() {
				q := workflow.InboxQuery{Scope: scope, Tab: tab, Now: Noon, Limit: 7}
				narrow(&q)
				sh.walk(t, who+", "+string(tab)+", "+what, q)
			}
		}
	}

	t.Run("tabs are counted", func(t *testing.T) {
		for who, scope := range sh.scope {
			counts, err := sh.s.CountTabs(ctx, scope, Noon)
			require.NoError(t, err)
			for _, tab := range workflow.Tabs {
				want := len(sh.want(workflow.InboxQuery{Scope: scope, Tab: tab, Now: Noon}))
				require.Equal(t, want, counts[tab], "%s: %s", who, tab)
			}
		}
	})

	t.Run("a row says what the list shows", func(t *testing.T) {
		rows, _, err := sh.s.ListInbox(ctx, workflow.InboxQuery{Scope: sh.scope["region"], Tab: workflow.TabMine, Now: Noon, Limit: 1})
		require.NoError(t, err)
		i := slices.IndexFunc(sh.all, func(a workflow.Appeal) bool { return a.ID == rows[0].ID })
		a := sh.all[i]
		require.Equal(t, workflow.InboxRow{
			ID: a.ID, Number: a.Number, Stage: a.Stage, Round: 1, RuleSet: a.RuleSet, Rubric: a.Rubric, Category: a.Category,
			Territory: a.Place.Territory, Agency: a.Agency, Executor: sh.user, ExecutorName: "Иван Сидоров", Excerpt: a.Text,
			Address: a.Place.Address, SubmittedAt: a.SubmittedAt, DueAt: a.DueAt, Source: a.Source, Version: a.Version,
		}, rows[0])
	})
}

// walk goes through all pages forward, then back, and compares with want.
func (sh *shelf) walk(t *testing.T, name string, q workflow.InboxQuery) {
	t.Helper()
	ctx := t.Context()
	want := sh.want(q)
	var got []int64
	var last []workflow.InboxRow
	for range len(want)/q.Limit + 2 {
		rows, more, err := sh.s.ListInbox(ctx, q)
		require.NoError(t, err, name)
		got = append(got, idsOf(rows)...)
		if len(rows) > 0 {
			last = rows
			q.After = cursorOf(q, rows[len(rows)-1])
		}
		if !more {
			break
		}
	}
	if len(want) == 0 {
		require.Empty(t, got, name)
		return
	}
	require.Equal(t, want, got, name)

	q.After = workflow.Cursor{}
	back := idsOf(last)
	for len(back) < len(want) {
		q.Before = cursorOf(q, last[0])
		rows, more, err := sh.s.ListInbox(ctx, q)
		require.NoError(t, err, name)
		require.NotEmpty(t, rows, name)
		require.Equal(t, len(back)+len(rows) < len(want), more, name)
		back = append(idsOf(rows), back...)
		last = rows
	}
	require.Equal(t, want, back, name)
}
