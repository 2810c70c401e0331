package dashboard

import (
	"context"
	"math"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// tile is one figure in words.
type tile struct {
	Key     string
	Value   string
	Known   bool
	Bad     bool
	Change  string // «на 3,2 п. п. больше, чем…», "" where there is nothing to compare with
	Arrow   string // ↑ or ↓
	Tone    string // good | bad | even
	Target  string
	Basis   string
	Cases   string // words of the link
	CaseURL string
}

// tileGroup is a row of figures under a heading.
type tileGroup struct {
	Title string
	Tiles []tile
}

// groups is the order in which the figures are read. What isn't named here
// follows in the last group.
var groups = []struct {
	title string
	keys  []string
}{
	{"dashboard.group.time", []string{"overdue", "answer_median", "answer_mean", "answer_p90", "extension"}},
	{"dashboard.group.quality", []string{"satisfaction", "top2", "rating_response", "repeat", "refuted", "formal"}},
	{"dashboard.group.flow", []string{"per_capita", "fast_track", "rejection", "first_route", "hops", "two_hops"}},
}

// tiles puts figures into words, beside those of the period before.
func (h *Handlers) tiles(s screen, f filter, agency int64, now, before report.Counts) []tileGroup {
	past := map[string]report.KPI{}
	for _, k := range report.KPIs(before) {
		past[k.Key] = k
	}
	byKey := map[string]tile{}
	var rest []string
	for _, k := range report.KPIs(now) {
		t := h.tile(s, f, k, past[k.Key])
		t.Cases, t.CaseURL = drill(s, f, agency, k.Key, now)
		byKey[k.Key] = t
		rest = append(rest, k.Key)
	}
	out := make([]tileGroup, len(groups))
	for i, g := range groups {
		out[i].Title = ui.T(s, g.title)
		for _, key := range g.keys {
			if t, ok := byKey[key]; ok {
				out[i].Tiles = append(out[i].Tiles, t)
				delete(byKey, key)
			}
		}
	}
	for _, key := range rest {
		if t, ok := byKey[key]; ok {
			out[len(out)-1].Tiles = append(out[len(out)-1].Tiles, t)
		}
	}
	return out
}

func (h *Handlers) tile(s screen, f filter, k, past report.KPI) tile {
	t := tile{Key: k.Key, Known: k.Known, Bad: h.Limits.past(k), Value: ui.T(s, "dashboard.too_few")}
	if target, ok := h.Limits.target(k); ok {
		key := "dashboard.target_most"
		if k.Better == report.More {
			key = "dashboard.target_least"
		}
		t.Target = ui.T(s, key, "value", amount(s, k.Unit, target))
	}
	if k.Basis > 0 {
		t.Basis = ui.Plural(s, "dashboard.basis", k.Basis)
	}
	if !k.Known {
		if k.Key == "satisfaction" || k.Key == "top2" {
			t.Basis = ui.Plural(s, "dashboard.ratings_needed", report.MinRatings)
		}
		return t
	}
	t.Value = amount(s, k.Unit, k.Value)
	if past.Known {
		t.Change, t.Arrow, t.Tone = change(s, k, past, f.Period.before(s))
	}
	return t
}

// amount is a value in its unit.
func amount(ctx context.Context, unit report.Unit, x float64) string {
	switch unit {
	case report.Share:
		return ui.Percent(ctx, x, 1)
	case report.Days:
		return ui.T(ctx, "dashboard.days", "n", ui.Decimal(ctx, x, 1))
	default:
		return ui.Decimal(ctx, x, 1)
	}
}

// change says how a figure moved. A move that the digits shown don't show is
// none.
func change(ctx context.Context, k, past report.KPI, than string) (words, arrow, tone string) {
	by := k.Value - past.Value
	if k.Unit == report.Share {
		by *= 100
	}
	by = math.Round(by*10) / 10
	if by == 0 {
		return ui.T(ctx, "dashboard.same"), "", "even"
	}
	how := ui.Decimal(ctx, math.Abs(by), 1)
	switch k.Unit {
	case report.Share:
		how = ui.T(ctx, "dashboard.points", "n", how)
	case report.Days:
		how = ui.T(ctx, "dashboard.days", "n", how)
	case report.Number:
	}
	key, arrow := "dashboard.more_than", "↑"
	if by < 0 {
		key, arrow = "dashboard.less_than", "↓"
	}
	tone = "even"
	if k.Better != report.Neither {
		tone = "bad"
		if (by > 0) == (k.Better == report.More) {
			tone = "good"
		}
	}
	return ui.T(ctx, key, "by", how, "than", than), arrow, tone
}

// drill leads to the cases behind a figure, where the inbox can list them.
func drill(s screen, f filter, agency int64, key string, c report.Counts) (words, url string) {
	list := f.received()
	list.Agency = agency
	switch key {
	case "rejection":
		if c.Rejected == 0 {
			return "", ""
		}
		list.Stage = workflow.StageRejected
		return ui.Plural(s, "dashboard.cases.rejected", c.Rejected), list.url()
	case "per_capita":
		if c.Submitted == 0 {
			return "", ""
		}
		return ui.Plural(s, "dashboard.cases.received", c.Submitted), list.url()
	default:
		return "", ""
	}
}
