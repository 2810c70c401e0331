package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

type changeRow struct {
	ID          int64 `gorm:"primaryKey"`
	State       string
	Active      bool
	FromVersion string
	ToVersion   string
	Days        string
	Note        string
	Examined    int
	Later       int
	Earlier     int
	Moved       int
	CursorID    int64
	Sample      string
	MoveLater   bool
	MoveEarlier bool
	CreatedBy   int64
	ConfirmedBy int64
	CreatedAt   instant `gorm:"autoCreateTime:false"`
	ConfirmedAt instant
	EndedAt     instant
	Version     int
}

func (changeRow) TableName() string { return "calendar_changes" }

var _ workflow.CalendarStore = (*Store)(nil)

func newChangeRow(c *workflow.CalendarChange) (*changeRow, error) {
	days, err := json.Marshal(c.Days)
	if err != nil {
		return nil, err
	}
	sample, err := json.Marshal(c.Sample)
	if err != nil {
		return nil, err
	}
	return &changeRow{
		ID: c.ID, State: string(c.State), Active: c.State.Active(), FromVersion: c.From, ToVersion: c.To,
		Days: string(days), Note: c.Note, Examined: c.Examined, Later: c.Later, Earlier: c.Earlier, Moved: c.Moved,
		CursorID: c.Cursor, Sample: string(sample), MoveLater: c.MoveLater, MoveEarlier: c.MoveEarlier,
		CreatedBy: c.CreatedBy, ConfirmedBy: c.ConfirmedBy, CreatedAt: instant(c.CreatedAt),
		ConfirmedAt: instant(c.ConfirmedAt), EndedAt: instant(c.EndedAt), Version: c.Version,
	}, nil
}

func (r *changeRow) change() (workflow.CalendarChange, error) {
	c := workflow.CalendarChange{
		ID: r.ID, State: workflow.ChangeState(r.State), From: r.FromVersion, To: r.ToVersion, Note: r.Note,
		Examined: r.Examined, Later: r.Later, Earlier: r.Earlier, Moved: r.Moved, Cursor: r.CursorID,
		MoveLater: r.MoveLater, MoveEarlier: r.MoveEarlier, CreatedBy: r.CreatedBy, ConfirmedBy: r.ConfirmedBy,
		CreatedAt: r.CreatedAt.time(), ConfirmedAt: r.ConfirmedAt.time(), EndedAt: r.EndedAt.time(), Version: r.Version,
	}
	if err := json.Unmarshal([]byte(r.Days), &c.Days); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(r.Sample), &c.Sample)
}

// CreateChange implements workflow.CalendarStore.
func (s *Store) CreateChange(ctx context.Context, c *workflow.CalendarChange) error {
	row, err := newChangeRow(c)
	if err != nil {
		return err
	}
	err = translate(s.write.WithContext(ctx).Create(row).Error)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "calendar.another_change", err)
	}
	c.ID = row.ID
	return err
}

// SaveChange implements workflow.CalendarStore.
func (s *Store) SaveChange(ctx context.Context, c *workflow.CalendarChange) error {
	row, err := newChangeRow(c)
	if err != nil {
		return err
	}
	row.Version++
	done := s.write.WithContext(ctx).Model(&changeRow{}).Select("*").Omit("id").
		Where("id = ? AND version = ?", c.ID, c.Version).Updates(row)
	if done.Error != nil {
		return translate(done.Error)
	}
	if done.RowsAffected == 0 {
		return stale()
	}
	c.Version = row.Version
	return nil
}

// FindChange implements workflow.CalendarStore.
func (s *Store) FindChange(ctx context.Context, id int64) (*workflow.CalendarChange, error) {
	var row changeRow
	if err := s.fresh.WithContext(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, translate(err)
	}
	c, err := row.change()
	return &c, err
}

// FindActive implements workflow.CalendarStore.
func (s *Store) FindActive(ctx context.Context) (*workflow.CalendarChange, error) {
	var rows []changeRow
	if err := s.fresh.WithContext(ctx).Where("active").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, translate(err)
	}
	c, err := rows[0].change()
	return &c, err
}

// FindInForce implements workflow.CalendarStore.
func (s *Store) FindInForce(ctx context.Context) (string, error) {
	var versions []string
	err := s.fresh.WithContext(ctx).Model(&changeRow{}).
		Where("state IN ?", []string{string(workflow.ChangeApplying), string(workflow.ChangeDone)}).
		Order("id DESC").Limit(1).Pluck("to_version", &versions).Error
	if err != nil || len(versions) == 0 {
		return "", translate(err)
	}
	return versions[0], nil
}

// ListChanges implements workflow.CalendarStore.
func (s *Store) ListChanges(ctx context.Context, limit int) ([]workflow.CalendarChange, error) {
	var rows []changeRow
	if err := s.fresh.WithContext(ctx).Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]workflow.CalendarChange, len(rows))
	for i := range rows {
		c, err := rows[i].change()
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

// ListOpenAppeals implements workflow.CalendarStore.
func (s *Store) ListOpenAppeals(ctx context.Context, after int64, due time.Time, limit int) ([]int64, error) {
	return listIDs(ctx, s.dialect, s.freshDB, `SELECT DISTINCT appeal_id FROM deadlines
		WHERE appeal_id > ? AND state = 'open' AND due_at >= ? ORDER BY appeal_id LIMIT ?`, after, instant(due), limit)
}
