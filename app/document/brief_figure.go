package document

// Figures are key figures side by side.
type Figures []Figure

// Figure is one of them. Change is how it moved, Target what is to be reached.
type Figure struct {
	Name, Value, Change, Target string
	Tone                        Tone // of the change
	Bad                         bool // the target is missed
}

// The boxes of figures, in mm.
const (
	figureRow  = 4 // boxes in a row
	figureTall = 27.5
	figureGap  = 3
)

func (f Figures) height(*press) float64 { return figureTall }

func (f Figures) draw(p *press) {
	wide := (briefWide - figureGap*(figureRow-1)) / float64(figureRow)
	for i, one := range f {
		if i%figureRow == 0 {
			if i > 0 {
				p.pdf.Ln(figureTall + figureGap)
			}
			p.keep(figureTall)
		}
		one.draw(p, briefEdge+float64(i%figureRow)*(wide+figureGap), p.pdf.GetY(), wide)
	}
	p.pdf.SetX(briefEdge)
	p.pdf.Ln(figureTall)
}

func (f Figure) draw(p *press, x, y, wide float64) {
	pdf := p.pdf
	p.fills(pale)
	pdf.Rect(x, y, wide, figureTall, "F")
	mark := accent
	if f.Bad {
		mark = bad
	}
	p.fills(mark)
	pdf.Rect(x, y, 1.1, figureTall, "F")
	at := y + 2.2
	put := func(style string, size, line float64, c ink, text string, most int) {
		p.font(style, size, c)
		lines := p.lines(text, wide-6)
		for _, l := range lines[:min(most, len(lines))] {
			pdf.SetXY(x+3.4, at)
			pdf.CellFormat(wide-6, line, l, "", 0, "L", false, 0, "")
			at += line
		}
	}
	put("", 8.2, 3.7, grey, f.Name, 2)
	value := black
	if f.Bad {
		value = bad
	}
	at += 0.6
	put("B", 15, 7, value, f.Value, 1)
	put("", 7.8, 3.5, f.Tone.ink(), f.Change, 1)
	put("", 7.8, 3.5, grey, f.Target, 1)
	pdf.SetY(y)
}
