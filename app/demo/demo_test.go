package demo_test

import (
	"context"
	"log/slog"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// The day on which the region is seeded: a Sunday of late autumn.
var today = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// expected is how many of the appeals of the file are in season on that day, at
// least.
const expected = 360 / every

// open puts the product together in a folder of its own. The seed walks through
// a thousand small transactions, so the folder is in memory where there is any.
func open(t *testing.T) *app.App {
	t.Helper()
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, "otklik-demo-") //nolint:usetesting // t.TempDir is on the disk
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	cfg, err := config.Load("", map[string]string{"data": dir, "demo": "true"})
	require.NoError(t, err)
	a, err := app.Open(t.Context(), cfg, app.WithClock(clock.NewFake(today)), app.WithLog(slog.New(slog.DiscardHandler)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	return a
}

func seed(ctx context.Context, a *app.App) error {
	return demo.SeedEvery(ctx, demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: a.Clock.Now(), Log: a.Log,
	}, every)
}

func cases(t *testing.T, a *app.App) []workflow.Case {
	t.Helper()
	ids, err := a.Store.ListAppealIDs(t.Context(), 0, 1000)
	require.NoError(t, err)
	found, err := a.Store.FindCases(t.Context(), ids)
	require.NoError(t, err)
	return found
}

// stagesOfFile are those that the file asks for. What is sent back is received
// anew; what is new when it is sent is routed at once.
func stagesOfFile(t *testing.T) map[workflow.Stage]bool {
	t.Helper()
	raw, err := os.ReadFile("data/appeals.yaml")
	require.NoError(t, err)
	stages := map[workflow.Stage]bool{}
	for _, m := range regexp.MustCompile(`(?m)^    stage: (\w+)$`).FindAllSubmatch(raw, -1) {
		switch stage := string(m[1]); stage {
		case "new", "reopened":
			stages[workflow.StageReceived] = true
		default:
			stages[workflow.Stage(stage)] = true
		}
	}
	return stages
}

// cutOff begins a seed anew and anew, and ends each when there are so many
// appeals.
func cutOff(t *testing.T, a *app.App, at ...int) {
	t.Helper()
	for _, many := range at {
		ctx, cut := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- seed(ctx, a) }()
		require.Eventually(t, func() bool {
			n, err := a.Store.CountAppeals(t.Context())
			return err == nil && n >= many
		}, 5*time.Minute, 5*time.Millisecond)
		cut()
		require.ErrorIs(t, <-done, context.Canceled)
	}
}

// Wherever a seed is cut off, the next one goes on to the whole region.
func TestSeed(t *testing.T) {
	t.Parallel()
	a := open(t)
	ctx := t.Context()
	cutOff(t, a, 1, expected/4, expected*9/10)
	require.NoError(t, seed(ctx, a))
	seeded := cases(t, a)

	t.Run("every appeal in season is there and stands at a stage of the file", func(t *testing.T) {
		require.GreaterOrEqual(t, len(seeded), expected)
		want := stagesOfFile(t)
		require.Greater(t, len(want), 10)
		got := map[workflow.Stage]bool{}
		for _, c := range seeded {
			got[c.Appeal.Stage] = true
		}
		for stage := range want {
			require.Contains(t, got, stage)
		}
	})

	t.Run("the audit finds nothing", func(t *testing.T) {
		result, err := a.Audit(ctx, func() {})
		require.NoError(t, err)
		require.Empty(t, result.Findings)
		require.Equal(t, len(seeded), result.Appeals)
	})

	t.Run("somebody answers for every topic in every municipality", func(t *testing.T) {
		book := a.Rubricator.Book()
		require.NotEmpty(t, book.Tree.Leaves())
		require.NotEmpty(t, book.Places.Municipalities())
		require.Empty(t, book.Router.Holes(book.Tree))
	})

	t.Run("a clock runs on every appeal that isn't over, and none has come due unheard", func(t *testing.T) {
		for _, c := range seeded {
			running := 0
			for _, d := range c.Appeal.Deadline {
				if d.State == deadline.Open {
					running++
				}
			}
			if c.Appeal.Stage.Final() {
				require.Zero(t, running, "%s is %s", c.Appeal.Number, c.Appeal.Stage)
			} else {
				require.NotZero(t, running, "%s is %s", c.Appeal.Number, c.Appeal.Stage)
			}
		}
		unfired, err := a.Store.ListUnfired(ctx, today, 10)
		require.NoError(t, err)
		require.Empty(t, unfired)
	})

	t.Run("what happened before today is no news", func(t *testing.T) {
		rows, err := a.Store.ClaimOutbox(ctx, today.Add(time.Hour), time.Minute, 100)
		require.NoError(t, err)
		for _, row := range rows {
			c, err := a.Store.FindCase(ctx, row.Appeal)
			require.NoError(t, err)
			require.WithinDuration(t, today, c.Appeal.SubmittedAt, 3*24*time.Hour)
		}
	})

	t.Run("the appeal that says all are there is taken all year round", func(t *testing.T) {
		id, err := a.Store.FindIDByKey(ctx, "demo:last")
		require.NoError(t, err)
		c, err := a.Store.FindCase(ctx, id)
		require.NoError(t, err)
		leaf, ok := a.Rubricator.Book().Tree.Find(c.Appeal.Rubric)
		require.True(t, ok)
		require.Zero(t, leaf.Season)
	})

	t.Run("a second seed changes nothing", func(t *testing.T) {
		require.NoError(t, seed(ctx, a))
		require.Equal(t, seeded, cases(t, a))
	})
}
