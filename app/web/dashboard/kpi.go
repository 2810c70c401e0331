package dashboard

import (
	"context"
	"html/template"
	"math"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
)

// tile is one figure in words.
type tile struct {
	Key    string
	Value  string
	Known  bool
	Bad    bool
	Change string // «на 3,2 п. п. больше, чем…», "" where there is nothing to compare with
	Arrow  string // ↑ or ↓
	Tone   string // good | bad | even
	Target string
	Basis  string
	Cases  []caseLink // the lists behind it
	Spark  template.HTML
	Trend  string // address of its trend
}

// caseLink leads to a list: «12 отвечено поздно».
type caseLink struct{ Text, URL string }

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
func (h *Handlers) tiles(s screen, f filter, of whose, now, before report.Counts, trend []report.TrendPoint) []tileGroup {
	past := map[string]report.KPI{}
	for _, k := range report.KPIs(before) {
		past[k.Key] = k
	}
	byKey := map[string]tile{}
	var rest []string
	for _, k := range report.KPIs(now) {
		t := h.tile(s, f, k, past[k.Key])
		t.Cases = drill(s, f, of, k.Key, now)
		if len(trend) > 1 {
			t.Spark, t.Trend = spark(k.Key, trend), of.url(f, "/dashboard/trend", "kpi", k.Key)
		}
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

// lists are the names of the lists behind numbers.
var lists = map[string]string{
	"submitted":     "dashboard.list.submitted",
	"fast_track":    "dashboard.list.fast_track",
	"rejected":      "dashboard.list.rejected",
	"two_hops":      "dashboard.list.two_hops",
	"joined":        "dashboard.list.joined",
	"closed":        "dashboard.list.closed",
	"closed_late":   "dashboard.list.closed_late",
	"extended":      "dashboard.list.extended",
	"misrouted":     "dashboard.list.misrouted",
	"open_past_due": "dashboard.list.open_past_due",
	"answered":      "dashboard.list.answered",
	"formal":        "dashboard.list.formal",
	"rated":         "dashboard.list.rated",
	"top2":          "dashboard.list.top2",
	"re_reviewed":   "dashboard.list.re_reviewed",
	"refuted":       "dashboard.list.refuted",
}

// behind are the counts that lead from a figure to its cases.
var behind = map[string][]struct {
	list string
	n    func(report.Counts) int
}{
	"overdue": {
		{"closed_late", func(c report.Counts) int { return c.ClosedLate }},
		{"open_past_due", func(c report.Counts) int { return c.OpenPastDue }},
	},
	"answer_median":   {{"closed", func(c report.Counts) int { return c.Closed }}},
	"answer_mean":     {{"closed", func(c report.Counts) int { return c.Closed }}},
	"answer_p90":      {{"closed", func(c report.Counts) int { return c.Closed }}},
	"extension":       {{"extended", func(c report.Counts) int { return c.Extended }}},
	"satisfaction":    {{"rated", func(c report.Counts) int { return c.Rated }}},
	"top2":            {{"top2", func(c report.Counts) int { return c.Top2 }}},
	"rating_response": {{"answered", func(c report.Counts) int { return c.Answered }}},
	"repeat":          {{"re_reviewed", func(c report.Counts) int { return c.ReReviewed }}},
	"refuted":         {{"refuted", func(c report.Counts) int { return c.Refuted }}},
	"formal":          {{"formal", func(c report.Counts) int { return c.Formal }}},
	"per_capita":      {{"submitted", func(c report.Counts) int { return c.Submitted }}},
	"fast_track":      {{"fast_track", func(c report.Counts) int { return c.FastTrack }}},
	"rejection":       {{"rejected", func(c report.Counts) int { return c.Rejected }}},
	"first_route":     {{"misrouted", func(c report.Counts) int { return c.Closed - c.FirstRight }}},
	"two_hops":        {{"two_hops", func(c report.Counts) int { return c.TwoHops }}},
	"duplicates":      {{"joined", func(c report.Counts) int { return c.Joined }}},
}

// drill leads to exactly the cases behind a figure.
func drill(s screen, f filter, of whose, key string, c report.Counts) []caseLink {
	var out []caseLink
	for _, b := range behind[key] {
		if n := b.n(c); n > 0 {
			out = append(out, caseLink{
				ui.Number(s, n) + " " + ui.T(s, lists[b.list]), of.url(f, "/dashboard/cases", "list", b.list),
			})
		}
	}
	return out
}
