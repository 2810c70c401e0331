package dashboard

import (
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// How many cases a file holds, and how many are read at a time.
const (
	casesMost   = 50_000
	casesAtOnce = 500
)

// CasesTable sends the list behind a number, all pages of it.
func (h *Handlers) CasesTable(c echo.Context) error {
	s, q, err := h.readCounted(c)
	if err != nil {
		return err
	}
	var rows [][]any
	for below := int64(0); len(rows) < casesMost; {
		ids, err := h.Reports.Store.ListCounted(s, q.list, q.ask.Period, q.ask.Filter, s.now, below, casesAtOnce)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		found, _, err := h.Inbox.ListInbox(s, workflow.InboxQuery{Scope: s.scope, Tab: workflow.TabAll, Now: s.now, IDs: ids, Limit: len(ids)})
		if err != nil {
			return err
		}
		rows = append(rows, h.caseRows(s, found)...)
		below = ids[len(ids)-1]
	}
	return h.noted(c, s, q.filter, len(rows), h.caseSheet(s, q.title, rows))
}

// EscalatedTable sends the cases that climbed up to the region.
func (h *Handlers) EscalatedTable(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	f, _ := h.readFilter(s, c.QueryParams())
	agency, _ := strconv.ParseInt(c.QueryParam("agency"), 10, 64)
	var rows [][]any
	for after := (workflow.Cursor{}); len(rows) < casesMost; {
		found, more, err := h.climbed(s, f, agency, after, casesAtOnce)
		if err != nil {
			return err
		}
		rows = append(rows, h.caseRows(s, found)...)
		if !more {
			break
		}
		last := found[len(found)-1]
		after = workflow.Cursor{At: last.SubmittedAt, ID: last.ID}
	}
	return h.noted(c, s, f, len(rows), h.caseSheet(s, ui.T(s, "dashboard.escalated.title"), rows))
}

func (h *Handlers) caseSheet(s screen, title string, rows [][]any) document.Sheet {
	return document.Sheet{Name: title, Rows: document.Rows(rows), Columns: []document.Column{
		column(s, "console.export.number", document.Words), column(s, "console.export.submitted", document.Moment),
		column(s, "dashboard.topics.topic", document.Words), column(s, "dashboard.escalated.place", document.Words),
		column(s, "dashboard.escalated.agency", document.Words), column(s, "dashboard.escalated.stage", document.Words),
		column(s, "dashboard.escalated.due", document.Day), column(s, "console.export.text", document.Words),
	}}
}

func (h *Handlers) caseRows(s screen, found []workflow.InboxRow) [][]any {
	out := make([][]any, len(found))
	for i, r := range found {
		due := time.Time{}
		if !r.DueAt.IsZero() {
			due = r.DueAt.Add(-time.Nanosecond) // midnight ends the day before it
		}
		out[i] = []any{
			r.Number, r.SubmittedAt, s.topic(r.Rubric), s.place(r.Territory), h.agency(s, r.Agency), ui.T(s, "stage."+string(r.Stage)), due, r.Excerpt,
		}
	}
	return out
}

// noted sends a table that holds something of cases, and notes in the journal
// who took it.
func (h *Handlers) noted(c echo.Context, s screen, f filter, rows int, sheet document.Sheet) error {
	form := strings.ToUpper(c.Path()[strings.LastIndexByte(c.Path(), '.')+1:])
	note := func() error {
		words := strings.Join([]string{ui.T(s, "dashboard.title"), sheet.Name, f.Period.words(s), form}, " · ")
		return h.Journal.AppendJournal(s, identity.Entry{By: s.by.User, Kind: identity.ExportList, Detail: words, Rows: rows})
	}
	return edge.NotedTables(c, exportName(s, f, []document.Sheet{sheet}), h.Zone, note, sheet)
}
