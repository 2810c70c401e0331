package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

type viewRow struct {
	ID       int64 `gorm:"primaryKey"`
	UserID   int64
	AgencyID int64
	Name     string
	Query    string
	Place    int
}

func (viewRow) TableName() string { return "views" }

type viewDefaultRow struct {
	UserID int64 `gorm:"primaryKey;autoIncrement:false"`
	ViewID int64
}

func (viewDefaultRow) TableName() string { return "view_defaults" }

func (r viewRow) view() workflow.View {
	return workflow.View{ID: r.ID, User: r.UserID, Agency: r.AgencyID, Name: r.Name, Query: r.Query, Place: r.Place}
}

// ListViews implements workflow.Views.
func (s *Store) ListViews(ctx context.Context, user int64, agencies []int64) ([]workflow.View, error) {
	query := `SELECT v.id, v.user_id, v.agency_id, v.name, v.query, v.place, d.view_id IS NOT NULL FROM views v
		LEFT JOIN view_defaults d ON d.user_id = ? AND d.view_id = v.id
		WHERE v.agency_id = 0 AND v.user_id = ? OR v.agency_id <> 0 AND ` + s.dialect.in("v.agency_id") +
		` ORDER BY v.agency_id, v.place, v.id`
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind(query), user, user, s.dialect.ids(agencies))
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []workflow.View
	for rows.Next() {
		var v workflow.View
		if err := rows.Scan(&v.ID, &v.User, &v.Agency, &v.Name, &v.Query, &v.Place, &v.Default); err != nil {
			return nil, translate(err)
		}
		out = append(out, v)
	}
	return out, translate(rows.Err())
}

// FindView implements workflow.Views.
func (s *Store) FindView(ctx context.Context, id int64) (*workflow.View, error) {
	var row viewRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	v := row.view()
	return &v, nil
}

// SaveView implements workflow.Views.
func (s *Store) SaveView(ctx context.Context, v *workflow.View) error {
	id := v.ID
	err := s.inTx(ctx, func(db *gorm.DB) error {
		row := viewRow{ID: v.ID, UserID: v.User, AgencyID: v.Agency, Name: v.Name, Query: v.Query, Place: v.Place}
		if v.ID != 0 {
			return found(db.Model(&viewRow{}).Where("id = ?", v.ID).Select("agency_id", "name", "query").Updates(row))
		}
		var n, last int64
		among := db.Model(&viewRow{}).Where("agency_id = ?", v.Agency)
		if v.Agency == 0 {
			among = among.Where("user_id = ?", v.User)
		}
		if err := among.Select("count(*), coalesce(max(place), 0)").Row().Scan(&n, &last); err != nil {
			return err
		}
		if n >= workflow.MaxViews {
			return fault.New(fault.Conflict, "view.too_many").With("max", workflow.MaxViews)
		}
		row.Place = int(last) + 1
		if err := db.Create(&row).Error; err != nil {
			return err
		}
		id = row.ID
		return nil
	})
	if err == nil {
		v.ID = id
	}
	return err
}

// DeleteView implements workflow.Views. One that is gone is no error.
func (s *Store) DeleteView(ctx context.Context, id int64) error {
	return translate(s.write.WithContext(ctx).Delete(&viewRow{}, "id = ?", id).Error)
}

// SwapViews implements workflow.Views. Places that were the same come apart.
func (s *Store) SwapViews(ctx context.Context, a, b int64) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		var rows []viewRow
		if err := db.Where("id IN ?", []int64{a, b}).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) != 2 {
			return missing()
		}
		x, y := rows[0], rows[1]
		for _, move := range []struct {
			id    int64
			place int
		}{{x.ID, y.Place}, {y.ID, x.Place}} {
			if err := db.Model(&viewRow{}).Where("id = ?", move.id).Update("place", move.place).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// SetDefaultView implements workflow.Views.
func (s *Store) SetDefaultView(ctx context.Context, user, view int64) error {
	if view == 0 {
		return translate(s.write.WithContext(ctx).Delete(&viewDefaultRow{}, "user_id = ?", user).Error)
	}
	return translate(s.write.WithContext(ctx).Clauses(upsert([]string{"user_id"}, "view_id")).
		Create(&viewDefaultRow{UserID: user, ViewID: view}).Error)
}

// CountQueries implements workflow.Views: one statement, in which each query
// counts the rows of a limited walk.
func (s *Store) CountQueries(ctx context.Context, queries []workflow.InboxQuery) ([]int, error) {
	counts := make([]int, len(queries))
	query, args, ok := s.countStatement(queries)
	if !ok {
		return counts, nil
	}
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var i, n int
		if err := rows.Scan(&i, &n); err != nil {
			return nil, translate(err)
		}
		counts[i] = n
	}
	return counts, translate(rows.Err())
}

func (s *Store) countStatement(queries []workflow.InboxQuery) (query string, args []any, ok bool) {
	var parts []string
	for i, q := range queries {
		q.Limit, q.After, q.Before = tabCap, workflow.Cursor{}, workflow.Cursor{}
		text, values, ok := s.walks(q, "id, submitted_at, due_sort", tabCap)
		if !ok {
			continue
		}
		parts = append(parts, fmt.Sprintf("SELECT %d AS i, count(*) AS n FROM (%s) AS counted", i, text))
		args = append(args, values...)
	}
	return strings.Join(parts, " UNION ALL "), args, len(parts) > 0
}
