package document

// Table is a table on paper.
type Table struct {
	Columns []TableColumn
	Rows    [][]TableCell
}

// TableColumn heads the cells below it. Wide is its part of the width.
type TableColumn struct {
	Head  string
	Wide  float64
	Right bool
}

// TableCell is a cell; Bar from 0 to 1 is drawn behind a number.
type TableCell struct {
	Text string
	Tone Tone
	Bar  float64
}

// The rows of a grid, in mm.
const (
	gridLine = 4.4
	gridPad  = 1.3
	gridGap  = 2.5 // between columns
)

func (g Table) widths() []float64 {
	sum := 0.0
	for _, c := range g.Columns {
		sum += c.Wide
	}
	out := make([]float64, len(g.Columns))
	for i, c := range g.Columns {
		out[i] = c.Wide / sum * briefWide
	}
	return out
}

func (g Table) height(*press) float64 {
	return 12 + float64(min(3, len(g.Rows)))*(gridLine+2*gridPad)
}

func (g Table) draw(p *press) {
	widths := g.widths()
	g.head(p, widths)
	for _, row := range g.Rows {
		p.font("", 9.2, black)
		lines := make([][]string, len(row))
		most := 1
		for i, c := range row {
			lines[i] = p.lines(c.Text, widths[i]-gridGap)
			most = max(most, len(lines[i]))
		}
		tall := float64(most)*gridLine + 2*gridPad
		if p.pdf.GetY()+tall > 297-briefBottom {
			p.pdf.AddPage()
			g.head(p, widths)
		}
		y, x := p.pdf.GetY(), float64(briefEdge)
		for i, c := range row {
			if c.Bar > 0 {
				p.fills(ink{206, 226, 229})
				p.pdf.Rect(x, y+gridPad-0.3, (widths[i]-gridGap)*min(c.Bar, 1), gridLine+0.6, "F")
			}
			colour, style := black, ""
			if c.Tone == Bad || c.Tone == Good {
				colour = c.Tone.ink()
			}
			if c.Tone == Bad {
				style = "B"
			}
			p.font(style, 9.2, colour)
			g.cell(p, i, lines[i], x, y+gridPad, widths[i])
			x += widths[i]
		}
		p.draws(faint, 0.15)
		p.pdf.Line(briefEdge, y+tall, pageWidth-briefEdge, y+tall)
		p.pdf.SetXY(briefEdge, y+tall)
	}
}

func (g Table) cell(p *press, column int, lines []string, x, y, wide float64) {
	align := "L"
	if g.Columns[column].Right {
		align = "R"
	}
	for n, line := range lines {
		p.pdf.SetXY(x, y+float64(n)*gridLine)
		p.pdf.CellFormat(wide-gridGap, gridLine, line, "", 0, align, false, 0, "")
	}
}

func (g Table) head(p *press, widths []float64) {
	p.font("B", 8.2, grey)
	most := 1
	lines := make([][]string, len(g.Columns))
	for i, c := range g.Columns {
		lines[i] = p.lines(c.Head, widths[i]-gridGap)
		most = max(most, len(lines[i]))
	}
	y, x := p.pdf.GetY(), float64(briefEdge)
	for i := range g.Columns {
		g.cell(p, i, lines[i], x, y+float64(most-len(lines[i]))*gridLine, widths[i])
		x += widths[i]
	}
	y += float64(most)*gridLine + 1
	p.draws(grey, 0.35)
	p.pdf.Line(briefEdge, y, pageWidth-briefEdge, y)
	p.pdf.SetXY(briefEdge, y)
}
