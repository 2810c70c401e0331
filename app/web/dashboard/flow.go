package dashboard

import (
	"context"
	"time"

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
	case len(days) > byWeekMost:
		out.Step, label = "dashboard.flow.month", monthLabel
	case len(days) > byDayMost:
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

// The days are dates without a zone: they are written as they stand.
func plain(ctx context.Context) context.Context { return ui.WithZone(ctx, time.UTC) }

func dayLabel(ctx context.Context, day time.Time) string { return ui.Date(plain(ctx), day) }

func weekLabel(ctx context.Context, day time.Time) string {
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	return ui.T(ctx, "dashboard.flow.from", "day", ui.Date(plain(ctx), monday))
}

func monthLabel(_ context.Context, day time.Time) string { return day.Format("01.2006") }
