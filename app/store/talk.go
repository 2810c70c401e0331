package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/participation/discussion"
)

type talkVersionRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	N          int   `gorm:"primaryKey;autoIncrement:false"`
	At         instant
	UserID     int64
	Note       string
	Body       string
	Paragraphs string
}

func (talkVersionRow) TableName() string { return "talk_versions" }

type talkPersonRow struct {
	CampaignID int64  `gorm:"primaryKey;autoIncrement:false"`
	Person     []byte `gorm:"primaryKey"`
	Sealed     []byte
	Name       string
}

func (talkPersonRow) TableName() string { return "talk_people" }

type remarkActRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	N          int   `gorm:"primaryKey;autoIncrement:false"`
	At         instant
	UserID     int64
	Action     string
	RemarkID   int64
	OtherID    int64
	Reason     string
	Words      string
}

func (remarkActRow) TableName() string { return "remark_acts" }

func talkPersonName(campaign int64, person discussion.Person) string {
	return fmt.Sprintf("campaign %d person %x", campaign, person[:])
}

// ListRevisions implements discussion.Store.
func (s *Store) ListRevisions(ctx context.Context, campaign int64) ([]discussion.Version, error) {
	var rows []talkVersionRow
	if err := s.fresh.WithContext(ctx).Order("n").Find(&rows, "campaign_id = ?", campaign).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]discussion.Version, len(rows))
	for i := range rows {
		v, err := rows[i].version()
		if err != nil {
			return nil, err
		}
		out[i] = *v
	}
	return out, nil
}

func (r *talkVersionRow) version() (*discussion.Version, error) {
	v := &discussion.Version{Campaign: r.CampaignID, N: r.N, At: r.At.time(), By: r.UserID, Note: r.Note, Body: r.Body}
	if err := json.Unmarshal([]byte(r.Paragraphs), &v.Paragraphs); err != nil {
		return nil, fmt.Errorf("version %d of the text of campaign %d: %w", r.N, r.CampaignID, err)
	}
	return v, nil
}

// FindRevision implements discussion.Tx.
func (t *talkTx) FindRevision(n int) (*discussion.Version, error) {
	var row talkVersionRow
	if err := t.db.Take(&row, "campaign_id = ? AND n = ?", t.campaign, n).Error; err != nil {
		return nil, translate(err)
	}
	return row.version()
}

// ListActs implements discussion.Store.
func (s *Store) ListActs(ctx context.Context, campaign int64) ([]discussion.Act, error) {
	var rows []remarkActRow
	if err := s.fresh.WithContext(ctx).Order("n").Find(&rows, "campaign_id = ?", campaign).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]discussion.Act, len(rows))
	for i, r := range rows {
		out[i] = discussion.Act{
			N: r.N, At: r.At.time(), By: r.UserID, Action: discussion.Action(r.Action), Remark: r.RemarkID, Other: r.OtherID, Reason: r.Reason, Words: r.Words,
		}
	}
	return out, nil
}

// FindContact implements discussion.Store.
func (s *Store) FindContact(ctx context.Context, campaign int64, person discussion.Person) (*discussion.Contact, error) {
	var row talkPersonRow
	if err := s.fresh.WithContext(ctx).Take(&row, "campaign_id = ? AND person = ?", campaign, person[:]).Error; err != nil {
		return nil, translate(err)
	}
	var c discussion.Contact
	return &c, s.sealer.open(talkPersonName(campaign, person), row.Sealed, &c)
}

// SavePerson implements discussion.Tx. Without an address or a name what is known
// stays.
func (t *talkTx) SavePerson(person discussion.Person, c discussion.Contact, name string) error {
	if c.Email == "" {
		return translate(t.db.Model(&talkPersonRow{}).Where("campaign_id = ? AND person = ?", t.campaign, person[:]).Update("name", name).Error)
	}
	sealed, err := t.s.sealer.seal(talkPersonName(t.campaign, person), c)
	if err != nil {
		return err
	}
	row := talkPersonRow{CampaignID: t.campaign, Person: person[:], Sealed: sealed, Name: name}
	keep := clause.OnConflict{Columns: []clause.Column{{Name: "campaign_id"}, {Name: "person"}}, DoUpdates: clause.AssignmentColumns([]string{"sealed"})}
	return translate(t.db.Clauses(keep).Create(&row).Error)
}

// LastVersion implements discussion.Tx.
func (t *talkTx) LastVersion() (int, error) {
	var n int
	err := t.db.Model(&talkVersionRow{}).Select("coalesce(max(n), 1)").Where("campaign_id = ?", t.campaign).Scan(&n).Error
	return n, translate(err)
}

// AddVersion implements discussion.Tx.
func (t *talkTx) AddVersion(v *discussion.Version) error {
	paragraphs, err := json.Marshal(v.Paragraphs)
	if err != nil {
		return err
	}
	return translate(t.db.Create(&talkVersionRow{
		CampaignID: t.campaign, N: v.N, At: instant(v.At), UserID: v.By, Note: v.Note, Body: v.Body, Paragraphs: string(paragraphs),
	}).Error)
}

// AddAct implements discussion.Tx.
func (t *talkTx) AddAct(a *discussion.Act) error {
	if err := t.db.Model(&remarkActRow{}).Select("coalesce(max(n), 0)").Where("campaign_id = ?", t.campaign).Scan(&a.N).Error; err != nil {
		return translate(err)
	}
	a.N++
	return translate(t.db.Create(&remarkActRow{
		CampaignID: t.campaign, N: a.N, At: instant(a.At), UserID: a.By, Action: string(a.Action), RemarkID: a.Remark, OtherID: a.Other,
		Reason: a.Reason, Words: a.Words,
	}).Error)
}
