package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/workflow"
)

var _ opendata.Store = (*Store)(nil)

type editionRow struct {
	Month    string `gorm:"primaryKey"`
	MadeAt   instant
	Appeals  int
	RowCount int
	Loose    int
}

func (editionRow) TableName() string { return "open_data_editions" }

type openFileRow struct {
	Month  string `gorm:"primaryKey"`
	Name   string `gorm:"primaryKey"`
	Size   int
	SHA256 string `gorm:"column:sha256"`
	Body   []byte
}

func (openFileRow) TableName() string { return "open_data_files" }

func (r *openFileRow) file() opendata.File {
	return opendata.File{Name: r.Name, Size: r.Size, SHA256: r.SHA256, Body: r.Body}
}

type openSwitchRow struct {
	ID        int64 `gorm:"primaryKey"`
	Off       bool
	ChangedBy int64
	ChangedAt instant
}

func (openSwitchRow) TableName() string { return "open_data_switches" }

// factsPage is how many appeals one reading brings.
const factsPage = 1000

// EachFact implements opendata.Store: the appeals of the public map. Who wrote is
// opened to tell people apart as it does, by marks that live as long as the
// reading; nobody sees it.
func (s *Store) EachFact(ctx context.Context, from, to time.Time, fn func(opendata.Fact) error) error {
	after, last, seed := from, int64(0), maphash.MakeSeed()
	for {
		var rows []struct {
			ID                        int64
			SubmittedAt, RegisteredAt instant
			FirstSignedAt             instant
			Rubric, Stage, Outcome    string
			TerritoryID, AgencyID     int64
			Rating                    int
			Sealed                    []byte
		}
		err := s.read.WithContext(ctx).Table("appeals a").Joins("JOIN applicants p ON p.appeal_id = a.id").Where(mapped).
			Select("a.id, a.submitted_at, a.registered_at, a.first_signed_at, a.rubric, a.stage, a.outcome, a.territory_id, a.agency_id, a.rating, p.sealed").
			Where("a.submitted_at >= ? AND a.submitted_at < ? AND (a.submitted_at > ? OR a.id > ?)", instant(after), instant(to), instant(after), last).
			Order("a.submitted_at, a.id").Limit(factsPage).Find(&rows).Error
		if err != nil {
			return translate(err)
		}
		for i := range rows {
			r := &rows[i]
			f := opendata.Fact{
				ID: r.ID, Territory: r.TerritoryID, Rubric: r.Rubric, Agency: r.AgencyID, Stage: r.Stage, Outcome: r.Outcome, Rating: r.Rating,
				SubmittedAt: r.SubmittedAt.time(), Hours: -1,
			}
			if signed := r.FirstSignedAt.time(); !signed.IsZero() {
				began := r.RegisteredAt.time()
				if began.IsZero() {
					began = f.SubmittedAt
				}
				f.Hours = int(signed.Sub(began) / time.Hour)
			}
			var who workflow.Applicant
			if err := s.sealer.open(applicantName(r.ID), r.Sealed, &who); err != nil {
				return fmt.Errorf("tell people apart: %w", err)
			}
			for kind, sign := range signsOf(seed, who) {
				if sign != 0 {
					f.Person = append(f.Person, fmt.Sprint(kind, sign))
				}
			}
			if err := fn(f); err != nil {
				return err
			}
			after, last = r.SubmittedAt.time(), r.ID
		}
		if len(rows) < factsPage {
			return nil
		}
	}
}

// FirstSubmitted implements opendata.Store.
func (s *Store) FirstSubmitted(ctx context.Context) (time.Time, error) {
	var at instant
	err := s.readDB.QueryRowContext(ctx, "SELECT submitted_at FROM appeals ORDER BY submitted_at LIMIT 1").Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return at.time(), translate(err)
}

// SaveEdition implements opendata.Store.
func (s *Store) SaveEdition(ctx context.Context, e opendata.Edition, replace bool) (fresh bool, err error) {
	err = s.inTx(ctx, func(db *gorm.DB) error {
		fresh = false
		if replace {
			if err := db.Delete(&openFileRow{}, "month = ?", e.Period).Error; err != nil {
				return err
			}
			if err := db.Delete(&editionRow{}, "month = ?", e.Period).Error; err != nil {
				return err
			}
		}
		made := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&editionRow{e.Period, instant(e.MadeAt), e.Appeals, e.Rows, e.Loose})
		if made.Error != nil || made.RowsAffected == 0 {
			return made.Error
		}
		fresh = true
		for _, f := range e.Files {
			if err := db.Create(&openFileRow{e.Period, f.Name, f.Size, f.SHA256, f.Body}).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return fresh, err
}

// ListEditions implements opendata.Store.
func (s *Store) ListEditions(ctx context.Context) ([]opendata.Edition, error) {
	var rows []editionRow
	if err := s.fresh.WithContext(ctx).Order("month DESC").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	var files []openFileRow
	if err := s.fresh.WithContext(ctx).Select("month", "name", "size", "sha256").Order("month, name").Find(&files).Error; err != nil {
		return nil, translate(err)
	}
	of := map[string][]opendata.File{}
	for i := range files {
		of[files[i].Month] = append(of[files[i].Month], files[i].file())
	}
	out := make([]opendata.Edition, len(rows))
	for i, r := range rows {
		out[i] = opendata.Edition{Period: r.Month, MadeAt: r.MadeAt.time(), Appeals: r.Appeals, Rows: r.RowCount, Loose: r.Loose, Files: of[r.Month]}
	}
	return out, nil
}

// FindFile implements opendata.Store.
func (s *Store) FindFile(ctx context.Context, month, name string) (*opendata.File, error) {
	var row openFileRow
	if err := s.fresh.WithContext(ctx).Take(&row, "month = ? AND name = ?", month, name).Error; err != nil {
		return nil, translate(err)
	}
	out := row.file()
	return &out, nil
}

// OpenDataOff implements opendata.Store.
func (s *Store) OpenDataOff(ctx context.Context) (bool, error) {
	var row openSwitchRow
	err := s.fresh.WithContext(ctx).Take(&row, "id = 1").Error
	return row.Off, translate(err)
}

// SwitchOpenData implements opendata.Store.
func (s *Store) SwitchOpenData(ctx context.Context, off bool, by int64, at time.Time) error {
	return translate(s.write.WithContext(ctx).Model(&openSwitchRow{}).Where("id = 1").
		Updates(map[string]any{"off": off, "changed_by": by, "changed_at": instant(at)}).Error)
}
