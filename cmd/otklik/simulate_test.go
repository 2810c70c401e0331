package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/rubricator"
)

// TestRubricatorSimulate has a draft in which nobody answers for anything: the
// command counts what the page of administrators counts.
func TestRubricatorSimulate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "region")
	out, err := otklik(t, "", "bench", "audit", "--rows", "40", "--keep", dir)
	require.NoError(t, err, out)
	_, err = otklik(t, "", "rubricator", "simulate", "--data", dir)
	require.ErrorContains(t, err, "no draft is open")

	var page rubricator.Result
	probe := &cobra.Command{Use: "probe", RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
		by := actor.Actor{Kind: actor.Officer, User: 1, Memberships: []actor.Membership{{Role: actor.SystemAdmin}}}
		editor := &rubricator.Editor{Store: a.Store, Clock: clock.System{}}
		if _, err := editor.Begin(cmd.Context(), by); err != nil {
			return err
		}
		if _, err := editor.Change(cmd.Context(), by, func(d *rubricator.Draft) error {
			d.Rules = nil
			return nil
		}); err != nil {
			return err
		}
		simulator := &rubricator.Simulator{Store: a.Store, Clock: clock.System{}}
		run, err := simulator.Simulate(cmd.Context(), 3650)
		if err != nil {
			return err
		}
		_, err = run.Wait(cmd.Context(), time.Minute)
		page = run.Simulation().Result()
		return err
	})}
	root := newRoot()
	root.AddCommand(probe)
	root.SetArgs([]string{"probe", "--data", dir})
	require.NoError(t, root.ExecuteContext(t.Context()))
	require.Equal(t, 40, page.Total)
	require.Equal(t, 40, page.Unrouted)

	root = newRoot()
	var told bytes.Buffer
	root.SetOut(&told)
	root.SetArgs([]string{"rubricator", "simulate", "--data", dir, "--days", "3650", "--json"})
	require.NoError(t, root.ExecuteContext(t.Context()))
	var result rubricator.Result
	require.NoError(t, json.Unmarshal(told.Bytes(), &result))
	for i := range page.Detours { // JSON names agencies by codes
		page.Detours[i].From, page.Detours[i].To = 0, 0
	}
	require.Equal(t, page, result)
}
