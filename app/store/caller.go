package store

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

var (
	_ workflow.Callers = (*Store)(nil)
	_ workflow.Phones  = (*Store)(nil)
)

// newMarkKey makes the key of phones' marks of that of personal data.
func newMarkKey(seal []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, seal, nil, "otklik phone marks 1", sha256.Size)
}

// phoneMark is a keyed hash of a phone in its international form, empty where
// there is none.
func (s *Store) phoneMark(phone string) []byte {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	switch {
	case digits == "":
		return []byte{}
	case len(digits) == 11 && digits[0] == '8':
		digits = "7" + digits[1:]
	case len(digits) == 10 && !strings.HasPrefix(strings.TrimSpace(phone), "+"):
		digits = "7" + digits
	}
	mac := hmac.New(sha256.New, s.markKey)
	mac.Write([]byte(digits))
	return mac.Sum(nil)
}

// FindCaller implements workflow.Callers. Looking and noting it are one
// transaction: nobody looks unseen.
func (s *Store) FindCaller(ctx context.Context, phone string, by actor.Actor, purpose string, limit int) ([]workflow.CallerAppeal, workflow.Applicant, error) {
	var out []workflow.CallerAppeal
	var who workflow.Applicant
	if !workflow.AtDesk(by) {
		return nil, who, fault.New(fault.Forbidden, "error.forbidden")
	}
	mark := s.phoneMark(phone)
	if len(mark) == 0 {
		return nil, who, nil
	}
	var sealed []byte
	err := s.inTx(ctx, func(db *gorm.DB) error {
		var rows []struct {
			ID                    int64
			Number, Rubric, Stage string
			TerritoryID, AgencyID int64
			SubmittedAt, DueAt    instant
			Sealed                []byte
		}
		if err := db.Table("applicants p").Joins("JOIN appeals a ON a.id = p.appeal_id").
			Select("a.id, a.number, a.rubric, a.stage, a.territory_id, a.agency_id, a.submitted_at, a.due_at, p.sealed").Where("p.phone_mark = ?", mark).Order("a.id DESC").Limit(limit).Find(&rows).Error; err != nil {
			return err
		}
		line := identity.Entry{At: s.clock.Now(), By: by.User, Kind: identity.LookUpCaller, Detail: purpose}
		var numbers []string
		for i := range rows {
			r := &rows[i]
			numbers = append(numbers, r.Number)
			out = append(out, workflow.CallerAppeal{
				ID: r.ID, Number: r.Number, Rubric: r.Rubric, Territory: r.TerritoryID, Agency: r.AgencyID,
				Stage: workflow.Stage(r.Stage), SubmittedAt: r.SubmittedAt.time(), DueAt: r.DueAt.time(),
			})
		}
		if len(rows) > 0 {
			sealed, line.Appeal = rows[0].Sealed, rows[0].ID
			line.Detail += ": " + strings.Join(numbers, ", ")
		}
		return s.appendJournal(db, line)
	})
	if err != nil || len(out) == 0 {
		return nil, who, err
	}
	return out, who, s.sealer.open(applicantName(out[0].ID), sealed, &who)
}

// FindPhone implements workflow.Phones. Looking and noting it are one
// transaction.
func (s *Store) FindPhone(ctx context.Context, phone string, by actor.Actor, limit int) ([]string, error) {
	if by.Kind != actor.Officer {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	mark := s.phoneMark(phone)
	if len(mark) == 0 {
		return nil, nil
	}
	var numbers []string
	err := s.inTx(ctx, func(db *gorm.DB) error {
		found := db.Table("applicants p").Joins("JOIN appeals a ON a.id = p.appeal_id").Where("p.phone_mark = ?", mark)
		if !by.Regional() {
			found = found.Where("a.agency_id IN ?", append(by.Agencies(), 0))
		}
		if err := found.Order("a.id DESC").Limit(limit).Pluck("a.number", &numbers).Error; err != nil {
			return err
		}
		return s.appendJournal(db, identity.Entry{
			At: s.clock.Now(), By: by.User, Kind: identity.LookUpCaller,
			Detail: strings.TrimSuffix(phoneSearch+": "+strings.Join(numbers, ", "), ": "),
		})
	})
	return numbers, err
}

// phoneSearch is why somebody looked who typed a phone into the search box.
const phoneSearch = "search"

// MarkPhones makes the marks of applicants that have none yet, from before
// there were marks, and returns how many it made.
func (s *Store) MarkPhones(ctx context.Context, limit int) (int, error) {
	n := 0
	err := s.inTx(ctx, func(db *gorm.DB) error {
		rows, err := list(ctx, s.dialect, raw(db), applicantTable,
			"SELECT "+applicantTable.list("")+" FROM applicants WHERE phone_mark IS NULL ORDER BY appeal_id LIMIT ?"+s.dialect.skipLocked, limit)
		if err != nil {
			return err
		}
		for _, r := range rows {
			var who workflow.Applicant
			if err := s.sealer.open(applicantName(r.AppealID), r.Sealed, &who); err != nil {
				return fmt.Errorf("mark the phone: %w", err)
			}
			if err := db.Model(&applicantRow{}).Where("appeal_id = ?", r.AppealID).Update("phone_mark", s.phoneMark(who.Phone)).Error; err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	return n, err
}

// ListDeskDrafts implements workflow.Callers.
func (s *Store) ListDeskDrafts(ctx context.Context, officer int64, limit int) ([]workflow.Draft, error) {
	if officer == 0 {
		return nil, nil
	}
	var rows []draftRow
	err := s.fresh.WithContext(ctx).Where("officer_id = ? AND submitted_id = 0 AND updated_at >= ?", officer, instant(s.clock.Now().Add(-workflow.DraftLife))).
		Order("updated_at DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	out := make([]workflow.Draft, len(rows))
	for i, r := range rows {
		if err := s.sealer.open(draftName(r.TokenHash), r.Sealed, &out[i]); err != nil {
			return nil, err
		}
		out[i].CreatedAt, out[i].UpdatedAt = r.CreatedAt.time(), r.UpdatedAt.time()
	}
	return out, nil
}
