package store

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"

	"github.com/otklik/otklik/workflow"
)

// caseRows is what cases are made of.
type caseRows struct {
	appeals   []appealRow
	deadlines []deadlineRow
	events    []eventRow
	answers   []answerRow
	photos    []photoRow
	opinions  []opinionRow
}

// part reads one of them.
type part struct {
	query string
	read  func(cursor) error
}

func selectPart[T any](t table[T], d dialect, column, order string, into *[]T) part {
	return part{
		query: d.bind("SELECT " + t.list("") + " FROM " + t.name + " WHERE " + d.in(column) + " ORDER BY " + order),
		read: func(rows cursor) (err error) {
			*into, err = t.collect(rows)
			return err
		},
	}
}

func (c *caseRows) parts(d dialect) []part {
	return []part{
		selectPart(appealTable, d, "id", "id", &c.appeals),
		selectPart(deadlineTable, d, "appeal_id", "appeal_id, n", &c.deadlines),
		selectPart(eventTable, d, "appeal_id", "appeal_id, n", &c.events),
		selectPart(answerTable, d, "appeal_id", "appeal_id, id", &c.answers),
		selectPart(photoTable, d, "appeal_id", "appeal_id, id", &c.photos),
		selectPart(opinionTable, d, "appeal_id", "appeal_id, n", &c.opinions),
	}
}

// FindCase implements workflow.Reader.
func (s *Store) FindCase(ctx context.Context, id int64) (*workflow.Case, error) {
	cases, err := s.cases(ctx, s.freshDB, []int64{id})
	if err != nil {
		return nil, err
	}
	if len(cases) == 0 {
		return nil, missing()
	}
	return &cases[0], nil
}

// FindCases implements workflow.Reader.
func (s *Store) FindCases(ctx context.Context, ids []int64) ([]workflow.Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.cases(ctx, s.readDB, ids)
}

func (s *Store) cases(ctx context.Context, db *sql.DB, ids []int64) ([]workflow.Case, error) {
	var rows caseRows
	var err error
	switch {
	case s.pool == nil:
		err = s.readParts(ctx, db, rows.parts(s.dialect), ids)
	case db == s.readDB:
		err = readBatch(ctx, s.readPool, rows.parts(s.dialect), ids)
	default:
		err = readBatch(ctx, s.pool, rows.parts(s.dialect), ids)
	}
	if err != nil {
		return nil, translate(err)
	}
	return rows.cases(ids)
}

// readParts reads one after the other within one snapshot.
func (s *Store) readParts(ctx context.Context, db *sql.DB, parts []part, ids []int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it has only read
	for _, p := range parts {
		if err := readPart(ctx, tx, p, s.dialect.ids(ids)); err != nil {
			return err
		}
	}
	return nil
}

func readPart(ctx context.Context, q querier, p part, ids any) error {
	rows, err := q.QueryContext(ctx, p.query, ids) //nolint:rowserrcheck // read checks it
	if err != nil {
		return err
	}
	defer rows.Close()
	return p.read(rows)
}

// batcher is a pool of PostgreSQL.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// readBatch reads all in one round trip within one snapshot.
func readBatch(ctx context.Context, db batcher, parts []part, ids []int64) error {
	var b pgx.Batch
	b.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	for _, p := range parts {
		b.Queue(p.query, ids).Query(func(rows pgx.Rows) error { return p.read(rows) })
	}
	b.Queue("COMMIT")
	return db.SendBatch(ctx, &b).Close()
}

// cases puts the rows together, in the order of the ids.
func (c *caseRows) cases(ids []int64) ([]workflow.Case, error) {
	byID := make(map[int64]*workflow.Case, len(c.appeals))
	for i := range c.appeals {
		a, err := c.appeals[i].appeal()
		if err != nil {
			return nil, err
		}
		byID[a.ID] = &workflow.Case{Appeal: a}
	}
	for i := range c.deadlines {
		d, err := c.deadlines[i].deadline()
		if err != nil {
			return nil, err
		}
		of := byID[c.deadlines[i].AppealID]
		of.Appeal.Deadline = append(of.Appeal.Deadline, d)
		if what := c.deadlines[i].contradicts(d); what != "" {
			of.Contradictions = append(of.Contradictions, what)
		}
	}
	for i := range c.events {
		e, err := c.events[i].event()
		if err != nil {
			return nil, err
		}
		byID[e.Appeal].Events = append(byID[e.Appeal].Events, e)
		byID[e.Appeal].Appeal.LastAt = e.At
	}
	for i := range c.answers {
		a, err := c.answers[i].answer()
		if err != nil {
			return nil, err
		}
		byID[a.Appeal].Answers = append(byID[a.Appeal].Answers, a)
	}
	for i := range c.photos {
		found := byID[c.photos[i].AppealID]
		found.Photos = append(found.Photos, c.photos[i].photo())
	}
	for i := range c.opinions {
		o, err := c.opinions[i].opinion()
		if err != nil {
			return nil, err
		}
		a := &byID[c.opinions[i].AppealID].Appeal
		a.Opinions = append(a.Opinions, o)
	}
	out := make([]workflow.Case, 0, len(byID))
	for _, id := range ids {
		if found := byID[id]; found != nil {
			out = append(out, *found)
		}
	}
	return out, nil
}

// FindID implements workflow.Reader.
func (s *Store) FindID(ctx context.Context, number string) (id int64, err error) {
	err = s.freshDB.QueryRowContext(ctx, s.dialect.bind("SELECT id FROM appeals WHERE number = ?"), number).Scan(&id)
	return id, translate(err)
}

// FindNumbers returns the numbers of appeals by id.
func (s *Store) FindNumbers(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind("SELECT id, number FROM appeals WHERE "+s.dialect.in("id")), s.dialect.ids(ids))
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var number string
		if err := rows.Scan(&id, &number); err != nil {
			return nil, translate(err)
		}
		out[id] = number
	}
	return out, translate(rows.Err())
}

// FindIDByKey returns the id of the appeal that was sent under an idempotency
// key.
func (s *Store) FindIDByKey(ctx context.Context, key string) (id int64, err error) {
	err = s.freshDB.QueryRowContext(ctx, s.dialect.bind("SELECT id FROM appeals WHERE idempotency_key = ?"), key).Scan(&id)
	return id, translate(err)
}

// FindPhoto implements workflow.Reader.
func (s *Store) FindPhoto(ctx context.Context, id int64) (photo workflow.Photo, appeal int64, err error) {
	var row photoRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return photo, 0, translate(err)
	}
	return row.photo(), row.AppealID, nil
}

// ListAppealIDs implements workflow.Reader.
func (s *Store) ListAppealIDs(ctx context.Context, after int64, limit int) ([]int64, error) {
	var ids []int64
	err := s.read.WithContext(ctx).Model(&appealRow{}).Where("id > ?", after).Order("id").Limit(limit).Pluck("id", &ids).Error
	return ids, translate(err)
}

// ListOrphanEvents lists events whose appeal is gone, for the audit: the
// database lets nobody remove one, but who owns it can.
func (s *Store) ListOrphanEvents(ctx context.Context, limit int) ([]workflow.Event, error) {
	return listEvents(ctx, s.dialect, s.readDB, "SELECT "+eventTable.list("e.")+
		" FROM events e WHERE NOT EXISTS (SELECT 1 FROM appeals a WHERE a.id = e.appeal_id) ORDER BY e.seq LIMIT ?", limit)
}
