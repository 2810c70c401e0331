package dashboard

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// trend are the counts of the period by day, week or month, as its length asks
// for; nil while no sums are kept.
func (h *Handlers) trend(s screen, ask question, f filter) ([]report.TrendPoint, error) {
	step := report.Daily
	switch days := f.Period.days(); {
	case days > byWeekMost:
		step = report.Monthly
	case days > byDayMost:
		step = report.Weekly
	}
	return recall(s, h.memo, "trend", ask, func(ctx context.Context) ([]report.TrendPoint, error) {
		return h.Reports.Trend(ctx, ask.Period, ask.Filter, s.now, step)
	})
}

type trendView struct {
	Page    ui.Page
	Key     string
	Title   string
	About   string
	Filter  filter
	Of      whose
	Kinds   []ui.Option
	Picture template.HTML
	Rows    []trendRow
}

type trendRow struct{ Label, Value, Basis string }

// readTrend reads whose trend of which figure is asked for.
func (h *Handlers) readTrend(c echo.Context) (s screen, view trendView, p lineChart, points []report.TrendPoint, err error) {
	if s, err = h.begin(c); err != nil {
		return s, view, p, nil, err
	}
	view.Filter, _ = h.readFilter(s, c.QueryParams())
	if view.Of, err = h.readWhose(s, c.QueryParams()); err != nil {
		return s, view, p, nil, err
	}
	view.Key = c.QueryParam("kpi")
	kpis := report.KPIs(report.Counts{})
	at := slices.IndexFunc(kpis, func(k report.KPI) bool { return k.Key == view.Key })
	if at < 0 {
		return s, view, p, nil, fault.New(fault.NotFound, "error.not_found")
	}
	points, err = h.trend(s, view.Of.question(s, view.Filter), view.Filter)
	if err != nil {
		return s, view, p, nil, err
	}
	view.Title, view.About = ui.T(s, "kpi."+view.Key), h.about(s, view.Filter, view.Of)
	p = lineChart{Title: view.Title, Series: seriesOf(view.Key, points), Text: func(x float64) string { return amount(s, kpis[at].Unit, x) }}
	if target, ok := h.Limits.target(kpis[at]); ok {
		p.Target, p.Word = target, ui.T(s, "dashboard.trend.target", "value", p.Text(target))
	}
	label := stepLabel(view.Filter.Period.days())
	for i, point := range points {
		name := label(s, point.From.In(time.UTC))
		p.Series.labels = append(p.Series.labels, name)
		row := trendRow{Label: name, Value: "—"}
		for _, k := range report.KPIs(point.Counts) {
			if k.Key == view.Key {
				row.Basis = ui.Number(s, k.Basis)
			}
		}
		if p.Series.known[i] {
			row.Value = p.Text(p.Series.values[i])
		}
		view.Rows = append(view.Rows, row)
	}
	return s, view, p, points, nil
}

func stepLabel(days int) func(context.Context, time.Time) string {
	switch {
	case days > byWeekMost:
		return monthLabel
	case days > byDayMost:
		return weekLabel
	default:
		return dayLabel
	}
}

// Trend shows how a figure moved, as a picture and as a table.
func (h *Handlers) Trend(c echo.Context) error {
	s, view, p, _, err := h.readTrend(c)
	if err != nil {
		return err
	}
	if view.Page, err = h.page(c, view.Title); err != nil {
		return err
	}
	view.Page.Back = view.Of.back(view.Filter)
	for _, k := range report.KPIs(report.Counts{}) {
		view.Kinds = append(view.Kinds, ui.Option{Value: k.Key, Label: ui.T(s, "kpi."+k.Key)})
	}
	view.Picture = p.svg()
	return edge.Render(c, http.StatusOK, trendPage(view))
}

// TrendPicture sends the picture as a file.
func (h *Handlers) TrendPicture(c echo.Context) error {
	s, view, p, _, err := h.readTrend(c)
	if err != nil {
		return err
	}
	p.Title = h.titled(s, p.Title, view.Filter, view.Of)
	return sendSVG(c, ui.T(s, "dashboard.export.file", "title", view.Title, "from", view.Filter.Period.from(), "to", view.Filter.Period.to()), p.svg())
}

// TrendTable sends the table of the picture.
func (h *Handlers) TrendTable(c echo.Context) error {
	s, view, _, points, err := h.readTrend(c)
	if err != nil {
		return err
	}
	sheet := document.Sheet{Name: view.Title, Columns: []document.Column{
		column(s, "dashboard.export.day", document.Words), {Head: view.Title, Kind: document.Real}, column(s, "dashboard.export.basis", document.Whole),
	}}
	var rows [][]any
	for _, point := range points {
		row := []any{point.From.String(), nil, 0}
		for _, k := range report.KPIs(point.Counts) {
			if k.Key == view.Key {
				row[1], row[2] = figureValue(k), k.Basis
			}
		}
		rows = append(rows, row)
	}
	sheet.Rows = document.Rows(rows)
	return edge.Tables(c, exportName(s, view.Filter, []document.Sheet{sheet}), h.Zone, sheet)
}
