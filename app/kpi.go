package app

import (
	"context"
	"crypto/rand"

	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/report"
)

// board reads the figures.
func (a *App) board() *report.Board { return &report.Board{Store: a.Store, Zone: a.Config.Zone} }

// keeper keeps the sums behind the figures.
func (a *App) keeper() *report.Keeper {
	return &report.Keeper{Ledger: a.Store, Zone: a.Config.Zone, Now: a.Clock.Now, Name: rand.Text()}
}

// figures follows the log with the sums, one node at a time.
func (a *App) figures() *jobs.Figures { return &jobs.Figures{Sums: a.keeper(), Log: a.Log} }

// RebuildKPIs makes the sums anew; it may run beside a server.
func (a *App) RebuildKPIs(ctx context.Context, progress func(appeals int)) error {
	return a.keeper().Rebuild(ctx, progress)
}

// VerifyKPIs counts every appeal anew beside the sums that are kept.
func (a *App) VerifyKPIs(ctx context.Context, progress func(appeals int)) (*report.Verification, error) {
	return a.keeper().Verify(ctx, progress)
}
