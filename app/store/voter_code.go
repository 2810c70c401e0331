package store

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

type voterCodeRow struct {
	ID         string `gorm:"primaryKey"`
	CampaignID int64
	Person     []byte
	Sealed     []byte
	Tries      int
	ExpiresAt  instant
}

func (voterCodeRow) TableName() string { return "voter_codes" }

// sealedCode is what of a code nobody may read from the database.
type sealedCode struct {
	Email     string `json:"email"`
	Digits    string `json:"digits"`
	Lang      string `json:"lang"`
	Territory int64  `json:"territory"`
	Purpose   string `json:"purpose,omitempty"`
	Band      int    `json:"band"`
}

func codeName(id string) string { return "voter code " + id }

// CreateCode implements participation.Codes.
func (s *Store) CreateCode(ctx context.Context, c participation.Code, now time.Time) error {
	sealed, err := s.sealer.seal(codeName(c.ID), sealedCode{c.Email, c.Digits, c.Lang, c.Territory, c.Purpose, c.Band})
	if err != nil {
		return err
	}
	payload, err := json.Marshal(participation.Message{Campaign: c.Campaign, Code: c.ID})
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(db *gorm.DB) error {
		var open int64
		err := db.Model(&voterCodeRow{}).Where("campaign_id = ? AND person = ? AND expires_at > ?", c.Campaign, c.Person[:], instant(now)).Count(&open).Error
		if err != nil {
			return err
		}
		if open >= participation.MaxCodes {
			return fault.New(fault.TooMany, "voter.many_codes")
		}
		row := voterCodeRow{ID: c.ID, CampaignID: c.Campaign, Person: c.Person[:], Sealed: sealed, ExpiresAt: instant(c.Expires)}
		if err := db.Create(&row).Error; err != nil {
			return err
		}
		out := outboxRow{Topic: participation.TopicCode, Payload: string(payload), ReadyAt: instant(now)}
		return db.Create(&out).Error
	})
}

// FindCode implements participation.Codes.
func (s *Store) FindCode(ctx context.Context, id string, now time.Time) (*participation.Code, error) {
	return s.findCode(s.fresh.WithContext(ctx), id, now)
}

func (s *Store) findCode(db *gorm.DB, id string, now time.Time) (*participation.Code, error) {
	var rows []voterCodeRow
	if err := db.Find(&rows, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	if len(rows) == 0 || !now.Before(rows[0].ExpiresAt.time()) {
		return nil, fault.New(fault.Gone, "voter.code_gone")
	}
	r := &rows[0]
	var sealed sealedCode
	if err := s.sealer.open(codeName(id), r.Sealed, &sealed); err != nil {
		return nil, err
	}
	c := &participation.Code{
		ID: r.ID, Campaign: r.CampaignID, Email: sealed.Email, Digits: sealed.Digits, Lang: sealed.Lang, Territory: sealed.Territory,
		Purpose: sealed.Purpose, Band: sealed.Band, Tries: r.Tries, Expires: r.ExpiresAt.time(),
	}
	copy(c.Person[:], r.Person)
	return c, nil
}

// TryCode implements participation.Codes. The try is written before the code is
// compared, so that tries sent all at once are counted too.
func (s *Store) TryCode(ctx context.Context, id string, now time.Time) (*participation.Code, error) {
	done := s.write.WithContext(ctx).Model(&voterCodeRow{}).Where("id = ? AND tries < ? AND expires_at > ?", id, participation.MaxTries, instant(now)).
		Update("tries", gorm.Expr("tries + 1"))
	if done.Error != nil {
		return nil, translate(done.Error)
	}
	if done.RowsAffected == 0 {
		return nil, fault.New(fault.Gone, "voter.code_gone")
	}
	return s.findCode(s.fresh.WithContext(ctx), id, now)
}

// PurgeCodes implements participation.Codes.
func (s *Store) PurgeCodes(ctx context.Context, now time.Time) (int, error) {
	done := s.write.WithContext(ctx).Where("expires_at <= ?", instant(now)).Delete(&voterCodeRow{})
	return int(done.RowsAffected), translate(done.Error)
}
