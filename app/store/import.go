package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// Import is a unit of work that loads a region: all of it is kept or nothing.
type Import struct {
	s  *Store
	db *gorm.DB
}

// Import runs fn in one transaction. Where fn returns an error nothing of it
// remains; a dry run returns one on purpose.
func (s *Store) Import(ctx context.Context, fn func(*Import) error) error {
	return s.inTx(ctx, func(db *gorm.DB) error { return fn(&Import{s, db}) })
}

// importBatch is how many rows go in one statement: SQLite takes 32,766
// parameters, PostgreSQL 65,535.
const importBatch = 500

// save writes rows by code and gives them their ids.
func save[T any](db *gorm.DB, t table[T], rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	return translate(db.Clauses(byCode(t.columns)).CreateInBatches(&rows, importBatch).Error)
}

// byCode updates every column of a row whose code is there, but for its id.
func byCode(columns []string) clause.OnConflict {
	c := clause.OnConflict{Columns: []clause.Column{{Name: "code"}}}
	for _, name := range columns {
		if name != "id" && name != "code" {
			c.DoUpdates = append(c.DoUpdates, clause.AssignmentColumns([]string{name})...)
		}
	}
	return c
}

// SaveTerritories saves by code and sets the ids. Save those above first: their
// ids are the parents of those below.
func (i *Import) SaveTerritories(ts []territory.Territory) error {
	rows := make([]territoryRow, len(ts))
	for n, t := range ts {
		rows[n] = newTerritoryRow(t)
	}
	if err := save(i.db, territoryTable, rows); err != nil {
		return err
	}
	for n := range ts {
		ts[n].ID = rows[n].ID
	}
	return nil
}

// SaveAgencies saves by code and sets the ids.
func (i *Import) SaveAgencies(as []identity.Agency) error {
	rows := make([]agencyRow, len(as))
	for n := range as {
		rows[n] = *newAgencyRow(&as[n])
		rows[n].ID = 0
	}
	if err := save(i.db, agencyTable, rows); err != nil {
		return err
	}
	for n := range as {
		as[n].ID = rows[n].ID
	}
	return nil
}

// ListTerritories and ListAgencies see what this unit of work has saved.
func (i *Import) ListTerritories() ([]territory.Territory, error) {
	var rows []territoryRow
	if err := i.db.Order("id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]territory.Territory, len(rows))
	for n, r := range rows {
		out[n] = r.territory()
	}
	return out, nil
}

// ListAgencies sees what this unit of work has saved.
func (i *Import) ListAgencies() ([]identity.Agency, error) { return listAgencies(i.db) }

// SaveUser saves by login, keeping the password of one who is there where none
// is given, and sets the id.
func (i *Import) SaveUser(u *identity.User) error {
	var there []userRow
	if err := i.db.Limit(1).Find(&there, "login = ?", u.Login).Error; err != nil {
		return translate(err)
	}
	saved := *u
	if len(there) > 0 {
		saved.ID = there[0].ID
		if saved.PasswordHash == "" {
			saved.PasswordHash = there[0].PasswordHash
		}
	}
	id, err := i.s.saveUser(i.db, &saved)
	if err == nil {
		u.ID = id
	}
	return translate(err)
}

// PublishVersion stores a tree that appeals are sent under from now on.
func (i *Import) PublishVersion(roots []*rubricator.Rubric, note string) (id int64, err error) {
	return i.publish(roots, note, 0)
}

// publish stores a version with the rules of now; by is who published it, 0 for
// an import.
func (i *Import) publish(roots []*rubricator.Rubric, note string, by int64) (id int64, err error) {
	body, err := json.Marshal(roots)
	if err != nil {
		return 0, fmt.Errorf("rubricator: %w", err)
	}
	rules, err := listRules(i.db)
	if err != nil {
		return 0, err
	}
	kept, err := json.Marshal(rules)
	if err != nil {
		return 0, fmt.Errorf("rules: %w", err)
	}
	now := instant(i.s.clock.Now())
	row := &rubricVersionRow{
		State: published, Note: note, Body: string(body), Rules: string(kept), CreatedAt: now, PublishedAt: now, PublishedBy: by,
	}
	err = i.db.Create(row).Error
	return row.ID, translate(err)
}

// ReplaceRules replaces all routing rules. An agency that isn't there is
// fault.Invalid.
func (i *Import) ReplaceRules(rules []rubricator.Rule) error {
	if err := i.lockTree(); err != nil {
		return err
	}
	if err := i.db.Where("1 = 1").Delete(&routeRow{}).Error; err != nil {
		return translate(err)
	}
	rows := make([]routeRow, len(rules))
	for n, r := range rules {
		rows[n] = routeRow{
			Rubric: r.Rubric, TerritoryID: r.Territory, Question: r.When.Question, Answer: r.When.Answer, AgencyID: r.Agency,
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return translate(i.db.CreateInBatches(&rows, importBatch).Error)
}

// SaveTerritories is [Import.SaveTerritories] alone.
func (s *Store) SaveTerritories(ctx context.Context, ts []territory.Territory) error {
	return s.Import(ctx, func(i *Import) error { return i.SaveTerritories(ts) })
}

// SaveAgencies is [Import.SaveAgencies] alone.
func (s *Store) SaveAgencies(ctx context.Context, as []identity.Agency) error {
	return s.Import(ctx, func(i *Import) error { return i.SaveAgencies(as) })
}

// ReplaceRules is [Import.ReplaceRules] alone.
func (s *Store) ReplaceRules(ctx context.Context, rules []rubricator.Rule) error {
	return s.Import(ctx, func(i *Import) error { return i.ReplaceRules(rules) })
}

// PublishVersion is [Import.PublishVersion] alone.
func (s *Store) PublishVersion(ctx context.Context, roots []*rubricator.Rubric, note string) (id int64, err error) {
	err = s.Import(ctx, func(i *Import) (err error) {
		id, err = i.PublishVersion(roots, note)
		return err
	})
	return id, err
}
