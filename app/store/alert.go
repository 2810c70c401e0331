package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/search/alert"
)

type alertRow struct {
	ID          int64 `gorm:"primaryKey"`
	TerritoryID int64
	Rubric      string
	WindowDays  int
	RaisedOn    string
	RaisedAt    instant
	LastAt      instant
	Count       int
	Expected    float64
	Chance      float64
	Words       string
	Told        bool
	TakenBy     int64
	TakenAt     instant
	Note        string
}

func (alertRow) TableName() string { return "alerts" }

type alertMailRow struct {
	UserID int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (alertMailRow) TableName() string { return "alert_mails" }

func (r *alertRow) alert() alert.Alert {
	return alert.Alert{
		ID: r.ID, Territory: r.TerritoryID, Rubric: r.Rubric, Window: r.WindowDays, RaisedOn: r.RaisedOn, RaisedAt: r.RaisedAt.time(),
		LastAt: r.LastAt.time(), Count: r.Count, Expected: r.Expected, Chance: r.Chance, Words: strings.Fields(r.Words),
		TakenBy: r.TakenBy, TakenAt: r.TakenAt.time(), Note: r.Note,
	}
}

// RaiseAlert implements alert.Store.
func (s *Store) RaiseAlert(ctx context.Context, a alert.Alert, since time.Time) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		goesOn, err := q.ExecContext(ctx, s.dialect.bind(`UPDATE alerts SET last_at = ?, count = CASE WHEN count < ? AND window_days = ? THEN ? ELSE count END
			WHERE territory_id = ? AND rubric = ? AND last_at > ?`), instant(a.LastAt), a.Count, a.Window, a.Count, a.Territory, a.Rubric, instant(since))
		if err != nil {
			return err
		}
		if n, err := goesOn.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&alertRow{
			TerritoryID: a.Territory, Rubric: a.Rubric, WindowDays: a.Window, RaisedOn: a.RaisedOn, RaisedAt: instant(a.RaisedAt),
			LastAt: instant(a.LastAt), Count: a.Count, Expected: a.Expected, Chance: a.Chance, Words: strings.Join(a.Words, " "),
		}).Error
	})
}

// ListAlerts implements alert.Store.
func (s *Store) ListAlerts(ctx context.Context, limit int) ([]alert.Alert, error) {
	return listAlerts(s.fresh.WithContext(ctx).Order("raised_at DESC, id DESC").Limit(limit))
}

// ListUntold implements alert.Store.
func (s *Store) ListUntold(ctx context.Context) ([]alert.Alert, error) {
	return listAlerts(s.fresh.WithContext(ctx).Where("NOT told").Order("id"))
}

func listAlerts(q *gorm.DB) ([]alert.Alert, error) {
	var rows []alertRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]alert.Alert, len(rows))
	for i := range rows {
		out[i] = rows[i].alert()
	}
	return out, nil
}

// MarkTold implements alert.Store.
func (s *Store) MarkTold(ctx context.Context, id int64) error {
	return translate(s.write.WithContext(ctx).Model(&alertRow{}).Where("id = ?", id).Update("told", true).Error)
}

// TakeAlert implements alert.Store.
func (s *Store) TakeAlert(ctx context.Context, id, user int64, note string, at time.Time) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		done := db.Model(&alertRow{}).Where("id = ? AND taken_by = 0", id).
			Updates(map[string]any{"taken_by": user, "taken_at": instant(at), "note": note})
		if done.Error != nil || done.RowsAffected == 1 {
			return done.Error
		}
		var n int64
		if err := db.Model(&alertRow{}).Where("id = ?", id).Count(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "error.not_found")
		}
		return fault.New(fault.Conflict, "burst.taken_already")
	})
}

// CountAlerts implements alert.Store.
func (s *Store) CountAlerts(ctx context.Context) (int, error) {
	var n int64
	err := s.fresh.WithContext(ctx).Model(&alertRow{}).Where("taken_by = 0").Count(&n).Error
	return int(n), translate(err)
}

// WantsMail implements alert.Store.
func (s *Store) WantsMail(ctx context.Context, user int64) (bool, error) {
	var n int64
	err := s.fresh.WithContext(ctx).Model(&alertMailRow{}).Where("user_id = ?", user).Count(&n).Error
	return n > 0, translate(err)
}

// SetMail implements alert.Store.
func (s *Store) SetMail(ctx context.Context, user int64, wants bool) error {
	db := s.write.WithContext(ctx)
	if wants {
		return translate(db.Clauses(clause.OnConflict{DoNothing: true}).Create(&alertMailRow{UserID: user}).Error)
	}
	return translate(db.Where("user_id = ?", user).Delete(&alertMailRow{}).Error)
}
