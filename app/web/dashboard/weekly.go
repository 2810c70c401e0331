package dashboard

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report/weekly"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

const (
	weeklyURL    = "/dashboard/weekly"
	weeklyIssues = 8 // that a page links to
)

// weeklyList is what the page of reports shows.
type weeklyList struct {
	Page     ui.Page
	Sections []ui.Tab
	Rows     []weeklyRow
	New      bool // the reader may set one up
	Sent     bool // one is on its way to the reader
}

type weeklyRow struct {
	weekly.Report
	Scope, When, Next, Who string
	Latest                 string // address of the last seven days
	Issues                 []ui.Tab
	May                    bool // the reader may change it
	URL                    string
}

func (h *Handlers) weeklyPath(id int64, more string) string {
	return weeklyURL + "/" + strconv.FormatInt(id, 10) + more
}

// WeeklyReports lists the reports of what the reader may see.
func (h *Handlers) WeeklyReports(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	view := weeklyList{
		Sections: sections(s, filter{Period: preset(month, today(s.now, h.Zone))}, weeklyURL), Sent: c.QueryParam("sent") != "",
		New: len(h.weeklyScopes(s)) > 0,
	}
	if view.Page, err = h.page(c, ui.T(s, "weekly.title")); err != nil {
		return err
	}
	list, err := h.Weekly.ListWeekly(s)
	if err != nil {
		return err
	}
	for _, r := range list {
		if !s.scope.Covers(r.Agency) {
			continue
		}
		row, err := h.weeklyRow(s, r)
		if err != nil {
			return err
		}
		view.Rows = append(view.Rows, row)
	}
	return edge.Render(c, http.StatusOK, weeklyPage(view))
}

func (h *Handlers) weeklyRow(s screen, r weekly.Report) (weeklyRow, error) {
	row := weeklyRow{
		Report: r, Scope: h.weeklyScope(s, r), May: workflow.MayReport(s.by, r.Agency), URL: h.weeklyPath(r.ID, ""),
		When:   ui.T(s, "weekly.at", "day", ui.T(s, weekdays[r.Weekday-1].on), "hour", hourWords(r.Hour)),
		Next:   ui.DateTime(s, r.DueAt),
		Latest: h.weeklyPath(r.ID, "/"+weekly.Day(s.now, h.Zone)+".pdf"),
	}
	var names []string
	for _, id := range r.Users {
		if u, ok := h.Agencies.User(id); ok {
			names = append(names, u.Name)
		}
	}
	row.Who = strings.Join(names, ", ")
	issues, err := h.Weekly.ListIssues(s, r.ID, weeklyIssues)
	for _, i := range issues {
		first, err := time.ParseInLocation(time.DateOnly, i.Day, h.Zone)
		if err != nil {
			return row, err
		}
		p := period{From: first, To: first.AddDate(0, 0, weekly.Days-1)}
		row.Issues = append(row.Issues, ui.Tab{Text: briefWhen(s, p), URL: h.weeklyPath(r.ID, "/"+i.Day+".pdf")})
	}
	return row, err
}

// weekdays are the keys of the days' names, Monday first, and of «on Mondays».
var weekdays = []struct{ name, on string }{
	{"weekly.monday", "weekly.monday_on"},
	{"weekly.tuesday", "weekly.tuesday_on"},
	{"weekly.wednesday", "weekly.wednesday_on"},
	{"weekly.thursday", "weekly.thursday_on"},
	{"weekly.friday", "weekly.friday_on"},
	{"weekly.saturday", "weekly.saturday_on"},
	{"weekly.sunday", "weekly.sunday_on"},
}

func hourWords(hour int) string { return strconv.Itoa(hour) + ":00" }

// weeklyScopes are what the reader may have reports of: «region», or the agency
// or municipality after a letter.
func (h *Handlers) weeklyScopes(s screen) []ui.Option {
	var out []ui.Option
	if workflow.MayReport(s.by, 0) {
		out = append(out, ui.Option{Value: "region", Label: s.book.Places.Region().Name.In(ui.Lang(s))})
	}
	for _, a := range h.Agencies.Agencies() {
		if workflow.MayReport(s.by, a.ID) {
			out = append(out, ui.Option{Value: "a" + idOf(a.ID), Label: a.Name.In(ui.Lang(s)), Group: ui.T(s, "dashboard.export.agencies")})
		}
	}
	if workflow.MayReport(s.by, 0) {
		for _, t := range s.book.Places.Municipalities() {
			out = append(out, ui.Option{Value: "t" + idOf(t.ID), Label: t.Name.In(ui.Lang(s)), Group: ui.T(s, "dashboard.places.title")})
		}
	}
	return out
}

func scopeValue(r weekly.Report) string {
	switch {
	case r.Agency != 0:
		return "a" + idOf(r.Agency)
	case r.Territory != 0:
		return "t" + idOf(r.Territory)
	default:
		return "region"
	}
}

// readScope reads a choice of weeklyScopes into the report.
func readScope(value string, r *weekly.Report) {
	r.Agency, r.Territory = 0, 0
	if id, err := strconv.ParseInt(strings.TrimLeft(value, "at"), 10, 64); err == nil {
		if strings.HasPrefix(value, "a") {
			r.Agency = id
		} else {
			r.Territory = id
		}
	}
}

// weeklyForm is the form of a report.
type weeklyForm struct {
	Page    ui.Page
	URL     string
	Report  weekly.Report
	Errors  ui.Errors
	Scopes  []ui.Option
	People  []ui.Option
	Chosen  []string
	Days    []ui.Option
	Hours   []ui.Option
	Langs   []ui.Option
	Zone    string
	Changed string // what stood in the way of saving
}

// WeeklyForm asks what a report is of and to whom it goes.
func (h *Handlers) WeeklyForm(c echo.Context) error {
	s, r, err := h.weeklyReport(c)
	if err != nil {
		return err
	}
	scopes := h.weeklyScopes(s)
	if r.Version == 0 {
		readScope(scopes[0].Value, &r)
		r.Weekday, r.Hour, r.Lang = 1, 8, ui.Lang(s)
	}
	if of := c.QueryParam("of"); slices.ContainsFunc(scopes, func(o ui.Option) bool { return o.Value == of }) {
		readScope(of, &r)
		if c.QueryParams().Has("weekday") { // chosen in the middle of filling the form
			h.typedWeekly(c.QueryParams(), &r)
		}
	}
	return h.weeklyForm(c, s, http.StatusOK, weeklyForm{Report: r, Scopes: scopes})
}

// weeklyReport is the report of the address, a new one where it names none. One
// that the reader may not change doesn't exist for them.
func (h *Handlers) weeklyReport(c echo.Context) (s screen, r weekly.Report, err error) {
	if s, err = h.begin(c); err != nil {
		return s, r, err
	}
	if c.Param("id") == "" {
		if len(h.weeklyScopes(s)) == 0 {
			err = fault.New(fault.Forbidden, "error.forbidden")
		}
		return s, r, err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return s, r, err
	}
	found, err := h.Weekly.FindWeekly(s, id)
	if err != nil {
		return s, r, err
	}
	if !workflow.MayReport(s.by, found.Agency) {
		return s, r, fault.New(fault.NotFound, "error.not_found")
	}
	return s, *found, nil
}

func (h *Handlers) weeklyForm(c echo.Context, s screen, status int, view weeklyForm) (err error) {
	r := view.Report
	key, url := "weekly.new", weeklyURL+"/new"
	if r.Version > 0 {
		key, url = "weekly.change_title", h.weeklyPath(r.ID, "")
	}
	if view.Page, err = h.page(c, ui.T(s, key)); err != nil {
		return err
	}
	view.Page.Back, view.Page.Invalid, view.URL = weeklyURL, len(view.Errors) > 0, url
	view.Zone = h.Zone.String()
	for _, u := range h.readersOf(r) {
		o := ui.Option{Value: idOf(u.ID), Label: u.Name, Hint: h.positionOf(s, u)}
		if u.Email == "" {
			o.Hint, o.Disabled = ui.T(s, "weekly.no_email"), true
		}
		view.People = append(view.People, o)
	}
	for _, id := range r.Users {
		view.Chosen = append(view.Chosen, idOf(id))
	}
	for i, day := range weekdays {
		view.Days = append(view.Days, ui.Option{Value: strconv.Itoa(i + 1), Label: ui.T(s, day.name)})
	}
	for hour := range 24 {
		view.Hours = append(view.Hours, ui.Option{Value: strconv.Itoa(hour), Label: hourWords(hour)})
	}
	view.Langs = []ui.Option{
		{Value: string(lang.RU), Label: ui.T(s, "weekly.lang_ru")}, {Value: string(lang.EN), Label: ui.T(s, "weekly.lang_en")},
	}
	return edge.Render(c, status, weeklyFormPage(view))
}

// positionOf says who somebody is: the position, or the roles.
func (h *Handlers) positionOf(s screen, u identity.User) string {
	if u.Position != "" {
		return u.Position
	}
	var roles []string
	for _, m := range u.Memberships {
		words := ui.T(s, "role."+string(m.Role))
		if !slices.Contains(roles, words) {
			roles = append(roles, words)
		}
	}
	return strings.Join(roles, ", ")
}

// readersOf are the people who may see what a report is of.
func (h *Handlers) readersOf(r weekly.Report) []identity.User {
	var out []identity.User
	for _, u := range h.Agencies.Users() {
		if !u.Disabled && workflow.ScopeOf(u.Actor()).Covers(r.Agency) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b identity.User) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out
}

// SaveWeeklyReport keeps what was asked for.
func (h *Handlers) SaveWeeklyReport(c echo.Context) error {
	s, r, err := h.weeklyReport(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	if r.Version == 0 {
		r.CreatedBy = s.by.User
	}
	wrong := h.readWeekly(s, form, &r)
	if wrong == nil {
		wrong = h.Weekly.SaveWeekly(s, &r)
	}
	switch {
	case wrong == nil:
		return edge.SeeOther(c, weeklyURL)
	case fault.Is(wrong, fault.Conflict):
		return h.weeklyForm(c, s, http.StatusConflict, weeklyForm{Report: r, Scopes: h.weeklyScopes(s), Changed: ui.T(s, "weekly.changed")})
	case !fault.Is(wrong, fault.Invalid):
		return wrong
	}
	return h.weeklyForm(c, s, http.StatusUnprocessableEntity, weeklyForm{Report: r, Scopes: h.weeklyScopes(s), Errors: ui.ErrorsOf(s, wrong)})
}

// readWeekly reads a form into the report; the error says what in it is wrong.
func (h *Handlers) readWeekly(s screen, form url.Values, r *weekly.Report) error {
	of := form.Get("of")
	if !slices.ContainsFunc(h.weeklyScopes(s), func(o ui.Option) bool { return o.Value == of }) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	readScope(of, r)
	h.typedWeekly(form, r)
	if err := r.Check(); err != nil {
		return err
	}
	r.DueAt = r.Next(s.now, h.Zone)
	return nil
}

// typedWeekly takes over what was typed, and of the people those who may have
// the report.
func (h *Handlers) typedWeekly(form url.Values, r *weekly.Report) {
	number := func(name string) int {
		n, err := strconv.Atoi(form.Get(name))
		if err != nil {
			return -1
		}
		return n
	}
	r.Weekday, r.Hour, r.Lang = number("weekday"), number("hour"), lang.Lang(form.Get("lang"))
	if version := number("version"); r.Version > 0 && version > 0 {
		r.Version = version
	}
	readers := h.readersOf(*r)
	r.Users = nil
	for _, typed := range form["user"] {
		at := slices.IndexFunc(readers, func(u identity.User) bool { return idOf(u.ID) == typed && u.Email != "" })
		if at >= 0 && !slices.Contains(r.Users, readers[at].ID) {
			r.Users = append(r.Users, readers[at].ID)
		}
	}
	slices.Sort(r.Users)
}

// ActOnWeekly pauses, resumes and removes a report, and sends one to the reader.
func (h *Handlers) ActOnWeekly(c echo.Context) error {
	if c.Param("action") == "send" {
		return h.sendWeekly(c)
	}
	s, r, err := h.weeklyReport(c)
	if err != nil {
		return err
	}
	switch c.Param("action") {
	case "pause":
		r.Paused = true
		err = h.Weekly.SaveWeekly(s, &r)
	case "resume":
		r.Paused, r.DueAt = false, r.Next(s.now, h.Zone)
		err = h.Weekly.SaveWeekly(s, &r)
	case "remove":
		err = h.Weekly.RemoveWeekly(s, r.ID)
	default:
		err = fault.New(fault.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, weeklyURL)
}

// seenWeekly is the report of the address for who may see what it is of.
func (h *Handlers) seenWeekly(c echo.Context) (s screen, r *weekly.Report, err error) {
	if s, err = h.begin(c); err != nil {
		return s, nil, err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return s, nil, err
	}
	if r, err = h.Weekly.FindWeekly(s, id); err == nil && !s.scope.Covers(r.Agency) {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	return s, r, err
}

// sendWeekly writes to the reader about the last seven days.
func (h *Handlers) sendWeekly(c echo.Context) error {
	s, r, err := h.seenWeekly(c)
	if err != nil {
		return err
	}
	if edge.User(s).Email == "" {
		return fault.New(fault.Invalid, "weekly.no_own_email")
	}
	letter := weekly.Letter{Report: r.ID, Day: weekly.Day(s.now, h.Zone), User: s.by.User}
	if err := h.Weekly.SendWeekly(s, letter, s.now); err != nil {
		return err
	}
	return edge.SeeOther(c, weeklyURL+"?sent=1")
}

// WeeklyFile sends the report of seven days: as it was sent, or made now.
func (h *Handlers) WeeklyFile(c echo.Context) error {
	s, r, err := h.seenWeekly(c)
	if err != nil {
		return err
	}
	day, ok := strings.CutSuffix(c.Param("day"), ".pdf")
	first, is := weekly.ReadDay(day, s.now, h.Zone)
	if !ok || !is {
		return fault.New(fault.NotFound, "error.not_found")
	}
	body, err := h.weeklyBody(s, *r, first)
	if err != nil {
		return err
	}
	p := period{From: first, To: first.AddDate(0, 0, weekly.Days-1)}
	name := ui.T(s, "dashboard.export.file", "title", h.weeklyScope(s, *r), "from", p.from(), "to", p.to())
	return edge.Attach(c, document.File{Name: name + ".pdf", Type: document.TypePDF, Body: body})
}

func (h *Handlers) weeklyBody(ctx context.Context, r weekly.Report, first time.Time) ([]byte, error) {
	kept, err := h.Weekly.FindIssue(ctx, r.ID, first.Format(time.DateOnly))
	if err == nil {
		return kept.Body, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	body, _, err := h.WeekBrief(ctx, r, first)
	return body, err
}
