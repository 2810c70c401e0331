package participation

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/participation/ledger"
)

const (
	// batchSize is the most ballots that enter the log together.
	batchSize = 5000
	// keepEvery is how often a checkpoint is kept for good.
	keepEvery = time.Hour
	// mailEvery is how often observers get one.
	mailEvery = 24 * time.Hour
)

// Sequencing moves campaigns on and brings ballots into their logs. Any number of
// nodes may run it.
type Sequencing struct {
	Campaigns *Campaigns
	Log       Log
	Clock     clock.Clock
	Key       ledger.Key
	Logger    *slog.Logger
}

// Work does what there is to do; more says that something was left. A campaign
// that fails holds up no other.
func (s *Sequencing) Work(ctx context.Context) (more bool, err error) {
	moving, err := s.Campaigns.Store.ListMoving(ctx)
	if err != nil {
		return false, err
	}
	var errs []error
	for i := range moving {
		full, err := s.one(ctx, &moving[i])
		more = more || full
		if err != nil {
			s.Logger.ErrorContext(ctx, "campaign does not move", slog.Int64("campaign", moving[i].ID), slog.Any("error", err))
			errs = append(errs, err)
		}
	}
	return more && len(errs) == 0, errors.Join(errs...)
}

func (s *Sequencing) one(ctx context.Context, c *Campaign) (more bool, err error) {
	if err := s.Campaigns.Tick(ctx, c); err != nil {
		return false, err
	}
	taken, err := s.Sequence(ctx, c)
	if err != nil {
		return false, err
	}
	now := s.Clock.Now()
	if len(c.Observers) > 0 && c.State.Voting() {
		since := now.Add(-mailEvery)
		if !c.Sealed.IsZero() && taken == 0 {
			since = c.Sealed // the last one, which the result is made of
		}
		if err := s.Log.MailCheckpoint(ctx, c.ID, since, now); err != nil {
			return false, err
		}
	}
	return taken == batchSize, nil
}

// Sequence brings ballots that wait into the log of the campaign. Those of one
// batch are shuffled: their order tells nothing of the order in which they came.
func (s *Sequencing) Sequence(ctx context.Context, c *Campaign) (taken int, err error) {
	zone, err := time.LoadLocation(c.Terms.Zone)
	if err != nil {
		return 0, err
	}
	return s.Log.Sequence(ctx, c.ID, batchSize, func(b Batch) (Appended, error) {
		var seed [32]byte
		_, _ = rand.Read(seed[:]) // never fails: see crypto/rand
		entries := b.Waiting
		mathrand.New(mathrand.NewChaCha8(seed)).Shuffle( //nolint:gosec // seeded by crypto/rand just above, from a cipher
			len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		records := make([][]byte, len(entries))
		for i := range entries {
			records[i] = entries[i].Record()
		}
		tree, tiles, err := ledger.Append(b.Log.Tree, b.Tiles, records)
		if err != nil {
			return Appended{}, err
		}
		now := s.Clock.Now()
		note, err := s.Key.Sign(ledger.Checkpoint{
			Origin: ledger.Origin(c.Terms.LogKey, c.ID), Tree: tree, Campaign: c.Hash, At: now,
		}, c.Terms.LogKey)
		if err != nil {
			return Appended{}, err
		}
		keep := now.Sub(b.Log.KeptAt) >= keepEvery || !now.Before(c.Ends())
		return Appended{
			Log: LogState{Tree: tree, Checkpoint: note, SignedAt: now}, Entries: entries, Tiles: tiles, Keep: keep, Day: now.In(zone).Format(time.DateOnly),
		}, nil
	})
}
