package store

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/live"
)

type presenceRow struct {
	AppealID int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID   int64 `gorm:"primaryKey;autoIncrement:false"`
	Writing  bool
	Since    instant
	SeenAt   instant
}

func (presenceRow) TableName() string { return "presences" }

var presenceTable = newTable[presenceRow]()

// SavePresence implements live.Presences.
func (s *Store) SavePresence(ctx context.Context, p live.Presence) error {
	row := presenceRow{AppealID: p.Appeal, UserID: p.User, Writing: p.Writing, Since: instant(p.Since), SeenAt: instant(p.SeenAt)}
	return translate(s.write.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error)
}

// DeletePresence implements live.Presences. One that is gone is no error.
func (s *Store) DeletePresence(ctx context.Context, appeal, user int64) error {
	return translate(s.write.WithContext(ctx).Delete(&presenceRow{}, "appeal_id = ? AND user_id = ?", appeal, user).Error)
}

// ListPresences implements live.Presences.
func (s *Store) ListPresences(ctx context.Context, appeals []int64, after time.Time) ([]live.Presence, error) {
	if len(appeals) == 0 {
		return nil, nil
	}
	rows, err := list(ctx, s.dialect, s.freshDB, presenceTable, "SELECT "+presenceTable.list("")+" FROM presences WHERE "+
		s.dialect.in("appeal_id")+" AND seen_at > ? ORDER BY appeal_id, since, user_id", s.dialect.ids(appeals), instant(after))
	if err != nil {
		return nil, translate(err)
	}
	out := make([]live.Presence, len(rows))
	for i, r := range rows {
		out[i] = live.Presence{Appeal: r.AppealID, User: r.UserID, Writing: r.Writing, Since: r.Since.time(), SeenAt: r.SeenAt.time()}
	}
	return out, nil
}

// PurgePresences implements live.Presences.
func (s *Store) PurgePresences(ctx context.Context, before time.Time) error {
	return translate(s.write.WithContext(ctx).Where("seen_at < ?", instant(before)).Delete(&presenceRow{}).Error)
}
