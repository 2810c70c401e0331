package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator"
)

// treeStepRow is what a draft was before a change of it.
type treeStepRow struct {
	DraftID   int64 `gorm:"primaryKey;autoIncrement:false"`
	Version   int   `gorm:"primaryKey;autoIncrement:false"`
	Base      int64
	BaseRules string
	Tree      string
	Rules     string
}

func (treeStepRow) TableName() string { return "tree_steps" }

// keepStep keeps the open draft as it is before a change, and forgets what is
// too old to be taken back.
func keepStep(db *gorm.DB, draft int64, version int) error {
	err := db.Exec("INSERT INTO tree_steps (draft_id, version, base, base_rules, tree, rules) "+
		"SELECT id, version, base, base_rules, tree, rules FROM tree_drafts WHERE id = ? AND version = ? AND active", draft, version).Error
	if err != nil {
		return translate(err)
	}
	keep := db.Model(&treeStepRow{}).Select("version").Where("draft_id = ?", draft).Order("version DESC").Limit(rubricator.MostSteps)
	return translate(db.Where("draft_id = ? AND version NOT IN (?)", draft, keep).Delete(&treeStepRow{}).Error)
}

func dropSteps(db *gorm.DB, draft int64) error {
	return translate(db.Where("draft_id = ?", draft).Delete(&treeStepRow{}).Error)
}

// FindTreeStep implements rubricator.DraftStore.
func (s *Store) FindTreeStep(ctx context.Context, draft int64) (*rubricator.Draft, error) {
	row, err := lastStep(s.fresh.WithContext(ctx), draft)
	if err != nil {
		return nil, err
	}
	return row.draft()
}

// FindTreeStepBefore implements rubricator.DraftStore.
func (s *Store) FindTreeStepBefore(ctx context.Context, d *rubricator.Draft) (*rubricator.Draft, error) {
	row, err := lastStep(s.fresh.WithContext(ctx).Where("base <> ? OR base_rules <> ?", d.Base, d.BaseRules), d.ID)
	if err != nil {
		return nil, err
	}
	return row.draft()
}

func lastStep(db *gorm.DB, draft int64) (*treeStepRow, error) {
	var row treeStepRow
	err := translate(db.Where("draft_id = ?", draft).Order("version DESC").Take(&row).Error)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.Wrap(fault.NotFound, "rubricator.nothing_to_undo", err)
	}
	return &row, err
}

func (r *treeStepRow) draft() (*rubricator.Draft, error) {
	d := treeDraftRow{ID: r.DraftID, State: string(rubricator.DraftOpen), Base: r.Base, BaseRules: r.BaseRules, Tree: r.Tree, Rules: r.Rules, Version: r.Version}
	return d.draft()
}

// UndoTreeDraft implements rubricator.DraftStore.
func (s *Store) UndoTreeDraft(ctx context.Context, d *rubricator.Draft) error {
	version := d.Version + 1
	return s.inTx(ctx, func(db *gorm.DB) error {
		step, err := lastStep(db, d.ID)
		if err != nil {
			return err
		}
		done := db.Model(&treeDraftRow{}).Where("id = ? AND version = ? AND active", d.ID, d.Version).Updates(map[string]any{
			"base": step.Base, "base_rules": step.BaseRules, "tree": step.Tree, "rules": step.Rules,
			"changed_by": d.ChangedBy, "changed_at": instant(d.ChangedAt), "version": version,
		})
		if done.Error != nil {
			return translate(done.Error)
		}
		if done.RowsAffected == 0 {
			return stale()
		}
		return translate(db.Where("draft_id = ? AND version = ?", step.DraftID, step.Version).Delete(&treeStepRow{}).Error)
	})
}
