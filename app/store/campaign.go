package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/ledger"
)

type campaignRow struct {
	ID        int64 `gorm:"primaryKey"`
	AgencyID  int64
	Kind      string
	State     string
	TitleRU   string `gorm:"column:title_ru"`
	TitleEN   string `gorm:"column:title_en"`
	OpensAt   instant
	ClosesAt  instant
	Terms     string
	Frozen    []byte
	Hash      []byte
	SealedAt  instant
	Reason    string
	Draw      string
	Result    string
	Observers []byte
	Hidden    string
	Version   int
	CreatedAt instant
	ChangedAt instant
}

func (campaignRow) TableName() string { return "campaigns" }

type campaignNoteRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	N          int   `gorm:"primaryKey;autoIncrement:false"`
	At         instant
	UserID     int64
	Action     string
	FromState  string
	ToState    string
	Reason     string
}

func (campaignNoteRow) TableName() string { return "campaign_notes" }

func observersName(id int64) string { return "campaign " + strconv.FormatInt(id, 10) + " observers" }

func (s *Store) newCampaignRow(c *participation.Campaign) (*campaignRow, error) {
	terms, err := json.Marshal(&c.Terms)
	if err != nil {
		return nil, fmt.Errorf("terms of campaign %d: %w", c.ID, err)
	}
	row := &campaignRow{
		ID: c.ID, AgencyID: c.Agency, Kind: string(c.Terms.Kind), State: string(c.State), TitleRU: c.Terms.Title.RU, TitleEN: c.Terms.Title.EN,
		OpensAt: instant(c.Terms.Opens), ClosesAt: instant(c.Closed), Terms: string(terms), Frozen: c.Frozen, SealedAt: instant(c.Sealed),
		Reason: c.Reason, Draw: c.Draw, Version: c.Version, ChangedAt: instant(s.clock.Now()),
	}
	if c.Frozen != nil {
		row.Hash = c.Hash[:]
	}
	if c.Result != nil {
		result, err := json.Marshal(c.Result)
		if err != nil {
			return nil, fmt.Errorf("result of campaign %d: %w", c.ID, err)
		}
		row.Result = string(result)
	}
	if len(c.Hidden) > 0 {
		hidden, err := json.Marshal(c.Hidden)
		if err != nil {
			return nil, fmt.Errorf("hidden answers of campaign %d: %w", c.ID, err)
		}
		row.Hidden = string(hidden)
	}
	if len(c.Observers) > 0 {
		if row.Observers, err = s.sealer.seal(observersName(c.ID), c.Observers); err != nil {
			return nil, err
		}
	}
	return row, nil
}

func (s *Store) campaign(row *campaignRow) (*participation.Campaign, error) {
	c := &participation.Campaign{
		ID: row.ID, Agency: row.AgencyID, State: participation.State(row.State), Frozen: row.Frozen, Closed: row.ClosesAt.time(),
		Sealed: row.SealedAt.time(), Reason: row.Reason, Draw: row.Draw, Version: row.Version,
	}
	copy(c.Hash[:], row.Hash)
	if err := json.Unmarshal([]byte(row.Terms), &c.Terms); err != nil {
		return nil, fmt.Errorf("terms of campaign %d: %w", row.ID, err)
	}
	if row.Result != "" {
		c.Result = new(participation.Result)
		if err := json.Unmarshal([]byte(row.Result), c.Result); err != nil {
			return nil, fmt.Errorf("result of campaign %d: %w", row.ID, err)
		}
	}
	if row.Hidden != "" {
		if err := json.Unmarshal([]byte(row.Hidden), &c.Hidden); err != nil {
			return nil, fmt.Errorf("hidden answers of campaign %d: %w", row.ID, err)
		}
	}
	if row.Observers != nil {
		if err := s.sealer.open(observersName(row.ID), row.Observers, &c.Observers); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (s *Store) campaigns(db *gorm.DB) ([]participation.Campaign, error) {
	var rows []campaignRow
	if err := db.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]participation.Campaign, len(rows))
	for i := range rows {
		c, err := s.campaign(&rows[i])
		if err != nil {
			return nil, err
		}
		out[i] = *c
	}
	return out, nil
}

// ListCampaigns implements participation.Store.
func (s *Store) ListCampaigns(ctx context.Context, agencies []int64) ([]participation.Campaign, error) {
	db := s.fresh.WithContext(ctx).Order("id DESC")
	if agencies != nil {
		db = db.Where("agency_id IN ?", agencies)
	}
	return s.campaigns(db)
}

// ListMoving implements participation.Store.
func (s *Store) ListMoving(ctx context.Context) ([]participation.Campaign, error) {
	return s.campaigns(s.fresh.WithContext(ctx).Order("id").Where("state IN ('published', 'open', 'closed')"))
}

// FindCampaign implements participation.Store.
func (s *Store) FindCampaign(ctx context.Context, id int64) (*participation.Campaign, error) {
	var row campaignRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	return s.campaign(&row)
}

// CreateCampaign implements participation.Store.
func (s *Store) CreateCampaign(ctx context.Context, c *participation.Campaign, note participation.Note) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		observers := c.Observers
		c.Observers = nil // they are sealed for the id, which isn't known yet
		row, err := s.newCampaignRow(c)
		if err != nil {
			return err
		}
		row.Version, row.CreatedAt = 1, row.ChangedAt
		if err := db.Create(row).Error; err != nil {
			return err
		}
		c.ID, c.Version, c.Observers, c.Terms.ID = row.ID, 1, observers, row.ID
		if row, err = s.newCampaignRow(c); err != nil {
			return err
		}
		if err := db.Model(row).Select("terms", "observers").Updates(row).Error; err != nil {
			return err
		}
		empty := new(ledger.Builder).Tree()
		log := campaignLogRow{CampaignID: c.ID, Root: empty.Hash[:], SignedAt: row.ChangedAt}
		if err := db.Create(&log).Error; err != nil {
			return err
		}
		return s.addNote(db, c.ID, note)
	})
}

func (s *Store) addNote(db *gorm.DB, campaign int64, n participation.Note) error {
	var last int
	if err := db.Model(&campaignNoteRow{}).Select("coalesce(max(n), 0)").Where("campaign_id = ?", campaign).Scan(&last).Error; err != nil {
		return err
	}
	if n.Tell != "" {
		payload, err := json.Marshal(participation.Message{Campaign: campaign})
		if err != nil {
			return err
		}
		if err := db.Create(&outboxRow{Topic: n.Tell, Payload: string(payload), ReadyAt: instant(n.At)}).Error; err != nil {
			return err
		}
	}
	return db.Create(&campaignNoteRow{
		CampaignID: campaign, N: last + 1, At: instant(n.At), UserID: n.By, Action: string(n.Action), FromState: string(n.From), ToState: string(n.To),
		Reason: n.Reason,
	}).Error
}

// ChangeCampaign implements participation.Store.
func (s *Store) ChangeCampaign(
	ctx context.Context, id int64, fn func(c *participation.Campaign) (participation.Note, error),
) (*participation.Campaign, error) {
	var changed *participation.Campaign
	err := s.inTx(ctx, func(db *gorm.DB) (err error) {
		changed, err = s.changeCampaign(db, id, fn)
		return err
	})
	return changed, err
}

// lockCampaign reads a campaign that nobody else changes until the transaction
// ends.
func (s *Store) lockCampaign(db *gorm.DB, id int64) (*participation.Campaign, error) {
	var row campaignRow
	query := db
	if s.dialect.lock != "" {
		query = db.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	if err := query.Take(&row, "id = ?", id).Error; err != nil {
		return nil, err
	}
	return s.campaign(&row)
}

func (s *Store) changeCampaign(
	db *gorm.DB, id int64, fn func(c *participation.Campaign) (participation.Note, error),
) (*participation.Campaign, error) {
	c, err := s.lockCampaign(db, id)
	if err != nil {
		return nil, err
	}
	note, err := fn(c)
	if err != nil {
		return nil, err
	}
	c.Version++
	next, err := s.newCampaignRow(c)
	if err != nil {
		return nil, err
	}
	if err := db.Model(next).Select("*").Omit("id", "created_at").Updates(next).Error; err != nil {
		return nil, err
	}
	return c, s.addNote(db, id, note)
}

// ListNotes implements participation.Store.
func (s *Store) ListNotes(ctx context.Context, campaign int64) ([]participation.Note, error) {
	var rows []campaignNoteRow
	if err := s.fresh.WithContext(ctx).Order("n").Find(&rows, "campaign_id = ?", campaign).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]participation.Note, len(rows))
	for i, r := range rows {
		out[i] = participation.Note{
			Campaign: r.CampaignID, N: r.N, At: r.At.time(), By: r.UserID, Action: participation.Action(r.Action),
			From: participation.State(r.FromState), To: participation.State(r.ToState), Reason: r.Reason,
		}
	}
	return out, nil
}
