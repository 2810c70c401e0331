package dashboard

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search/alert"
)

const (
	alertsShown = 100
	mostNote    = 1000 // characters of a note
)

// alerts is what the page of alerts shows.
type alerts struct {
	Page     ui.Page
	Sections []ui.Tab
	Rows     []alertRow
	Mail     bool
	NoMail   bool // the reader has no address to write to
	Errors   ui.Errors
	Taken    string // what stood in the way of taking note, beside what was typed
	Wrong    int64
	Typed    string
}

type alertRow struct {
	alert.Alert
	Place, Topic string
	Expected     string
	URL          string // its cases
	HeatURL      string
	Taker        string
}

// Alerts lists the bursts of the region, the latest first.
func (h *Handlers) Alerts(c echo.Context) error { return h.alerts(c, http.StatusOK, alerts{}) }

func (h *Handlers) alerts(c echo.Context, status int, view alerts) error {
	s, err := h.beginRegion(c)
	if err != nil {
		return err
	}
	view.Sections = sections(s, filter{Period: preset(month, today(s.now, h.Zone))}, "/dashboard/alerts")
	if view.Page, err = h.page(c, ui.T(s, "burst.title")); err != nil {
		return err
	}
	list, err := h.Alert.ListAlerts(s, alertsShown)
	if err != nil {
		return err
	}
	if view.Mail, err = h.Alert.WantsMail(s, s.by.User); err != nil {
		return err
	}
	view.NoMail = edge.User(s).Email == ""
	for _, a := range list {
		if a.ID == view.Wrong && a.TakenBy != 0 { // meanwhile, so there is no field to mend
			status, view.Errors, view.Taken = http.StatusConflict, nil, ui.T(s, "burst.taken_already")
		}
		view.Rows = append(view.Rows, h.alertRow(s, a))
	}
	view.Page.Invalid = len(view.Errors) > 0
	return edge.Render(c, status, alertsPage(view))
}

// beginRegion refuses who does not watch the whole region.
func (h *Handlers) beginRegion(c echo.Context) (screen, error) {
	s, err := h.begin(c)
	if err == nil && !s.scope.Region {
		err = fault.New(fault.Forbidden, "error.forbidden")
	}
	return s, err
}

func (h *Handlers) alertRow(s screen, a alert.Alert) alertRow {
	day := today(a.LastAt, h.Zone)
	p := period{From: today(a.RaisedAt, h.Zone).AddDate(0, 0, -a.Window), To: day}
	row := alertRow{Alert: a, Place: s.place(a.Territory), Topic: s.topic(a.Rubric), Expected: ui.Decimal(s, a.Expected, 1)}
	q := heatQuery{filter: filter{Period: p, Territory: a.Territory}, Category: a.Rubric, Measure: measures[0]}
	if r, ok := s.book.Tree.Find(a.Rubric); ok && r.Parent() != nil {
		q.Category, q.Topic, q.branch = r.Category().Code, r.Code, len(r.Children) > 0
	}
	row.URL, row.HeatURL = q.cases(a.Territory, ""), q.url()
	if a.TakenBy != 0 {
		if u, ok := h.Agencies.User(a.TakenBy); ok {
			row.Taker = u.Name
		}
	}
	return row
}

// TakeAlert notes that somebody has seen to an alert.
func (h *Handlers) TakeAlert(c echo.Context) error {
	s, err := h.beginRegion(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	note := strings.TrimSpace(c.FormValue(noteName(id)))
	wrong := ""
	switch n := utf8.RuneCountInString(note); {
	case n == 0:
		wrong = ui.T(s, "burst.note_none")
	case n > mostNote:
		wrong = ui.T(s, "burst.note_long", "most", mostNote)
	}
	if wrong != "" {
		return h.alerts(c, http.StatusUnprocessableEntity, alerts{
			Errors: ui.Errors{{Name: noteName(id), Text: wrong}}, Wrong: id, Typed: note,
		})
	}
	err = h.Alert.TakeAlert(s, id, s.by.User, note, s.now)
	if fault.Is(err, fault.Conflict) {
		return h.alerts(c, http.StatusConflict, alerts{Wrong: id, Typed: note})
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, "/dashboard/alerts#alert-"+strconv.FormatInt(id, 10))
}

// MailAlerts turns alerts by e-mail on and off for the person.
func (h *Handlers) MailAlerts(c echo.Context) error {
	s, err := h.beginRegion(c)
	if err != nil {
		return err
	}
	if err := h.Alert.SetMail(s, s.by.User, c.FormValue("mail") == "yes"); err != nil {
		return err
	}
	return edge.SeeOther(c, "/dashboard/alerts")
}
