package demo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/participation/proposal"
)

// The gathering, the discussion and the hearing of the demo region are there once,
// each in the middle of its life.
func TestTalks_Hold(t *testing.T) {
	t.Parallel()
	a := open(t)
	ctx := t.Context()
	require.NoError(t, demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: a.Clock.Now(), Log: a.Log,
	}.Settle(ctx))
	require.NoError(t, a.TalkDemo(ctx))
	require.NoError(t, a.TalkDemo(ctx), "a second time changes nothing")
	list, err := a.Store.ListCampaigns(ctx, nil)
	require.NoError(t, err)
	states := map[participation.Kind]participation.State{}
	for i := range list {
		c := &list[i]
		states[c.Terms.Kind] = c.State
		switch c.Terms.Kind { //nolint:exhaustive // the demo region talks in these
		case participation.Budget:
			phases, err := a.Store.FindPhases(ctx, c.ID)
			require.NoError(t, err)
			require.True(t, phases.Takes(today))
			all, err := a.Store.ListProposals(ctx, proposal.Filter{Campaign: c.ID})
			require.NoError(t, err)
			there := map[proposal.State]int{}
			for _, p := range all {
				there[p.State]++
			}
			require.Equal(t, map[proposal.State]int{
				proposal.Moderation: 1, proposal.Rejected: 1, proposal.Published: 1, proposal.Merged: 2, proposal.Checking: 1, proposal.Changes: 1,
				proposal.Feasible: 1, proposal.Infeasible: 1, proposal.Project: 1,
			}, there)
		case participation.Discussion:
			require.True(t, c.Accepts(today))
			counts, err := a.Store.CountRemarks(ctx, c.ID)
			require.NoError(t, err)
			require.Equal(t, 1, counts.State[discussion.Hidden])
			require.Greater(t, counts.Unanswered, 5)
		case participation.Hearing:
			require.Equal(t, 5, c.Result.Talk.Remarks)
			require.Equal(t, 2, c.Result.Talk.Accepted)
		}
	}
	require.Equal(t, map[participation.Kind]participation.State{
		participation.Budget: participation.Draft, participation.Discussion: participation.Open, participation.Hearing: participation.Announced,
	}, states)
}
