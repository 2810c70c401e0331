package demo_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/recount"
)

// The votes of the demo region are there once, with every way to vote, and what is
// published of the finished one can be recounted by anybody.
func TestHold(t *testing.T) {
	t.Parallel()
	a := open(t)
	ctx := t.Context()
	require.NoError(t, a.HoldDemo(ctx, io.Discard), "where there is no demo region nothing is done")
	none, err := a.Store.ListCampaigns(ctx, nil)
	require.NoError(t, err)
	require.Empty(t, none)

	require.NoError(t, demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: a.Clock.Now(), Log: a.Log,
	}.Settle(ctx))
	require.NoError(t, a.HoldDemo(ctx, io.Discard))
	require.NoError(t, a.HoldDemo(ctx, io.Discard), "a second time changes nothing")
	list, err := a.Store.ListCampaigns(ctx, nil)
	require.NoError(t, err)
	open := map[participation.Kind]int{}
	var ended []participation.Campaign
	for _, c := range list {
		log, err := a.Store.FindLog(ctx, c.ID)
		require.NoError(t, err)
		require.Greater(t, log.Tree.N, int64(100), c.Terms.Title.RU)
		if c.Accepts(today) {
			open[c.Terms.Kind]++
		}
		if c.ShowsResult() {
			ended = append(ended, c)
		}
	}
	require.Equal(t, map[participation.Kind]int{participation.Vote: 1, participation.Budget: 1, participation.Poll: 1}, open)
	require.Len(t, ended, 1)

	var archive bytes.Buffer
	voting := participation.Voting{Store: a.Store, Box: a.Store, Log: a.Store, Clock: a.Clock}
	require.NoError(t, voting.Archive(ctx, &archive, &ended[0]))
	files, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	require.NoError(t, err)
	report, err := recount.Verify(files, recount.Options{Key: ended[0].Terms.LogKey})
	require.NoError(t, err)
	require.True(t, report.OK(), "%+v", report.Findings)
	result := ended[0].Result
	require.Equal(t, []string{"p9"}, result.Projects.Unsupported)
	require.Greater(t, len(result.Projects.Winners), 3)
	require.Equal(t, 1, result.Paper.Settled)
	require.Equal(t, result.Paper.Counted, report.Paper)
}
