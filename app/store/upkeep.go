package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/fault"
)

// Migrated is nil when the schema is up to date; else it says what to do.
func (s *Store) Migrated(ctx context.Context) error {
	pending, err := s.Pending(ctx)
	if err != nil || !pending {
		return err
	}
	return fault.Wrap(fault.Unavailable, "error.unavailable",
		errors.New("the database lacks migrations: run `otklik migrate` first"))
}

// LetterSent reports whether a letter has left.
func (s *Store) LetterSent(ctx context.Context, id string) (bool, error) {
	var n int64
	err := s.fresh.WithContext(ctx).Model(&letterRow{}).Where("id = ?", id).Count(&n).Error
	return n > 0, translate(err)
}

// PurgeSessions removes sessions that have expired and says how many.
func (s *Store) PurgeSessions(ctx context.Context, now time.Time) (int, error) {
	done := s.write.WithContext(ctx).Where("expires_at <= ?", instant(now)).Delete(&sessionRow{})
	return int(done.RowsAffected), translate(done.Error)
}

type calendarRow struct {
	Version string `gorm:"primaryKey"`
	Body    []byte
	SavedAt instant
}

func (calendarRow) TableName() string { return "calendars" }

// SaveCalendar keeps a calendar under its version, so that due dates can be
// recomputed with it for ever. One that is there stays as it is.
func (s *Store) SaveCalendar(ctx context.Context, version string, body []byte) error {
	row := calendarRow{Version: version, Body: body, SavedAt: instant(s.clock.Now())}
	return translate(s.write.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error)
}

// FindCalendar returns the calendar of a version; fault.NotFound where it was
// never in force here.
func (s *Store) FindCalendar(ctx context.Context, version string) ([]byte, error) {
	var row calendarRow
	err := s.fresh.WithContext(ctx).Where("version = ?", version).Take(&row).Error
	return row.Body, translate(err)
}

// CountAppeals counts all appeals.
func (s *Store) CountAppeals(ctx context.Context) (int, error) {
	var n int64
	err := s.read.WithContext(ctx).Model(&appealRow{}).Count(&n).Error
	return int(n), translate(err)
}
