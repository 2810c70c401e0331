package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
)

type absenceRow struct {
	ID           int64 `gorm:"primaryKey"`
	UserID       int64
	AgencyID     int64
	Role         string
	SubstituteID int64
	StartsAt     instant
	EndsAt       instant
	SetBy        int64
	SetAt        instant
}

func (absenceRow) TableName() string { return "absences" }

var absenceTable = newTable[absenceRow]()

func (r *absenceRow) absence() identity.Absence {
	return identity.Absence{
		ID: r.ID, User: r.UserID, Agency: r.AgencyID, Role: actor.Role(r.Role), Substitute: r.SubstituteID,
		From: r.StartsAt.time(), To: r.EndsAt.time(), SetBy: r.SetBy, SetAt: r.SetAt.time(),
	}
}

func (s *Store) listAbsences(ctx context.Context, agencies []int64, after time.Time) ([]identity.Absence, error) {
	rows, err := list(ctx, s.dialect, s.freshDB, absenceTable, "SELECT "+absenceTable.list("")+" FROM absences WHERE "+
		s.dialect.in("agency_id")+" AND ends_at > ? AND ends_at > starts_at ORDER BY starts_at, id", s.dialect.ids(agencies), instant(after))
	if err != nil {
		return nil, translate(err)
	}
	out := make([]identity.Absence, len(rows))
	for i := range rows {
		out[i] = rows[i].absence()
	}
	return out, nil
}

// ListAbsences implements identity.Absences.
func (s *Store) ListAbsences(ctx context.Context, agency int64, after time.Time) ([]identity.Absence, error) {
	return s.listAbsences(ctx, []int64{agency}, after)
}

// standing notes in whose place a user works now.
func (s *Store) standing(ctx context.Context, u *identity.User, err error) (*identity.User, error) {
	if err != nil {
		return nil, err
	}
	agencies := u.Actor().Agencies()
	if len(agencies) == 0 {
		return u, nil
	}
	now := s.clock.Now()
	absences, err := s.listAbsences(ctx, agencies, now)
	if err != nil {
		return nil, err
	}
	u.Stands = identity.Standings(absences, u.ID, now)
	return u, nil
}

// FindAbsence implements identity.Absences.
func (s *Store) FindAbsence(ctx context.Context, id int64) (*identity.Absence, error) {
	var row absenceRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	a := row.absence()
	return &a, nil
}

// CreateAbsence implements identity.Absences. The row of the person is held, so
// that two absences set at once see each other.
func (s *Store) CreateAbsence(ctx context.Context, a *identity.Absence) error {
	row := absenceRow{
		UserID: a.User, AgencyID: a.Agency, Role: string(a.Role), SubstituteID: a.Substitute, StartsAt: instant(a.From),
		EndsAt: instant(a.To), SetBy: a.SetBy, SetAt: instant(a.SetAt),
	}
	err := s.inTx(ctx, func(db *gorm.DB) error {
		var held int64
		if err := raw(db).QueryRowContext(ctx, s.dialect.bind("SELECT id FROM users WHERE id = ?"+s.dialect.lock), a.User).
			Scan(&held); err != nil {
			return err
		}
		var n int64
		if err := db.Model(&absenceRow{}).Where("user_id = ? AND agency_id = ? AND role = ? AND starts_at < ? AND ends_at > ?",
			a.User, a.Agency, string(a.Role), row.EndsAt, row.StartsAt).Count(&n).Error; err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "absence.overlaps")
		}
		return db.Create(&row).Error
	})
	if err == nil {
		a.ID = row.ID
	}
	return err
}

// EndAbsence implements identity.Absences. One that has not begun ends where it
// would have begun: it was never.
func (s *Store) EndAbsence(ctx context.Context, id int64, at time.Time) error {
	_, err := s.writeDB.ExecContext(ctx, s.dialect.bind(`UPDATE absences SET
		ends_at = CASE WHEN starts_at > ? THEN starts_at ELSE ? END WHERE id = ? AND ends_at > ?`),
		instant(at), instant(at), id, instant(at))
	return translate(err)
}
