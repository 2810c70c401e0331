package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/notify"
)

type noticeRow struct {
	ID       int64 `gorm:"primaryKey"`
	UserID   int64
	AppealID int64
	Number   string
	EventN   int
	Key      string
	At       instant
	Seen     bool
}

func (noticeRow) TableName() string { return "notices" }

type letterRow struct {
	ID     string `gorm:"primaryKey"`
	SentAt instant
}

func (letterRow) TableName() string { return "letters" }

// AddNotices implements notify.Store.
func (s *Store) AddNotices(ctx context.Context, ns []notify.Notice) error {
	if len(ns) == 0 {
		return nil
	}
	rows := make([]noticeRow, len(ns))
	for i, n := range ns {
		rows[i] = noticeRow{
			UserID: n.User, AppealID: n.Appeal, Number: n.Number, EventN: n.Event, Key: n.Key, At: instant(n.At), Seen: n.Seen,
		}
	}
	return translate(s.write.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error)
}

// ListNotices implements notify.Store, latest first.
func (s *Store) ListNotices(ctx context.Context, user int64, limit int) ([]notify.Notice, error) {
	var rows []noticeRow
	if err := s.fresh.WithContext(ctx).Where("user_id = ?", user).Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]notify.Notice, len(rows))
	for i, r := range rows {
		out[i] = notify.Notice{
			ID: r.ID, User: r.UserID, Appeal: r.AppealID, Number: r.Number, Event: r.EventN, Key: r.Key,
			At: r.At.time(), Seen: r.Seen,
		}
	}
	return out, nil
}

// CountUnseen implements notify.Store. Every page asks.
func (s *Store) CountUnseen(ctx context.Context, user int64) (n int, err error) {
	query := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM notices WHERE user_id = ? AND NOT seen LIMIT %d) AS u", notify.MostUnseen)
	err = s.freshDB.QueryRowContext(ctx, s.dialect.bind(query), user).Scan(&n)
	return n, translate(err)
}

// MarkSeen implements notify.Store.
func (s *Store) MarkSeen(ctx context.Context, user int64) error {
	return translate(s.write.WithContext(ctx).Model(&noticeRow{}).Where("user_id = ? AND NOT seen", user).
		Update("seen", true).Error)
}

// MarkLetter notes that a letter leaves now. first is false where it has left
// before.
func (s *Store) MarkLetter(ctx context.Context, id string, at time.Time) (first bool, err error) {
	done := s.write.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&letterRow{ID: id, SentAt: instant(at)})
	return done.RowsAffected == 1, translate(done.Error)
}

// NewestNotice implements live.Notices.
func (s *Store) NewestNotice(ctx context.Context) (id int64, err error) {
	err = s.freshDB.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM notices").Scan(&id)
	return id, translate(err)
}

// NoticesAfter implements live.Notices. On PostgreSQL a lower number can commit
// later and is passed over then: what is told is only that it is worth a look,
// and screens look every now and then by themselves.
func (s *Store) NoticesAfter(ctx context.Context, id int64) (users []int64, newest int64, err error) {
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind("SELECT user_id, max(id) FROM notices WHERE id > ? GROUP BY user_id"), id)
	if err != nil {
		return nil, 0, translate(err)
	}
	defer rows.Close()
	newest = id
	for rows.Next() {
		var user, last int64
		if err := rows.Scan(&user, &last); err != nil {
			return nil, 0, translate(err)
		}
		users, newest = append(users, user), max(newest, last)
	}
	return users, newest, translate(rows.Err())
}
