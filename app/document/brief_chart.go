package document

import (
	"math"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
)

// Lines is a chart of values at equal steps: the first series is drawn solid,
// the second dashed, further ones as thin bars behind them.
type Lines struct {
	Title  string // says what is drawn
	Labels []string
	Series []LineSeries
	Bars   *LineSeries // columns behind the lines
	Mark   int         // from which step on is the week of the report, 0: all
}

// LineSeries is one line.
type LineSeries struct {
	Name   string
	Values []float64
}

const linesTall = 52

func (l Lines) height(*press) float64 { return linesTall + 14 }

// nice is a round number not below x, of which a quarter is whole.
func nice(x float64) float64 {
	step := math.Pow(10, math.Floor(math.Log10(math.Max(x, 4)/4)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if top := 4 * step * m; top >= x && math.Mod(step*m, 1) == 0 {
			return top
		}
	}
	return 40 * step
}

func (l Lines) draw(p *press) {
	pdf := p.pdf
	most := 1.0
	all := l.Series
	if l.Bars != nil {
		all = append([]LineSeries{*l.Bars}, all...)
	}
	for _, s := range all {
		for _, v := range s.Values {
			most = math.Max(most, v)
		}
	}
	most = nice(most)
	x0, y0 := float64(briefEdge)+12, pdf.GetY()+12
	wide, tall := float64(briefWide)-14, float64(linesTall)-13
	n := len(l.Labels)
	step := wide / math.Max(1, float64(n))
	at := func(i int, v float64) (float64, float64) { return x0 + (float64(i)+0.5)*step, y0 + tall*(1-v/most) }
	l.legend(p, all)
	if l.Mark > 0 {
		p.fills(pale)
		pdf.Rect(x0+float64(l.Mark)*step, y0, wide-float64(l.Mark)*step, tall, "F")
	}
	for i := range 5 {
		y := y0 + tall*float64(i)/4
		p.draws(faint, 0.15)
		pdf.Line(x0, y, x0+wide, y)
		p.font("", 7.5, grey)
		pdf.SetXY(x0-12, y-1.8)
		pdf.CellFormat(10.5, 3.6, strconv.Itoa(int(math.Round(most*float64(4-i)/4))), "", 0, "R", false, 0, "")
	}
	if l.Bars != nil {
		p.fills(bars)
		for i, v := range l.Bars.Values {
			x, y := at(i, v)
			pdf.Rect(x-step*0.34, y, step*0.68, y0+tall-y, "F")
		}
	}
	for k, s := range l.Series {
		l.line(p, k, s, at)
	}
	p.font("", 7.5, grey)
	every := max(1, int(math.Ceil(float64(n)/8)))
	for i := 0; i < n; i += every {
		x, _ := at(i, 0)
		pdf.SetXY(x-12, y0+tall+1)
		pdf.CellFormat(24, 3.6, p.text(l.Labels[i]), "", 0, "C", false, 0, "")
	}
	pdf.SetXY(briefEdge, y0+tall+6)
}

func (l Lines) line(p *press, k int, s LineSeries, at func(int, float64) (float64, float64)) {
	l.pen(p, k)
	for i := 1; i < len(s.Values); i++ {
		x1, y1 := at(i-1, s.Values[i-1])
		x2, y2 := at(i, s.Values[i])
		p.pdf.Line(x1, y1, x2, y2)
	}
	p.pdf.SetDashPattern(nil, 0)
	for i, v := range s.Values {
		x, y := at(i, v)
		dot(p.pdf, k, x, y)
	}
}

// dot differs by series in shape, too.
func dot(pdf *fpdf.Fpdf, series int, x, y float64) {
	if series == 0 {
		pdf.Circle(x, y, 0.75, "F")
		return
	}
	pdf.Rect(x-0.7, y-0.7, 1.4, 1.4, "F")
}

// pen sets the look of a series.
func (l Lines) pen(p *press, k int) {
	c := accent
	if k > 0 {
		c = other
		p.pdf.SetDashPattern([]float64{1.6, 1}, 0)
	}
	p.draws(c, 0.55)
	p.fills(c)
}

func (l Lines) legend(p *press, all []LineSeries) {
	pdf := p.pdf
	x, y := float64(briefEdge), pdf.GetY()
	p.font("B", 9, black)
	title := p.text(l.Title)
	pdf.SetXY(x, y)
	pdf.CellFormat(briefWide, 4, title, "", 0, "L", false, 0, "")
	y += 4.8
	for i, one := range all {
		k := i
		if l.Bars != nil {
			k--
		}
		if k < 0 {
			p.fills(bars)
			pdf.Rect(x+1, y+0.6, 5, 2.8, "F")
		} else {
			l.pen(p, k)
			pdf.Line(x, y+2, x+7, y+2)
			pdf.SetDashPattern(nil, 0)
			dot(pdf, k, x+3.5, y+2)
		}
		p.font("", 8.5, black)
		name := p.text(one.Name)
		pdf.SetXY(x+9, y)
		pdf.CellFormat(pdf.GetStringWidth(name), 4, name, "", 0, "L", false, 0, "")
		x += 9 + pdf.GetStringWidth(name) + 6
	}
}

// Ranges compares shares: each with the interval in which it surely lies, beside
// the share of all.
type Ranges struct {
	Rows []Range
	Mean float64
	Word string // of the mean
}

// Range is one of them; all are shares of one.
type Range struct {
	Name             string
	Low, Value, High float64
	Text             string // to the right
	Tone             Tone
}

const rangeTall = 6.2

func (r Ranges) height(*press) float64 { return 8 + rangeTall*float64(min(4, len(r.Rows))) }

func (r Ranges) draw(p *press) {
	pdf := p.pdf
	const names, texts = 60.0, 46.0
	x0, wide := briefEdge+names, briefWide-names-texts
	top := 0.1
	for _, row := range r.Rows {
		top = math.Max(top, row.High)
	}
	top = math.Min(1, math.Ceil(top*10)/10)
	at := func(v float64) float64 { return x0 + wide*v/top }
	for i, row := range r.Rows {
		if p.pdf.GetY()+rangeTall > 297-briefBottom {
			pdf.AddPage()
		}
		y := pdf.GetY()
		if i%2 == 0 {
			p.fills(ink{246, 248, 249})
			pdf.Rect(briefEdge, y, briefWide, rangeTall, "F")
		}
		p.font("", 9.2, black)
		pdf.SetXY(briefEdge+1, y+0.9)
		pdf.CellFormat(names-3, gridLine, p.lines(row.Name, names-3)[0], "", 0, "L", false, 0, "")
		p.draws(grey, 0.2)
		pdf.SetDashPattern([]float64{0.8, 0.8}, 0)
		pdf.Line(at(r.Mean), y, at(r.Mean), y+rangeTall)
		pdf.SetDashPattern(nil, 0)
		c := row.Tone.ink()
		p.draws(c, 0.7)
		pdf.Line(at(row.Low), y+rangeTall/2, at(row.High), y+rangeTall/2)
		pdf.Line(at(row.Low), y+1.8, at(row.Low), y+rangeTall-1.8)
		pdf.Line(at(row.High), y+1.8, at(row.High), y+rangeTall-1.8)
		p.fills(c)
		pdf.Circle(at(row.Value), y+rangeTall/2, 1.2, "F")
		p.font("", 8.6, black)
		pdf.SetXY(x0+wide+2, y+0.9)
		pdf.CellFormat(texts-2, gridLine, p.lines(row.Text, texts-2)[0], "", 0, "R", false, 0, "")
		pdf.SetXY(briefEdge, y+rangeTall)
	}
	y := pdf.GetY()
	p.font("", 7.5, grey)
	word := p.text(r.Word)
	w := pdf.GetStringWidth(word)
	pdf.SetXY(math.Min(math.Max(at(r.Mean)-w/2, x0), pageWidth-briefEdge-w), y+0.4)
	pdf.CellFormat(w, 3.6, word, "", 0, "L", false, 0, "")
	pdf.SetXY(briefEdge, y+4.4)
}
