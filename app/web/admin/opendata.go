package admin

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// openDataView is the page where open data is switched on and off.
type openDataView struct {
	Page     ui.Page
	Sections []ui.Tab
	Off      bool
	Editions []opendata.Edition
}

// OpenData shows whether open data is published, and what is.
func (h *Handlers) OpenData(c echo.Context) error {
	ctx, _, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	var view openDataView
	if view.Off, err = h.Published.OpenDataOff(ctx); err != nil {
		return err
	}
	if view.Editions, err = h.Published.ListEditions(ctx); err != nil {
		return err
	}
	if view.Page, view.Sections, err = h.frame(c, ui.T(ctx, "opendata.title"), openDataURL); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, openDataPage(view))
}

// SwitchOpenData publishes, or ends it: then the page is empty and no file can be
// downloaded.
func (h *Handlers) SwitchOpenData(c echo.Context) error {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	if err := h.Published.SwitchOpenData(ctx, c.FormValue("publish") == "no", by.User, h.Clock.Now()); err != nil {
		return err
	}
	return edge.SeeOther(c, openDataURL)
}

const openDataURL = "/admin/open-data"
