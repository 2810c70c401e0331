package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/rubricator"
)

type treeDraftRow struct {
	ID        int64 `gorm:"primaryKey"`
	State     string
	Active    bool
	Base      int64
	BaseRules string
	Tree      string
	Rules     string
	Note      string
	CreatedBy int64
	ChangedBy int64
	CreatedAt instant `gorm:"autoCreateTime:false"`
	ChangedAt instant
	Version   int
}

func (treeDraftRow) TableName() string { return "tree_drafts" }

var _ rubricator.DraftStore = (*Store)(nil)

func newTreeDraftRow(d *rubricator.Draft) (*treeDraftRow, error) {
	tree, err := json.Marshal(d.Roots)
	if err != nil {
		return nil, err
	}
	rules, err := json.Marshal(d.Rules)
	if err != nil {
		return nil, err
	}
	return &treeDraftRow{
		ID: d.ID, State: string(d.State), Active: d.State == rubricator.DraftOpen, Base: d.Base, BaseRules: d.BaseRules,
		Tree: string(tree), Rules: string(rules), Note: d.Note, CreatedBy: d.CreatedBy, ChangedBy: d.ChangedBy,
		CreatedAt: instant(d.CreatedAt), ChangedAt: instant(d.ChangedAt), Version: d.Version,
	}, nil
}

func (r *treeDraftRow) draft() (*rubricator.Draft, error) {
	d := &rubricator.Draft{
		ID: r.ID, State: rubricator.DraftState(r.State), Base: r.Base, BaseRules: r.BaseRules, Note: r.Note,
		CreatedBy: r.CreatedBy, ChangedBy: r.ChangedBy, CreatedAt: r.CreatedAt.time(), ChangedAt: r.ChangedAt.time(), Version: r.Version,
	}
	if err := json.Unmarshal([]byte(r.Tree), &d.Roots); err != nil {
		return nil, fmt.Errorf("draft %d of the tree: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Rules), &d.Rules); err != nil {
		return nil, fmt.Errorf("rules of draft %d: %w", r.ID, err)
	}
	return d, nil
}

// CreateTreeDraft implements rubricator.DraftStore.
func (s *Store) CreateTreeDraft(ctx context.Context, d *rubricator.Draft) error {
	row, err := newTreeDraftRow(d)
	if err != nil {
		return err
	}
	err = translate(s.write.WithContext(ctx).Create(row).Error)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "rubricator.another_draft", err)
	}
	d.ID = row.ID
	return err
}

// FindTreeDraft implements rubricator.DraftStore.
func (s *Store) FindTreeDraft(ctx context.Context) (*rubricator.Draft, error) {
	var row treeDraftRow
	err := translate(s.fresh.WithContext(ctx).Where("active").Take(&row).Error)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.Wrap(fault.NotFound, "rubricator.no_draft", err)
	}
	if err != nil {
		return nil, err
	}
	return row.draft()
}

// SaveTreeDraft implements rubricator.DraftStore.
func (s *Store) SaveTreeDraft(ctx context.Context, d *rubricator.Draft) error {
	version := d.Version
	err := s.inTx(ctx, func(db *gorm.DB) error { return saveTreeDraft(db, d) })
	if err != nil {
		d.Version = version
	}
	return err
}

func saveTreeDraft(db *gorm.DB, d *rubricator.Draft) error {
	row, err := newTreeDraftRow(d)
	if err != nil {
		return err
	}
	row.Version++
	if d.State == rubricator.DraftOpen {
		err = keepStep(db, d.ID, d.Version)
	} else {
		err = dropSteps(db, d.ID)
	}
	if err != nil {
		return err
	}
	done := db.Model(&treeDraftRow{}).Select("*").Omit("id", "created_by", "created_at").
		Where("id = ? AND version = ? AND active", d.ID, d.Version).Updates(row)
	if done.Error != nil {
		return translate(done.Error)
	}
	if done.RowsAffected == 0 {
		return stale()
	}
	d.Version = row.Version
	return nil
}

// PublishTreeDraft implements rubricator.DraftStore.
func (s *Store) PublishTreeDraft(ctx context.Context, d *rubricator.Draft, by int64, detail string) (version int64, err error) {
	published := *d
	published.State = rubricator.DraftPublished
	err = s.inTx(ctx, func(db *gorm.DB) error {
		i := &Import{s, db}
		base, _, err := i.LatestVersion()
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		rules, err := listRules(db)
		if err != nil {
			return err
		}
		if base != d.Base || rubricator.RulesHash(rules) != d.BaseRules {
			return fault.New(fault.Conflict, "rubricator.stale_draft")
		}
		if err := saveTreeDraft(db, &published); err != nil {
			return err
		}
		if err := i.ReplaceRules(d.Rules); err != nil {
			return err
		}
		if version, err = i.publish(d.Roots, d.Note, by); err != nil {
			return err
		}
		return s.appendJournal(db, identity.Entry{
			At: s.clock.Now(), By: by, Kind: identity.PublishTree, Detail: fmt.Sprintf("version=%d %s", version, detail),
		})
	})
	if err == nil {
		*d = published
	}
	return version, err
}

// LatestVersion is what the unit of work sees; nobody else publishes before it
// ends. It is fault.NotFound where none is published.
func (i *Import) LatestVersion() (id int64, roots []*rubricator.Rubric, err error) {
	if err := i.lockTree(); err != nil {
		return 0, nil, err
	}
	return readVersion(i.db.Where("state = ?", published).Order("id DESC"))
}

// lockTree holds back others who would publish a tree or replace the rules.
func (i *Import) lockTree() error {
	if lock := i.s.dialect.lockTree; lock != "" {
		return translate(i.db.Exec(lock).Error)
	}
	return nil
}

// ListVersions implements rubricator.DraftStore.
func (s *Store) ListVersions(ctx context.Context, limit int) ([]rubricator.Version, error) {
	var rows []rubricVersionRow
	err := s.fresh.WithContext(ctx).Omit("body", "rules").Where("state = ?", published).Order("id DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	out := make([]rubricator.Version, len(rows))
	for i, r := range rows {
		out[i] = rubricator.Version{ID: r.ID, Note: r.Note, PublishedAt: r.PublishedAt.time(), PublishedBy: r.PublishedBy}
	}
	return out, nil
}

// FindTreeVersion implements rubricator.DraftStore.
func (s *Store) FindTreeVersion(ctx context.Context, id int64) (*rubricator.Version, error) {
	var row rubricVersionRow
	if err := s.fresh.WithContext(ctx).Where("id = ? AND state = ?", id, published).Take(&row).Error; err != nil {
		return nil, translate(err)
	}
	v := &rubricator.Version{ID: row.ID, Note: row.Note, PublishedAt: row.PublishedAt.time(), PublishedBy: row.PublishedBy}
	if err := json.Unmarshal([]byte(row.Body), &v.Roots); err != nil {
		return nil, fmt.Errorf("rubricator version %d: %w", row.ID, err)
	}
	if row.Rules != "" {
		if err := json.Unmarshal([]byte(row.Rules), &v.Rules); err != nil {
			return nil, fmt.Errorf("rules of version %d: %w", row.ID, err)
		}
	}
	return v, nil
}

// ListPast returns the latest appeals, latest first, without who sent them.
func (s *Store) ListPast(ctx context.Context, limit int) ([]rubricator.Past, error) {
	var rows []struct{ Number, Body, Rubric string }
	err := s.fresh.WithContext(ctx).Table("appeals").Select("number, body, rubric").Order("id DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	out := make([]rubricator.Past, len(rows))
	for i, r := range rows {
		out[i] = rubricator.Past{Number: r.Number, Text: r.Body, Rubric: r.Rubric}
	}
	return out, nil
}
