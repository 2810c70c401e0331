package console

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// queue is one view of the inbox: a tab and its filters, or found words. It
// stands in the address of the list and of each card opened from it, so that
// a card knows what comes next.
type queue struct {
	Tab       workflow.Tab
	Words     string
	Stage     workflow.Stage
	Category  string
	Rubric    string
	Territory int64
	Agency    int64
	Executor  int64
	Source    workflow.Source
	From, To  string // days, as typed
	Due       string // a day, or two as «2026-05-01..2026-05-31»: due in them
	Sort      string // «due»: the most urgent first; "": the tab's own order
	Size      int    // rows on a page, 0: the usual
}

// sortDue is the order in which the most urgent come first.
const sortDue = "due"

// bigPage is as many rows as an action with many cases may be for.
const bigPage = workflow.MaxBulk

// sources lists the doors in the order of the filter.
var sources = []workflow.Source{
	workflow.FromPortal, workflow.FromWidget, workflow.FromAPI, workflow.FromDesk, workflow.FromImport,
}

// readQueue reads an address. What it can't read it leaves out.
func readQueue(v url.Values) queue {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(v.Get(name), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	q := queue{
		Words: strings.TrimSpace(v.Get("q")), Category: v.Get("category"), Rubric: v.Get("topic"),
		Territory: number("territory"), Agency: number("agency"), Executor: number("executor"),
		From: v.Get("from"), To: v.Get("to"), Due: v.Get("due"),
	}
	if v.Get("sort") == sortDue {
		q.Sort = sortDue
	}
	if number("size") == bigPage {
		q.Size = bigPage
	}
	if tab := workflow.Tab(v.Get("tab")); slices.Contains(workflow.Tabs, tab) {
		q.Tab = tab
	}
	if stage := workflow.Stage(v.Get("stage")); slices.Contains(workflow.Stages, stage) {
		q.Stage = stage
	}
	if source := workflow.Source(v.Get("source")); slices.Contains(sources, source) {
		q.Source = source
	}
	return q
}

// values is the address that reads back as the queue.
func (q queue) values() url.Values {
	v := url.Values{}
	text := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	number := func(name string, value int64) {
		if value != 0 {
			v.Set(name, strconv.FormatInt(value, 10))
		}
	}
	text("tab", string(q.Tab))
	text("q", q.Words)
	text("stage", string(q.Stage))
	text("category", q.Category)
	text("topic", q.Rubric)
	number("territory", q.Territory)
	number("agency", q.Agency)
	number("executor", q.Executor)
	text("source", string(q.Source))
	text("from", q.From)
	text("to", q.To)
	text("due", q.Due)
	text("sort", q.Sort)
	number("size", int64(q.Size))
	return v
}

// sized is the queue with so many rows on a page.
func (q queue) sized(rows int) queue {
	q.Size = rows
	return q
}

// rows is how many rows a page has.
func (q queue) rows() int {
	if q.Size > 0 {
		return q.Size
	}
	return pageSize
}

// url is a path with the queue, and more of name, value pairs.
func (q queue) url(path string, more ...string) string {
	v := q.values()
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			v.Set(more[i], more[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// without is the queue with one filter taken away.
func (q queue) without(name string) queue {
	v := q.values()
	v.Del(name)
	return readQueue(v)
}

// filtered reports whether anything beyond tab and words narrows the list.
func (q queue) filtered() bool {
	q.Tab, q.Words, q.Sort, q.Size = "", "", "", 0
	return q != queue{}
}

// query is what the store is asked by the person. A place stands for those in
// it too. Wrong days are fault.Invalid.
func (h *Handlers) query(ctx context.Context, q queue) (workflow.InboxQuery, error) {
	out := workflow.InboxQuery{
		Scope: workflow.ScopeOf(edge.Actor(ctx)), Tab: q.Tab, Now: ui.Now(ctx), Stage: q.Stage, Category: q.Category,
		Rubric: q.Rubric, Territory: q.Territory, Agency: q.Agency, Executor: q.Executor, Source: q.Source,
	}
	if below := h.cfg.Rubrics.Book().Places.Below(q.Territory); q.Territory != 0 && len(below) > 1 {
		out.Territory, out.Territories = 0, below
	}
	if same := h.cfg.Rubrics.Book().Tree.Same(q.Rubric); q.Rubric != "" && len(same) > 1 {
		out.Rubric, out.Rubrics = "", same
	}
	var check fault.Check
	day := func(name, typed string, plus int) time.Time {
		if typed == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, typed, ui.Zone(ctx))
		if err != nil {
			check.Fail(name, "error.not_a_date")
			return time.Time{}
		}
		return t.AddDate(0, 0, plus).UTC()
	}
	out.From, out.To = day("from", q.From, 0), day("to", q.To, 1)
	first, last, _ := strings.Cut(q.Due, "..")
	if last == "" {
		last = first
	}
	out.DueFrom, out.DueTo = day("due", first, 0), day("due", last, 1)
	out.DueFirst = q.Sort == sortDue
	return out, check.Err()
}

// landings are the tabs that each role looks at first, the most useful first.
var landings = []struct {
	role actor.Role
	tabs []workflow.Tab
}{
	{actor.Head, []workflow.Tab{workflow.TabOnSign, workflow.TabOverdue}},
	{actor.Coordinator, []workflow.Tab{workflow.TabNew, workflow.TabOverdue}},
	{actor.Moderator, []workflow.Tab{workflow.TabNew}},
	{actor.Executor, []workflow.Tab{workflow.TabMine, workflow.TabAsked}},
	{actor.Supervisor, []workflow.Tab{workflow.TabOverdue, workflow.TabDueSoon}},
}

// landing is where somebody begins: the first tab of their roles that has
// something in it, else the first of them.
func landing(by actor.Actor, counts map[workflow.Tab]int) queue {
	first := workflow.TabAll
	for _, l := range landings {
		if !by.Has(l.role) {
			continue
		}
		if first == workflow.TabAll {
			first = l.tabs[0]
		}
		for _, tab := range l.tabs {
			if counts[tab] > 0 {
				return landed(by, tab)
			}
		}
	}
	return landed(by, first)
}

// landed narrows the new ones to those that a moderator works on.
func landed(by actor.Actor, tab workflow.Tab) queue {
	q := queue{Tab: tab}
	if tab == workflow.TabNew && by.Has(actor.Moderator) && !by.Has(actor.Coordinator) && !by.Regional() {
		q.Stage = workflow.StageModeration
	}
	return q
}
