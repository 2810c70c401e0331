package console

import (
	"context"
	"iter"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// Limits of an export: how many rows a file holds, how many are read at a time,
// and how many files are made at once by a node.
const (
	exportMost   = 50_000
	exportAtOnce = 1000
	exportFiles  = 2
)

// Export sends the list that the person sees, all pages of it, as a table. It
// holds what the list shows and nothing of the applicants.
func (h *Handlers) Export(c echo.Context) error {
	ctx, now := h.begin(c)
	select {
	case h.exports <- struct{}{}:
		defer func() { <-h.exports }()
	default:
		return fault.New(fault.TooMany, "console.export.busy")
	}
	q := readQueue(c.QueryParams())
	if q.Tab == "" {
		q.Tab = workflow.TabAll
	}
	query, err := h.query(ctx, q)
	if err != nil {
		return err
	}
	e := export{h: h, q: q, names: h.names(ctx), now: now}
	rows := h.walk(ctx, query)
	if q.Words != "" {
		_, question, err := h.question(ctx, q, query)
		if err != nil {
			return err
		}
		rows = h.walkFound(ctx, question, query)
	}
	name := ui.T(ctx, "console.export.file", "view", e.view(ctx), "day", now.In(ui.Zone(ctx)).Format(time.DateOnly))
	form := strings.ToUpper(strings.TrimPrefix(path.Ext(c.Path()), "."))
	note := func() error { return h.cfg.Journal.AppendJournal(ctx, e.entry(ctx, form)) }
	return edge.NotedTables(c, name, ui.Zone(ctx), note, e.sheet(ctx, rows), e.about(ctx))
}

// walk reads the list page by page, each after the last row of the one before:
// what changes meanwhile is at its new place or not there, and never twice.
func (h *Handlers) walk(ctx context.Context, query workflow.InboxQuery) iter.Seq2[workflow.InboxRow, error] {
	query.Limit = exportAtOnce
	return func(yield func(workflow.InboxRow, error) bool) {
		for {
			rows, more, err := h.cfg.Reader.ListInbox(ctx, query)
			if err != nil {
				yield(workflow.InboxRow{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
			if !more {
				return
			}
			last := rows[len(rows)-1]
			query.After = cursorOf(query, last.SubmittedAt, last.DueAt, last.ID)
		}
	}
}

// walkFound reads what a search finds, the best first, as far as it can be
// paged through.
func (h *Handlers) walkFound(ctx context.Context, question search.Query, query workflow.InboxQuery) iter.Seq2[workflow.InboxRow, error] {
	return func(yield func(workflow.InboxRow, error) bool) {
		for at := 0; at < search.MaxWindow; at += exportAtOnce {
			_, rows, more, err := h.foundRows(ctx, question, query, at, min(exportAtOnce, search.MaxWindow-at))
			if err != nil {
				yield(workflow.InboxRow{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}

// export puts rows into a table.
type export struct {
	h     *Handlers
	q     queue
	names names
	now   time.Time
	rows  int
	full  bool // there are more rows than a file holds
}

func (e *export) sheet(ctx context.Context, rows iter.Seq2[workflow.InboxRow, error]) document.Sheet {
	column := func(key string, kind document.Kind, width float64) document.Column {
		return document.Column{Head: ui.T(ctx, key), Kind: kind, Width: width}
	}
	return document.Sheet{
		Name: e.view(ctx),
		Columns: []document.Column{
			column("console.export.number", document.Words, 14), column("console.export.submitted", document.Moment, 0),
			column("console.filter.stage", document.Words, 16), column("console.export.due", document.Day, 0),
			column("console.export.left", document.Whole, 0), column("console.filter.category", document.Words, 22),
			column("console.filter.topic", document.Words, 28), column("console.filter.territory", document.Words, 24),
			column("console.export.address", document.Words, 28), column("console.filter.agency", document.Words, 28),
			column("console.filter.executor", document.Words, 22), column("console.filter.source", document.Words, 14),
			column("console.export.rules", document.Words, 12), column("console.export.photos", document.Whole, 7),
			column("console.export.text", document.Words, 60),
		},
		Rows: func(yield func([]any, error) bool) {
			for r, err := range upTo(exportMost, rows, &e.full) {
				e.rows++
				if !yield(e.row(ctx, r), err) || err != nil {
					return
				}
			}
		},
	}
}

// upTo ends after so many rows; cut says whether there were more.
func upTo(most int, rows iter.Seq2[workflow.InboxRow, error], cut *bool) iter.Seq2[workflow.InboxRow, error] {
	return func(yield func(workflow.InboxRow, error) bool) {
		n := 0
		for r, err := range rows {
			if *cut = err == nil && n == most; *cut {
				return
			}
			n++
			if !yield(r, err) {
				return
			}
		}
	}
}

func (e *export) row(ctx context.Context, r workflow.InboxRow) []any {
	n := e.names
	rules := ui.T(ctx, "console.export.message")
	if r.RuleSet == workflow.FZ59 {
		rules = ui.T(ctx, "console.fz59")
	}
	var due time.Time
	var left any
	if !r.DueAt.IsZero() {
		due = r.DueAt.Add(-time.Nanosecond) // midnight ends the day before it
		left = ui.DaysLeft(ctx, r.DueAt, e.now)
	}
	return []any{
		r.Number, r.SubmittedAt, ui.T(ctx, "stage."+string(r.Stage)), due, left, n.topic(r.Category), n.topic(r.Rubric),
		n.territory(r.Territory), r.Address, n.agency(r.Agency), r.ExecutorName, ui.T(ctx, "source."+string(r.Source)), rules,
		r.Photos, r.Excerpt,
	}
}

// view names the list: its tab, or that it was searched for.
func (e *export) view(ctx context.Context) string {
	if e.q.Words != "" {
		return ui.T(ctx, "console.export.found")
	}
	return ui.T(ctx, tabKeys[e.q.Tab])
}

// entry is the line of the journal about the list that was taken away: which,
// what it was narrowed by, in what form.
func (e *export) entry(ctx context.Context, form string) identity.Entry {
	parts := []string{e.view(ctx)}
	if e.q.Words != "" {
		parts = append(parts, "«"+e.q.Words+"»")
	}
	for _, chip := range e.h.chips(ctx, e.q) {
		parts = append(parts, chip.Text)
	}
	return identity.Entry{
		By: edge.User(ctx).ID, Kind: identity.ExportList, Detail: strings.Join(append(parts, form), " · "), Rows: e.rows,
	}
}

// about says what the table is: when it was made and by whom, what it was
// narrowed by, and whether it is whole. It is written after the rows.
func (e *export) about(ctx context.Context) document.Sheet {
	return document.Sheet{
		Name:    ui.T(ctx, "console.export.about"),
		Columns: []document.Column{{Head: ui.T(ctx, "console.export.what"), Width: 30}, {Head: ui.T(ctx, "console.export.value"), Width: 60}},
		Rows: func(yield func([]any, error) bool) {
			lines := [][]any{
				{ui.T(ctx, "console.export.view"), e.view(ctx)},
				{ui.T(ctx, "console.export.at"), e.now.In(ui.Zone(ctx)).Format("02.01.2006 15:04 -07:00")},
				{ui.T(ctx, "console.export.by"), edge.User(ctx).Name},
			}
			if e.q.Words != "" {
				lines = append(lines, []any{ui.T(ctx, "console.export.words"), e.q.Words})
			}
			for _, chip := range e.h.chips(ctx, e.q) {
				lines = append(lines, []any{ui.T(ctx, "console.filter.chosen"), chip.Text})
			}
			lines = append(lines, []any{ui.T(ctx, "console.export.rows"), ui.Number(ctx, e.rows)})
			if e.full {
				lines = append(lines, []any{ui.T(ctx, "console.export.cut"), ui.T(ctx, "console.export.cut_hint", "most", ui.Number(ctx, exportMost))})
			}
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
		},
	}
}
