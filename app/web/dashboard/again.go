package dashboard

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// Again looks back so far for a second appeal from the same address.
const (
	againDays = 90
	againMost = 100
)

type againView struct {
	Page     ui.Page
	Sections []ui.Tab
	Filter   filter
	About    string
	Places   []ui.Option
	Rows     []againRow
}

type againRow struct {
	Address, Place, Topic string
	Count, Open           string
	URL                   string
}

// readAgain reads whose repeat addresses are asked for; within is the filter of
// the days that they are looked for in.
func (h *Handlers) readAgain(c echo.Context) (s screen, f, within filter, lines []report.PlaceLine, err error) {
	if s, err = h.begin(c); err != nil {
		return s, f, within, nil, err
	}
	f, _ = h.readFilter(s, c.QueryParams())
	within = f
	within.Period = preset(quarter, today(s.now, h.Zone))
	ask := whose{}.question(s, within)
	lines, err = recall(s, h.memo, "again", ask, func(ctx context.Context) ([]report.PlaceLine, error) {
		return h.Reports.Store.Again(ctx, ask.Period, ask.Filter, againMost)
	})
	return s, f, within, lines, err
}

// AgainTable sends the table of the page. Addresses are of cases: it is noted.
func (h *Handlers) AgainTable(c echo.Context) error {
	s, _, within, lines, err := h.readAgain(c)
	if err != nil {
		return err
	}
	sheet := document.Sheet{Name: ui.T(s, "dashboard.again.title"), Columns: []document.Column{
		column(s, "dashboard.again.address", document.Words), column(s, "dashboard.territory", document.Words),
		column(s, "dashboard.topics.topic", document.Words), column(s, "dashboard.again.count", document.Whole),
		column(s, "dashboard.topics.open", document.Whole),
	}}
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{l.Address, s.place(l.Territory), s.topic(l.Category), l.Count, l.Open}
	}
	sheet.Rows = document.Rows(rows)
	return h.noted(c, s, within, len(rows), sheet)
}

// Again lists addresses from which people write about the same again within 90
// days. Who writes is not read.
func (h *Handlers) Again(c echo.Context) error {
	s, f, within, lines, err := h.readAgain(c)
	if err != nil {
		return err
	}
	view := againView{Filter: f, Sections: sections(s, f, "/dashboard/again"), Places: s.territories(), About: h.about(s, within, whose{})}
	if view.Page, err = h.page(c, ui.T(s, "dashboard.again.title")); err != nil {
		return err
	}
	for _, l := range lines {
		at := within
		view.Rows = append(view.Rows, againRow{
			Address: l.Address, Place: s.place(l.Territory), Topic: s.topic(l.Category), Count: ui.Number(s, l.Count), Open: ui.Number(s, l.Open),
			URL: at.url("/dashboard/cases", "list", "submitted", "category", l.Category, "address", l.Address),
		})
	}
	return edge.Render(c, http.StatusOK, againPage(view))
}
