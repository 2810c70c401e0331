package dashboard

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"

	"github.com/otklik/otklik/app/report"
)

// series are values at equal steps; a step of which nothing is known is a gap.
type series struct {
	labels []string
	values []float64
	known  []bool
}

func seriesOf(key string, trend []report.TrendPoint) series {
	var out series
	for _, p := range trend {
		for _, k := range report.KPIs(p.Counts) {
			if k.Key == key {
				out.values, out.known = append(out.values, k.Value), append(out.known, k.Known)
			}
		}
	}
	return out
}

// top is the greatest value, at least the other one given.
func (x series) top(least float64) float64 {
	for i, v := range x.values {
		if x.known[i] {
			least = math.Max(least, v)
		}
	}
	return least
}

// path is the line through the known values within a box, broken at gaps; a
// value alone between gaps is a short stroke.
func (x series) path(left, top, width, height, most float64) string {
	var b strings.Builder
	step := width / math.Max(1, float64(len(x.values)-1))
	pen := "M"
	for i, v := range x.values {
		if !x.known[i] {
			pen = "M"
			continue
		}
		px, py := left+float64(i)*step, top+height*(1-v/most)
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, px, py)
		if pen == "M" && (i+1 == len(x.values) || !x.known[i+1]) {
			b.WriteString("h1.5")
		}
		pen = "L"
	}
	return b.String()
}

// spark is the small picture of a figure's trend, "" where too little is known.
func spark(key string, trend []report.TrendPoint) template.HTML {
	x := seriesOf(key, trend)
	known := 0
	for _, yes := range x.known {
		if yes {
			known++
		}
	}
	if known < 2 {
		return ""
	}
	line := x.path(2, 3, 116, 22, math.Max(x.top(0), 1e-9))
	return template.HTML(`<svg class="otk-spark" viewBox="0 0 120 28" width="120" height="28" aria-hidden="true" focusable="false"><path d="` + //nolint:gosec // numbers of ours alone
		line + `" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/></svg>`)
}

// lineChart is a chart that stands for itself: a file or a part of a page.
type lineChart struct {
	Title  string
	Series series
	Whole  bool                 // values are counts: so are the steps of the scale
	Name   string               // of the series, where it isn't alone
	Other  series               // a second one of the same steps, none without a name
	Beside string               // its name
	Text   func(float64) string // a value in words
	Target float64              // 0 for none
	Word   string               // of the target
}

// Sizes of a chart.
const (
	chartWidth, chartHeight = 720, 280
	chartLeft, chartTop     = 64, 36
	chartRight, chartBottom = 16, 36
	chartSteps              = 4       // of the scale
	keyWidth, keyHeight     = 130, 22 // of a line's name under the title
)

// svg draws it with colours that are told apart in grey, too: the target is
// dashed.
func (p lineChart) svg() template.HTML {
	var b strings.Builder
	top := chartTop
	if p.Beside != "" {
		top += keyHeight
	}
	width, height := float64(chartWidth-chartLeft-chartRight), float64(chartHeight-top-chartBottom)
	most := math.Max(p.Other.top(p.Series.top(p.Target*1.1)), 1e-9)
	if p.Whole {
		most = chartSteps * math.Ceil(most/chartSteps)
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="otk-picture" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" font-family="Golos Text, sans-serif" font-size="12">`, chartWidth, chartHeight)
	fmt.Fprintf(&b, `<title>%s</title><rect width="100%%" height="100%%" fill="#fff"/><text x="%d" y="20" font-size="15" font-weight="bold" fill="#0b0c0c">%s</text>`,
		html.EscapeString(p.Title), chartLeft, html.EscapeString(p.Title))
	for i := range chartSteps + 1 {
		y := float64(top) + height*float64(i)/chartSteps
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#d0d4d8"/><text x="%d" y="%.1f" text-anchor="end" fill="#484949">%s</text>`,
			chartLeft, chartWidth-chartRight, y, y, chartLeft-8, y+4, html.EscapeString(p.Text(most*float64(chartSteps-i)/chartSteps)))
	}
	if p.Target > 0 {
		y := float64(top) + height*(1-p.Target/most)
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#9b2c1f" stroke-width="1.5" stroke-dasharray="6 4"/><text x="%d" y="%.1f" text-anchor="end" fill="#9b2c1f">%s</text>`,
			chartLeft, chartWidth-chartRight, y, y, chartWidth-chartRight, y-5, html.EscapeString(p.Word))
	}
	fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#1d4f91" stroke-width="2.5" stroke-linejoin="round"/>`,
		p.Series.path(chartLeft, float64(top), width, height, most))
	if p.Beside != "" {
		fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#c27a00" stroke-width="2.5" stroke-linejoin="round" stroke-dasharray="7 4"/>`,
			p.Other.path(chartLeft, float64(top), width, height, most))
		b.WriteString(p.key())
	}
	n := len(p.Series.labels)
	for _, i := range []int{0, n / 2, n - 1} {
		if n == 0 || i == n/2 && n < 5 {
			continue
		}
		anchor := map[int]string{0: "start", n - 1: "end"}[i]
		if anchor == "" {
			anchor = "middle"
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="%s" fill="#484949">%s</text>`,
			chartLeft+width*float64(i)/math.Max(1, float64(n-1)), chartHeight-12, anchor, html.EscapeString(p.Series.labels[i]))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // words are escaped above
}

// key says which line is which, under the title.
func (p lineChart) key() string {
	const stroke, y = 28, chartTop + 4
	var b strings.Builder
	at := chartLeft
	for _, one := range []struct{ name, colour, dash string }{{p.Name, "#1d4f91", ""}, {p.Beside, "#c27a00", ` stroke-dasharray="7 4"`}} {
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%[3]d" y2="%[3]d" stroke="%[4]s" stroke-width="2.5"%[5]s/><text x="%[6]d" y="%[7]d" fill="#0b0c0c">%[8]s</text>`,
			at, at+stroke, y, one.colour, one.dash, at+stroke+6, y+4, html.EscapeString(one.name))
		at += keyWidth
	}
	return b.String()
}
