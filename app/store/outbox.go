package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/workflow"
)

// maxError is how much of an error's text an outbox row keeps, in bytes.
const maxError = 1000

// ClaimOutbox takes rows that are ready, earliest first, for the time of the
// lease: nobody else gets them before it ends. Tries counts this claim.
func (s *Store) ClaimOutbox(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]workflow.Outbox, error) {
	rows, err := list(ctx, s.dialect, s.writeDB, outboxTable, s.claimStatement(),
		instant(now.Add(lease)), instant(now), limit)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]workflow.Outbox, len(rows))
	for i := range rows {
		out[i] = rows[i].outbox()
	}
	slices.SortFunc(out, func(a, b workflow.Outbox) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func (s *Store) claimStatement() string {
	return `UPDATE outbox SET ready_at = ?, tries = tries + 1
		WHERE id IN (SELECT id FROM outbox WHERE NOT dead AND ready_at <= ? ORDER BY ready_at, id LIMIT ?` +
		s.dialect.skipLocked + `) RETURNING ` + outboxTable.list("")
}

// DoneOutbox removes rows that were delivered.
func (s *Store) DoneOutbox(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.writeDB.ExecContext(ctx, s.dialect.bind("DELETE FROM outbox WHERE "+s.dialect.in("id")), s.dialect.ids(ids))
	return translate(err)
}

// RetryOutbox lets a row that failed be claimed again from an instant on.
func (s *Store) RetryOutbox(ctx context.Context, id int64, at time.Time, cause error) error {
	return s.failOutbox(ctx, id, cause, map[string]any{"ready_at": instant(at)})
}

// BuryOutbox sets a row aside for good; it stays for people to look at.
func (s *Store) BuryOutbox(ctx context.Context, id int64, cause error) error {
	return s.failOutbox(ctx, id, cause, map[string]any{"dead": true})
}

func (s *Store) failOutbox(ctx context.Context, id int64, cause error, set map[string]any) error {
	set["last_error"] = ""
	if cause != nil {
		text := strings.ReplaceAll(cause.Error(), "\x00", "")
		set["last_error"] = strings.ToValidUTF8(text[:min(len(text), maxError)], "")
	}
	return translate(s.write.WithContext(ctx).Model(&outboxRow{}).Where("id = ?", id).Updates(set).Error)
}

// CountOutbox counts the rows that wait and those set aside.
func (s *Store) CountOutbox(ctx context.Context) (waiting, dead int, err error) {
	err = s.readDB.QueryRowContext(ctx,
		"SELECT count(*) FILTER (WHERE NOT dead), count(*) FILTER (WHERE dead) FROM outbox").Scan(&waiting, &dead)
	return waiting, dead, translate(err)
}
