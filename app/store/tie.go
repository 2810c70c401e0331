package store

import (
	"context"

	"github.com/otklik/otklik/workflow"
)

// waiting is the condition of those that are joined to a lead and have no
// final answer yet. The stages are those of the table of transitions.
const waiting = "lead_id = ? AND lead_id <> 0 AND stage IN ('received', 'assigned', 'in_work', 'planned')"

// ListJoined implements workflow.Tx.
func (t *tx) ListJoined(ctx context.Context, lead int64) ([]int64, error) {
	return listIDs(ctx, t.s.dialect, raw(t.db), "SELECT id FROM appeals WHERE "+waiting+" ORDER BY id", lead)
}

func listIDs(ctx context.Context, d dialect, q querier, query string, args ...any) ([]int64, error) {
	rows, err := q.QueryContext(ctx, d.bind(query), args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, translate(err)
		}
		ids = append(ids, id)
	}
	return ids, translate(rows.Err())
}

// ListEvents implements workflow.Tx.
func (t *tx) ListEvents(ctx context.Context, appeal int64) ([]workflow.Event, error) {
	return listEvents(ctx, t.s.dialect, raw(t.db), "SELECT "+eventTable.list("")+" FROM events WHERE appeal_id = ? ORDER BY n", appeal)
}

// ListPhotos implements workflow.Tx.
func (t *tx) ListPhotos(ctx context.Context, appeal int64) ([]workflow.Photo, error) {
	rows, err := list(ctx, t.s.dialect, raw(t.db), photoTable,
		"SELECT "+photoTable.list("")+" FROM photos WHERE appeal_id = ? ORDER BY id", appeal)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]workflow.Photo, len(rows))
	for i := range rows {
		out[i] = rows[i].photo()
	}
	return out, nil
}

// FindSigned implements workflow.Tx.
func (t *tx) FindSigned(ctx context.Context, id int64) (*workflow.Answer, error) {
	var row answerRow
	query := "SELECT " + answerTable.list("") + " FROM answers WHERE id = ? AND state = 'signed'"
	if err := raw(t.db).QueryRowContext(ctx, t.s.dialect.bind(query), id).Scan(answerTable.into(&row)...); err != nil {
		return nil, translate(err)
	}
	a, err := row.answer()
	if err != nil {
		return nil, err
	}
	return &a, nil
}

// Shared implements workflow.Tx.
func (t *tx) Shared(ctx context.Context, appeal, answer int64) (bool, error) {
	var n int
	query := "SELECT count(*) FROM answers WHERE appeal_id = ? AND shared_from = ? AND shared_from <> 0"
	err := raw(t.db).QueryRowContext(ctx, t.s.dialect.bind(query), appeal, answer).Scan(&n)
	return n > 0, translate(err)
}

// CreatePart implements workflow.Tx. The applicant is opened and sealed anew:
// what is sealed belongs to one appeal.
func (t *tx) CreatePart(ctx context.Context, in workflow.Intake, of int64) error {
	db := t.db.WithContext(ctx)
	var sealed applicantRow
	if err := db.Take(&sealed, "appeal_id = ?", of).Error; err != nil {
		return translate(err)
	}
	if err := t.s.sealer.open(applicantName(of), sealed.Sealed, &in.Applicant); err != nil {
		return err
	}
	rows, err := t.s.newIntake(&in)
	if err != nil {
		return err
	}
	if err := db.Create(rows.appeal).Error; err != nil {
		return translate(err)
	}
	create := []any{&rows.applicant, rows.events}
	if len(rows.deadlines) > 0 {
		create = append(create, rows.deadlines)
	}
	if len(rows.outbox) > 0 {
		create = append(create, &rows.outbox)
	}
	if len(rows.photos) > 0 {
		create = append(create, &rows.photos)
	}
	for _, row := range create {
		if err := db.Create(row).Error; err != nil {
			return translate(err)
		}
	}
	return nil
}

// ListTied lists the appeals that are joined to a lead, the earliest first,
// or the lead's own parts: see [workflow.Reader].
func (s *Store) ListTied(ctx context.Context, to int64, limit int) (joined, parts []int64, err error) {
	joined, err = listIDs(ctx, s.dialect, s.freshDB,
		"SELECT id FROM appeals WHERE lead_id = ? AND lead_id <> 0 ORDER BY id LIMIT ?", to, limit)
	if err != nil {
		return nil, nil, err
	}
	parts, err = listIDs(ctx, s.dialect, s.freshDB,
		"SELECT id FROM appeals WHERE split_from = ? AND split_from <> 0 ORDER BY id LIMIT ?", to, limit)
	return joined, parts, err
}
