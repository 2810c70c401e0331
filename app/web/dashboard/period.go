package dashboard

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
)

// The periods that have a name, in the order of the screen.
const (
	week    = "7"
	month   = "30"
	quarter = "90"
	thisMon = "month"
)

var presets = []string{week, month, quarter, thisMon}

// presetDays are the lengths of those that end today.
var presetDays = map[string]int{week: 7, month: 30, quarter: 90}

// period is whole days of the region, both ends included.
type period struct {
	Preset   string // "" where the days were chosen
	From, To time.Time
}

// maxDays bounds a chosen period: nobody reads a chart of more.
const maxDays = 5 * 366

func today(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// preset is a named period as of today; an unknown name is the last 30 days.
func preset(name string, day time.Time) period {
	if name == thisMon {
		return period{name, day.AddDate(0, 0, 1-day.Day()), day}
	}
	if presetDays[name] == 0 {
		name = month
	}
	return period{name, day.AddDate(0, 0, 1-presetDays[name]), day}
}

// readPeriod reads a named period or chosen days. Days that are those of a
// named period are that period. Wrong ones are noted, and the last 30 days
// stand in.
func readPeriod(v url.Values, day time.Time, check *fault.Check) period {
	typedFrom, typedTo := v.Get("from"), v.Get("to")
	if typedFrom == "" && typedTo == "" {
		return preset(v.Get("period"), day)
	}
	ok := true
	read := func(name, typed string) time.Time {
		if typed == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, typed, day.Location())
		if err != nil {
			check.Fail(name, "error.not_a_date")
			ok = false
		}
		return t
	}
	p := period{From: read("from", typedFrom), To: read("to", typedTo)}
	if !ok {
		return preset(month, day)
	}
	if p.To.IsZero() {
		p.To = day
		if p.From.After(day) {
			p.To = p.From
		}
	}
	if p.From.IsZero() {
		p.From = p.To.AddDate(0, 0, 1-presetDays[month])
	}
	switch {
	case p.From.After(p.To):
		check.Fail("from", "dashboard.from_after_to")
	case p.days() > maxDays:
		check.Fail("from", "dashboard.period_too_long")
	default:
		return p.named(day)
	}
	return preset(month, day)
}

// named is the period under its name, where it has one.
func (p period) named(day time.Time) period {
	i := slices.IndexFunc(presets, func(name string) bool {
		q := preset(name, day)
		return q.From.Equal(p.From) && q.To.Equal(p.To)
	})
	if i >= 0 {
		p.Preset = presets[i]
	}
	return p
}

func (p period) days() int {
	n := 0
	for day := p.From; !day.After(p.To) && n <= maxDays; day = day.AddDate(0, 0, 1) {
		n++
	}
	return n
}

// report is the period as the figures are asked for. A month that isn't over is
// compared with as many days of the month before.
func (p period) report() report.Period {
	out := report.Period{From: p.From.UTC(), To: p.To.AddDate(0, 0, 1).UTC()}
	if p.Preset == thisMon {
		from := p.From.AddDate(0, -1, 0)
		to := from.AddDate(0, 0, p.To.Day())
		if to.After(p.From) { // the month before is shorter
			to = p.From
		}
		out.PastFrom, out.PastTo = from.UTC(), to.UTC()
	}
	return out
}

func (p period) from() string { return p.From.Format(time.DateOnly) }
func (p period) to() string   { return p.To.Format(time.DateOnly) }

// words is «за последние 30 дней» or «с 3 марта по 5 апреля».
func (p period) words(ctx context.Context) string {
	switch {
	case p.Preset == thisMon:
		return ui.T(ctx, "dashboard.this_month")
	case p.Preset != "":
		return ui.Plural(ctx, "dashboard.last_days", presetDays[p.Preset])
	case p.From.Equal(p.To):
		return ui.T(ctx, "dashboard.one_day", "day", ui.Date(ctx, p.From))
	default:
		return ui.T(ctx, "dashboard.from_to", "from", ui.Date(ctx, p.From), "to", ui.Date(ctx, p.To))
	}
}

// dates are the days themselves, for what outlives today.
func (p period) dates(ctx context.Context) string {
	if p.From.Equal(p.To) {
		return ui.T(ctx, "dashboard.one_day", "day", ui.FullDate(ctx, p.From))
	}
	return ui.T(ctx, "dashboard.from_to", "from", ui.FullDate(ctx, p.From), "to", ui.FullDate(ctx, p.To))
}

// before names what a figure is compared with: «чем за 30 дней до того».
func (p period) before(ctx context.Context) string {
	if p.Preset == thisMon {
		return ui.Plural(ctx, "dashboard.than_month_before", p.To.Day())
	}
	return ui.Plural(ctx, "dashboard.than_before", p.days())
}
