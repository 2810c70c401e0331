package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/identity"
)

type journalRow struct {
	ID        int64 `gorm:"primaryKey"`
	At        instant
	ByID      int64
	AppealID  int64
	Detail    string
	Kind      string
	SubjectID int64
	RowCount  int
	PrevHash  string
	Hash      string
}

func (journalRow) TableName() string { return "journal" }

func (r *journalRow) entry() identity.Entry {
	return identity.Entry{
		ID: r.ID, At: r.At.time(), By: r.ByID, Kind: identity.EntryKind(r.Kind), Appeal: r.AppealID, Subject: r.SubjectID,
		Detail: r.Detail, Rows: r.RowCount, Prev: r.PrevHash, Hash: r.Hash,
	}
}

// appendJournal chains a line to the last one. It holds all others back until
// the unit of work ends: put it last.
func (s *Store) appendJournal(db *gorm.DB, e identity.Entry) error {
	if s.dialect.lockJournal != "" {
		if err := db.Exec(s.dialect.lockJournal).Error; err != nil {
			return err
		}
	}
	var last []string
	if err := db.Model(&journalRow{}).Order("id DESC").Limit(1).Pluck("hash", &last).Error; err != nil {
		return err
	}
	if len(last) > 0 {
		e.Prev = last[0]
	}
	return db.Create(&journalRow{
		At: instant(e.At), ByID: e.By, AppealID: e.Appeal, Detail: e.Detail, Kind: string(e.Kind), SubjectID: e.Subject, RowCount: e.Rows,
		PrevHash: e.Prev, Hash: e.Sum(),
	}).Error
}

// AppendJournal adds a line about what leaves no other trace in the database,
// at its instant now.
func (s *Store) AppendJournal(ctx context.Context, e identity.Entry) error {
	e.At = s.clock.Now()
	return s.inTx(ctx, func(db *gorm.DB) error { return s.appendJournal(db, e) })
}

// SaveStaff implements identity.StaffStore.
func (s *Store) SaveStaff(ctx context.Context, u *identity.User, line identity.Entry, endSessions bool) error {
	id := u.ID
	err := s.inTx(ctx, func(db *gorm.DB) (err error) {
		if id, err = s.saveUser(db, u); err != nil {
			return err
		}
		if endSessions {
			if err := db.Delete(&sessionRow{}, "user_id = ?", id).Error; err != nil {
				return err
			}
		}
		line.Subject = id
		return s.appendJournal(db, line)
	})
	if err == nil {
		u.ID = id
	}
	return err
}

// ListStaff implements identity.StaffStore.
func (s *Store) ListStaff(ctx context.Context, agencies []int64, search string, limit int) ([]identity.User, error) {
	where, args := " WHERE u.id IN (SELECT x.id FROM users x", []any{}
	var conditions []string
	if agencies != nil {
		conditions = append(conditions, "x.id IN (SELECT user_id FROM memberships WHERE "+s.dialect.in("agency_id")+")")
		args = append(args, s.dialect.ids(agencies))
	}
	if search = strings.TrimSpace(search); search != "" {
		// Letters of either case, also where the database folds only Latin ones.
		like := func(column string) string { return column + " LIKE ? ESCAPE '!'" }
		var places []string
		for _, form := range []string{search, strings.ToLower(search), capital(search)} {
			for _, column := range []string{"x.login", "x.name", "x.email"} {
				places = append(places, like(column))
				args = append(args, "%"+escapeLike(form)+"%")
			}
		}
		conditions = append(conditions, "("+strings.Join(places, " OR ")+")")
	}
	if len(conditions) > 0 {
		where += " WHERE " + strings.Join(conditions, " AND ")
	}
	args = append(args, limit)
	return s.users(ctx, "users u"+withRoles+where+" ORDER BY x.name, x.id LIMIT ?) ORDER BY u.name, u.id, m.agency_id, m.role", "", nil, args...)
}

func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// capital writes a word as a name begins.
func capital(s string) string {
	r := []rune(strings.ToLower(s))
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// ListJournal implements identity.StaffStore.
func (s *Store) ListJournal(ctx context.Context, q identity.JournalQuery) ([]identity.Entry, error) {
	db := s.fresh.WithContext(ctx).Order("id DESC").Limit(q.Limit)
	if q.Agencies != nil {
		db = db.Where("by_id IN (SELECT user_id FROM memberships WHERE agency_id IN ?)", q.Agencies)
	}
	if q.By != 0 {
		db = db.Where("by_id = ?", q.By)
	}
	if q.Appeal != 0 {
		db = db.Where("appeal_id = ?", q.Appeal)
	}
	if q.Kinds != nil {
		db = db.Where("kind IN ?", q.Kinds)
	}
	if q.Before != 0 {
		db = db.Where("id < ?", q.Before)
	}
	return journal(db)
}

// WalkJournal returns lines after an id in the order of the chain.
func (s *Store) WalkJournal(ctx context.Context, after int64, limit int) ([]identity.Entry, error) {
	return journal(s.fresh.WithContext(ctx).Where("id > ?", after).Order("id").Limit(limit))
}

func journal(db *gorm.DB) ([]identity.Entry, error) {
	var rows []journalRow
	if err := db.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]identity.Entry, len(rows))
	for i := range rows {
		out[i] = rows[i].entry()
	}
	return out, nil
}
