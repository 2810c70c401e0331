package store

import (
	"context"
	"crypto/rand"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/workflow"
)

type templateRow struct {
	ID        int64 `gorm:"primaryKey"`
	Code      string
	AgencyID  int64
	Rubric    string
	NameRU    string `gorm:"column:name_ru"`
	NameEN    string `gorm:"column:name_en"`
	Outcome   string
	Body      string
	Version   int
	RetiredAt instant
	ChangedAt instant
	ChangedBy int64
}

func (templateRow) TableName() string { return "answer_templates" }

var templateTable = newTable[templateRow]()

func newTemplateRow(t *workflow.AnswerTemplate) templateRow {
	return templateRow{
		ID: t.ID, Code: t.Code, AgencyID: t.Agency, Rubric: t.Rubric, NameRU: t.Name.RU, NameEN: t.Name.EN,
		Outcome: string(t.Outcome), Body: t.Body, Version: t.Version, RetiredAt: instant(t.RetiredAt),
		ChangedAt: instant(t.ChangedAt), ChangedBy: t.ChangedBy,
	}
}

func (r *templateRow) template() workflow.AnswerTemplate {
	return workflow.AnswerTemplate{
		ID: r.ID, Code: r.Code, Agency: r.AgencyID, Rubric: r.Rubric, Name: lang.Text{RU: r.NameRU, EN: r.NameEN},
		Outcome: workflow.Outcome(r.Outcome), Body: r.Body, Version: r.Version, RetiredAt: r.RetiredAt.time(),
		ChangedAt: r.ChangedAt.time(), ChangedBy: r.ChangedBy,
	}
}

// ListTemplates implements workflow.Templates.
func (s *Store) ListTemplates(ctx context.Context, agency int64, topics []string) ([]workflow.AnswerTemplate, error) {
	return listTemplates(s.fresh.WithContext(ctx).Order("code").
		Where("agency_id IN (0, ?) AND rubric IN ? AND retired_at IS NULL", agency, append([]string{""}, topics...)))
}

// ListTemplatesOf implements workflow.Templates.
func (s *Store) ListTemplatesOf(ctx context.Context, agencies []int64) ([]workflow.AnswerTemplate, error) {
	if len(agencies) == 0 {
		return nil, nil
	}
	return listTemplates(s.fresh.WithContext(ctx).Order("name_ru, id").Where("agency_id IN ?", agencies))
}

func listTemplates(db *gorm.DB) ([]workflow.AnswerTemplate, error) {
	var rows []templateRow
	if err := db.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]workflow.AnswerTemplate, len(rows))
	for i := range rows {
		out[i] = rows[i].template()
	}
	return out, nil
}

// FindTemplate implements workflow.Templates.
func (s *Store) FindTemplate(ctx context.Context, id int64) (*workflow.AnswerTemplate, error) {
	var row templateRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	t := row.template()
	return &t, nil
}

// SaveTemplate implements workflow.Templates.
func (s *Store) SaveTemplate(ctx context.Context, t *workflow.AnswerTemplate, by actor.Actor) error {
	saved := *t
	saved.Version, saved.ChangedAt, saved.ChangedBy = t.Version+1, s.clock.Now(), by.User
	err := s.inTx(ctx, func(db *gorm.DB) error {
		kind, row := identity.ChangeTemplate, templateRow{}
		if t.Version == 0 {
			if saved.Code == "" {
				saved.Code = "own-" + strings.ToLower(rand.Text()[:10])
			}
			kind, row = identity.CreateTemplate, newTemplateRow(&saved)
			if err := db.Create(&row).Error; err != nil {
				return err
			}
			saved.ID = row.ID
		} else {
			if err := db.Take(&row, "id = ?", t.ID).Error; err != nil {
				return err
			}
			switch before := row.RetiredAt.time(); {
			case before.IsZero() && !t.RetiredAt.IsZero():
				kind = identity.RetireTemplate
			case !before.IsZero() && t.RetiredAt.IsZero():
				kind = identity.RestoreTemplate
			}
			row = newTemplateRow(&saved)
			done := db.Model(&templateRow{}).Where("id = ? AND version = ?", t.ID, t.Version).Select("*").Omit("id", "code").Updates(&row)
			if done.Error == nil && done.RowsAffected == 0 {
				return stale()
			}
			if done.Error != nil {
				return done.Error
			}
		}
		return s.appendJournal(db, identity.Entry{At: saved.ChangedAt, By: by.User, Kind: kind, Detail: saved.Name.RU})
	})
	if err == nil {
		*t = saved
	}
	return err
}

// SaveTemplates saves by code and sets ids and versions. One that is there gets
// a new version, so that nobody who has it open overwrites it, and stays
// retired where it was.
func (i *Import) SaveTemplates(ts []workflow.AnswerTemplate) error {
	rows := make([]templateRow, len(ts))
	for n := range ts {
		rows[n] = newTemplateRow(&ts[n])
		rows[n].ID, rows[n].Version = 0, 1
	}
	if len(rows) == 0 {
		return nil
	}
	onCode := clause.OnConflict{
		Columns: []clause.Column{{Name: "code"}},
		DoUpdates: append(clause.AssignmentColumns([]string{"agency_id", "rubric", "name_ru", "name_en", "outcome", "body"}),
			clause.Assignments(map[string]any{"version": gorm.Expr("answer_templates.version + 1")})...),
	}
	returning := clause.Returning{Columns: []clause.Column{{Name: "id"}, {Name: "version"}}}
	if err := i.db.Clauses(onCode, returning).CreateInBatches(&rows, importBatch).Error; err != nil {
		return translate(err)
	}
	for n := range ts {
		ts[n].ID, ts[n].Version = rows[n].ID, rows[n].Version
	}
	return nil
}

// SaveTemplates is [Import.SaveTemplates] alone.
func (s *Store) SaveTemplates(ctx context.Context, ts []workflow.AnswerTemplate) error {
	return s.Import(ctx, func(i *Import) error { return i.SaveTemplates(ts) })
}
