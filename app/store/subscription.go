package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/workflow"
)

var _ workflow.Subscriptions = (*Store)(nil)

type subscriptionRow struct {
	ID     int64 `gorm:"primaryKey"`
	UserID int64
	ViewID int64
	Rhythm string
	Feed   []byte
	Primed bool
	DueAt  instant
}

func (subscriptionRow) TableName() string { return "subscriptions" }

func (r subscriptionRow) subscription() workflow.Subscription {
	return workflow.Subscription{
		ID: r.ID, User: r.UserID, View: r.ViewID, Rhythm: workflow.Rhythm(r.Rhythm), Feed: r.Feed, Primed: r.Primed,
	}
}

type subscriptionHitRow struct {
	SubscriptionID int64 `gorm:"primaryKey;autoIncrement:false"`
	AppealID       int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (subscriptionHitRow) TableName() string { return "subscription_hits" }

// ListSubscriptions implements workflow.Subscriptions.
func (s *Store) ListSubscriptions(ctx context.Context, user int64) ([]workflow.Subscription, error) {
	var rows []subscriptionRow
	if err := s.fresh.WithContext(ctx).Order("id").Find(&rows, "user_id = ?", user).Error; err != nil {
		return nil, translate(err)
	}
	return subscriptions(rows), nil
}

func subscriptions(rows []subscriptionRow) []workflow.Subscription {
	out := make([]workflow.Subscription, len(rows))
	for i, r := range rows {
		out[i] = r.subscription()
	}
	return out
}

// FindSubscription implements workflow.Subscriptions.
func (s *Store) FindSubscription(ctx context.Context, id int64) (*workflow.Subscription, error) {
	return s.subscription(ctx, "id = ?", id)
}

// FindFeed implements workflow.Subscriptions.
func (s *Store) FindFeed(ctx context.Context, hash []byte) (*workflow.Subscription, error) {
	return s.subscription(ctx, "feed = ?", hash)
}

func (s *Store) subscription(ctx context.Context, where string, value any) (*workflow.Subscription, error) {
	var row subscriptionRow
	if err := s.fresh.WithContext(ctx).Take(&row, where, value).Error; err != nil {
		return nil, translate(err)
	}
	out := row.subscription()
	return &out, nil
}

// SaveSubscription implements workflow.Subscriptions.
func (s *Store) SaveSubscription(ctx context.Context, sub workflow.Subscription, now time.Time) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		var was []subscriptionRow
		if err := db.Limit(1).Find(&was, "user_id = ? AND view_id = ?", sub.User, sub.View).Error; err != nil {
			return err
		}
		if sub.Rhythm == workflow.NoMail && len(sub.Feed) == 0 {
			return db.Delete(&subscriptionRow{}, "user_id = ? AND view_id = ?", sub.User, sub.View).Error
		}
		row := subscriptionRow{UserID: sub.User, ViewID: sub.View, Rhythm: string(sub.Rhythm), Feed: sub.Feed, DueAt: instant(now)}
		if len(was) == 0 {
			return db.Create(&row).Error
		}
		row.ID = was[0].ID
		if was[0].Rhythm == row.Rhythm {
			return db.Model(&row).Select("feed").Updates(&row).Error
		}
		if err := db.Delete(&subscriptionHitRow{}, "subscription_id = ?", row.ID).Error; err != nil {
			return err
		}
		return db.Model(&row).Select("rhythm", "feed", "primed", "due_at").Updates(&row).Error
	})
}

// ClaimSubscriptions implements workflow.Subscriptions.
func (s *Store) ClaimSubscriptions(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]workflow.Subscription, error) {
	var rows []subscriptionRow
	err := s.inTx(ctx, func(db *gorm.DB) error {
		return db.Raw(`UPDATE subscriptions SET due_at = ?
			WHERE id IN (SELECT id FROM subscriptions WHERE rhythm <> '' AND due_at <= ? ORDER BY due_at, id LIMIT ?`+
			s.dialect.skipLocked+`) RETURNING *`, instant(now.Add(lease)), instant(now), limit).Scan(&rows).Error
	})
	return subscriptions(rows), err
}

// NoteMatches implements workflow.Subscriptions.
func (s *Store) NoteMatches(ctx context.Context, sub workflow.Subscription, appeals []int64, next time.Time) (fresh int, err error) {
	err = s.inTx(ctx, func(db *gorm.DB) error {
		fresh = 0
		var now subscriptionRow
		if err := db.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&now, "id = ?", sub.ID).Error; err != nil {
			return err
		}
		if now.Primed != sub.Primed || now.Rhythm != string(sub.Rhythm) {
			return nil // it began anew meanwhile
		}
		var known []int64
		err := db.Model(&subscriptionHitRow{}).Where("subscription_id = ? AND appeal_id IN ?", sub.ID, append(slices.Clone(appeals), 0)).
			Pluck("appeal_id", &known).Error
		if err != nil {
			return err
		}
		var rows []subscriptionHitRow
		var news []int64
		for _, id := range appeals {
			if !slices.Contains(known, id) {
				rows, news = append(rows, subscriptionHitRow{sub.ID, id}), append(news, id)
			}
		}
		if len(rows) > 0 {
			if err := db.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 500).Error; err != nil {
				return err
			}
		}
		if sub.Primed && len(news) > 0 {
			if err := s.tellSubscriber(db, sub.ID, news); err != nil {
				return err
			}
			fresh = len(news)
		}
		return db.Model(&now).Updates(map[string]any{"primed": true, "due_at": instant(next)}).Error
	})
	return fresh, err
}

func (s *Store) tellSubscriber(db *gorm.DB, subscription int64, news []int64) error {
	payload, err := json.Marshal(workflow.NewMatches{Subscription: subscription, Appeals: news})
	if err != nil {
		return err
	}
	row := outboxRow{Topic: string(workflow.TopicSubscription), AppealID: slices.Max(news), Payload: string(payload), ReadyAt: instant(s.clock.Now())}
	return db.Create(&row).Error
}
