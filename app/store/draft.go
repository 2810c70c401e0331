package store

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

type draftRow struct {
	TokenHash   string `gorm:"primaryKey"`
	Source      string
	AgencyID    int64
	OfficerID   int64
	Sealed      []byte
	SubmittedID int64
	CreatedAt   instant `gorm:"autoCreateTime:false"`
	UpdatedAt   instant `gorm:"autoUpdateTime:false"`
}

func (draftRow) TableName() string { return "drafts" }

var draftTable = newTable[draftRow]()

func draftName(hash string) string { return "draft:" + hash }

var tokenEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// newToken is 26 characters that nobody can guess: 16 random bytes.
func newToken() (string, error) {
	var raw [16]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("random token: %w", err)
	}
	return strings.ToLower(tokenEncoding.EncodeToString(raw[:])), nil
}

// sealDraft encrypts the form but for its token.
func (s *Store) sealDraft(d *workflow.Draft) ([]byte, string, error) {
	hash := hashToken(d.Token)
	bare := *d
	if d.Officer == 0 { // an officer finds their own again
		bare.Token = ""
	}
	sealed, err := s.sealer.seal(draftName(hash), bare)
	return sealed, hash, err
}

// CreateDraft implements workflow.Drafts.
func (s *Store) CreateDraft(ctx context.Context, d *workflow.Draft) error {
	token, err := newToken()
	if err != nil {
		return err
	}
	d.Token, d.CreatedAt = token, s.clock.Now()
	d.UpdatedAt, d.Submitted = d.CreatedAt, 0
	sealed, hash, err := s.sealDraft(d)
	if err != nil {
		return err
	}
	return translate(s.write.WithContext(ctx).Create(&draftRow{
		TokenHash: hash, Source: string(d.Source), AgencyID: d.Agency, OfficerID: d.Officer, Sealed: sealed,
		CreatedAt: instant(d.CreatedAt), UpdatedAt: instant(d.UpdatedAt),
	}).Error)
}

// FindDraft implements workflow.Drafts.
func (s *Store) FindDraft(ctx context.Context, token string) (*workflow.Draft, error) {
	var row draftRow
	hash := hashToken(token)
	err := translate(s.fresh.WithContext(ctx).Take(&row, "token_hash = ?", hash).Error)
	if fault.Is(err, fault.NotFound) || err == nil && row.UpdatedAt.time().Before(s.clock.Now().Add(-workflow.DraftLife)) {
		return nil, draftGone()
	}
	if err != nil {
		return nil, err
	}
	var d workflow.Draft
	if err := s.sealer.open(draftName(hash), row.Sealed, &d); err != nil {
		return nil, err
	}
	d.Token, d.Submitted = token, row.SubmittedID
	d.CreatedAt, d.UpdatedAt = row.CreatedAt.time(), row.UpdatedAt.time()
	return &d, nil
}

func draftGone() error { return fault.New(fault.Gone, "draft.gone") }

// SaveDraft implements workflow.Drafts. A draft that was submitted is not
// changed any more: fault.Conflict with key "draft.submitted".
func (s *Store) SaveDraft(ctx context.Context, d *workflow.Draft) error {
	d.UpdatedAt = s.clock.Now()
	sealed, hash, err := s.sealDraft(d)
	if err != nil {
		return err
	}
	done := s.write.WithContext(ctx).Model(&draftRow{}).Where("token_hash = ? AND submitted_id = 0", hash).
		Updates(map[string]any{"sealed": sealed, "updated_at": instant(d.UpdatedAt), "source": string(d.Source), "agency_id": d.Agency})
	if done.Error != nil {
		return translate(done.Error)
	}
	if done.RowsAffected > 0 {
		return nil
	}
	if _, err := s.FindDraft(ctx, d.Token); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "draft.submitted")
}

// PurgeDrafts implements workflow.Drafts. Pictures of a submitted draft belong
// to its appeal and stay.
func (s *Store) PurgeDrafts(ctx context.Context, before time.Time, limit int) (photoKeys []string, removed int, err error) {
	err = s.inTx(ctx, func(db *gorm.DB) error {
		rows, err := list(ctx, s.dialect, raw(db), draftTable, "SELECT "+draftTable.list("")+
			" FROM drafts WHERE updated_at < ? ORDER BY updated_at LIMIT ?"+s.dialect.skipLocked, instant(before), limit)
		if err != nil {
			return err
		}
		hashes := make([]string, 0, len(rows))
		for _, row := range rows {
			hashes = append(hashes, row.TokenHash)
			if row.SubmittedID != 0 {
				continue
			}
			var d workflow.Draft
			if err := s.sealer.open(draftName(row.TokenHash), row.Sealed, &d); err != nil {
				return err
			}
			for _, p := range d.Photos {
				photoKeys = append(photoKeys, p.Key)
			}
			for _, scan := range d.Taken.Scans {
				photoKeys = append(photoKeys, scan.Key)
			}
		}
		removed = len(hashes)
		if removed == 0 {
			return nil
		}
		return db.Delete(&draftRow{}, "token_hash IN ?", hashes).Error
	})
	if err != nil {
		return nil, 0, err
	}
	return photoKeys, removed, nil
}
