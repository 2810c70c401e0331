package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/otklik/otklik/workflow"
)

// PutCases puts whole cases into the tables as they are, in one transaction
// and by the quickest way of the database, all from one applicant. Nothing of
// them is checked: they come from an engine that ran elsewhere. The outbox
// stays empty.
func (s *Store) PutCases(ctx context.Context, cases []workflow.Case, from workflow.Applicant) error {
	var rows caseRows
	var applicants []*applicantRow
	for i := range cases {
		c := &cases[i]
		appeal, err := newAppealRow(&c.Appeal)
		if err != nil {
			return err
		}
		appeal.Photos = len(c.Photos)
		rows.appeals = append(rows.appeals, *appeal)
		sealed, err := s.sealer.seal(applicantName(appeal.ID), from)
		if err != nil {
			return err
		}
		applicants = append(applicants, &applicantRow{AppealID: appeal.ID, Sealed: sealed, PhoneMark: s.phoneMark(from.Phone)})
		clocks, err := newDeadlineRows(&c.Appeal)
		if err != nil {
			return err
		}
		for _, d := range clocks {
			rows.deadlines = append(rows.deadlines, *d)
		}
		for k := range c.Events {
			e, err := newEventRow(&c.Events[k])
			if err != nil {
				return err
			}
			rows.events = append(rows.events, *e)
		}
		for k := range c.Answers {
			n, err := newAnswerRow(&c.Answers[k])
			if err != nil {
				return err
			}
			rows.answers = append(rows.answers, *n)
		}
		for _, p := range c.Photos {
			rows.photos = append(rows.photos, newPhotoRow(appeal.ID, p, c.Appeal.SubmittedAt))
		}
	}
	put := []putting{
		putAll(appealTable, 0, pointers(rows.appeals)), putAll(applicantTable, 0, applicants),
		putAll(eventTable, 1, pointers(rows.events)), putAll(deadlineTable, 0, pointers(rows.deadlines)),
		putAll(answerTable, 0, pointers(rows.answers)), putAll(photoTable, 1, pointers(rows.photos)),
	}
	if s.pool != nil {
		return translate(s.copyIn(ctx, put))
	}
	return translate(s.insertIn(ctx, put))
}

// putting is the rows of one table.
type putting struct {
	table   string
	columns []string
	count   int
	row     func(i int) []any
}

func putAll[T any](t table[T], skip int, rows []*T) putting {
	return putting{t.name, t.columns[skip:], len(rows), func(i int) []any { return t.values(rows[i])[skip:] }}
}

func pointers[T any](rows []T) []*T {
	out := make([]*T, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	return out
}

func (s *Store) copyIn(ctx context.Context, put []putting) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, p := range put {
			if p.count == 0 {
				continue
			}
			from := pgx.CopyFromSlice(p.count, func(i int) ([]any, error) { return p.row(i), nil })
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{p.table}, p.columns, from); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence('answers', 'id'),
			(SELECT greatest(max(id), 1) FROM answers)) FROM answers LIMIT 1`)
		return err
	})
}

func (s *Store) insertIn(ctx context.Context, put []putting) error {
	tx, err := s.writeDB.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it was committed
	for _, p := range put {
		if err := insertEach(ctx, tx, p); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func insertEach(ctx context.Context, tx *sql.Tx, p putting) error {
	if p.count == 0 {
		return nil
	}
	//nolint:gosec // names of our own tables and columns
	query := "INSERT INTO " + p.table + " (" + strings.Join(p.columns, ", ") + ") VALUES " + tuples(1, len(p.columns))
	insert, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i := range p.count {
		if _, err := insert.ExecContext(ctx, p.row(i)...); err != nil {
			return err
		}
	}
	return nil
}
