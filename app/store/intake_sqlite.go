package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// groupCommit writes intakes that come at the same time in one transaction of
// the one writer. Each stands behind its own savepoint, so that one that fails
// takes no other with it.
type groupCommit struct {
	s     *Store
	group *group[*intake, bool] // of whether the intake is fresh

	// prepared statements of the writer, nil before the first intake
	savepoint, release, rollback *sql.Stmt
	draftFound, draftEnd         *sql.Stmt
	appeal, applicant, event     *sql.Stmt
	clock, outbox, photo         *sql.Stmt
}

func newGroupCommit(s *Store) *groupCommit {
	g := &groupCommit{s: s}
	g.group = &group[*intake, bool]{begin: g.begin, write: g.writeAll}
	return g
}

// intake writes one submission and returns when it is on disk. Where ctx ends
// sooner the caller doesn't know whether it is: the same key tells.
func (g *groupCommit) intake(ctx context.Context, in *intake) (fresh bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return g.group.add(ctx, in)
}

// stop waits until nothing is left to write.
func (g *groupCommit) stop() {
	g.group.stop()
	for _, stmt := range []*sql.Stmt{
		g.savepoint, g.release, g.rollback, g.draftFound, g.draftEnd, g.appeal, g.applicant, g.event, g.clock, g.outbox, g.photo,
	} {
		if stmt != nil {
			_ = stmt.Close()
		}
	}
}

func (g *groupCommit) begin(ctx context.Context) (*sql.Tx, error) {
	if err := g.prepare(ctx); err != nil {
		return nil, err
	}
	return g.s.writeDB.BeginTx(ctx, nil)
}

func (g *groupCommit) writeAll(ctx context.Context, tx *sql.Tx, jobs []*job[*intake, bool]) error {
	for _, job := range jobs {
		job.out, job.err = g.write(ctx, tx, job.in)
	}
	return nil
}

func (g *groupCommit) prepare(ctx context.Context) error {
	if g.appeal != nil {
		return nil
	}
	insert := func(name string, columns []string, more string) string {
		return "INSERT INTO " + name + " (" + strings.Join(columns, ", ") + ") VALUES " + tuples(1, len(columns)) + more
	}
	for _, p := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&g.savepoint, "SAVEPOINT one"},
		{&g.release, "RELEASE one"},
		{&g.rollback, "ROLLBACK TO one"},
		{&g.draftFound, "SELECT count(*) FROM drafts WHERE token_hash = ?"},
		{&g.draftEnd, "UPDATE drafts SET submitted_id = ? WHERE token_hash = ?"},
		{&g.applicant, insert("applicants", applicantTable.columns, "")},
		{&g.event, insert("events", eventColumns, "")},
		{&g.clock, insert("deadlines", deadlineTable.columns, "")},
		{&g.outbox, insert("outbox", outboxColumns, "")},
		{&g.photo, insert("photos", photoColumns, "")},
		{&g.appeal, insert("appeals", appealTable.columns, " ON CONFLICT DO NOTHING")}, // last: it tells that all are there
	} {
		var err error
		if *p.stmt, err = g.s.writeDB.PrepareContext(ctx, p.text); err != nil {
			return fmt.Errorf("prepare the intake: %w", err)
		}
	}
	return nil
}

// write puts one intake behind its savepoint.
func (g *groupCommit) write(ctx context.Context, tx *sql.Tx, in *intake) (fresh bool, err error) {
	if _, err := tx.StmtContext(ctx, g.savepoint).ExecContext(ctx); err != nil {
		return false, err
	}
	fresh, err = g.rows(ctx, tx, in)
	if err != nil {
		if _, undo := tx.StmtContext(ctx, g.rollback).ExecContext(ctx); undo != nil {
			return false, errors.Join(err, undo)
		}
	}
	_, released := tx.StmtContext(ctx, g.release).ExecContext(ctx)
	return fresh && err == nil, errors.Join(err, released)
}

func (g *groupCommit) rows(ctx context.Context, tx *sql.Tx, in *intake) (fresh bool, err error) {
	exec := func(stmt *sql.Stmt, args []any) {
		if err == nil {
			_, err = tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
		}
	}
	if hash := in.appeal.DraftHash; hash != nil {
		var found int
		if err := tx.StmtContext(ctx, g.draftFound).QueryRowContext(ctx, *hash).Scan(&found); err != nil || found == 0 {
			return false, err
		}
	}
	done, err := tx.StmtContext(ctx, g.appeal).ExecContext(ctx, appealTable.values(in.appeal)...)
	if err != nil {
		return false, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	exec(g.applicant, applicantTable.values(&in.applicant))
	for _, e := range in.events {
		exec(g.event, eventTable.values(e)[1:])
	}
	for _, d := range in.deadlines {
		exec(g.clock, deadlineTable.values(d))
	}
	for i := range in.outbox {
		exec(g.outbox, outboxTable.values(&in.outbox[i])[1:])
	}
	for i := range in.photos {
		exec(g.photo, photoTable.values(&in.photos[i])[1:])
	}
	if in.appeal.DraftHash != nil {
		exec(g.draftEnd, []any{in.appeal.ID, *in.appeal.DraftHash})
	}
	return err == nil, err
}
