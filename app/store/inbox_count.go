package store

import (
	"context"
	"fmt"

	"github.com/otklik/otklik/workflow"
)

// CountInbox counts the rows that a query of the inbox would walk, up to most:
// then there are that many or more. Limit and cursors don't matter.
func (s *Store) CountInbox(ctx context.Context, q workflow.InboxQuery, most int) (n int, err error) {
	agencies, all := walkedBy(q)
	stages, none := stagesOf(q)
	if none || !all && len(agencies) == 0 {
		return 0, nil
	}
	c := s.filters(q)
	if !all {
		c.add(s.dialect.in("agency_id"), s.dialect.ids(agencies))
	}
	if q.Tab == workflow.TabMine {
		c.add(tabWalks[q.Tab].where)
		text, args := onDesks(q.Scope)
		c.add(text, args...)
	}
	if stages != nil {
		c.add("stage IN (" + literals(stages) + ")")
	}
	query := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s%s LIMIT %d) AS counted", from(q.Tab, q.Scope), c.where(), most)
	err = s.readDB.QueryRowContext(ctx, s.dialect.bind(query), c.args...).Scan(&n)
	return n, translate(err)
}
