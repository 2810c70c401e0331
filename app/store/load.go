package store

import (
	"context"

	"github.com/otklik/otklik/workflow"
)

// CountLoads counts the cases on each executor's desk, by user. Who has none is
// left out.
func (s *Store) CountLoads(ctx context.Context, users []int64) (map[int64]int, error) {
	if len(users) == 0 {
		return nil, nil
	}
	query := "SELECT executor_id, count(*) FROM appeals WHERE " + tabWalks[workflow.TabMine].where +
		" AND " + s.dialect.in("executor_id") + " GROUP BY executor_id"
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), s.dialect.ids(users))
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	loads := make(map[int64]int, len(users))
	for rows.Next() {
		var user int64
		var n int
		if err := rows.Scan(&user, &n); err != nil {
			return nil, translate(err)
		}
		loads[user] = n
	}
	return loads, translate(rows.Err())
}
