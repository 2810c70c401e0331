package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// fillNow is the present of the appeals that fill makes.
var fillNow = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

// fill makes so many appeals by one statement: 40 agencies of which the first
// has a fifth of everything, 150 leaves in 25 categories, 33 municipalities,
// 300 executors, a year of submissions, and 6 % that still wait for an answer.
// Everything follows from the number of the row.
func fill(tb testing.TB, dialect, url string, n int) {
	tb.Helper()
	series, at, late := "generate_series(1, $1::bigint) AS i", "timestamptz '2026-06-01 09:00:00+00' - h2 % 31536000 * interval '1 second'",
		"timestamptz '2026-06-01 09:00:00+00' + (h3 % 3024000 - 864000) * interval '1 second'"
	if dialect == storetest.SQLite {
		series = "(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < $1) SELECT i FROM s)"
		at, late = "(1780304400 - h2 % 31536000) * 1000000", "(1780304400 + h3 % 3024000 - 864000) * 1000000"
	}
	query := `INSERT INTO appeals (id, number, rule_set, review_order, stage, round, rubric_version, rubric, category, review_n,
		review_unit, territory_id, address, agency_id, executor_id, body, source, submitted_at, due_at, event_count, last_hash, version)
	SELECT i, 'n' || i, 'message', 'general', stage, 1, 1, 'category' || h1 % 25 || '.leaf' || h1 % 150, 'category' || h1 % 25, 30,
		'calendar_days', h1 / 150 % 33 + 2, 'улица Мира, ' || i,
		CASE WHEN h1 % 5 = 0 THEN 1 ELSE h1 / 5 % 39 + 2 END,
		CASE WHEN stage IN ('new', 'moderation', 'received') THEN 0 ELSE h2 % 300 + 1 END,
		'Во дворе дома вторую неделю не убирают снег, пройти с коляской нельзя. Просим прислать технику. ' || i, 'portal', ` + at + `,
		CASE WHEN stage IN ('moderation', 'received', 'assigned', 'in_work', 'on_sign', 'planned') THEN ` + late + ` END, 1, '', 1
	FROM (SELECT i, h1, h2, h3, CASE WHEN p < 10 THEN 'moderation' WHEN p < 15 THEN 'received' WHEN p < 25 THEN 'assigned'
		WHEN p < 50 THEN 'in_work' WHEN p < 53 THEN 'on_sign' WHEN p < 56 THEN 'planned' WHEN p < 60 THEN 'clarification'
		WHEN p < 90 THEN 'answered' WHEN p < 110 THEN 'rejected' WHEN p < 120 THEN 'withdrawn' ELSE 'closed' END AS stage
	FROM (SELECT i, i * 7919 % 1000 AS p, i * 48271 % 2147483647 AS h1, i * 69621 % 2147483647 AS h2, i * 39373 % 2147483647 AS h3
	FROM ` + series + `) AS a) AS b`
	db := openSQL(tb, dialect, url)
	ctx := context.Background()
	_, err := db.ExecContext(ctx, query, n)
	require.NoError(tb, err)
	analyze := "ANALYZE"
	if dialect == storetest.Postgres {
		analyze = "VACUUM ANALYZE appeals"
	}
	_, err = db.ExecContext(ctx, analyze)
	require.NoError(tb, err)
}

func openSQL(tb testing.TB, dialect, url string) *sql.DB {
	tb.Helper()
	driver := "pgx"
	if dialect == storetest.SQLite {
		driver, url = "sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+"?_busy_timeout=10000"
	}
	db, err := sql.Open(driver, url)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// inboxQueries are pages that people open.
func inboxQueries() map[string]workflow.InboxQuery {
	region := workflow.Scope{Region: true, User: 7}
	big := workflow.Scope{Agencies: []int64{1}, User: 7}
	small := workflow.Scope{Agencies: []int64{9}, User: 7}
	three := workflow.Scope{Agencies: []int64{1, 9, 17}, User: 7}
	q := map[string]workflow.InboxQuery{}
	for who, scope := range map[string]workflow.Scope{"region": region, "big": big, "small": small, "three": three} {
		for _, tab := range workflow.Tabs {
			q[who+"/"+string(tab)] = workflow.InboxQuery{Scope: scope, Tab: tab}
			q[who+"/"+string(tab)+"/rubric"] = workflow.InboxQuery{Scope: scope, Tab: tab, Rubric: "category7.leaf32"}
			q[who+"/"+string(tab)+"/territory"] = workflow.InboxQuery{Scope: scope, Tab: tab, Territory: 12}
			q[who+"/"+string(tab)+"/cell"] = workflow.InboxQuery{Scope: scope, Tab: tab, Territory: 12, Category: "category7"}
		}
		q[who+"/all/stage"] = workflow.InboxQuery{Scope: scope, Tab: workflow.TabAll, Stage: workflow.StageOnSign}
		q[who+"/all/closed"] = workflow.InboxQuery{Scope: scope, Tab: workflow.TabAll, Stage: workflow.StageClosed}
		q[who+"/all/category"] = workflow.InboxQuery{Scope: scope, Tab: workflow.TabAll, Category: "category7"}
		q[who+"/all/executor"] = workflow.InboxQuery{Scope: scope, Tab: workflow.TabAll, Executor: 33}
		q[who+"/all/deep"] = workflow.InboxQuery{
			Scope: scope, Tab: workflow.TabAll, After: workflow.Cursor{At: fillNow.AddDate(0, -6, 0), ID: 500},
		}
		q[who+"/all/days"] = workflow.InboxQuery{
			Scope: scope, Tab: workflow.TabAll, From: fillNow.AddDate(0, -3, 0), To: fillNow.AddDate(0, -2, 0),
		}
		q[who+"/all/source"] = workflow.InboxQuery{Scope: scope, Tab: workflow.TabAll, Source: workflow.FromPortal}
	}
	for name, v := range q {
		v.Now, v.Limit = fillNow, 25
		q[name] = v
	}
	return q
}

// TestInbox_plans_unraced shows that no page reads the whole table and none sorts more
// than pages: what is under a sort is limited.
func TestInbox_plans_unraced(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, dialect)
			fill(t, dialect, url, 20000)
			s := storetest.OpenURL(t, url, clock.System{})
			db := openSQL(t, dialect, url)
			db.SetMaxOpenConns(1)
			if dialect == storetest.Postgres { // the table is small: keep the planner off short cuts
				for _, off := range []string{"enable_seqscan", "enable_bitmapscan", "enable_sort"} {
					_, err := db.ExecContext(t.Context(), "SET "+off+" = off")
					require.NoError(t, err)
				}
			}
			for name, q := range inboxQueries() {
				query, args, ok := s.InboxStatement(q)
				require.True(t, ok, name)
				plan := explain(t, dialect, db, query, args)
				if q.Tab == workflow.TabAsked { // one person's, sorted: cases are then found by their ids
					require.Contains(t, plan, "opinions_asked", name)
					require.NotRegexp(t, `(?m)SCAN appeals|SCAN a$|Seq Scan on appeals`, plan, name)
					continue
				}
				if dialect == storetest.SQLite {
					requireWalks(t, name, plan)
				} else {
					requireLimitedSorts(t, name, plan)
				}
			}
			query, args := s.FeedStatement(fillNow)
			plan := explain(t, dialect, db, query, args)
			require.Regexp(t, "deadlines_feed", plan)
			query, args = s.ClaimStatement(fillNow)
			plan = explain(t, dialect, db, query, args)
			require.Regexp(t, "outbox_ready", plan)
		})
	}
}

func explain(t *testing.T, dialect string, db *sql.DB, query string, args []any) string {
	t.Helper()
	head := "EXPLAIN "
	if dialect == storetest.SQLite {
		head = "EXPLAIN QUERY PLAN "
	}
	rows, err := db.QueryContext(t.Context(), head+query, args...)
	require.NoError(t, err, query)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var plan strings.Builder
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(sql.NullString)
		}
		require.NoError(t, rows.Scan(cells...))
		plan.WriteString(cells[len(cells)-1].(*sql.NullString).String + "\n") //nolint:errcheck // made above
	}
	require.NoError(t, rows.Err())
	return plan.String()
}

// requireWalks checks a plan of SQLite: appeals are searched through an index,
// and a temporary tree for an order is only made of the merged pages.
func requireWalks(t *testing.T, name, plan string) {
	t.Helper()
	require.NotRegexp(t, `(?m)^SCAN appeals$`, plan, name)
	lines := strings.Split(plan, "\n")
	for i, line := range lines {
		if strings.Contains(line, "USE TEMP B-TREE FOR ORDER BY") {
			require.NotContains(t, lines[i-1], "appeals", "%s sorts the table:\n%s", name, plan)
		}
	}
}

var planIndent = regexp.MustCompile(`^ *(-> +)?`)

// requireLimitedSorts checks a plan of PostgreSQL: between a sort and a scan of
// appeals stands a limit, unless the scan is of single rows by their id.
func requireLimitedSorts(t *testing.T, name, plan string) {
	t.Helper()
	require.NotContains(t, plan, "Seq Scan on appeals", "%s:\n%s", name, plan)
	type node struct {
		depth int
		text  string
	}
	var above []node
	for line := range strings.Lines(plan) {
		depth := len(planIndent.FindString(line))
		if depth > 0 && !strings.Contains(line, "->") {
			continue // a detail of the node above
		}
		for len(above) > 0 && above[len(above)-1].depth >= depth {
			above = above[:len(above)-1]
		}
		if strings.Contains(line, "Scan") && strings.Contains(line, "on appeals") {
			sorted := false
			for _, n := range above {
				switch {
				case strings.Contains(n.text, "Limit"):
					sorted = false
				case strings.Contains(n.text, "Sort"):
					sorted = true
				}
			}
			require.False(t, sorted, "%s sorts the table:\n%s", name, plan)
		}
		above = append(above, node{depth, line})
	}
}

// BenchmarkInbox opens pages of tables of so many rows as OTKLIK_BENCH_ROWS
// lists («10000,1000000»). It reports the slowest twentieth beside the mean.
func BenchmarkInbox(b *testing.B) {
	sizes := os.Getenv("OTKLIK_BENCH_ROWS")
	if sizes == "" {
		sizes = "10000"
	}
	queries := inboxQueries()
	names := make([]string, 0, len(queries))
	for name := range queries {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, dialect := range storetest.Dialects() {
		for size := range strings.SplitSeq(sizes, ",") {
			n, err := strconv.Atoi(size)
			require.NoError(b, err)
			b.Run(fmt.Sprintf("%s/%d", dialect, n), func(b *testing.B) {
				url := storetest.URL(b, dialect)
				fill(b, dialect, url, n)
				s := storetest.OpenURL(b, url, clock.System{})
				for _, name := range names {
					b.Run(name, func(b *testing.B) { benchPage(b, s, queries[name]) })
				}
				for who, scope := range map[string]workflow.Scope{"region": {Region: true, User: 7}, "three": {Agencies: []int64{1, 9, 17}, User: 7}} {
					b.Run("counts/"+who, func(b *testing.B) {
						percentile(b, func(ctx context.Context) error {
							_, err := s.CountTabs(ctx, scope, fillNow)
							return err
						})
					})
				}
				b.Run("case", func(b *testing.B) {
					id := int64(0)
					percentile(b, func(ctx context.Context) error {
						id = id*48271%int64(n) + 1
						_, err := s.FindCase(ctx, id)
						return err
					})
				})
			})
		}
	}
}

func benchPage(b *testing.B, s *store.Store, q workflow.InboxQuery) {
	b.Helper()
	percentile(b, func(ctx context.Context) error {
		_, _, err := s.ListInbox(ctx, q)
		return err
	})
}

// percentile reports the 95th percentile of the calls in microseconds.
func percentile(b *testing.B, call func(context.Context) error) {
	b.Helper()
	ctx := context.Background()
	took := make([]time.Duration, 0, b.N)
	for b.Loop() {
		began := time.Now()
		if err := call(ctx); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
}
