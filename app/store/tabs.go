package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/otklik/otklik/workflow"
)

// tabCap is where counting a tab stops: 1,000 means that many or more.
const tabCap = 1000

// CountTabs implements workflow.Reader: one statement, in which each tab counts
// the rows of a limited walk.
func (s *Store) CountTabs(ctx context.Context, scope workflow.Scope, now time.Time) (map[workflow.Tab]int, error) {
	counts := make(map[workflow.Tab]int, len(workflow.Tabs))
	var parts []string
	var args []any
	for _, tab := range workflow.Tabs {
		counts[tab] = 0
		text, values, ok := s.tabCount(tab, scope, now)
		if !ok {
			continue
		}
		parts = append(parts, fmt.Sprintf("SELECT '%s' AS tab, count(*) AS n FROM (%s) AS of_%s", tab, text, tab))
		args = append(args, values...)
	}
	if len(parts) == 0 {
		return counts, nil
	}
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(strings.Join(parts, " UNION ALL ")), args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var tab workflow.Tab
		var n int
		if err := rows.Scan(&tab, &n); err != nil {
			return nil, translate(err)
		}
		counts[tab] = n
	}
	return counts, translate(rows.Err())
}

// tabCount selects the rows of a tab up to the cap, in no order.
func (s *Store) tabCount(tab workflow.Tab, scope workflow.Scope, now time.Time) (query string, args []any, ok bool) {
	agencies, all := walkedBy(workflow.InboxQuery{Tab: tab, Scope: scope})
	if !all && len(agencies) == 0 || (tab == workflow.TabMine || tab == workflow.TabAsked) && scope.User == 0 {
		return "", nil, false
	}
	c := tabConditions(tab, tabWalks[tab].where, now)
	if tab == workflow.TabMine {
		text, values := onDesks(scope)
		c.add(text, values...)
	}
	if !all {
		c.add(s.dialect.in("agency_id"), s.dialect.ids(agencies))
	}
	if stages := tabWalks[tab].stages; stages != nil {
		c.add("stage <> 'closed' AND stage IN (" + literals(stages) + ")")
	}
	return fmt.Sprintf("SELECT 1 FROM %s%s LIMIT %d", from(tab, scope), c.where(), tabCap), c.args, true
}
