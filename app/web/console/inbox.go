package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// pageSize is how many rows a page of the inbox has.
const pageSize = 30

// capped is where the counts of tabs stop: as many or more.
const capped = 1000

// inbox is what the list shows.
type inbox struct {
	Page     ui.Page
	Queue    queue
	Tabs     []tabLink
	Rows     []inboxRow
	Filter   filter
	Found    int // appeals found by words, -1 where none were looked for
	Fuzzy    bool
	Facets   []facetGroup
	Errors   ui.Errors // of the words
	NoPhone  bool      // a phone was looked for that nobody gave
	Previous string
	Next     string
	More     bool              // the list goes on after this page
	Bulk     []workflow.Action // what the person may do with many cases
	Gathers  bool              // and make a proposal of a budget vote of them
	Held     *bulkResult       // what they did last
	Views    []viewLink
	Saving   viewForm
	Caution  string
	Done     string // what was just done, in words
	Unknown  string // a number that nobody has
}

type tabLink struct {
	Tab     workflow.Tab
	Text    string
	URL     string
	Count   string
	Bad     bool // overdue ones
	Current bool
}

// inboxRow is a row in words.
type inboxRow struct {
	workflow.InboxRow
	URL      string
	Topic    string
	Place    string
	Agency   string // where the reader sees several
	Executor string
	Snippet  string // HTML from the index, "" where nothing was looked for
	Due      ui.DueState
	Spent    int
}

// Inbox shows a page of the list. A number in the search box opens its case.
func (h *Handlers) Inbox(c echo.Context) error {
	q := readQueue(c.QueryParams())
	if number, ok := workflow.ParseNumber(q.Words); ok {
		return h.openNumber(c, q, number)
	}
	if phone, ok := isPhone(q.Words); ok {
		return h.openPhone(c, q, phone)
	}
	return h.showInbox(c, q, "", viewForm{})
}

// openNumber leads to the case, or says that there is none that one may see.
func (h *Handlers) openNumber(c echo.Context, q queue, number string) error {
	ctx := edge.Ctx(c)
	id, err := h.cfg.Reader.FindID(ctx, number)
	if err == nil {
		var found *workflow.Case
		found, err = h.cfg.Reader.FindCase(ctx, id)
		if err == nil && workflow.CanSee(edge.Actor(ctx), &found.Appeal) {
			return edge.SeeOther(c, "/console/appeals/"+strconv.FormatInt(id, 10))
		}
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	q.Words = ""
	return h.showInbox(c, q, number, viewForm{})
}

func (h *Handlers) showInbox(c echo.Context, q queue, unknown string, saving viewForm) error {
	ctx, now := h.begin(c)
	by := edge.Actor(ctx)
	scope := workflow.ScopeOf(by)
	page, err := h.page(c, ui.T(ctx, "console.title"))
	if err != nil {
		return err
	}
	counts, err := h.cfg.Reader.CountTabs(ctx, scope, now)
	if err != nil {
		return err
	}
	links, err := h.views(ctx)
	if err != nil {
		return err
	}
	first, chosen := h.defaultView(links)
	switch {
	case q.Tab != "":
	case q.Words != "" || q.filtered():
		q.Tab = workflow.TabAll
	case chosen && unknown == "":
		q = first
	default:
		q = landing(by, counts)
	}
	for i := range links {
		links[i].Current = viewQuery(readView(links[i].View)) == viewQuery(q)
	}
	saving.Agencies = h.shareable(ctx, by)
	view := inbox{Page: page, Queue: q, Found: -1, Unknown: unknown, Done: doneWords(ctx, c.QueryParam("done"), c.QueryParam("number"))}
	view.Tabs = tabLinks(ctx, q, counts)
	if page.Live != nil {
		page.Live.List = q.values().Encode()
	}
	view.Bulk, view.Views, view.Saving = bulkActions(ctx), links, saving
	if view.Gathers, err = h.gathers(ctx, edge.Actor(ctx)); err != nil {
		return err
	}
	view.NoPhone = c.QueryParam("phone") == "none"
	switch last := c.QueryParam("bulk"); last {
	case "none":
		view.Caution = ui.T(ctx, "bulk.nothing_chosen")
	case "many":
		view.Caution = ui.T(ctx, "bulk.too_many", "max", workflow.MaxBulk)
	default:
		view.Held = h.bulkNoticeOf(ctx, q, last)
	}
	query, wrong := h.query(ctx, q)
	view.Filter = h.filter(ctx, by, q, ui.ErrorsOf(ctx, wrong))
	status := http.StatusOK
	if len(saving.Errors) > 0 {
		status, view.Page.Invalid = http.StatusUnprocessableEntity, true
	}
	if wrong != nil {
		status = edge.Status(wrong)
		view.Page.Invalid = true
	}
	if q.Words != "" {
		h.settle(c)
		err = h.search(c, &view, query)
		view.Errors = searchErrors(ctx, err)
	} else {
		err = h.list(c, &view, query)
		if err == nil && wrong == nil && q.Tab == workflow.TabAll && q.filtered() {
			err = h.facetsOfFilters(c, &view, query)
		}
	}
	if len(view.Errors) > 0 {
		status, err = edge.Status(err), nil
		view.Page.Invalid, view.Page.Search.Wrong = true, true
	}
	if err != nil {
		return err
	}
	return edge.Render(c, status, inboxPage(view))
}

// list fills a page by its place in the order of the tab.
func (h *Handlers) list(c echo.Context, view *inbox, query workflow.InboxQuery) error {
	ctx := edge.Ctx(c)
	query.Limit = view.Queue.rows()
	query.After = decodeCursor(c.QueryParam("after"))
	if query.After.Zero() {
		query.Before = decodeCursor(c.QueryParam("before"))
	}
	rows, more, err := h.cfg.Reader.ListInbox(ctx, query)
	if err != nil {
		return err
	}
	back := !query.Before.Zero()
	if back && len(rows) < query.Limit && !more { // the top was reached: show it whole
		query.Before = workflow.Cursor{}
		if rows, more, err = h.cfg.Reader.ListInbox(ctx, query); err != nil {
			return err
		}
		back = false
	}
	view.Rows = h.rows(ctx, view.Queue, rows)
	if len(rows) == 0 {
		if !query.After.Zero() {
			view.Previous = view.Queue.url("/console")
		}
		return nil
	}
	if back && more || !query.After.Zero() {
		view.Previous = view.Queue.url("/console", "before", encodeCursor(cursorOf(query, rows[0].SubmittedAt, rows[0].DueAt, rows[0].ID)))
	}
	if last := rows[len(rows)-1]; back || more {
		view.More = true
		view.Next = view.Queue.url("/console", "after", encodeCursor(cursorOf(query, last.SubmittedAt, last.DueAt, last.ID)))
	}
	return nil
}

// cursorOf is the place of an appeal in a list.
func cursorOf(query workflow.InboxQuery, submitted, due time.Time, id int64) workflow.Cursor {
	if query.ByDue() {
		return workflow.Cursor{At: due, ID: id}
	}
	return workflow.Cursor{At: submitted, ID: id}
}

// rows puts rows into words.
func (h *Handlers) rows(ctx context.Context, q queue, list []workflow.InboxRow) []inboxRow {
	n, now := h.names(ctx), ui.Now(ctx)
	by := edge.Actor(ctx)
	several := by.Regional() || len(by.Agencies()) > 1
	out := make([]inboxRow, 0, len(list))
	for _, r := range list {
		row := inboxRow{
			InboxRow: r, URL: q.url("/console/appeals/" + strconv.FormatInt(r.ID, 10)), Topic: n.topic(r.Rubric),
			Place: n.territory(r.Territory), Executor: r.ExecutorName,
		}
		if several {
			row.Agency = n.agency(r.Agency)
		}
		if !r.DueAt.IsZero() {
			row.Due, row.Spent = ui.StateOfDue(r.SubmittedAt, r.DueAt, now)
		}
		out = append(out, row)
	}
	return out
}

// tabLinks are the tabs with their counts. They keep the filters but not the
// stage, which belongs to a tab, and not the words.
func tabLinks(ctx context.Context, q queue, counts map[workflow.Tab]int) []tabLink {
	var out []tabLink
	for _, tab := range workflow.Tabs {
		// Most are asked for an opinion seldom: the tab is there when they are.
		if tab == workflow.TabAsked && counts[tab] == 0 && q.Tab != tab {
			continue
		}
		to := q
		to.Tab, to.Words, to.Stage = tab, "", ""
		out = append(out, tabLink{
			Tab: tab, Text: ui.T(ctx, tabKeys[tab]), URL: to.url("/console"), Count: cappedText(ctx, counts[tab]),
			Bad: tab == workflow.TabOverdue && counts[tab] > 0, Current: tab == q.Tab && q.Words == "",
		})
	}
	return out
}

var tabKeys = map[workflow.Tab]string{
	workflow.TabNew:     "console.tab.new",
	workflow.TabMine:    "console.tab.mine",
	workflow.TabAsked:   "console.tab.asked",
	workflow.TabDueSoon: "console.tab.due_soon",
	workflow.TabOverdue: "console.tab.overdue",
	workflow.TabOnSign:  "console.tab.on_sign",
	workflow.TabAll:     "console.tab.all",
}

// emptyKeys say why a tab is empty and what that means.
var emptyKeys = map[workflow.Tab][2]string{
	workflow.TabNew:     {"console.empty.new", "console.empty.new_hint"},
	workflow.TabMine:    {"console.empty.mine", "console.empty.mine_hint"},
	workflow.TabAsked:   {"console.empty.asked", "console.empty.asked_hint"},
	workflow.TabDueSoon: {"console.empty.due_soon", "console.empty.due_soon_hint"},
	workflow.TabOverdue: {"console.empty.overdue", "console.empty.overdue_hint"},
	workflow.TabOnSign:  {"console.empty.on_sign", "console.empty.on_sign_hint"},
	workflow.TabAll:     {"console.empty.all", "console.empty.all_hint"},
}

// filter is the form above the list and what of it is in force.
type filter struct {
	Stages, Categories, Topics, Territories []ui.Option
	Agencies, Executors, Sources            []ui.Option
	Errors                                  ui.Errors
	Chosen                                  []chip
}

// chip is a filter in force; its address is the list without it.
type chip struct{ Text, URL string }

func (h *Handlers) filter(ctx context.Context, by actor.Actor, q queue, errs ui.Errors) filter {
	f := filter{Errors: errs}
	l, book := ui.Lang(ctx), h.cfg.Rubrics.Book()
	for _, s := range workflow.Stages[2:] { // drafts and new ones are never in a list
		f.Stages = append(f.Stages, ui.Option{Value: string(s), Label: ui.T(ctx, "stage."+string(s))})
	}
	for _, r := range book.Tree.Roots {
		f.Categories = append(f.Categories, ui.Option{Value: r.Code, Label: r.Name.In(l)})
	}
	for _, r := range book.Tree.Leaves() {
		f.Topics = append(f.Topics, ui.Option{Value: r.Code, Label: r.Name.In(l), Group: r.Category().Name.In(l)})
	}
	for _, t := range book.Places.Municipalities() {
		f.Territories = append(f.Territories, ui.Option{Value: strconv.FormatInt(t.ID, 10), Label: t.Name.In(l)})
	}
	for _, s := range sources {
		f.Sources = append(f.Sources, ui.Option{Value: string(s), Label: ui.T(ctx, "source."+string(s))})
	}
	agencies := by.Agencies()
	if by.Regional() || len(agencies) > 1 {
		for _, a := range h.cfg.Directory.Agencies() {
			if by.Regional() || slices.Contains(agencies, a.ID) {
				f.Agencies = append(f.Agencies, ui.Option{Value: strconv.FormatInt(a.ID, 10), Label: a.Name.In(l)})
			}
		}
	}
	if by.Regional() {
		agencies = nil
	}
	if q.Agency != 0 {
		agencies = []int64{q.Agency}
	}
	for _, agency := range agencies {
		for _, u := range h.cfg.Directory.Staff(agency) {
			if u.Actor().Holds(actor.Executor, agency) {
				f.Executors = append(f.Executors, ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: u.Name})
			}
		}
	}
	f.Chosen = h.chips(ctx, q)
	return f
}

// chips are the filters in force, each with the way to drop it.
func (h *Handlers) chips(ctx context.Context, q queue) []chip {
	n := h.names(ctx)
	var out []chip
	add := func(name, text string) { out = append(out, chip{Text: text, URL: q.without(name).url("/console")}) }
	if q.Stage != "" {
		add("stage", ui.T(ctx, "stage."+string(q.Stage)))
	}
	if q.Category != "" {
		add("category", n.topic(q.Category))
	}
	if q.Rubric != "" {
		add("topic", n.topic(q.Rubric))
	}
	if q.Territory != 0 {
		add("territory", n.territory(q.Territory))
	}
	if q.Agency != 0 {
		add("agency", n.agency(q.Agency))
	}
	if q.Executor != 0 {
		add("executor", n.user(q.Executor))
	}
	if q.Source != "" {
		add("source", ui.T(ctx, "source."+string(q.Source)))
	}
	if q.From != "" {
		add("from", ui.T(ctx, "console.since", "day", dayWords(ctx, q.From)))
	}
	if q.Due != "" {
		add("due", dueWords(ctx, q.Due))
	}
	if q.Sort == sortDue {
		add("sort", ui.T(ctx, "console.sort.due"))
	}
	if q.To != "" {
		add("to", ui.T(ctx, "console.until", "day", dayWords(ctx, q.To)))
	}
	return out
}

func dayWords(ctx context.Context, typed string) string {
	t, err := time.ParseInLocation(time.DateOnly, typed, ui.Zone(ctx))
	if err != nil {
		return typed
	}
	return ui.Date(ctx, t)
}

// dueWords says of which days the due dates are.
func dueWords(ctx context.Context, due string) string {
	first, last, several := strings.Cut(due, "..")
	if !several {
		return ui.T(ctx, "console.due_on", "day", dayWords(ctx, first))
	}
	return ui.T(ctx, "console.due_between", "first", dayWords(ctx, first), "last", dayWords(ctx, last))
}
