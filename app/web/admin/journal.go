package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
)

// journalPage is how many lines a page has.
const journalLines = 50

// log is a page of the journal.
type log struct {
	Page     ui.Page
	Sections []ui.Tab
	Number   string // only about this appeal
	By       int64  // only of this person
	Kind     string // only of this group, "" for all
	Kinds    []ui.Option
	ByName   string
	Unknown  bool // there is no such appeal
	Lines    []logLine
	First    string
	Next     string
}

type logLine struct {
	At      time.Time
	By      string
	ByURL   string
	What    string
	About   string // number of the appeal, or name of the user
	URL     string
	Details string
}

// Journal shows who read whose data and who changed whose rights.
func (h *Handlers) Journal(c echo.Context) error {
	ctx, by, err := h.begin(c)
	if err != nil {
		return err
	}
	view := log{Number: intake.Tidy(c.QueryParam("number"))}
	q := identity.JournalQuery{Limit: journalLines + 1}
	q.By, _ = strconv.ParseInt(c.QueryParam("by"), 10, 64)
	q.Before, _ = strconv.ParseInt(c.QueryParam("before"), 10, 64)
	for _, g := range identity.EntryGroups {
		view.Kinds = append(view.Kinds, ui.Option{Value: g.Name, Label: ui.T(ctx, "admin.entries."+g.Name)})
		if g.Name == c.QueryParam("kind") {
			view.Kind, q.Kinds = g.Name, g.Kinds
		}
	}
	if view.Number != "" {
		q.Appeal, err = h.Reader.FindID(ctx, view.Number)
		if view.Unknown = fault.Is(err, fault.NotFound); err != nil && !view.Unknown {
			return err
		}
	}
	if view.Page, view.Sections, err = h.frame(c, ui.T(ctx, "admin.journal.title"), "/admin/journal"); err != nil {
		return err
	}
	if view.By = q.By; q.By != 0 {
		view.ByName = h.name(ctx, q.By)
	}
	if view.Unknown {
		return edge.Render(c, http.StatusOK, journalPage(view))
	}
	lines, err := h.Staff.Journal(ctx, by, q)
	if err != nil {
		return err
	}
	if q.Before != 0 {
		view.First = journalURL(view, 0)
	}
	if len(lines) > journalLines {
		lines = lines[:journalLines]
		view.Next = journalURL(view, lines[journalLines-1].ID)
	}
	if view.Lines, err = h.lines(ctx, lines); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, journalPage(view))
}

func journalURL(view log, before int64) string {
	v := url.Values{}
	for name, value := range map[string]string{"number": view.Number, "kind": view.Kind} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, id := range map[string]int64{"by": view.By, "before": before} {
		if id != 0 {
			v.Set(name, strconv.FormatInt(id, 10))
		}
	}
	if len(v) == 0 {
		return "/admin/journal"
	}
	return "/admin/journal?" + v.Encode()
}

func (h *Handlers) lines(ctx context.Context, entries []identity.Entry) ([]logLine, error) {
	var appeals []int64
	for _, e := range entries {
		if e.Appeal != 0 {
			appeals = append(appeals, e.Appeal)
		}
	}
	numbers, err := h.Reader.FindNumbers(ctx, appeals)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	name := func(id int64) string {
		if _, known := names[id]; !known {
			names[id] = h.name(ctx, id)
		}
		return names[id]
	}
	out := make([]logLine, 0, len(entries))
	for _, e := range entries {
		line := logLine{At: e.At, By: name(e.By), ByURL: journalURL(log{By: e.By}, 0), What: ui.T(ctx, "admin.entry."+string(e.Kind)), Details: e.Detail}
		if e.Appeal != 0 {
			line.About, line.URL = numbers[e.Appeal], "/console/appeals/"+strconv.FormatInt(e.Appeal, 10)
			line.Details = purposeWords(ctx, e.Detail)
		}
		if e.Kind == identity.ExportList {
			line.Details = ui.Plural(ctx, "admin.journal.rows", e.Rows) + ": " + e.Detail
		}
		if e.Kind == identity.PublishTree {
			line.Details = publishedWords(ctx, e.Detail)
		}
		if e.Kind == identity.LookUpCaller {
			channel, numbers, _ := strings.Cut(e.Detail, ": ")
			why := "desk.channel." + channel
			if channel == "search" {
				why = "admin.purpose.search"
			}
			line.Details = strings.TrimSuffix(ui.T(ctx, why)+": "+numbers, ": ")
		}
		if e.Subject != 0 {
			line.About, line.URL = name(e.Subject), userURL(e.Subject)
		}
		out = append(out, line)
	}
	return out, nil
}

// publishedWords puts into words what a new version of the tree changed.
func publishedWords(ctx context.Context, detail string) string {
	params := map[string]any{}
	for pair := range strings.FieldsSeq(detail) {
		name, n, _ := strings.Cut(pair, "=")
		params[name] = n
	}
	if params["version"] == nil || params["edited"] == nil {
		return detail
	}
	return ui.TParams(ctx, "tree.journal", params)
}

// purposeWords is why somebody read: the purposes that the console offers have
// words; others, of the API, stand as they were given.
func purposeWords(ctx context.Context, purpose string) string {
	switch purpose {
	case "reply", "clarify", "visit", "check":
		return ui.T(ctx, "console.purpose."+purpose)
	case "template", "letter":
		return ui.T(ctx, "admin.purpose."+purpose)
	default:
		return purpose
	}
}
