package dashboard

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// climbedLevel is the rung of the ladder of overdue on which the supervisor
// stands, see [workflow.Appeal].
const climbedLevel = 3

// How many cases a list shows, and how many of them the overview does.
const (
	climbedPage  = 50
	climbedBrief = 5
)

// climbedRow is a case that climbed up to the region.
type climbedRow struct {
	Number  string
	URL     string
	Topic   string
	Place   string
	Agency  string
	Excerpt string
	Stage   string
	DueAt   time.Time
	Due     ui.DueState // of the answer, "" where its clock doesn't run
	Spent   int
	Late    bool // a step on the way to the answer takes too long
}

type escalated struct {
	Page     ui.Page
	Filter   filter
	Sections []ui.Tab
	Places   []ui.Option
	Agency   int64
	Name     string // of the agency, "" for all
	Total    int
	Rows     []climbedRow
	First    string // address of the first page, "" on it
	Next     string
}

func climbedURL(f filter, agency int64) string {
	v := f.values()
	setNumber(v, "agency", agency)
	return address("/dashboard/escalated", v)
}

// Escalated lists the cases in which some duty is so long overdue that it
// climbed up to the region: the answer, or a step on the way to it.
func (h *Handlers) Escalated(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	f, _ := h.readFilter(s, c.QueryParams()) // the list has no period; the links keep it
	view := escalated{Filter: f, Sections: sections(s, f, "/dashboard/escalated"), Places: s.territories()}
	if id, err := strconv.ParseInt(c.QueryParam("agency"), 10, 64); err == nil && id > 0 {
		view.Agency, view.Name = id, h.agency(s, id)
	}
	if view.Page, err = h.page(c, ui.T(s, "dashboard.escalated.title")); err != nil {
		return err
	}
	if view.Total, err = h.countNow(s, f, view.Agency, workflow.TabAll, climbedLevel); err != nil {
		return err
	}
	after := readCursor(c.QueryParam("after"))
	rows, more, err := h.climbed(s, f, view.Agency, after, climbedPage)
	if err != nil {
		return err
	}
	view.Rows = h.climbedRows(s, rows)
	if !after.Zero() {
		view.First = climbedURL(f, view.Agency)
	}
	if more {
		v, last := f.values(), rows[len(rows)-1]
		setNumber(v, "agency", view.Agency)
		view.Next = address("/dashboard/escalated", v, "after", writeCursor(workflow.Cursor{At: last.SubmittedAt, ID: last.ID}))
	}
	return edge.Render(c, http.StatusOK, escalatedPage(view))
}

func (h *Handlers) climbed(ctx screen, f filter, agency int64, after workflow.Cursor, limit int) ([]workflow.InboxRow, bool, error) {
	q := h.inboxQuery(ctx, f, agency)
	q.Tab, q.Level, q.After, q.Limit = workflow.TabAll, climbedLevel, after, limit
	return h.Inbox.ListInbox(ctx, q)
}

// climbedFirst fills the few that the overview shows.
func (h *Handlers) climbedFirst(s screen, view *overview) error {
	rows, more, err := h.climbed(s, view.Filter, 0, workflow.Cursor{}, climbedBrief)
	if err != nil {
		return err
	}
	view.Climbed = h.climbedRows(s, rows)
	if more {
		view.More = climbedURL(view.Filter, 0)
	}
	return nil
}

func (h *Handlers) climbedRows(s screen, rows []workflow.InboxRow) []climbedRow {
	out := make([]climbedRow, 0, len(rows))
	for _, r := range rows {
		row := climbedRow{
			Number: r.Number, URL: "/console/appeals/" + strconv.FormatInt(r.ID, 10), Topic: s.topic(r.Rubric),
			Place: s.place(r.Territory), Agency: h.agency(s, r.Agency), Excerpt: r.Excerpt, Stage: string(r.Stage), DueAt: r.DueAt,
		}
		if !r.DueAt.IsZero() {
			row.Due, row.Spent = ui.StateOfDue(r.SubmittedAt, r.DueAt, s.now)
		}
		row.Late = r.Level >= climbedLevel && r.Stage.Working() && row.Due != ui.DueOverdue
		out = append(out, row)
	}
	return out
}

// A cursor in an address is «microseconds.id».
func writeCursor(c workflow.Cursor) string { return fmt.Sprintf("%d.%d", c.At.UnixMicro(), c.ID) }

func readCursor(s string) workflow.Cursor {
	var micro, id int64
	if n, err := fmt.Sscanf(s, "%d.%d", &micro, &id); err != nil || n != 2 || id <= 0 {
		return workflow.Cursor{}
	}
	return workflow.Cursor{At: time.UnixMicro(micro).UTC(), ID: id}
}
