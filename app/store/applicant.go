package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

// ReadApplicant implements workflow.Reader. The log and the reading are one
// transaction: an officer reads nothing that isn't logged. Authors, who read
// their own, and jobs, which write letters, are not logged.
func (s *Store) ReadApplicant(ctx context.Context, appeal int64, by actor.Actor, purpose string) (workflow.Applicant, error) {
	var row applicantRow
	var who workflow.Applicant
	find := func(db *gorm.DB) error { return db.Take(&row, "appeal_id = ?", appeal).Error }
	var err error
	if by.Kind == actor.Officer {
		err = s.inTx(ctx, func(db *gorm.DB) error {
			if err := find(db); err != nil {
				return err
			}
			return s.appendJournal(db, identity.Entry{
				At: s.clock.Now(), By: by.User, Kind: identity.ReadApplicant, Appeal: appeal, Detail: purpose,
			})
		})
	} else {
		err = translate(find(s.fresh.WithContext(ctx)))
	}
	if err != nil {
		return who, err
	}
	return who, s.sealer.open(applicantName(appeal), row.Sealed, &who)
}

// Access is one reading of an applicant by an officer.
type Access struct {
	At      time.Time
	User    int64
	Appeal  int64
	Purpose string
}

// ListAccess lists who has read the applicant of an appeal, latest first.
func (s *Store) ListAccess(ctx context.Context, appeal int64) ([]Access, error) {
	var rows []journalRow
	if err := s.fresh.WithContext(ctx).Where("appeal_id = ? AND kind = ?", appeal, identity.ReadApplicant).Order("id DESC").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]Access, len(rows))
	for i, r := range rows {
		out[i] = Access{r.At.time(), r.ByID, r.AppealID, r.Detail}
	}
	return out, nil
}
