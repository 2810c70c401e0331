package dashboard

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// casesPage is how many cases a page of a list shows.
const casesPage = 50

// caseList is the list behind a number.
type caseList struct {
	Page  ui.Page
	Title string
	About string
	Rows  []climbedRow
	First string
	Next  string
	Files []ui.Tab
}

// counted is a list of cases that is asked for.
type counted struct {
	filter filter
	of     whose
	list   string
	title  string
	ask    question
}

func (h *Handlers) readCounted(c echo.Context) (s screen, q counted, err error) {
	if s, err = h.begin(c); err != nil {
		return s, q, err
	}
	q.filter, _ = h.readFilter(s, c.QueryParams())
	if q.of, err = h.readWhose(s, c.QueryParams()); err != nil {
		return s, q, err
	}
	q.list = c.QueryParam("list")
	title, ok := lists[q.list]
	if !ok {
		return s, q, fault.New(fault.NotFound, "error.not_found")
	}
	q.title, q.ask = sentence(ui.T(s, title)), q.of.question(s, q.filter)
	q.ask.Filter.Category, q.ask.Filter.Address = c.QueryParam("category"), c.QueryParam("address")
	return s, q, nil
}

// Cases lists exactly the cases that a number of the dashboard counts.
func (h *Handlers) Cases(c echo.Context) error {
	s, q, err := h.readCounted(c)
	if err != nil {
		return err
	}
	f, of, list, ask := q.filter, q.of, q.list, q.ask
	below, _ := strconv.ParseInt(c.QueryParam("below"), 10, 64)
	ids, err := h.Reports.Store.ListCounted(s, list, ask.Period, ask.Filter, s.now, below, casesPage+1)
	if err != nil {
		return err
	}
	more := len(ids) > casesPage
	if more {
		ids = ids[:casesPage]
	}
	view := caseList{Title: q.title, About: h.about(s, f, of)}
	for _, form := range []string{"xlsx", "csv"} {
		url := of.url(f, "/dashboard/cases."+form, "list", list, "category", ask.Filter.Category, "address", ask.Filter.Address)
		view.Files = append(view.Files, ui.Tab{Text: strings.ToUpper(form), URL: url})
	}
	if ask.Filter.Address != "" {
		view.About = ask.Filter.Address + ", " + view.About
	}
	if view.Page, err = h.page(c, view.Title); err != nil {
		return err
	}
	view.Page.Back = of.back(f)
	if len(ids) > 0 {
		rows, _, err := h.Inbox.ListInbox(s, workflow.InboxQuery{Scope: s.scope, Tab: workflow.TabAll, Now: s.now, IDs: ids, Limit: casesPage})
		if err != nil {
			return err
		}
		view.Rows = h.climbedRows(s, rows)
	}
	at := []string{"list", list, "category", ask.Filter.Category, "address", ask.Filter.Address}
	if below > 0 {
		view.First = of.url(f, "/dashboard/cases", at...)
	}
	if more {
		view.Next = of.url(f, "/dashboard/cases", append(at, "below", idOf(ids[len(ids)-1]))...)
	}
	return edge.Render(c, http.StatusOK, casesListPage(view))
}

// sentence begins words that elsewhere follow a number with a capital.
func sentence(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}

// about says whose figures of when these are.
func (h *Handlers) about(s screen, f filter, of whose) string {
	return h.scoped(s, f, of) + f.Period.words(s)
}

// titled is the title of a picture that is taken away: what it is of, with its
// days.
func (h *Handlers) titled(s screen, title string, f filter, of whose) string {
	return title + " · " + h.scoped(s, f, of) + f.Period.dates(s)
}

// scoped says whose figures these are, and a comma.
func (h *Handlers) scoped(s screen, f filter, of whose) string {
	words := ""
	if u, ok := h.Agencies.User(of.Person); ok && of.Person != 0 {
		words = u.Name + ", "
	}
	switch {
	case of.Agency != 0:
		words += h.agency(s, of.Agency) + ", "
	default:
		words += h.scopeWords(s) + ", "
	}
	if f.Territory != 0 {
		words += s.place(f.Territory) + ", "
	}
	return words
}

// back is the page of whose figures these are.
func (w whose) back(f filter) string {
	switch {
	case w.Person != 0:
		return f.url("/dashboard/agencies/" + idOf(w.Agency) + "/people/" + idOf(w.Person))
	case w.Agency != 0:
		return f.url("/dashboard/agencies/" + idOf(w.Agency))
	default:
		return f.url("/dashboard")
	}
}
