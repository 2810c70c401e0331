package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/workflow"
)

var _ workflow.UsualTimes = (*Store)(nil)

type usualRow struct {
	Rubric   string `gorm:"primaryKey"`
	AgencyID int64  `gorm:"primaryKey;autoIncrement:false"`
	Days     int
	Answered int
}

func (usualRow) TableName() string { return "usual_times" }

// CountUsualTimes implements workflow.UsualTimes. What was split off or joined
// did not wait by itself and says nothing.
func (s *Store) CountUsualTimes(ctx context.Context, since time.Time) (int, error) {
	took, err := s.answerTimes(ctx, since)
	if err != nil {
		return 0, translate(err)
	}
	var rows []usualRow
	for of, days := range took {
		if len(days) < workflow.UsualFewest {
			continue
		}
		slices.Sort(days)
		median := (days[(len(days)-1)/2] + days[len(days)/2]) / 2
		rows = append(rows, usualRow{of.rubric, of.agency, max(1, int(math.Ceil(median))), len(days)})
	}
	slices.SortFunc(rows, func(a, b usualRow) int {
		return cmp.Or(cmp.Compare(a.Rubric, b.Rubric), cmp.Compare(a.AgencyID, b.AgencyID))
	})
	err = s.inTx(ctx, func(db *gorm.DB) error {
		if err := db.Where("1 = 1").Delete(&usualRow{}).Error; err != nil || len(rows) == 0 {
			return err
		}
		return db.CreateInBatches(rows, atOnce).Error
	})
	return len(rows), err
}

type topicOfAgency struct {
	rubric string
	agency int64 // 0: of all
}

func (s *Store) answerTimes(ctx context.Context, since time.Time) (map[topicOfAgency][]float64, error) {
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(`SELECT rubric, agency_id, submitted_at, first_signed_at FROM appeals
		WHERE first_signed_at >= ? AND lead_id = 0 AND split_from = 0`), instant(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[topicOfAgency][]float64{}
	for rows.Next() {
		var of topicOfAgency
		var sent, signed instant
		if err := rows.Scan(&of.rubric, &of.agency, &sent, &signed); err != nil {
			return nil, err
		}
		days := signed.time().Sub(sent.time()).Hours() / 24
		all := topicOfAgency{rubric: of.rubric}
		out[of], out[all] = append(out[of], days), append(out[all], days)
	}
	return out, rows.Err()
}

// ListUsualTimes implements workflow.UsualTimes.
func (s *Store) ListUsualTimes(ctx context.Context) ([]workflow.UsualTime, error) {
	var rows []usualRow
	if err := s.read.WithContext(ctx).Order("rubric, agency_id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]workflow.UsualTime, len(rows))
	for i, r := range rows {
		out[i] = workflow.UsualTime{Rubric: r.Rubric, Agency: r.AgencyID, Days: r.Days, Answered: r.Answered}
	}
	return out, nil
}
