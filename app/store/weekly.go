package store

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report/weekly"
)

var _ weekly.Store = (*Store)(nil)

type weeklyRow struct {
	ID          int64 `gorm:"primaryKey"`
	AgencyID    int64
	TerritoryID int64
	Weekday     int
	Hour        int
	Lang        string
	Paused      bool
	CreatedBy   int64
	Version     int
	DueAt       instant
}

func (weeklyRow) TableName() string { return "weekly_reports" }

type weeklyRecipientRow struct {
	ReportID int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID   int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (weeklyRecipientRow) TableName() string { return "weekly_recipients" }

type weeklyIssueRow struct {
	ReportID int64  `gorm:"primaryKey;autoIncrement:false"`
	Day      string `gorm:"primaryKey"`
	MadeAt   instant
	Lead     string
	Body     []byte
}

func (weeklyIssueRow) TableName() string { return "weekly_issues" }

func (r *weeklyIssueRow) issue() weekly.Issue {
	return weekly.Issue{Report: r.ReportID, Day: r.Day, MadeAt: r.MadeAt.time(), Lead: r.Lead, Body: r.Body}
}

// weeklies are the reports of rows with their people.
func weeklies(db *gorm.DB, rows []weeklyRow) ([]weekly.Report, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var people []weeklyRecipientRow
	if err := db.Order("report_id, user_id").Find(&people, "report_id IN ?", append(ids, 0)).Error; err != nil {
		return nil, err
	}
	users := map[int64][]int64{}
	for _, p := range people {
		users[p.ReportID] = append(users[p.ReportID], p.UserID)
	}
	out := make([]weekly.Report, len(rows))
	for i, r := range rows {
		out[i] = weekly.Report{
			ID: r.ID, Agency: r.AgencyID, Territory: r.TerritoryID, Weekday: r.Weekday, Hour: r.Hour, Lang: lang.Lang(r.Lang),
			Paused: r.Paused, CreatedBy: r.CreatedBy, Users: users[r.ID], Version: r.Version, DueAt: r.DueAt.time(),
		}
	}
	return out, nil
}

// ListWeekly implements weekly.Store.
func (s *Store) ListWeekly(ctx context.Context) ([]weekly.Report, error) {
	var rows []weeklyRow
	if err := s.fresh.WithContext(ctx).Order("id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out, err := weeklies(s.fresh.WithContext(ctx), rows)
	return out, translate(err)
}

// FindWeekly implements weekly.Store.
func (s *Store) FindWeekly(ctx context.Context, id int64) (*weekly.Report, error) {
	var row weeklyRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	out, err := weeklies(s.fresh.WithContext(ctx), []weeklyRow{row})
	if err != nil {
		return nil, translate(err)
	}
	return &out[0], nil
}

// SaveWeekly implements weekly.Store.
func (s *Store) SaveWeekly(ctx context.Context, r *weekly.Report) error {
	row := weeklyRow{
		ID: r.ID, AgencyID: r.Agency, TerritoryID: r.Territory, Weekday: r.Weekday, Hour: r.Hour, Lang: string(r.Lang),
		Paused: r.Paused, CreatedBy: r.CreatedBy, Version: r.Version + 1, DueAt: instant(r.DueAt),
	}
	err := s.inTx(ctx, func(db *gorm.DB) error {
		if r.Version == 0 {
			row.ID = 0
			if err := db.Create(&row).Error; err != nil {
				return err
			}
		} else {
			done := db.Model(&weeklyRow{}).Where("id = ? AND version = ?", r.ID, r.Version).
				Select("agency_id", "territory_id", "weekday", "hour", "lang", "paused", "version", "due_at").Updates(&row)
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected == 0 {
				return fault.New(fault.Conflict, "weekly.changed")
			}
		}
		if err := db.Delete(&weeklyRecipientRow{}, "report_id = ?", row.ID).Error; err != nil {
			return err
		}
		people := make([]weeklyRecipientRow, len(r.Users))
		for i, user := range r.Users {
			people[i] = weeklyRecipientRow{row.ID, user}
		}
		if len(people) == 0 {
			return nil
		}
		return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&people).Error
	})
	if err == nil {
		r.ID, r.Version = row.ID, row.Version
	}
	return err
}

// RemoveWeekly implements weekly.Store.
func (s *Store) RemoveWeekly(ctx context.Context, id int64) error {
	return translate(s.write.WithContext(ctx).Delete(&weeklyRow{}, "id = ?", id).Error)
}

// ClaimWeekly implements weekly.Store.
func (s *Store) ClaimWeekly(ctx context.Context, now time.Time, lease time.Duration, limit int) (out []weekly.Report, err error) {
	err = s.inTx(ctx, func(db *gorm.DB) error {
		var rows []weeklyRow
		err := db.Raw(`UPDATE weekly_reports SET due_at = ?
			WHERE id IN (SELECT id FROM weekly_reports WHERE NOT paused AND due_at <= ? ORDER BY due_at, id LIMIT ?`+
			s.dialect.skipLocked+`) RETURNING *`, instant(now.Add(lease)), instant(now), limit).Scan(&rows).Error
		if err != nil {
			return err
		}
		out, err = weeklies(db, rows)
		return err
	})
	return out, err
}

// IssueWeekly implements weekly.Store.
func (s *Store) IssueWeekly(ctx context.Context, r weekly.Report, i weekly.Issue, next time.Time) (fresh bool, err error) {
	err = s.inTx(ctx, func(db *gorm.DB) error {
		fresh = false
		var now weeklyRow
		if err := db.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&now, "id = ?", r.ID).Error; err != nil {
			return err
		}
		if now.Version != r.Version || now.Paused {
			return nil
		}
		if err := db.Model(&now).Update("due_at", instant(next)).Error; err != nil {
			return err
		}
		made := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&weeklyIssueRow{
			ReportID: r.ID, Day: i.Day, MadeAt: instant(i.MadeAt), Lead: i.Lead, Body: i.Body,
		})
		if made.Error != nil || made.RowsAffected == 0 {
			return made.Error
		}
		fresh = true
		for _, user := range r.Users {
			if err := mailWeekly(db, weekly.Letter{Report: r.ID, Day: i.Day, User: user}, s.clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	return fresh, err
}

// mailWeekly puts a letter into the outbox.
func mailWeekly(db *gorm.DB, l weekly.Letter, now time.Time) error {
	payload, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return db.Create(&outboxRow{Topic: weekly.Topic, Payload: string(payload), ReadyAt: instant(now)}).Error
}

// FindIssue implements weekly.Store.
func (s *Store) FindIssue(ctx context.Context, report int64, day string) (*weekly.Issue, error) {
	var row weeklyIssueRow
	if err := s.fresh.WithContext(ctx).Take(&row, "report_id = ? AND day = ?", report, day).Error; err != nil {
		return nil, translate(err)
	}
	out := row.issue()
	return &out, nil
}

// ListIssues implements weekly.Store.
func (s *Store) ListIssues(ctx context.Context, report int64, limit int) ([]weekly.Issue, error) {
	var rows []weeklyIssueRow
	err := s.fresh.WithContext(ctx).Select("report_id", "day", "made_at", "lead").Order("day DESC").Limit(limit).
		Find(&rows, "report_id = ?", report).Error
	if err != nil {
		return nil, translate(err)
	}
	out := make([]weekly.Issue, len(rows))
	for i := range rows {
		out[i] = rows[i].issue()
	}
	return out, nil
}

// SendWeekly implements weekly.Store.
func (s *Store) SendWeekly(ctx context.Context, l weekly.Letter, now time.Time) error {
	payload, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(db *gorm.DB) error {
		var waiting int64
		err := db.Model(&outboxRow{}).Where("topic = ? AND payload = ? AND NOT dead", weekly.Topic, string(payload)).Count(&waiting).Error
		if err != nil || waiting > 0 {
			return err
		}
		return mailWeekly(db, l, now)
	})
}
