package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

type bulkRow struct {
	ID         int64 `gorm:"primaryKey"`
	Token      string
	UserID     int64
	Action     string
	ExecutorID int64
	AgencyID   int64
	Reason     string
	State      string
	CreatedAt  instant `gorm:"autoCreateTime:false"`
	RunAt      instant
	EndedAt    instant
}

func (bulkRow) TableName() string { return "bulks" }

type bulkItemRow struct {
	BulkID   int64 `gorm:"primaryKey;autoIncrement:false"`
	N        int   `gorm:"primaryKey;autoIncrement:false"`
	AppealID int64
	Number   string
	Version  int
	State    string
	Why      string
	Params   string
}

func (bulkItemRow) TableName() string { return "bulk_items" }

func newBulkItemRow(bulk int64, n int, item workflow.BulkItem) (bulkItemRow, error) {
	params := "{}"
	if len(item.Params) > 0 {
		data, err := json.Marshal(item.Params)
		if err != nil {
			return bulkItemRow{}, fmt.Errorf("parameters of a bulk: %w", err)
		}
		params = string(data)
	}
	return bulkItemRow{
		BulkID: bulk, N: n, AppealID: item.Appeal, Number: item.Number, Version: item.Version, State: string(item.State),
		Why: item.Why, Params: params,
	}, nil
}

func (r bulkItemRow) item() (workflow.BulkItem, error) {
	out := workflow.BulkItem{
		Appeal: r.AppealID, Number: r.Number, Version: r.Version, State: workflow.BulkItemState(r.State), Why: r.Why,
	}
	if r.Params != "{}" {
		if err := json.Unmarshal([]byte(r.Params), &out.Params); err != nil {
			return out, fmt.Errorf("parameters of a bulk: %w", err)
		}
	}
	return out, nil
}

func findBulk(db *gorm.DB, where string, args ...any) (*workflow.Bulk, error) {
	var row bulkRow
	if err := db.Where(where, args...).Take(&row).Error; err != nil {
		return nil, err
	}
	out := &workflow.Bulk{
		ID: row.ID, Token: row.Token, User: row.UserID, State: workflow.BulkState(row.State),
		Command: workflow.Command{
			Action: workflow.Action(row.Action), Executor: row.ExecutorID, Agency: row.AgencyID, Reason: row.Reason,
		},
		CreatedAt: row.CreatedAt.time(), RunAt: row.RunAt.time(), EndedAt: row.EndedAt.time(),
	}
	var items []bulkItemRow
	if err := db.Where("bulk_id = ?", row.ID).Order("n").Find(&items).Error; err != nil {
		return nil, err
	}
	for _, r := range items {
		item, err := r.item()
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// CreateBulk implements workflow.Bulks.
func (s *Store) CreateBulk(ctx context.Context, b *workflow.Bulk) error {
	was, err := findBulk(s.fresh.WithContext(ctx), "token = ?", b.Token)
	if err == nil {
		*b = *was
		return nil
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return translate(err)
	}
	row := bulkRow{
		Token: b.Token, UserID: b.User, Action: string(b.Command.Action), ExecutorID: b.Command.Executor,
		AgencyID: b.Command.Agency, Reason: b.Command.Reason, State: string(b.State), CreatedAt: instant(b.CreatedAt),
		RunAt: instant(b.RunAt),
	}
	made := *b
	err = s.inTx(ctx, func(db *gorm.DB) error {
		if err := db.Create(&row).Error; err != nil {
			return err
		}
		made.ID = row.ID
		items := make([]bulkItemRow, len(b.Items))
		for i, item := range b.Items {
			r, err := newBulkItemRow(row.ID, i+1, item)
			if err != nil {
				return err
			}
			items[i] = r
		}
		if err := db.Create(&items).Error; err != nil {
			return err
		}
		message, err := workflow.BulkMessage(&made)
		if err != nil {
			return err
		}
		return (&tx{s: s, db: db}).AddOutbox(ctx, message)
	})
	if fault.Is(err, fault.Conflict) { // the same form twice at once, or an appeal that waits elsewhere
		if was, again := findBulk(s.fresh.WithContext(ctx), "token = ?", b.Token); again == nil {
			*b = *was
			return nil
		}
		return fault.Wrap(fault.Conflict, "bulk.waits_elsewhere", err)
	}
	if err == nil {
		b.ID = made.ID
	}
	return err
}

// FindBulk implements workflow.Bulks.
func (s *Store) FindBulk(ctx context.Context, id int64) (*workflow.Bulk, error) {
	b, err := findBulk(s.fresh.WithContext(ctx), "id = ?", id)
	return b, translate(err)
}

// FindBulkByToken implements workflow.Bulks.
func (s *Store) FindBulkByToken(ctx context.Context, token string) (*workflow.Bulk, error) {
	b, err := findBulk(s.fresh.WithContext(ctx), "token = ?", token)
	return b, translate(err)
}

// CancelBulk implements workflow.Bulks.
func (s *Store) CancelBulk(ctx context.Context, id int64, at time.Time) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		done := db.Model(&bulkRow{}).Where("id = ? AND state = ?", id, string(workflow.BulkHeld)).
			Updates(map[string]any{"state": string(workflow.BulkCancelled), "ended_at": instant(at)})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return fault.New(fault.Conflict, "bulk.too_late")
		}
		return db.Model(&bulkItemRow{}).Where("bulk_id = ? AND state = ?", id, string(workflow.ItemWaiting)).
			Update("state", string(workflow.ItemCancelled)).Error
	})
}

// StartBulk implements workflow.Bulks.
func (s *Store) StartBulk(ctx context.Context, id int64, now time.Time) (b *workflow.Bulk, due bool, err error) {
	err = s.inTx(ctx, func(db *gorm.DB) error {
		done := db.Model(&bulkRow{}).Where("id = ? AND state IN ? AND run_at <= ?", id,
			[]string{string(workflow.BulkHeld), string(workflow.BulkRunning)}, instant(now)).
			Update("state", string(workflow.BulkRunning))
		if done.Error != nil {
			return done.Error
		}
		if b, err = findBulk(db, "id = ?", id); err != nil {
			return err
		}
		due = done.RowsAffected == 1
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	if !due && b.State == workflow.BulkHeld { // a clock of another node: not yet
		return nil, false, fault.New(fault.Unavailable, "error.unavailable")
	}
	return b, due, nil
}

// EndBulk implements workflow.Bulks.
func (s *Store) EndBulk(ctx context.Context, id int64, at time.Time) error {
	return found(s.write.WithContext(ctx).Model(&bulkRow{}).Where("id = ?", id).
		Updates(map[string]any{"state": string(workflow.BulkDone), "ended_at": instant(at)}))
}

// ListWaiting implements workflow.Bulks.
func (s *Store) ListWaiting(ctx context.Context, appeals []int64) ([]int64, error) {
	var out []int64
	err := s.fresh.WithContext(ctx).Model(&bulkItemRow{}).Where("state = 'waiting' AND appeal_id IN ?", appeals).
		Pluck("appeal_id", &out).Error
	return out, translate(err)
}

// EndBulkItem implements workflow.Tx.
func (t *tx) EndBulkItem(ctx context.Context, bulk int64, item workflow.BulkItem) (waited bool, err error) {
	row, err := newBulkItemRow(bulk, 0, item)
	if err != nil {
		return false, err
	}
	done := t.db.WithContext(ctx).Model(&bulkItemRow{}).
		Where("bulk_id = ? AND appeal_id = ? AND state = 'waiting'", bulk, item.Appeal).
		Select("state", "why", "params").Updates(row)
	return done.RowsAffected == 1, translate(done.Error)
}
