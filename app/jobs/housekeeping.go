package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/workflow"
)

const (
	housekeepingPause = time.Hour
	purgeAtOnce       = 200
)

// Files removes pictures.
type Files interface {
	Delete(ctx context.Context, key string) error
}

// Sessions removes what has expired.
type Sessions interface {
	PurgeSessions(ctx context.Context, now time.Time) (int, error)
}

// Phones makes the marks by which callers are found.
type Phones interface {
	MarkPhones(ctx context.Context, limit int) (int, error)
}

// Proposals removes what nobody sent, see proposal.Store.
type Proposals interface {
	PurgeProposals(ctx context.Context, before time.Time, limit int) (photos []string, removed int, err error)
}

// Voters removes codes of voters that have expired, and what tells in which order
// voters came, in all campaigns for 0.
type Voters interface {
	PurgeCodes(ctx context.Context, now time.Time) (int, error)
	MixVoters(ctx context.Context, campaign int64) error
}

// Housekeeping removes what nobody needs any more: forms and proposals that were
// never sent (personal data is not kept without a reason) and expired sessions. It
// makes the marks of phones that applicants from before the desk lack, and counts
// anew how long answers usually take.
type Housekeeping struct {
	Drafts    workflow.Drafts
	Proposals Proposals
	Files     Files
	Sessions  Sessions
	Phones    Phones
	Usual     workflow.UsualTimes
	Voters    Voters
	Clock     clock.Clock
	Log       *slog.Logger
}

// Run works until ctx ends.
func (h *Housekeeping) Run(ctx context.Context) {
	loop(ctx, h.Log, "housekeeping", housekeepingPause, h.clean)
}

func (h *Housekeeping) clean(ctx context.Context) (bool, error) {
	now := h.Clock.Now()
	keys, removed, err := h.Drafts.PurgeDrafts(ctx, now.Add(-workflow.DraftLife), purgeAtOnce)
	if err != nil {
		return false, err
	}
	photos, dropped, err := h.Proposals.PurgeProposals(ctx, now.Add(-workflow.DraftLife), purgeAtOnce)
	if err != nil {
		return false, err
	}
	for _, key := range append(keys, photos...) {
		if err := h.Files.Delete(ctx, key); err != nil {
			h.Log.WarnContext(ctx, "picture of an old draft stays", slog.String("key", key), slog.Any("error", err))
		}
	}
	if _, err := h.Sessions.PurgeSessions(ctx, now); err != nil {
		return false, err
	}
	if _, err := h.Voters.PurgeCodes(ctx, now); err != nil {
		return false, err
	}
	if err := h.Voters.MixVoters(ctx, 0); err != nil {
		return false, err
	}
	marked, err := h.Phones.MarkPhones(ctx, purgeAtOnce)
	if err != nil {
		return false, err
	}
	if removed == purgeAtOnce || dropped == purgeAtOnce || marked == purgeAtOnce {
		return true, nil
	}
	_, err = h.Usual.CountUsualTimes(ctx, now.Add(-workflow.UsualWithin))
	return false, err
}
