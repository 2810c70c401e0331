package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/participation"
)

type campaignStoryRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	Story      string
}

func (campaignStoryRow) TableName() string { return "campaign_stories" }

// FindStory implements participation.Store.
func (s *Store) FindStory(ctx context.Context, campaign int64) (*participation.Story, error) {
	var row campaignStoryRow
	if err := s.fresh.WithContext(ctx).Take(&row, "campaign_id = ?", campaign).Error; err != nil {
		return nil, translate(err)
	}
	var story participation.Story
	if err := json.Unmarshal([]byte(row.Story), &story); err != nil {
		return nil, fmt.Errorf("story of campaign %d: %w", campaign, err)
	}
	return &story, nil
}

// KeepStory implements participation.Store. The last one stays.
func (s *Store) KeepStory(ctx context.Context, campaign int64, story *participation.Story) error {
	text, err := json.Marshal(story)
	if err != nil {
		return fmt.Errorf("story of campaign %d: %w", campaign, err)
	}
	row := campaignStoryRow{CampaignID: campaign, Story: string(text)}
	return s.inTx(ctx, func(db *gorm.DB) error {
		return db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
}
