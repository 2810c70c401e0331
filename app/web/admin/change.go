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

// proposal is the page of one change of the calendar.
type proposal struct {
	Page        ui.Page
	Change      *workflow.CalendarChange
	CreatedBy   string
	ConfirmedBy string
}

// mostDays is how many changed days a page lists: a new year changes them all.
const mostDays = 60

// Change shows what a change would move, and asks for the decision.
func (h *Handlers) Change(c echo.Context) error {
	ctx, _, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	change, err := h.Calendars.Store.FindChange(ctx, id)
	if err != nil {
		return err
	}
	view := proposal{Change: change, CreatedBy: h.name(ctx, change.CreatedBy), ConfirmedBy: h.name(ctx, change.ConfirmedBy)}
	if view.Page, err = h.Frame(c, ui.T(ctx, "admin.change.title")); err != nil {
		return err
	}
	view.Page.Back = "/admin/calendar"
	return edge.Render(c, http.StatusOK, changePage(view))
}

// Decide brings a change into force or drops it.
func (h *Handlers) Decide(c echo.Context) error {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	switch c.FormValue("decision") {
	case "confirm":
		err = h.Calendars.Confirm(ctx, by, id, chosen(c, "later"), chosen(c, "earlier"))
	case "drop":
		err = h.Calendars.Drop(ctx, by, id)
	default:
		err = fault.New(fault.Invalid, "error.invalid")
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, changeURL(id))
}

// name is who did something; one who is gone stays a number.
func (h *Handlers) name(ctx context.Context, id int64) string {
	if id == 0 {
		return ""
	}
	u, err := h.Staff.Store.FindUser(ctx, id)
	if err != nil {
		return "№ " + strconv.FormatInt(id, 10)
	}
	return u.Name
}

// moveWords is «26 марта → 25 марта».
func moveWords(ctx context.Context, from, to time.Time) string {
	return ui.Date(ctx, from) + " → " + ui.Date(ctx, to)
}

// chosen reports whether the box was ticked.
func chosen(c echo.Context, move string) bool {
	form, err := c.FormParams()
	return err == nil && slices.Contains(form["move"], move)
}

func changeTone(state workflow.ChangeState) string {
	switch state {
	case workflow.ChangeProposed:
		return "yellow"
	case workflow.ChangeDone:
		return "green"
	case workflow.ChangeDropped:
		return "grey"
	default:
		return "blue"
	}
}

func changeFacts(ctx context.Context, v proposal) []ui.SummaryRow {
	c := v.Change
	made := ui.DateTime(ctx, c.CreatedAt) + ", " + v.CreatedBy
	rows := []ui.SummaryRow{
		{Key: ui.T(ctx, "admin.change.state"), Body: changeTag(c.State)}, //nolint:contextcheck // a component gets its context when it is drawn
		{Key: ui.T(ctx, "admin.change.made"), Value: made},
		{Key: ui.T(ctx, "admin.change.examined"), Value: ui.Number(ctx, c.Examined)},
		{Key: ui.T(ctx, "admin.change.later"), Value: ui.Number(ctx, c.Later)},
		{Key: ui.T(ctx, "admin.change.earlier"), Value: ui.Number(ctx, c.Earlier)},
	}
	if !c.ConfirmedAt.IsZero() {
		rows = append(rows,
			ui.SummaryRow{Key: ui.T(ctx, "admin.change.confirmed"), Value: ui.DateTime(ctx, c.ConfirmedAt) + ", " + v.ConfirmedBy},
			ui.SummaryRow{Key: ui.T(ctx, "admin.change.moved"), Value: ui.Number(ctx, c.Moved)},
		)
	}
	return rows
}

func moveOptions(ctx context.Context, c *workflow.CalendarChange) []ui.Option {
	var out []ui.Option
	if c.Later > 0 {
		out = append(out, ui.Option{Value: "later", Label: ui.Plural(ctx, "admin.change.move_later", c.Later)})
	}
	if c.Earlier > 0 {
		out = append(out, ui.Option{Value: "earlier", Label: ui.Plural(ctx, "admin.change.move_earlier", c.Earlier)})
	}
	return out
}

func firstDays(c *workflow.CalendarChange) []calendar.DayChange {
	return c.Days[:min(mostDays, len(c.Days))]
}
