//go:build fault

package faulttest

import (
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
)

// place is an installation: what `serve`, `worker` and the commands are told.
type place struct {
	args  []string
	data  string // folder
	token string // of a supervisor
	leaf  string // a topic that asks nothing
	at    string // a municipality
}

// settle makes an installation with the demo region and without appeals.
func settle(t *testing.T, given map[string]string) place {
	t.Helper()
	_, err := binary() // takes a while the first time
	require.NoError(t, err)
	given["data"] = t.TempDir()
	given["key_file"] = filepath.Join(given["data"], "secret.key")
	key := make([]byte, 32)
	_, err = rand.Read(key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(given["key_file"], []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600))
	p := place{data: given["data"]}
	for k, v := range given {
		p.args = append(p.args, "--"+config.Setting{Key: k}.Flag()+"="+v)
	}
	a := p.open(t)
	require.NoError(t, demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: a.Clock.Now(), Log: a.Log,
	}.Settle(t.Context()))
	users, err := a.Store.ListUsers(t.Context(), 0)
	require.NoError(t, err)
	for _, u := range users {
		if u.Actor().Has(actor.Supervisor) {
			p.token, err = a.Accounts.IssueToken(t.Context(), u.ID, "fault", time.Hour)
			require.NoError(t, err)
		}
	}
	require.NotEmpty(t, p.token)
	p.leaf = topics(t, a)[0].Code
	p.at = a.Rubricator.Book().Places.Municipalities()[0].Code
	require.NoError(t, a.Close())
	return p
}

// open opens the installation in this process. Its caller, or the end of the
// test, closes it.
func (p place) open(t *testing.T) *app.App {
	t.Helper()
	given := map[string]string{}
	for _, s := range config.Settings {
		given[s.Key] = s.Default
	}
	for _, arg := range p.args {
		for _, s := range config.Settings {
			if value, ok := strings.CutPrefix(arg, "--"+s.Flag()+"="); ok {
				given[s.Key] = value
			}
		}
	}
	cfg, err := config.Load("", given)
	require.NoError(t, err)
	a, err := app.Open(t.Context(), cfg, app.WithLog(slog.New(slog.DiscardHandler)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// topics are leaves that take an appeal on any day and ask nothing.
func topics(t *testing.T, a *app.App) []*rubricator.Rubric {
	t.Helper()
	var out []*rubricator.Rubric
	for _, leaf := range a.Rubricator.Book().Tree.Leaves() {
		asks := slices.ContainsFunc(leaf.Questions, func(q rubricator.Question) bool { return q.Required })
		if !asks && leaf.Photo != "required" && leaf.Season == nil && leaf.Emergency.RU == "" && leaf.Identity == "contact" {
			out = append(out, leaf)
		}
	}
	require.NotEmpty(t, out)
	return out
}

// check proves what is in the database: every acknowledged appeal is there
// once with all that belongs to it, and the history is whole.
func (p place) check(t *testing.T, acked map[string]string) {
	t.Helper()
	a := p.open(t)
	defer a.Close()
	ctx := t.Context()
	total, err := a.Store.CountAppeals(ctx)
	require.NoError(t, err)
	require.Equal(t, len(acked), total, "appeals in the database, and keys sent")
	for key, number := range acked {
		id, err := a.Store.FindID(ctx, number)
		require.NoError(t, err, number)
		c, err := a.Store.FindCase(ctx, id)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(c.Events), 2, number)
		require.NotEmpty(t, c.Appeal.Deadline, number)
		require.Equal(t, text(key), c.Appeal.Text)
		who, err := a.Store.ReadApplicant(ctx, id, actor.Job, "fault test")
		require.NoError(t, err)
		require.Equal(t, name(key), who.Name)
	}
	require.Contains(t, run(t, append([]string{"audit", "verify"}, p.args...)...), ": 0 wrong")
}

// lettered waits until the first letter has left: the background work goes on.
func (p place) lettered(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		letters, err := filepath.Glob(filepath.Join(p.data, "mail", "*.eml"))
		return err == nil && len(letters) > 0
	}, 30*time.Second, 20*time.Millisecond, "a letter to an author")
}

// postgres is a database of the test's own.
func postgres(t *testing.T) string {
	t.Helper()
	needServices(t)
	return storetest.URL(t, storetest.Postgres)
}
