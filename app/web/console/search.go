package console

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/lookup"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// phoneCases is how many cases of one phone are shown.
const phoneCases = 20

// searchBox is the id of the field in the bar.
const searchBox = "bar-search"

// lookup is what the person at the screen may name.
func (h *Handlers) lookup(ctx context.Context) lookup.Lookup {
	return lookup.Lookup{By: edge.Actor(ctx), Lang: ui.Lang(ctx), Book: h.cfg.Rubrics.Book(), Directory: h.cfg.Directory}
}

// question is what the index is asked for a list: the words, the filters, and
// what of it the person may see.
func (h *Handlers) question(ctx context.Context, q queue, query workflow.InboxQuery) (search.Ask, search.Query, error) {
	ask, out, err := search.Understand(q.Words, search.Asker{Names: h.lookup(ctx), Now: query.Now, Zone: ui.Zone(ctx)})
	out.Region, out.Agencies = query.Scope.Region, query.Scope.Agencies
	out.Category, out.Rubric, out.Agency, out.Stage = q.Category, query.Rubric, q.Agency, string(q.Stage)
	out.Rubrics, out.From, out.To, out.Territory = query.Rubrics, query.From, query.To, query.Territories
	if query.Territory != 0 {
		out.Territory = []int64{query.Territory}
	}
	also := func(c search.Condition) { out.Where = append(out.Where, search.AnyOf{c}) }
	if q.Executor != 0 {
		also(search.Condition{Is: search.Is{Field: search.ByExecutor, Values: []string{idText(q.Executor)}}})
	}
	if q.Source != "" {
		also(search.Condition{Is: search.Is{Field: search.BySource, Values: []string{string(q.Source)}}})
	}
	if !query.DueFrom.IsZero() || !query.DueTo.IsZero() {
		also(search.Condition{Span: search.DueIn(query.DueFrom, query.DueTo)})
	}
	return ask, out, err
}

// search fills a page with the best hits for words, within the reader's scope
// and filters. The index says which and in what order, the database what they
// are now.
func (h *Handlers) search(c echo.Context, view *inbox, query workflow.InboxQuery) error {
	ctx, q := edge.Ctx(c), view.Queue
	ask, question, err := h.question(ctx, q, query)
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(c.QueryParam("at"))
	if err != nil || at < 0 || at > search.MaxWindow-pageSize {
		at = 0
	}
	question.FacetsAt = query.Now
	result, rows, _, err := h.foundRows(ctx, question, query, at, pageSize)
	if err != nil {
		return err
	}
	view.Found, view.Fuzzy = result.Total, result.Fuzzy
	view.Facets = h.facets(ctx, q, ask, result.Facets)
	snippets := make(map[int64]string, len(result.Hits))
	for _, hit := range result.Hits {
		snippets[hit.ID] = hit.Snippet
	}
	view.Rows = h.rows(ctx, q, rows)
	for i := range view.Rows {
		view.Rows[i].Snippet = snippets[view.Rows[i].ID]
	}
	if at > 0 {
		view.Previous = q.url("/console", "at", page(max(0, at-pageSize)))
	}
	if at+pageSize < min(result.Total, search.MaxWindow) {
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
	ctx context.Context, question search.Query, query workflow.InboxQuery, offset, limit int,
) (found search.Result, rows []workflow.InboxRow, more bool, err error) {
	if found, err = h.cfg.Index.Search(ctx, question, offset, limit); err != nil {
		return found, nil, false, err
	}
	ids := make([]int64, len(found.Hits))
	order := make(map[int64]int, len(ids))
	for i, hit := range found.Hits {
		ids[i], order[hit.ID] = hit.ID, i
	}
	now := workflow.InboxQuery{Scope: query.Scope, Tab: workflow.TabAll, Now: query.Now, IDs: ids, Limit: len(ids)}
	if rows, _, err = h.cfg.Reader.ListInbox(ctx, now); err != nil {
		return found, nil, false, err
	}
	slices.SortFunc(rows, func(a, b workflow.InboxRow) int { return cmp.Compare(order[a.ID], order[b.ID]) })
	return found, rows, offset+len(ids) < found.Total && len(ids) > 0, nil
}

// openPhone leads to the cases of a phone: a phone is nobody's business in an
// address, so they are named by their numbers.
func (h *Handlers) openPhone(c echo.Context, q queue, phone string) error {
	ctx := edge.Ctx(c)
	numbers, err := h.cfg.Phones.FindPhone(ctx, phone, edge.Actor(ctx), phoneCases)
	if err != nil {
		return err
	}
	switch len(numbers) {
	case 0:
		return edge.SeeOther(c, queue{Tab: q.Tab}.url("/console", "phone", "none"))
	case 1:
		return h.openNumber(c, q, numbers[0])
	}
	terms := make([]string, len(numbers))
	for i, n := range numbers {
		terms[i] = search.Term{Field: search.ByNumber, Text: n}.String()
	}
	return edge.SeeOther(c, queue{Tab: workflow.TabAll, Words: strings.Join(terms, " | ")}.url("/console"))
}

// isPhone reads a phone where nothing else was typed.
func isPhone(box string) (string, bool) {
	if len(box) < 10 {
		return "", false
	}
	return intake.Phone(box)
}

// searchErrors are what is wrong with the words, at the field in the bar.
func searchErrors(ctx context.Context, err error) ui.Errors {
	if !fault.Is(err, fault.Invalid) {
		return nil
	}
	errs := ui.ErrorsOf(ctx, err)
	for i := range errs {
		errs[i].Name = searchBox
	}
	return errs
}

// freshFor is how long a list waits for what the reader has just done.
const freshFor = 700 * time.Millisecond

// settle lets the index catch up with what the reader has just done, so that the
// list shows it. A list that is late is better than none.
func (h *Handlers) settle(c echo.Context) {
	if h.cfg.Settle == nil || c.QueryParam("done") == "" && c.QueryParam("bulk") == "" {
		return
	}
	ctx, stop := context.WithTimeout(edge.Ctx(c), freshFor)
	defer stop()
	_ = h.cfg.Settle(ctx)
}
