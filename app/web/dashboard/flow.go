package dashboard

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
)

// flow is what came in and went out, by day, week or month.
type flow struct {
	Step      string // catalogue key of the first column
	Rows      []flowRow
	Submitted string
	Answered  string
	OpenEnd   string
	URL       string // the cases that came in
	Chart     chart
}

type flowRow struct {
	Label               string
	Submitted, Answered int
}

// chart is what the island of that name draws.
type chart struct {
	Kind   string        `json:"kind"`
	Title  string        `json:"title"`
	Labels []string      `json:"labels"`
	Series []chartSeries `json:"series"`
}

type chartSeries struct {
	Name   string `json:"name"`
	Values []int  `json:"values"`
}

// How many days are shown one by one, and how many week by week.
const (
	byDayMost  = 45
	byWeekMost = 200
)

// flowDays are what came in and went out: by the steps of the trend, each on its
// first day, or by days where no sums are kept.
func (h *Handlers) flowDays(s screen, ask question, trend []report.TrendPoint) ([]report.DayLine, error) {
	if trend == nil {
		return h.days(s, ask)
	}
	out := make([]report.DayLine, len(trend))
	for i, p := range trend {
		out[i] = report.DayLine{Day: p.From.String(), Submitted: p.Counts.Submitted, Answered: p.Counts.Answered}
	}
	return out, nil
}

// newFlow sums the days up to what a person can read.
func newFlow(s screen, f filter, agency int64, counts report.Counts, days []report.DayLine) flow {
	list := f.received()
	list.Agency = agency
	out := flow{
		Step: "dashboard.flow.day", Submitted: ui.Number(s, counts.Submitted), Answered: ui.Number(s, counts.Answered),
		OpenEnd: ui.Number(s, counts.OpenNow), URL: list.url(),
	}
	label := dayLabel
	switch {
	case f.Period.days() > byWeekMost:
		out.Step, label = "dashboard.flow.month", monthLabel
	case f.Period.days() > byDayMost:
		out.Step, label = "dashboard.flow.week", weekLabel
	}
	for _, d := range days {
		day, err := time.Parse(time.DateOnly, d.Day)
		if err != nil {
			continue // the contract of report.DayLine says that it parses
		}
		name := label(s, day)
		if n := len(out.Rows); n == 0 || out.Rows[n-1].Label != name {
			out.Rows = append(out.Rows, flowRow{Label: name})
		}
		row := &out.Rows[len(out.Rows)-1]
		row.Submitted += d.Submitted
		row.Answered += d.Answered
	}
	out.Chart = chart{Kind: "line", Title: ui.T(s, "dashboard.flow.title"), Series: []chartSeries{
		{Name: ui.T(s, "dashboard.flow.submitted")}, {Name: ui.T(s, "dashboard.flow.answered")},
	}}
	for _, r := range out.Rows {
		out.Chart.Labels = append(out.Chart.Labels, r.Label)
		out.Chart.Series[0].Values = append(out.Chart.Series[0].Values, r.Submitted)
		out.Chart.Series[1].Values = append(out.Chart.Series[1].Values, r.Answered)
	}
	return out
}

// picture is the chart as a drawing for a file.
func (f flow) picture(s screen, title string) lineChart {
	in, done := f.Chart.Series[0], f.Chart.Series[1]
	out := lineChart{
		Title: title, Series: in.series(), Name: in.Name, Other: done.series(), Beside: done.Name, Whole: true,
		Text: func(x float64) string { return whole(s, x) },
	}
	out.Series.labels = f.Chart.Labels
	return out
}

func (c chartSeries) series() (out series) {
	for _, n := range c.Values {
		out.values, out.known = append(out.values, float64(n)), append(out.known, true)
	}
	return out
}

// FlowPicture sends the picture of what came in and went out as a file.
func (h *Handlers) FlowPicture(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	f, err := h.readFilter(s, c.QueryParams())
	if err != nil {
		return err
	}
	of, err := h.readWhose(s, c.QueryParams())
	if err != nil {
		return err
	}
	ask := of.question(s, f)
	counts, err := h.counts(s, ask)
	if err != nil {
		return err
	}
	days, err := h.days(s, ask)
	if err != nil {
		return err
	}
	title := ui.T(s, "dashboard.flow.title")
	return sendSVG(c, ui.T(s, "dashboard.export.file", "title", title, "from", f.Period.from(), "to", f.Period.to()),
		newFlow(s, f, of.Agency, counts, days).picture(s, h.titled(s, title, f, of)).svg())
}

// days are the counts of each day of the period.
func (h *Handlers) days(s screen, ask question) ([]report.DayLine, error) {
	return recall(s, h.memo, "days", ask, func(ctx context.Context) ([]report.DayLine, error) {
		return h.Reports.Days(ctx, ask.Period, ask.Filter, h.Zone)
	})
}

// The days are dates without a zone: they are written as they stand.
func plain(ctx context.Context) context.Context { return ui.WithZone(ctx, time.UTC) }

func dayLabel(ctx context.Context, day time.Time) string { return ui.Date(plain(ctx), day) }

func weekLabel(ctx context.Context, day time.Time) string {
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	return ui.T(ctx, "dashboard.flow.from", "day", ui.Date(plain(ctx), monday))
}

func monthLabel(_ context.Context, day time.Time) string { return day.Format("01.2006") }
