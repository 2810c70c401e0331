package dashboard

import (
	"context"
	"math"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
)

// sums are those of one cell, a row, a column or the whole map.
type sums struct {
	search.Cell
	Population int
	Before     int // cases in the period before
}

func (s *sums) add(c search.Cell) { s.Add(c) }

// measure is what the shades of the heat map say.
type measure struct {
	Key   string // in the address
	title string // in the catalogue
	// value is false where too few cases say nothing.
	value func(s sums) (float64, bool)
	words func(ctx context.Context, x float64) string
	// top is the value of the darkest shade, 0 for the greatest on the map.
	top float64
	// dark turns a value into the depth of its shade, nil where greater is
	// darker.
	dark func(x float64) float64
}

// fewShare is how many cases a share of them needs to be told.
const fewShare = 5

func share(part func(sums) int, of func(sums) int) func(sums) (float64, bool) {
	return func(s sums) (float64, bool) {
		n := of(s)
		return float64(part(s)) / float64(max(n, 1)), n >= fewShare
	}
}

func all(s sums) int { return s.Count }

func whole(ctx context.Context, x float64) string { return ui.Number(ctx, int(x+0.5)) }

func tenth(ctx context.Context, x float64) string { return ui.Decimal(ctx, x, 1) }

// fine shows small numbers with one digit more.
func fine(ctx context.Context, x float64) string {
	if x < 1 {
		return ui.Decimal(ctx, x, 2)
	}
	return tenth(ctx, x)
}

func percent(ctx context.Context, x float64) string { return ui.Percent(ctx, x, 0) }

// signed is a growth: «+30 %».
func signed(ctx context.Context, x float64) string {
	switch {
	case x > 0:
		return "+" + percent(ctx, x)
	case x < 0:
		return "−" + percent(ctx, -x)
	default:
		return percent(ctx, 0)
	}
}

// worstRating is how far the lowest mean lies below the highest.
const worstRating = 4

// measures lists what the map can show, the first by itself.
var measures = []measure{
	{Key: "count", title: "dashboard.measure.count", words: whole, value: func(s sums) (float64, bool) { return float64(s.Count), true }},
	{Key: "per_10k", title: "dashboard.measure.per_10k", words: fine, value: func(s sums) (float64, bool) {
		return float64(s.Problems()) * 10_000 / float64(max(s.Population, 1)), s.Population > 0
	}},
	{Key: "overdue", title: "dashboard.measure.overdue", words: percent, top: 1, value: share(func(s sums) int { return s.Overdue }, all)},
	{Key: "solved", title: "dashboard.measure.solved", words: percent, top: 1, value: share(func(s sums) int { return s.Solved }, all)},
	{Key: "refuted", title: "dashboard.measure.refuted", words: percent, top: 1, value: share(
		func(s sums) int { return s.Refuted }, func(s sums) int { return s.Solved })},
	{
		Key: "rating", title: "dashboard.measure.rating", words: tenth, top: worstRating, dark: func(x float64) float64 { return 5 - x },
		value: func(s sums) (float64, bool) {
			return float64(s.RatingSum) / float64(max(s.Rated, 1)), s.Rated >= report.MinRatings
		},
	},
	{
		Key: "trend", title: "heat.measure.trend", words: signed, top: 1, dark: func(x float64) float64 { return max(x, 0) },
		value: func(s sums) (float64, bool) {
			return float64(s.Count-s.Before) / float64(max(s.Before, 1)), s.Before >= fewCases
		},
	},
	{Key: "recent", title: "dashboard.measure.recent", words: fine, value: func(s sums) (float64, bool) { return s.Weight, true }},
}

func measureOf(key string) measure {
	for _, m := range measures {
		if m.Key == key {
			return m
		}
	}
	return measures[0]
}

func (m measure) depth(x float64) float64 {
	if m.dark != nil {
		return m.dark(x)
	}
	return x
}

// rank is the place of some cases in an order with the darkest first: those of
// which too little is known come last.
func (m measure) rank(s sums) float64 {
	x, ok := m.value(s)
	if !ok || s.Count == 0 {
		return math.Inf(1)
	}
	return -m.depth(x)
}

// text is the value of some cases in words, "" for none and "—" for too few.
func (m measure) text(ctx context.Context, s sums) string {
	if s.Count == 0 {
		return ""
	}
	x, ok := m.value(s)
	if !ok {
		return "—"
	}
	return m.words(ctx, x)
}

// scale shades values from nothing to the darkest.
type scale struct {
	measure
	top float64
}

// scaleOf is the scale for the cases that are shown beside each other.
func (m measure) scaleOf(all []sums) scale {
	sc := scale{m, m.top}
	if sc.top == 0 {
		for _, s := range all {
			if x, ok := m.value(s); ok && s.Count > 0 {
				sc.top = max(sc.top, m.depth(x))
			}
		}
	}
	return sc
}

// level is the shade of some cases, 0 for none and for too few.
func (sc scale) level(s sums) int {
	x, ok := sc.value(s)
	if s.Count == 0 || !ok {
		return 0
	}
	return ui.HeatLevel(sc.depth(x), sc.top)
}

// shades is how many there are.
const shades = 6

// shade is one line of the legend.
type shade struct {
	Level int
	Text  string
}

// legend says up to which value each shade reaches. Shades that no value can
// have, as «up to 0,3 cases», are left out.
func (sc scale) legend(ctx context.Context) []shade {
	if sc.top <= 0 {
		return nil
	}
	var out []shade
	last := ""
	for level := 1; level <= shades; level++ {
		edge := sc.top * float64(level*level) / (shades * shades) // see ui.HeatLevel
		key := "dashboard.legend.to"
		if sc.Key == "rating" {
			edge, key = 5-edge, "dashboard.legend.from"
		}
		if sc.Key == "count" {
			edge = float64(int(edge))
		}
		text := sc.words(ctx, edge)
		if text == last || sc.Key == "count" && edge == 0 {
			continue
		}
		last = text
		out = append(out, shade{level, ui.T(ctx, key, "value", text)})
	}
	return out
}

// formula says how a measure is computed.
func (m measure) formula(ctx context.Context) string { return ui.T(ctx, "heat.formula."+m.Key) }

func measureTitle(ctx context.Context, m measure) string { return ui.T(ctx, m.title) }
