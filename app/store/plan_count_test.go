package store_test

import (
	"context"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// countedViews are views as people save them, counted together.
func countedViews() []workflow.InboxQuery {
	three := workflow.Scope{Agencies: []int64{1, 9, 17}, User: 7, Stands: []actor.Standing{{For: 8, Agency: 1, Role: actor.Executor}}}
	region := workflow.Scope{Region: true, User: 7}
	out := []workflow.InboxQuery{
		{Scope: three, Tab: workflow.TabMine},
		{Scope: three, Tab: workflow.TabNew, Rubric: "category7.leaf32"},
		{Scope: three, Tab: workflow.TabAll, Executor: 33, DueFirst: true},
		{Scope: three, Tab: workflow.TabAll, DueFrom: fillNow, DueTo: fillNow.AddDate(0, 0, 7)},
		{Scope: region, Tab: workflow.TabOverdue, Territory: 12},
		{Scope: region, Tab: workflow.TabAll, Category: "category7"},
		{Scope: region, Tab: workflow.TabAll, DueFirst: true, Stage: workflow.StageInWork},
	}
	for i := range out {
		out[i].Now = fillNow
	}
	return out
}

func dueQueries() map[string]workflow.DueQuery {
	from, to := fillNow.AddDate(0, 0, -10), fillNow.AddDate(0, 0, 32)
	return map[string]workflow.DueQuery{
		"mine":   {Scope: workflow.Scope{Agencies: []int64{1, 9}, User: 7}, Mine: true, From: from, To: to},
		"agency": {Scope: workflow.Scope{Agencies: []int64{1, 9}, User: 7}, From: from, To: to},
		"region": {Scope: workflow.Scope{Region: true}, From: from, To: to},
	}
}

func TestPlanning_plans_walk_indexes_unraced(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, dialect)
			fill(t, dialect, url, 20000)
			s := storetest.OpenURL(t, url, clock.System{})
			db := openSQL(t, dialect, url)
			db.SetMaxOpenConns(1)
			if dialect == storetest.Postgres {
				for _, off := range []string{"enable_seqscan", "enable_bitmapscan"} {
					_, err := db.ExecContext(t.Context(), "SET "+off+" = off")
					require.NoError(t, err)
				}
			}
			check := func(name, query string, args []any, index string) {
				plan := explain(t, dialect, db, query, args)
				require.NotContains(t, plan, "Seq Scan on appeals", "%s:\n%s", name, plan)
				require.NotRegexp(t, `(?m)^SCAN appeals$`, plan, name)
				require.Regexp(t, index, plan, "%s:\n%s", name, plan)
			}
			query, args, ok := s.CountStatement(countedViews())
			require.True(t, ok)
			check("views", query, args, "appeals_mine")
			indexes := map[string]string{"mine": "appeals_mine", "agency": "appeals_agency_due", "region": "appeals_due"}
			for name, q := range dueQueries() {
				query, args, ok := s.DueStatement(q)
				require.True(t, ok)
				check(name, query, args, indexes[name])
			}
			load := workflow.LoadQuery{Agency: 1, Users: []int64{7, 8, 9}, Now: fillNow, WeekEnd: fillNow.AddDate(0, 0, 5), Since: fillNow.AddDate(0, 0, -30)}
			desks, answered, deskArgs, answeredArgs := s.LoadStatements(load)
			check("desks", desks, deskArgs, "appeals_mine")
			check("answered", answered, answeredArgs, "appeals_(executor_)?answered")
		})
	}
}

// BenchmarkPlanning counts views and due dates in tables of so many rows as
// OTKLIK_BENCH_ROWS lists.
func BenchmarkPlanning(b *testing.B) {
	size := 10000
	if n, err := strconv.Atoi(os.Getenv("OTKLIK_BENCH_ROWS")); err == nil {
		size = n
	}
	for _, dialect := range storetest.Dialects() {
		b.Run(dialect, func(b *testing.B) {
			url := storetest.URL(b, dialect)
			fill(b, dialect, url, size)
			s := storetest.OpenURL(b, url, clock.System{})
			b.Run("views", func(b *testing.B) {
				percentile(b, func(ctx context.Context) error {
					_, err := s.CountQueries(ctx, countedViews())
					return err
				})
			})
			for name, q := range dueQueries() {
				b.Run("due/"+name, func(b *testing.B) {
					percentile(b, func(ctx context.Context) error {
						_, err := s.CountDue(ctx, q)
						return err
					})
				})
			}
		})
	}
}
