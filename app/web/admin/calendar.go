package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// manyChanges is how many changes the page lists.
const manyChanges = 20

// almanac is the page of the production calendar.
type almanac struct {
	Page     ui.Page
	Sections []ui.Tab
	Year     int
	Years    []calendar.YearInfo
	Months   []calendar.Month
	Special  []calendar.DayChange // every day that is not a plain workday or weekend
	Version  string
	Changes  []workflow.CalendarChange
	Typed    typed
	Errors   ui.Errors
}

// typed is what stands in the forms.
type typed struct{ Note, Status, Day, Kind, DayNote string }

// The fields of the two forms: the note of each is asked for apart.
const dayNote = "day_note"

// Calendar shows a year of the production calendar, and the changes of it.
func (h *Handlers) Calendar(c echo.Context) error {
	if _, _, err := h.beginSystem(c); err != nil {
		return err
	}
	return h.almanac(c, http.StatusOK, typed{Status: string(calendar.Adopted), Kind: string(calendar.RegionalOff)}, nil)
}

func (h *Handlers) almanac(c echo.Context, status int, in typed, errs ui.Errors) error {
	ctx := edge.Ctx(c)
	cal := h.Calendars.Engine.Calendar()
	view := almanac{Years: cal.Years(), Version: cal.Version(), Typed: in, Errors: errs}
	view.Year, _ = strconv.Atoi(c.QueryParam("year"))
	if !slices.ContainsFunc(view.Years, func(y calendar.YearInfo) bool { return y.Year == view.Year }) {
		view.Year = h.Clock.Now().In(h.Zone).Year()
	}
	var err error
	if view.Months, view.Special, err = yearOf(cal, view.Year); err != nil {
		return err
	}
	if view.Changes, err = h.Calendars.Store.ListChanges(ctx, manyChanges); err != nil {
		return err
	}
	if view.Page, view.Sections, err = h.frame(c, ui.T(ctx, "admin.calendar.title"), "/admin/calendar"); err != nil {
		return err
	}
	view.Page.Invalid = len(errs) > 0
	return edge.Render(c, status, calendarPage(view))
}

func yearOf(cal *calendar.Calendar, year int) (months []calendar.Month, special []calendar.DayChange, err error) {
	for m := time.January; m <= time.December; m++ {
		month, err := cal.Month(year, int(m))
		if err != nil {
			return nil, nil, err
		}
		months = append(months, month)
		for _, week := range month.Weeks {
			for _, d := range week {
				if d.Kind != "" && d.Kind != calendar.Workday && d.Kind != calendar.Weekend {
					special = append(special, calendar.DayChange{Day: d.Day, To: d.Kind})
				}
			}
		}
	}
	return months, special, nil
}

// maxUpload bounds the form with the file of a year, in bytes.
const maxUpload = 2 << 20

// ImportYear reads the file of a year and proposes it.
func (h *Handlers) ImportYear(c echo.Context) error {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxUpload)
	if _, err := edge.Multipart(c); err != nil {
		return fault.Wrap(fault.Invalid, "calendar.bad_xml", err)
	}
	in := typed{Note: c.FormValue("note"), Status: c.FormValue("status"), Kind: string(calendar.RegionalOff)}
	change, err := func() (*workflow.CalendarChange, error) {
		file, err := c.FormFile("file")
		if err != nil {
			return nil, beside("file", fault.Wrap(fault.Invalid, "admin.calendar.file_required", err))
		}
		f, err := file.Open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		year, err := calendar.ParseXML(f, in.Note, calendar.Status(in.Status))
		if err != nil {
			return nil, beside("file", err)
		}
		if in.Note == "" {
			return nil, beside("note", fault.New(fault.Invalid, "calendar.note_required"))
		}
		to, err := h.Calendars.Engine.Calendar().Replace(year)
		if err != nil {
			return nil, beside("file", err)
		}
		return h.Calendars.Propose(ctx, by, to, in.Note)
	}()
	return h.proposed(c, change, in, err)
}

// SetDay proposes one day of the region that counts otherwise.
func (h *Handlers) SetDay(c echo.Context) error {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	in := typed{Status: string(calendar.Adopted), Day: c.FormValue("day"), Kind: c.FormValue("kind"), DayNote: c.FormValue(dayNote)}
	change, err := func() (*workflow.CalendarChange, error) {
		day, err := calendar.ParseDay(in.Day)
		if err != nil {
			return nil, beside("day", fault.Wrap(fault.Invalid, "error.not_a_date", err))
		}
		if in.DayNote == "" {
			return nil, beside(dayNote, fault.New(fault.Invalid, "calendar.note_required"))
		}
		to, err := h.Calendars.Engine.Calendar().Set(day, calendar.Kind(in.Kind), in.DayNote)
		if err != nil {
			return nil, beside("day", err)
		}
		change, err := h.Calendars.Propose(ctx, by, to, in.DayNote)
		return change, beside("day", err)
	}()
	return h.proposed(c, change, in, err)
}

// beside puts what is wrong with an input beside its field, if it isn't yet.
func beside(field string, err error) error {
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Unavailable) {
		return err
	}
	e := fault.As(err)
	if len(e.Fields) > 0 {
		for i := range e.Fields {
			e.Fields[i].Name = field
		}
		return e
	}
	return &fault.Error{
		Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: field, Key: e.Key, Params: e.Params}}, Err: err,
	}
}

func (h *Handlers) proposed(c echo.Context, change *workflow.CalendarChange, in typed, err error) error {
	if fault.Is(err, fault.Invalid) {
		return h.almanac(c, http.StatusUnprocessableEntity, in, ui.ErrorsOf(edge.Ctx(c), err))
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, changeURL(change.ID))
}

func changeURL(id int64) string { return "/admin/calendar/changes/" + strconv.FormatInt(id, 10) }

// dayWords is «12 мая 2026, вторник».
func dayWords(ctx context.Context, d calendar.Day) string {
	y, m, n := d.Date()
	return ui.FullDate(ctx, time.Date(y, m, n, 12, 0, 0, 0, time.UTC)) + ", " + ui.T(ctx, "admin.weekday."+strconv.Itoa(int(d.Weekday())))
}

// kindWords is the kind of a day, «—» where the year wasn't there.
func kindWords(ctx context.Context, k calendar.Kind) string {
	if k == "" {
		return "—"
	}
	return ui.T(ctx, "admin.kind."+string(k))
}

func dayOfMonth(d calendar.Day) string {
	_, _, n := d.Date()
	return strconv.Itoa(n)
}

// yearTabs lead to the years that are known.
func yearTabs(v almanac) []ui.Tab {
	out := make([]ui.Tab, 0, len(v.Years))
	for _, y := range v.Years {
		year := strconv.Itoa(y.Year)
		out = append(out, ui.Tab{Text: year, URL: "/admin/calendar?year=" + year, Count: -1, Current: y.Year == v.Year})
	}
	return out
}
