package main

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/campaign"
	"github.com/otklik/otklik/app/web/ui"
)

// none is a directory without agencies.
type none struct{}

func (none) Agency(int64) (identity.Agency, bool) { return identity.Agency{}, false }
func (none) Agencies() []identity.Agency          { return nil }

// download fetches the public files of a counted budget vote from a server.
func download(t *testing.T) func(path string) []byte {
	t.Helper()
	h := storetest.NewHall(t, storetest.Open(t, storetest.SQLite), storetest.AsBudget)
	for i := range 9 {
		pick := participation.Answer{Question: participation.Projects, Picks: []string{[]string{"p1", "p2", "p3"}[i%3]}}
		_, err := h.Send(t.Context(), h.Pass(t, fmt.Sprintf("voter%d@example.org", i)), rand.Text(), pick)
		require.NoError(t, err)
	}
	h.Finish(t)
	base, err := url.Parse("http://localhost:8080")
	require.NoError(t, err)
	handler, err := web.New(web.Config{
		Base: base, Zone: time.UTC, Clock: h.Clock, Log: slog.New(slog.DiscardHandler), Accounts: identity.NewAccounts(h.Store, clock.System{}),
		Pages: web.Pages{Campaigns: campaign.New(campaign.Config{
			Campaigns: h.Campaigns, Voting: h.Voting, Agencies: none{}, Clock: h.Clock, Zone: time.UTC, Base: base,
			Places: func() []participation.Named { return nil },
			Frame:  func(_ echo.Context, title string) ui.Page { return ui.Page{Title: title} },
			Office: func(_ echo.Context, title string) (ui.Page, error) { return ui.Page{Title: title}, nil },
		})},
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return func(path string) []byte {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/campaigns/%d/%s", server.URL, h.ID, path), nil)
		require.NoError(t, err)
		answer, err := server.Client().Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.StatusCode, path)
		return body
	}
}

// rewritten is an archive with one of its files changed.
func rewritten(t *testing.T, archive []byte, name string, change func(lines []string) []string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		body, err := io.ReadAll(r)
		require.NoError(t, err)
		if f.Name == name {
			body = []byte(strings.Join(change(strings.SplitAfter(string(body), "\n")), ""))
		}
		w, err := to.Create(f.Name)
		require.NoError(t, err)
		_, err = w.Write(body)
		require.NoError(t, err)
	}
	require.NoError(t, to.Close())
	return out.Bytes()
}

func TestVerifyElection_reads_what_a_server_publishes_and_finds_what_was_changed(t *testing.T) {
	t.Parallel()
	get, dir := download(t), t.TempDir()
	write := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, body, 0o600))
		return path
	}
	archive := get("files.zip")
	key, point := write("key.txt", get("log/key")), write("checkpoint.txt", get("log/checkpoint"))
	verify := func(name string, body []byte) (string, error) {
		return otklik(t, "", "verify-election", write(name, body), "--key", key, "--checkpoint", point)
	}
	out, err := verify("clean.zip", archive)
	require.NoError(t, err, out)
	require.Contains(t, out, "All agrees.")

	for what, c := range map[string]struct {
		file   string
		change func([]string) []string
		told   string
	}{
		"a ballot altered": {participation.FileBallots, func(l []string) []string {
			l[0] = strings.NewReplacer("p1", "p2", "p2", "p3", "p3", "p1").Replace(l[0])
			return l
		}, "line 1: it does not open entry"},
		"an entry dropped":    {participation.FileEntries, func(l []string) []string { return l[1:] }, "some were taken away"},
		"a checkpoint forged": {participation.FileCheckpoints, func(l []string) []string { l[2] = "1\n"; return l }, "the signature is not of key"},
		"a result rewritten": {participation.FileResult, func(l []string) []string {
			return []string{strings.Replace(strings.Join(l, ""), `"cost": `, `"cost": 1`, 1)}
		}, "the ballots give the published result"},
	} {
		out, err := verify("changed.zip", rewritten(t, archive, c.file, c.change))
		require.ErrorIs(t, err, errElection, what)
		require.NotErrorAs(t, err, new(usageError), what)
		require.Contains(t, out, c.told, what)
		require.Contains(t, out, "It does NOT agree", what)
	}
	_, err = otklik(t, "", "verify-election", t.TempDir())
	require.ErrorAs(t, err, new(usageError), "without files there is nothing to check")

	// The ballots of a budget vote are counted again by the other command too.
	out, err = otklik(t, "", "tally", write("votes.pb", get("votes.pb")), "--check")
	require.NoError(t, err, out)
}
