package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/rubricator"
)

type modelRow struct {
	ID          int64 `gorm:"primaryKey"`
	State       string
	Busy        bool
	Active      bool
	Cause       string
	Step        string
	Verdict     string
	Tree        int64
	Known       int
	Examples    int
	Corrected   int
	Tested      int
	FromAt      instant
	UntilAt     instant
	Figures     string
	Size        int
	CreatedBy   int64
	CreatedAt   instant `gorm:"autoCreateTime:false"`
	TouchedAt   instant
	ActivatedBy int64
	ActivatedAt instant
	Version     int
}

func (modelRow) TableName() string { return "models" }

type modelChunkRow struct {
	ModelID int64 `gorm:"primaryKey;autoIncrement:false"`
	N       int   `gorm:"primaryKey;autoIncrement:false"`
	Body    []byte
}

func (modelChunkRow) TableName() string { return "model_chunks" }

// chunk is how much of a model's file one row holds.
const chunk = 1 << 20

var _ rubricator.ModelStore = (*Store)(nil)

func newModelRow(m *rubricator.Model) (*modelRow, error) {
	figures, err := json.Marshal(m.Figures)
	return &modelRow{
		ID: m.ID, State: string(m.State), Busy: m.State.Busy(), Active: m.State == rubricator.ModelActive, Cause: string(m.Cause),
		Step: m.Step, Verdict: m.Verdict, Tree: m.Tree, Known: m.Known, Examples: m.Examples, Corrected: m.Corrected,
		Tested: m.Tested, FromAt: instant(m.From), UntilAt: instant(m.Until), Figures: string(figures), Size: m.Size,
		CreatedBy: m.CreatedBy, CreatedAt: instant(m.CreatedAt), TouchedAt: instant(m.TouchedAt),
		ActivatedBy: m.ActivatedBy, ActivatedAt: instant(m.ActivatedAt), Version: m.Version,
	}, err
}

func (r *modelRow) model() (rubricator.Model, error) {
	m := rubricator.Model{
		ID: r.ID, State: rubricator.ModelState(r.State), Cause: rubricator.Cause(r.Cause), Step: r.Step, Verdict: r.Verdict,
		Tree: r.Tree, Known: r.Known, Examples: r.Examples, Corrected: r.Corrected, Tested: r.Tested,
		From: r.FromAt.time(), Until: r.UntilAt.time(), Size: r.Size, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.time(),
		TouchedAt: r.TouchedAt.time(), ActivatedBy: r.ActivatedBy, ActivatedAt: r.ActivatedAt.time(), Version: r.Version,
	}
	if err := json.Unmarshal([]byte(r.Figures), &m.Figures); err != nil {
		return m, fmt.Errorf("figures of model %d: %w", r.ID, err)
	}
	return m, nil
}

func models(db *gorm.DB) ([]rubricator.Model, error) {
	var rows []modelRow
	if err := db.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]rubricator.Model, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].model(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CreateModel implements rubricator.ModelStore.
func (s *Store) CreateModel(ctx context.Context, m *rubricator.Model) error {
	row, err := newModelRow(m)
	if err != nil {
		return err
	}
	err = translate(s.write.WithContext(ctx).Create(row).Error)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "model.busy", err)
	}
	m.ID = row.ID
	return err
}

// SaveModel implements rubricator.ModelStore. Which one is in force is for
// Activate to say, and the size of the file for SaveModelFile.
func (s *Store) SaveModel(ctx context.Context, m *rubricator.Model) error {
	row, err := newModelRow(m)
	if err != nil {
		return err
	}
	row.Version++
	done := s.write.WithContext(ctx).Model(&modelRow{}).Select("*").Omit("id", "size", "active", "activated_by", "activated_at").
		Where("id = ? AND version = ?", m.ID, m.Version).Updates(row)
	if done.Error != nil {
		return translate(done.Error)
	}
	if done.RowsAffected == 0 {
		return stale()
	}
	m.Version = row.Version
	return nil
}

// TouchModel implements rubricator.ModelStore.
func (s *Store) TouchModel(ctx context.Context, id int64, at time.Time) error {
	return translate(s.write.WithContext(ctx).Model(&modelRow{}).Where("id = ? AND busy", id).Update("touched_at", instant(at)).Error)
}

// SaveModelFile implements rubricator.ModelStore.
func (s *Store) SaveModelFile(ctx context.Context, id int64, file []byte) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		if err := db.Delete(&modelChunkRow{}, "model_id = ?", id).Error; err != nil {
			return err
		}
		n := 0
		for body := range slices.Chunk(file, chunk) {
			if err := db.Create(&modelChunkRow{ModelID: id, N: n, Body: body}).Error; err != nil {
				return err
			}
			n++
		}
		return db.Model(&modelRow{}).Where("id = ?", id).Update("size", len(file)).Error
	})
}

// ReadModelFile implements rubricator.ModelStore.
func (s *Store) ReadModelFile(ctx context.Context, id int64) ([]byte, error) {
	var rows []modelChunkRow
	if err := s.fresh.WithContext(ctx).Where("model_id = ?", id).Order("n").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.NotFound, "model.no_file")
	}
	var file []byte
	for _, r := range rows {
		file = append(file, r.Body...)
	}
	return file, nil
}

// FindModel implements rubricator.ModelStore.
func (s *Store) FindModel(ctx context.Context, id int64) (*rubricator.Model, error) {
	found, err := models(s.fresh.WithContext(ctx).Where("id = ?", id))
	if err != nil || len(found) == 0 {
		return nil, orMissing(err)
	}
	return &found[0], nil
}

func orMissing(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "model.unknown")
}

// FindBusyModel implements rubricator.ModelStore.
func (s *Store) FindBusyModel(ctx context.Context) (*rubricator.Model, error) {
	found, err := models(s.fresh.WithContext(ctx).Where("busy").Limit(1))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// ActiveModel implements rubricator.ModelStore.
func (s *Store) ActiveModel(ctx context.Context) (int64, error) {
	var ids []int64
	err := s.fresh.WithContext(ctx).Model(&modelRow{}).Where("active").Limit(1).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, translate(err)
	}
	return ids[0], nil
}

// ListModels implements rubricator.ModelStore.
func (s *Store) ListModels(ctx context.Context, limit int) ([]rubricator.Model, error) {
	return models(s.fresh.WithContext(ctx).Order("id DESC").Limit(limit))
}

// Activate implements rubricator.ModelStore.
func (s *Store) Activate(ctx context.Context, id, by int64, at time.Time, verdict string) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		var row modelRow
		switch err := db.Where("id = ?", id).Take(&row).Error; {
		case err != nil:
			return err
		case row.Active:
			return nil
		case row.Size == 0:
			return fault.New(fault.Conflict, "model.no_file")
		case row.Busy:
			return fault.New(fault.Conflict, "model.busy")
		}
		version := gorm.Expr("version + 1")
		if err := db.Model(&modelRow{}).Where("active").Updates(map[string]any{
			"state": string(rubricator.ModelRetired), "active": false, "version": version,
		}).Error; err != nil {
			return err
		}
		if err := db.Model(&modelRow{}).Where("id = ?", id).Updates(map[string]any{
			"state": string(rubricator.ModelActive), "active": true, "verdict": verdict,
			"activated_by": by, "activated_at": instant(at), "version": version,
		}).Error; err != nil {
			return err
		}
		return s.appendJournal(db, identity.Entry{At: at, By: by, Kind: identity.ActivateModel, Detail: "№ " + strconv.FormatInt(id, 10)})
	})
}

// PruneModels implements rubricator.ModelStore.
func (s *Store) PruneModels(ctx context.Context, files, lines int) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		var keep []int64
		if err := db.Model(&modelRow{}).Where("size > 0 AND NOT active").
			Order("coalesce(activated_at, created_at) DESC, id DESC").Limit(files).Pluck("id", &keep).Error; err != nil {
			return err
		}
		keep = append(keep, 0)
		if err := db.Where("model_id IN (SELECT id FROM models WHERE NOT active AND NOT busy) AND model_id NOT IN ?", keep).
			Delete(&modelChunkRow{}).Error; err != nil {
			return err
		}
		if err := db.Model(&modelRow{}).Where("size > 0 AND NOT active AND NOT busy AND id NOT IN ?", keep).Update("size", 0).Error; err != nil {
			return err
		}
		return db.Where("NOT active AND NOT busy AND id NOT IN ? AND id NOT IN (?)", keep,
			db.Model(&modelRow{}).Select("id").Order("id DESC").Limit(lines)).Delete(&modelRow{}).Error
	})
}

// worked are the appeals that were answered on their own: what is joined to
// another was never looked at for its topic.
const worked = "first_signed_at IS NOT NULL AND lead_id = 0"

// ListWorked implements rubricator.ModelStore.
func (s *Store) ListWorked(ctx context.Context, limit int) ([]rubricator.Worked, error) {
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(`SELECT body, rubric, territory_id, agency_id, first_signed_at,
		retopics > 0 OR split_from <> 0 FROM appeals WHERE `+worked+` ORDER BY first_signed_at DESC LIMIT ?`), limit)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []rubricator.Worked
	for rows.Next() {
		var w rubricator.Worked
		var at instant
		if err := rows.Scan(&w.Text, &w.Topic, &w.Territory, &w.Agency, &at, &w.Chosen); err != nil {
			return nil, translate(err)
		}
		w.At = at.time()
		out = append(out, w)
	}
	return out, translate(rows.Err())
}

// CountWorked implements rubricator.ModelStore.
func (s *Store) CountWorked(ctx context.Context) (int, error) {
	var n int64
	err := s.read.WithContext(ctx).Model(&appealRow{}).Where(worked).Count(&n).Error
	return int(n), translate(err)
}
