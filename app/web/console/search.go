package console

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// sifted is how many hits are looked through when the database has to sift
// them by something that the index doesn't know.
const sifted = 500

// search fills a page with the best hits for words, within the reader's scope
// and filters. The index says which and in what order, the database what they
// are now.
func (h *Handlers) search(c echo.Context, view *inbox, query workflow.InboxQuery) error {
	ctx, q := edge.Ctx(c), view.Queue
	at, err := strconv.Atoi(c.QueryParam("at"))
	if err != nil || at < 0 || at > search.MaxWindow-pageSize {
		at = 0
	}
	offset, limit := at, pageSize
	sift := q.Executor != 0 || q.Source != ""
	if sift {
		offset, limit = 0, sifted
	}
	result, rows, _, err := h.foundRows(ctx, q, query, offset, limit)
	if err != nil {
		return err
	}
	view.Found, view.Fuzzy = result.Total, result.Fuzzy
	order := make(map[int64]int, len(result.Hits))
	for i, hit := range result.Hits {
		order[hit.ID] = i
	}
	total := min(result.Total, search.MaxWindow)
	if sift {
		view.Found, view.Deep = len(rows), result.Total > sifted
		total = len(rows)
		rows = rows[min(at, len(rows)):min(at+pageSize, len(rows))]
	}
	view.Rows = h.rows(ctx, q, rows)
	for i := range view.Rows {
		view.Rows[i].Snippet = result.Hits[order[view.Rows[i].ID]].Snippet
	}
	if at > 0 {
		view.Previous = q.url("/console", "at", page(max(0, at-pageSize)))
	}
	if at+pageSize < total {
		view.Next = q.url("/console", "at", page(at+pageSize))
	}
	return nil
}

func page(at int) string {
	if at == 0 {
		return ""
	}
	return strconv.Itoa(at)
}

// foundRows asks the index for a window of hits and the database for what they
// are now, in the order of the index. more says that the index has others after
// them.
func (h *Handlers) foundRows(
	ctx context.Context, q queue, query workflow.InboxQuery, offset, limit int,
) (found search.Result, rows []workflow.InboxRow, more bool, err error) {
	ask := search.Parse(q.Words, nil)
	ask.Region, ask.Agencies = query.Scope.Region, query.Scope.Agencies
	ask.Category, ask.Rubric, ask.Agency, ask.Stage = q.Category, q.Rubric, q.Agency, string(q.Stage)
	ask.Rubrics = query.Rubrics
	if len(ask.Rubrics) > 0 {
		ask.Rubric = ""
	}
	ask.From, ask.To = query.From, query.To
	ask.Territory = query.Territories
	if query.Territory != 0 {
		ask.Territory = []int64{query.Territory}
	}
	if found, err = h.cfg.Index.Search(ctx, ask, offset, limit); err != nil {
		return found, nil, false, err
	}
	ids := make([]int64, len(found.Hits))
	order := make(map[int64]int, len(ids))
	for i, hit := range found.Hits {
		ids[i], order[hit.ID] = hit.ID, i
	}
	query.Tab, query.IDs, query.Limit = workflow.TabAll, ids, len(ids)
	if rows, _, err = h.cfg.Reader.ListInbox(ctx, query); err != nil {
		return found, nil, false, err
	}
	slices.SortFunc(rows, func(a, b workflow.InboxRow) int { return cmp.Compare(order[a.ID], order[b.ID]) })
	return found, rows, offset+len(ids) < found.Total && len(ids) > 0, nil
}
