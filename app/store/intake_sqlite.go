package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/otklik/otklik/app/fault"
)

// groupSize is the most intakes that share one commit.
const groupSize = 64

// groupCommit writes intakes that come at the same time in one transaction of
// the one writer: they share the flush to disk, which is what an intake costs.
// Each stands behind its own savepoint, so that one that fails takes no other
// with it.
type groupCommit struct {
	s *Store

	mu      sync.Mutex
	waiting []*groupJob
	running bool
	closed  bool
	idle    sync.WaitGroup

	// prepared statements of the writer, nil before the first intake
	savepoint, release, rollback *sql.Stmt
	draftFound, draftEnd         *sql.Stmt
	appeal, applicant, event     *sql.Stmt
	clock, outbox, photo         *sql.Stmt
}

type groupJob struct {
	in    *intake
	fresh bool
	err   error
	done  chan struct{}
}

func newGroupCommit(s *Store) *groupCommit { return &groupCommit{s: s} }

// intake writes one submission and returns when it is on disk. Where ctx ends
// sooner the caller doesn't know whether it is: the same key tells.
func (g *groupCommit) intake(ctx context.Context, in *intake) (fresh bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	job := &groupJob{in: in, done: make(chan struct{})}
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false, fault.Wrap(fault.Unavailable, "error.unavailable", errors.New("the store is closed"))
	}
	g.waiting = append(g.waiting, job)
	if !g.running {
		g.running = true
		g.idle.Add(1)
		go g.run() //nolint:contextcheck // the group belongs to none of its callers
	}
	g.mu.Unlock()
	select {
	case <-job.done:
		return job.fresh, job.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// stop waits until nothing is left to write.
func (g *groupCommit) stop() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.idle.Wait()
	for _, stmt := range []*sql.Stmt{
		g.savepoint, g.release, g.rollback, g.draftFound, g.draftEnd, g.appeal, g.applicant, g.event, g.clock, g.outbox, g.photo,
	} {
		if stmt != nil {
			_ = stmt.Close()
		}
	}
}

// run writes groups until nobody waits.
func (g *groupCommit) run() {
	defer g.idle.Done()
	for g.group() {
	}
}

// group writes those that wait now. It takes them once it has the writer: who
// comes while another transaction runs joins the next group.
func (g *groupCommit) group() bool {
	ctx := context.Background() // the group belongs to none of its callers
	var tx *sql.Tx
	err := g.prepare(ctx)
	if err == nil {
		tx, err = g.s.writeDB.BeginTx(ctx, nil)
	}
	jobs := g.take()
	if err == nil {
		for _, job := range jobs {
			job.fresh, job.err = g.write(ctx, tx, job.in)
		}
		err = tx.Commit()
	}
	for _, job := range jobs {
		if err != nil {
			job.fresh, job.err = false, err
		}
		close(job.done)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = len(g.waiting) > 0
	return g.running
}

func (g *groupCommit) take() []*groupJob {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), groupSize)
	jobs := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return jobs
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
