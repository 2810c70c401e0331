package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/workflow"
)

// tx is one unit of work on appeals.
type tx struct {
	s  *Store
	db *gorm.DB
	// loaded is what FindAppeals read
	loaded map[int64]loaded
}

var _ workflow.Tx = (*tx)(nil)

// InTx implements workflow.Store.
func (s *Store) InTx(ctx context.Context, fn func(workflow.Tx) error) error {
	return s.inTx(ctx, func(db *gorm.DB) error { return fn(&tx{s: s, db: db}) })
}

// inTx runs fn in a transaction of the writer. The connection is given back
// also where fn panics.
func (s *Store) inTx(ctx context.Context, fn func(db *gorm.DB) error) error {
	return translate(s.write.WithContext(ctx).Transaction(fn))
}

// raw is the transaction as database/sql has it.
func raw(db *gorm.DB) querier { return db.Statement.ConnPool }

// FindAppeal implements workflow.Tx.
func (t *tx) FindAppeal(ctx context.Context, id int64) (*workflow.Appeal, error) {
	q := raw(t.db)
	var row appealRow
	query := "SELECT " + appealTable.list("") + " FROM appeals WHERE id = ?" + t.s.dialect.lock
	if err := q.QueryRowContext(ctx, t.s.dialect.bind(query), id).Scan(appealTable.into(&row)...); err != nil {
		return nil, translate(err)
	}
	a, err := row.appeal()
	if err != nil {
		return nil, err
	}
	clocks, err := list(ctx, t.s.dialect, q, deadlineTable,
		"SELECT "+deadlineTable.list("")+" FROM deadlines WHERE appeal_id = ? ORDER BY n", id)
	if err != nil {
		return nil, translate(err)
	}
	for i := range clocks {
		d, err := clocks[i].deadline()
		if err != nil {
			return nil, err
		}
		a.Deadline = append(a.Deadline, d)
	}
	if err := t.findLast(ctx, map[int64]*workflow.Appeal{a.ID: &a}); err != nil {
		return nil, err
	}
	if row.Opinions > 0 {
		if err := t.findOpinions(ctx, map[int64]*workflow.Appeal{a.ID: &a}); err != nil {
			return nil, err
		}
	}
	return &a, nil
}

// intakeColumns are written once: never again by SaveAppeal.
var intakeColumns = []string{"id", "number", "submitted_at", "photos", "idempotency_key", "draft_hash", "source", "source_agency"}

// SaveAppeal implements workflow.Tx.
func (t *tx) SaveAppeal(ctx context.Context, a *workflow.Appeal) error {
	row, err := newAppealRow(a)
	if err != nil {
		return err
	}
	row.Version++
	done := t.db.WithContext(ctx).Model(&appealRow{}).Select("*").Omit(intakeColumns...).
		Where("id = ? AND version = ?", a.ID, a.Version).Updates(row)
	if done.Error != nil {
		return translate(done.Error)
	}
	if done.RowsAffected == 0 {
		return stale()
	}
	if err := t.saveDeadlines(ctx, a); err != nil {
		return err
	}
	if err := t.saveOpinions(ctx, a); err != nil {
		return err
	}
	a.Version = row.Version
	return nil
}

// deadlineUpsert writes what has changed. A clock whose next step has moved is
// no longer queued.
const deadlineUpsert = ` ON CONFLICT (appeal_id, n) DO UPDATE SET kind = excluded.kind,
	agency_id = excluded.agency_id, due_at = excluded.due_at, state = excluded.state, step = excluded.step,
	next_at = excluded.next_at, body = excluded.body,
	queued = deadlines.queued AND deadlines.step = excluded.step AND deadlines.next_at IS NOT DISTINCT FROM excluded.next_at
	WHERE deadlines.body <> excluded.body`

func (t *tx) saveDeadlines(ctx context.Context, a *workflow.Appeal) error {
	rows, err := newDeadlineRows(a)
	if err != nil || len(rows) == 0 {
		return err
	}
	query := "INSERT INTO deadlines (" + deadlineTable.list("") + ") VALUES " +
		tuples(len(rows), len(deadlineTable.columns)) + deadlineUpsert
	var args []any
	for _, row := range rows {
		args = append(args, deadlineTable.values(row)...)
	}
	_, err = raw(t.db).ExecContext(ctx, t.s.dialect.bind(query), args...)
	return translate(err)
}

// tuples is «(?, ?), (?, ?)» with so many rows of so many parameters.
func tuples(rows, width int) string {
	out := make([]byte, 0, rows*(3*width+2))
	for r := range rows {
		if r > 0 {
			out = append(out, ", "...)
		}
		for c := range width {
			if c == 0 {
				out = append(out, "(?"...)
			} else {
				out = append(out, ", ?"...)
			}
		}
		out = append(out, ')')
	}
	return string(out)
}

// AppendEvent implements workflow.Tx. It sets e.Seq.
func (t *tx) AppendEvent(ctx context.Context, e *workflow.Event) error {
	row, err := newEventRow(e)
	if err != nil {
		return err
	}
	if err := t.db.WithContext(ctx).Create(row).Error; err != nil {
		return translate(err)
	}
	e.Seq = row.Seq
	return nil
}

// AddOutbox implements workflow.Tx.
func (t *tx) AddOutbox(ctx context.Context, rows ...workflow.Outbox) error {
	if len(rows) == 0 {
		return nil
	}
	out := make([]outboxRow, len(rows))
	for i, r := range rows {
		ready := r.After
		if ready.IsZero() {
			ready = t.s.clock.Now()
		}
		out[i] = newOutboxRow(r, ready)
	}
	return translate(t.db.WithContext(ctx).CreateInBatches(&out, outboxAtOnce).Error)
}

// outboxAtOnce is how many rows one statement adds: parameters are limited.
const outboxAtOnce = 500

// FindAnswer implements workflow.Tx.
func (t *tx) FindAnswer(ctx context.Context, appeal int64, round int) (*workflow.Answer, error) {
	var row answerRow
	query := "SELECT " + answerTable.list("") + " FROM answers WHERE appeal_id = ? AND round = ? AND state <> 'signed'" +
		t.s.dialect.lock
	err := raw(t.db).QueryRowContext(ctx, t.s.dialect.bind(query), appeal, round).Scan(answerTable.into(&row)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // the contract: nothing is drafted
	}
	if err != nil {
		return nil, translate(err)
	}
	a, err := row.answer()
	if err != nil {
		return nil, err
	}
	return &a, nil
}

// SaveAnswer implements workflow.Tx.
func (t *tx) SaveAnswer(ctx context.Context, a *workflow.Answer) error {
	row, err := newAnswerRow(a)
	if err != nil {
		return err
	}
	row.Version++
	if a.ID == 0 {
		if err := t.db.WithContext(ctx).Create(row).Error; err != nil {
			return translate(err)
		}
	} else {
		done := t.db.WithContext(ctx).Model(&answerRow{}).Select("*").Omit("id", "appeal_id", "created_at").
			Where("id = ? AND version = ? AND state <> 'signed'", a.ID, a.Version).Updates(row)
		if done.Error != nil {
			return translate(done.Error)
		}
		if done.RowsAffected == 0 {
			return stale()
		}
	}
	a.ID, a.Version = row.ID, row.Version
	if a.State != workflow.AnswerSigned {
		return nil
	}
	return t.mark(ctx, a)
}

// AddPhotos implements workflow.Tx.
func (t *tx) AddPhotos(ctx context.Context, appeal int64, photos []workflow.Photo) error {
	if len(photos) == 0 {
		return nil
	}
	rows := make([]photoRow, len(photos))
	for i, p := range photos {
		rows[i] = newPhotoRow(appeal, p, t.s.clock.Now())
	}
	if err := t.db.WithContext(ctx).Create(&rows).Error; err != nil {
		return translate(err)
	}
	for i := range photos {
		photos[i].ID = rows[i].ID
	}
	return translate(t.db.WithContext(ctx).Model(&appealRow{}).Where("id = ?", appeal).
		Update("photos", gorm.Expr("photos + ?", len(photos))).Error)
}

// upsert writes rows by the unique columns, updating the others named.
func upsert(keys []string, others ...string) clause.OnConflict {
	c := clause.OnConflict{DoUpdates: clause.AssignmentColumns(others)}
	for _, k := range keys {
		c.Columns = append(c.Columns, clause.Column{Name: k})
	}
	return c
}

// NextID implements workflow.Store.
func (s *Store) NextID(ctx context.Context) (int64, error) {
	s.ids.Lock()
	defer s.ids.Unlock()
	if s.ids.next > s.ids.last || s.ids.next == 0 {
		var first int64
		if err := s.writeDB.QueryRowContext(ctx, s.dialect.nextBlock).Scan(&first); err != nil {
			return 0, translate(fmt.Errorf("take a block of ids: %w", err))
		}
		s.ids.next, s.ids.last = first, first+idBlock-1
	}
	id := s.ids.next
	s.ids.next++
	return id, nil
}
