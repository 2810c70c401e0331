package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/workflow"
)

// How many rows a page has.
const (
	usualPage = 50
	longPage  = 200
)

type listOut struct {
	Appeals []rowOut `json:"appeals"`
	Next    string   `json:"next,omitempty"`  // cursor of the page after this one
	Total   *int     `json:"total,omitempty"` // of what words found
}

type rowOut struct {
	Number      string           `json:"number"`
	Stage       workflow.Stage   `json:"stage"`
	Round       int              `json:"round"`
	RuleSet     workflow.RuleSet `json:"rule_set"`
	Rubric      string           `json:"rubric"`
	Category    string           `json:"category"`
	Territory   string           `json:"territory,omitempty"`
	Agency      string           `json:"agency"`
	Executor    string           `json:"executor,omitempty"` // login
	Excerpt     string           `json:"excerpt"`
	Address     string           `json:"address,omitempty"`
	SubmittedAt time.Time        `json:"submitted_at"`
	DueAt       time.Time        `json:"due_at,omitzero"`
	Level       int              `json:"level"`
	Photos      int              `json:"photos"`
	Source      workflow.Source  `json:"source"`
}

// List pages through what the officer may see.
func (h *Handlers) List(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	if c.QueryParam("q") != "" {
		return h.findAppeals(c)
	}
	q, err := h.query(c)
	if err != nil {
		return err
	}
	rows, more, err := h.Reader.ListInbox(edge.Ctx(c), q)
	if err != nil {
		return err
	}
	out := h.listed(rows)
	if more && len(rows) > 0 {
		out.Next = cursorAfter(q.Tab, rows[len(rows)-1])
	}
	return c.JSON(http.StatusOK, out)
}

func (h *Handlers) listed(rows []workflow.InboxRow) listOut {
	out := listOut{Appeals: make([]rowOut, 0, len(rows))}
	places := h.Topics.Book().Places
	for _, r := range rows {
		t, _ := places.Find(r.Territory)
		u, _ := h.Directory.User(r.Executor)
		out.Appeals = append(out.Appeals, rowOut{
			Number: r.Number, Stage: r.Stage, Round: r.Round, RuleSet: r.RuleSet, Rubric: r.Rubric, Category: r.Category,
			Territory: t.Code, Agency: h.agencyCode(r.Agency), Executor: u.Login, Excerpt: r.Excerpt, Address: r.Address,
			SubmittedAt: r.SubmittedAt, DueAt: r.DueAt, Level: r.Level, Photos: r.Photos, Source: r.Source,
		})
	}
	return out
}

func (h *Handlers) query(c echo.Context) (workflow.InboxQuery, error) {
	by := edge.Actor(edge.Ctx(c))
	q := workflow.InboxQuery{
		Scope: workflow.ScopeOf(by), Now: h.Clock.Now(), Tab: workflow.TabAll, Limit: usualPage,
		Stage: workflow.Stage(c.QueryParam("stage")), Category: c.QueryParam("category"), Rubric: c.QueryParam("rubric"),
		Source: workflow.Source(c.QueryParam("source")),
	}
	if same := h.Topics.Book().Tree.Same(q.Rubric); q.Rubric != "" && len(same) > 1 {
		q.Rubric, q.Rubrics = "", same
	}
	var check fault.Check
	for name := range c.QueryParams() {
		check.That(slices.Contains(listParams, name), name, "api.unknown_field")
	}
	if tab := workflow.Tab(c.QueryParam("tab")); tab != "" {
		check.That(slices.Contains(workflow.Tabs, tab), "tab", "error.unknown_choice")
		q.Tab = tab
	}
	check.That(q.Stage == "" || slices.Contains(workflow.Stages, q.Stage), "stage", "error.unknown_choice")
	if code := c.QueryParam("territory"); code != "" {
		book := h.Topics.Book()
		id, ok := territoryByCode(book, code)
		check.That(ok, "territory", "error.unknown_choice")
		if ok && id != book.Places.Region().ID {
			q.Territories = book.Places.Below(id)
		}
	}
	if code := c.QueryParam("agency"); code != "" {
		a, ok := h.Directory.AgencyByCode(code)
		check.That(ok, "agency", "error.unknown_choice")
		q.Agency = a.ID
	}
	if login := c.QueryParam("executor"); login != "" {
		u, err := h.Users.FindUserByLogin(edge.Ctx(c), login)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return q, err
		}
		check.That(err == nil, "executor", "error.unknown_choice")
		if err == nil {
			q.Executor = u.ID
		}
	}
	if s := c.QueryParam("limit"); s != "" {
		n, err := strconv.Atoi(s)
		check.That(err == nil && n >= 1 && n <= longPage, "limit", "api.range", "min", 1, "max", longPage)
		q.Limit = n
	}
	if s := c.QueryParam("cursor"); s != "" {
		at, ok := readCursor(s)
		check.That(ok, "cursor", "api.bad_cursor")
		q.After = at
	}
	q.From, q.To = h.days(c, &check)
	return q, check.Err()
}

var listParams = []string{
	"tab", "stage", "category", "rubric", "territory", "agency", "executor", "source", "from", "to", "limit", "cursor", "lang",
}

// days reads from and to, both YYYY-MM-DD and both in it, as instants
// [from, to) in the region.
func (h *Handlers) days(c echo.Context, check *fault.Check) (from, to time.Time) {
	day := func(name string, later int) time.Time {
		s := c.QueryParam(name)
		if s == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, s, h.Zone)
		check.That(err == nil, name, "api.not_a_date")
		return t.AddDate(0, 0, later).UTC()
	}
	from, to = day("from", 0), day("to", 1)
	if !from.IsZero() && !to.IsZero() {
		check.That(from.Before(to), "to", "api.ends_before")
	}
	return from, to
}

// cursorAfter names the place of a row in the order of the tab.
func cursorAfter(tab workflow.Tab, r workflow.InboxRow) string {
	at := r.SubmittedAt
	switch tab {
	case workflow.TabMine, workflow.TabAsked, workflow.TabDueSoon, workflow.TabOverdue, workflow.TabOnSign:
		at = r.DueAt
	case workflow.TabNew, workflow.TabAll:
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", at.UnixMicro(), r.ID))
}

func readCursor(s string) (workflow.Cursor, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return workflow.Cursor{}, false
	}
	var micro, id int64
	n, err := fmt.Sscanf(string(raw), "%d.%d", &micro, &id)
	return workflow.Cursor{At: time.UnixMicro(micro).UTC(), ID: id}, err == nil && n == 2 && id > 0
}
