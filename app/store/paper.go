package store

import (
	"context"
	"crypto/sha256"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

type paperBatchRow struct {
	CampaignID  int64 `gorm:"primaryKey;autoIncrement:false"`
	N           int   `gorm:"primaryKey;autoIncrement:false"`
	TerritoryID int64
	First       int
	Sheets      int
	UserID      int64
	PrintedAt   instant
}

func (paperBatchRow) TableName() string { return "paper_batches" }

type paperSheetRow struct {
	CampaignID int64  `gorm:"primaryKey;autoIncrement:false"`
	Mark       []byte `gorm:"primaryKey"`
	Batch      int
	State      string
}

func (paperSheetRow) TableName() string { return "paper_sheets" }

type paperEntryRow struct {
	CampaignID int64  `gorm:"primaryKey;autoIncrement:false"`
	Mark       []byte `gorm:"primaryKey"`
	Turn       int    `gorm:"primaryKey;autoIncrement:false"`
	UserID     int64
	Choice     []byte
	Reason     string
	EnteredAt  instant
}

func (paperEntryRow) TableName() string { return "paper_entries" }

type paperPersonRow struct {
	CampaignID int64  `gorm:"primaryKey;autoIncrement:false"`
	Document   []byte `gorm:"primaryKey"`
}

func (paperPersonRow) TableName() string { return "paper_people" }

// unsealed holds a campaign so that it can't be sealed meanwhile; condition says
// what else must be true of it.
func (s *Store) unsealed(db *gorm.DB, campaign int64, condition string, args ...any) error {
	query := db.Model(&campaignRow{}).Select("id").Where("id = ? AND sealed_at IS NULL AND state IN ('published', 'open', 'closed')", campaign)
	if condition != "" {
		query = query.Where(condition, args...)
	}
	if s.dialect.lock != "" {
		query = query.Clauses(clause.Locking{Strength: "KEY SHARE"})
	}
	var ids []int64
	if err := query.Scan(&ids).Error; err != nil {
		return err
	}
	if len(ids) == 0 {
		return fault.New(fault.Gone, "paper.over")
	}
	return nil
}

// sheetsAtOnce is how many rows one statement writes.
const sheetsAtOnce = 500

// PrintSheets implements participation.PaperBox.
func (s *Store) PrintSheets(
	ctx context.Context, campaign int64, b *participation.PaperBatch, marks func(from, n int) [][sha256.Size]byte,
) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		// Two who print at once wait for one another here.
		query := db.Model(&campaignRow{}).Select("id").Where("id = ?", campaign)
		if s.dialect.lock != "" {
			query = query.Clauses(clause.Locking{Strength: "UPDATE"})
		}
		var id int64
		if err := query.Scan(&id).Error; err != nil {
			return err
		}
		var last paperBatchRow
		if err := db.Where("campaign_id = ?", campaign).Order("n DESC").Limit(1).Find(&last).Error; err != nil {
			return err
		}
		b.N, b.From = last.N+1, last.First+last.Sheets
		row := paperBatchRow{
			CampaignID: campaign, N: b.N, TerritoryID: b.Territory, First: b.From, Sheets: b.Sheets, UserID: b.By, PrintedAt: instant(b.At),
		}
		if err := db.Create(&row).Error; err != nil {
			return err
		}
		var sheets []paperSheetRow
		for _, mark := range marks(b.From, b.Sheets) {
			sheets = append(sheets, paperSheetRow{CampaignID: campaign, Mark: mark[:], Batch: b.N, State: string(participation.SheetPrinted)})
		}
		return db.CreateInBatches(sheets, sheetsAtOnce).Error
	})
}

// ListBatches implements participation.PaperBox.
func (s *Store) ListBatches(ctx context.Context, campaign int64) ([]participation.PaperBatch, error) {
	var rows []paperBatchRow
	if err := s.fresh.WithContext(ctx).Order("n").Find(&rows, "campaign_id = ?", campaign).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]participation.PaperBatch, len(rows))
	for i, r := range rows {
		out[i] = participation.PaperBatch{N: r.N, Territory: r.TerritoryID, From: r.First, Sheets: r.Sheets, By: r.UserID, At: r.PrintedAt.time()}
	}
	return out, nil
}

// IssueSheet implements participation.PaperBox. The document and the voter are rows
// of two tables: where somebody gave an address, nothing leads from one to the other.
func (s *Store) IssueSheet(ctx context.Context, i participation.Issuing) (participation.Cast, error) {
	done := participation.Taken
	err := s.inTx(ctx, func(db *gorm.DB) error {
		err := s.unsealed(db, i.Campaign, "opens_at <= ? AND closes_at > ?", instant(i.Arrived), instant(i.Arrived))
		if fault.Is(err, fault.Gone) {
			done = participation.Late
			return err
		}
		if err != nil {
			return err
		}
		for _, row := range []any{
			&paperPersonRow{CampaignID: i.Campaign, Document: i.Document[:]},
			&voterRow{CampaignID: i.Campaign, Person: i.Person[:], TerritoryID: i.Territory, Paper: true},
		} {
			added := db.Clauses(clause.OnConflict{DoNothing: true}).Create(row)
			if added.Error != nil {
				return added.Error
			}
			if added.RowsAffected == 0 {
				done = participation.Voted
				return fault.New(fault.Conflict, "paper.voted") // nothing of it stays
			}
		}
		return nil
	})
	if done != participation.Taken {
		return done, nil
	}
	return done, err
}

func (s *Store) sheet(db *gorm.DB, campaign int64, row *paperSheetRow) (*participation.Sheet, error) {
	var rows []paperEntryRow
	if err := db.Order("turn").Find(&rows, "campaign_id = ? AND mark = ?", campaign, row.Mark).Error; err != nil {
		return nil, err
	}
	out := &participation.Sheet{State: participation.SheetState(row.State)}
	copy(out.Mark[:], row.Mark)
	for _, r := range rows {
		out.Entries = append(out.Entries, participation.SheetEntry{
			User: r.UserID, Choice: r.Choice, Spoiled: r.Choice == nil, Reason: r.Reason, At: r.EnteredAt.time(),
		})
	}
	return out, nil
}

// FindSheet implements participation.PaperBox.
func (s *Store) FindSheet(ctx context.Context, campaign int64, mark [sha256.Size]byte) (*participation.Sheet, error) {
	db := s.fresh.WithContext(ctx)
	var row paperSheetRow
	if err := db.Take(&row, "campaign_id = ? AND mark = ?", campaign, mark[:]).Error; err != nil {
		return nil, translate(err)
	}
	out, err := s.sheet(db, campaign, &row)
	return out, translate(err)
}

// ListSheets implements participation.PaperBox.
func (s *Store) ListSheets(ctx context.Context, campaign int64, state participation.SheetState) ([]participation.Sheet, error) {
	db := s.fresh.WithContext(ctx)
	var rows []paperSheetRow
	if err := db.Order("mark").Find(&rows, "campaign_id = ? AND state = ?", campaign, string(state)).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]participation.Sheet, len(rows))
	for i := range rows {
		one, err := s.sheet(db, campaign, &rows[i])
		if err != nil {
			return nil, translate(err)
		}
		out[i] = *one
	}
	return out, nil
}

// ChangeSheet implements participation.PaperBox.
func (s *Store) ChangeSheet(
	ctx context.Context, campaign int64, mark [sha256.Size]byte, fn func(*participation.Sheet) (*participation.Ballot, error),
) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		if err := s.unsealed(db, campaign, ""); err != nil {
			return err
		}
		query := db
		if s.dialect.lock != "" {
			query = db.Clauses(clause.Locking{Strength: "UPDATE"})
		}
		var row paperSheetRow
		if err := query.Take(&row, "campaign_id = ? AND mark = ?", campaign, mark[:]).Error; err != nil {
			return err
		}
		sheet, err := s.sheet(db, campaign, &row)
		if err != nil {
			return err
		}
		before := len(sheet.Entries)
		ballot, err := fn(sheet)
		if err != nil {
			return err
		}
		for i, e := range sheet.Entries[before:] {
			entry := paperEntryRow{
				CampaignID: campaign, Mark: mark[:], Turn: before + i + 1, UserID: e.User, Choice: e.Choice, Reason: e.Reason, EnteredAt: instant(e.At),
			}
			if err := db.Create(&entry).Error; err != nil {
				return err
			}
		}
		err = db.Model(&paperSheetRow{}).Where("campaign_id = ? AND mark = ?", campaign, mark[:]).Update("state", string(sheet.State)).Error
		if err != nil || ballot == nil {
			return err
		}
		return db.Create(&ballotRow{
			CampaignID: campaign, Commitment: ballot.Commitment[:], Choice: ballot.Choice, Nonce: ballot.Nonce[:],
		}).Error
	})
}

// CountPaper implements participation.PaperBox.
func (s *Store) CountPaper(ctx context.Context, campaign int64) (*participation.PaperCount, error) {
	db := s.fresh.WithContext(ctx)
	var states []struct {
		State     string
		Territory int64
		N         int
	}
	err := db.Raw(`SELECT s.state AS state, b.territory_id AS territory, count(*) AS n FROM paper_sheets s
		JOIN paper_batches b ON b.campaign_id = s.campaign_id AND b.n = s.batch
		WHERE s.campaign_id = ? GROUP BY s.state, b.territory_id ORDER BY b.territory_id, s.state`, campaign).Scan(&states).Error
	if err != nil {
		return nil, translate(err)
	}
	var issued, settled int64
	if err := db.Model(&voterRow{}).Where("campaign_id = ? AND paper", campaign).Count(&issued).Error; err != nil {
		return nil, translate(err)
	}
	if err := db.Model(&paperEntryRow{}).Where("campaign_id = ? AND turn = 3", campaign).Count(&settled).Error; err != nil {
		return nil, translate(err)
	}
	out := &participation.PaperCount{Issued: int(issued), Settled: int(settled)}
	for _, one := range states {
		out.Printed += one.N
		switch participation.SheetState(one.State) {
		case participation.SheetOnce, participation.SheetDiffers:
			out.Unmatched += one.N
		case participation.SheetCounted:
			out.Counted += one.N
			out.Places = append(out.Places, participation.PlaceCount{Territory: one.Territory, N: one.N})
		case participation.SheetSpoiled:
			out.Spoiled += one.N
		case participation.SheetPrinted:
		}
	}
	out.Matched = out.Counted + out.Spoiled
	out.Entered = out.Matched + out.Unmatched
	return out, nil
}
