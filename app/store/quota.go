package store

import (
	"context"

	"github.com/otklik/otklik/app/participation"
)

type quotaCountRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	N          int   `gorm:"primaryKey;autoIncrement:false"`
	Taken      int
}

func (quotaCountRow) TableName() string { return "quota_counts" }

// takeSeat takes one of the seats of a quota, if one is left. Those who come at
// once wait for one another, so no quota takes one too many.
const takeSeat = `INSERT INTO quota_counts (campaign_id, n, taken) VALUES (?, ?, 1)
	ON CONFLICT (campaign_id, n) DO UPDATE SET taken = quota_counts.taken + 1 WHERE quota_counts.taken < ?`

// castSeated casts a first ballot that takes seats in quotas. Seats are taken in
// the order of the terms, so that two voters never wait for each other.
func (s *Store) castSeated(ctx context.Context, c *participation.Casting) (done participation.Cast, err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil || done != participation.Taken {
			_ = tx.Rollback(context.WithoutCancel(ctx)) // what is wrong is told already
		}
	}()
	var open, added int
	err = tx.QueryRow(ctx, firstPostgres, c.Campaign, c.Person[:], c.Territory, c.Commitment[:], c.Choice, c.Nonce[:], c.Arrived).Scan(&open, &added)
	switch {
	case err != nil:
		return "", err
	case open == 0:
		return participation.Late, nil
	case added == 0:
		return participation.Voted, nil
	}
	for _, seat := range c.Seats {
		taken, err := tx.Exec(ctx, s.dialect.bind(takeSeat), c.Campaign, seat.Quota, seat.Most)
		if err != nil {
			return "", err
		}
		if taken.RowsAffected() == 0 {
			return participation.Filled, nil
		}
	}
	return participation.Taken, tx.Commit(ctx)
}

// CountQuotas implements participation.Box.
func (s *Store) CountQuotas(ctx context.Context, campaign int64) ([]participation.QuotaCount, error) {
	var out []participation.QuotaCount
	err := s.fresh.WithContext(ctx).Model(&quotaCountRow{}).Select("n AS quota, taken").Where("campaign_id = ?", campaign).Order("n").Scan(&out).Error
	return out, translate(err)
}
