package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// intake is one submission as rows.
type intake struct {
	appeal    *appealRow
	applicant applicantRow
	events    []*eventRow
	deadlines []*deadlineRow
	outbox    []outboxRow
	photos    []photoRow
}

// Intake implements workflow.Store: see intake_postgres.go and
// intake_sqlite.go.
func (s *Store) Intake(ctx context.Context, in workflow.Intake) (id int64, fresh bool, err error) {
	rows, err := s.newIntake(&in)
	if err != nil {
		return 0, false, err
	}
	if s.group != nil {
		fresh, err = s.group.intake(ctx, rows)
	} else {
		fresh, err = s.intakePostgres(ctx, rows)
	}
	if err != nil {
		return 0, false, translate(err)
	}
	if fresh {
		return rows.appeal.ID, true, nil
	}
	id, err = s.findSubmitted(ctx, rows.appeal)
	return id, false, err
}

func (s *Store) newIntake(in *workflow.Intake) (*intake, error) {
	a := &in.Appeal
	row, err := newAppealRow(a)
	if err != nil {
		return nil, err
	}
	row.Photos = len(in.Photos)
	if in.Key != "" {
		row.IdempotencyKey = &in.Key
	}
	if in.Draft != "" {
		hash := hashToken(in.Draft)
		row.DraftHash = &hash
	}
	out := &intake{appeal: row, applicant: applicantRow{AppealID: a.ID}}
	if out.applicant.Sealed, err = s.sealer.seal(applicantName(a.ID), in.Applicant); err != nil {
		return nil, err
	}
	out.applicant.PhoneMark = s.phoneMark(in.Applicant.Phone)
	if out.deadlines, err = newDeadlineRows(a); err != nil {
		return nil, err
	}
	for i := range in.Events {
		e, err := newEventRow(&in.Events[i])
		if err != nil {
			return nil, err
		}
		out.events = append(out.events, e)
	}
	now := s.clock.Now()
	for _, o := range in.Outbox {
		out.outbox = append(out.outbox, newOutboxRow(o, now))
	}
	for _, p := range in.Photos {
		out.photos = append(out.photos, newPhotoRow(a.ID, p, now))
	}
	return out, nil
}

// findSubmitted returns the appeal that has the key or was the draft already.
func (s *Store) findSubmitted(ctx context.Context, a *appealRow) (int64, error) {
	var id int64
	err := s.freshDB.QueryRowContext(ctx,
		s.dialect.bind("SELECT id FROM appeals WHERE idempotency_key = ? UNION ALL SELECT id FROM appeals WHERE draft_hash = ? LIMIT 1"),
		a.IdempotencyKey, a.DraftHash).Scan(&id)
	switch {
	case errors.Is(err, sql.ErrNoRows) && a.DraftHash != nil:
		return 0, fault.New(fault.Gone, "draft.gone")
	case errors.Is(err, sql.ErrNoRows): // the id or the number was there before
		return 0, fault.New(fault.Conflict, "error.duplicate")
	}
	return id, translate(err)
}

// hashToken is what the store keeps of a secret token.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
