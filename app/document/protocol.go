package document

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/otklik/otklik/app/lang"
)

// Protocol is an official record of how something was decided: what, by which
// rules, how it came out, and how anybody checks it.
type Protocol struct {
	Lang     lang.Lang
	Agency   string
	Title    string // «Протокол голосования № 7»
	Subtitle string
	Outcome  string // in one sentence, set apart
	Sections []Section
	Signers  []string // positions with a line to sign on

	CheckURL string   // in the QR
	Check    []string // how to check the protocol, in lines
	Page     func(n, of int) string
	At       time.Time // dates the file, so that the same protocol is the same bytes
}

// Section is a part of a protocol under its heading. What is empty is left out.
type Section struct {
	Heading string
	Rows    []Finding
	Text    []string
	Grids   []Grid
}

// Grid is a table on paper. Widths are parts of the line; cells of all columns but
// the first stand to the right.
type Grid struct {
	Caption string
	Head    []string
	Widths  []float64
	Rows    [][]string
	Strong  []bool // by row: set in bold
}

// PDF writes the protocol. The same protocol gives the same bytes.
func (p *Protocol) PDF() ([]byte, error) {
	printed, err := p.printed()
	if err != nil {
		return nil, err
	}
	pages := 0
	for {
		pdf := printed.draw(pages)
		if err := pdf.Error(); err != nil {
			return nil, fmt.Errorf("protocol: %w", err)
		}
		if pdf.PageCount() != pages {
			pages = pdf.PageCount()
			continue
		}
		var out bytes.Buffer
		if err := pdf.Output(&out); err != nil {
			return nil, fmt.Errorf("protocol: %w", err)
		}
		return out.Bytes(), nil
	}
}

// printed is the protocol in signs that the typeface has.
func (p *Protocol) printed() (*Protocol, error) {
	var c cleaner
	clean, all := c.text, c.all
	out := *p
	out.Agency, out.Title, out.Subtitle, out.Outcome = clean(p.Agency), clean(p.Title), clean(p.Subtitle), clean(p.Outcome)
	out.Signers, out.Check, out.Sections = all(p.Signers), all(p.Check), make([]Section, len(p.Sections))
	for i, s := range p.Sections {
		s.Heading, s.Text = clean(s.Heading), all(s.Text)
		rows, grids := make([]Finding, len(s.Rows)), make([]Grid, len(s.Grids))
		for k, r := range s.Rows {
			rows[k] = Finding{clean(r.Name), clean(r.Value)}
		}
		for k, g := range s.Grids {
			g.Caption, g.Head = clean(g.Caption), all(g.Head)
			lines := make([][]string, len(g.Rows))
			for n, line := range g.Rows {
				lines[n] = all(line)
			}
			g.Rows = lines
			grids[k] = g
		}
		s.Rows, s.Grids = rows, grids
		out.Sections[i] = s
	}
	return &out, c.failed
}

func (p *Protocol) draw(pages int) *fpdf.Fpdf {
	pdf := fpdf.New("P", "mm", "A4", "")
	addFaces(pdf)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(p.At.UTC())
	pdf.SetModificationDate(p.At.UTC())
	pdf.SetProducer("Otklik", true)
	pdf.SetTitle(p.Title, true)
	pdf.SetAuthor(p.Agency, true)
	pdf.SetLang(string(p.Lang))
	pdf.SetDisplayMode("fullwidth", "continuous")
	pdf.SetMargins(left, top, right)
	pdf.SetAutoPageBreak(true, bottom)
	pdf.SetCellMargin(0)
	pdf.SetFooterFunc(func() {
		if pages > 1 {
			pdf.SetY(-12)
			pdf.SetFont(face, "", smallSize)
			pdf.SetTextColor(quiet, quiet, quiet)
			pdf.CellFormat(textWidth, smallLine, p.Page(pdf.PageNo(), pages), "", 0, "R", false, 0, "")
			pdf.SetTextColor(0, 0, 0)
		}
	})
	pdf.AddPage()
	s := sheet{pdf}
	pdf.SetFont(face, "", noteSize)
	pdf.MultiCell(textWidth, noteLine, p.Agency, "", "L", false)
	pdf.Ln(4)
	pdf.SetFont(face, "B", 15)
	pdf.MultiCell(textWidth, 7.4, p.Title, "", "L", false)
	pdf.SetFont(face, "", bodySize)
	pdf.MultiCell(textWidth, bodyLine, p.Subtitle, "", "L", false)
	pdf.Ln(3)
	s.outcome(p.Outcome)
	for i := range p.Sections {
		s.section(&p.Sections[i])
	}
	s.signers(p.Signers)
	s.check(&Letter{CheckURL: p.CheckURL, Check: p.Check})
	return pdf
}

// outcome is the sentence that people open the protocol for, with a bar beside it.
func (s sheet) outcome(text string) {
	if text == "" {
		return
	}
	pdf := s.pdf
	pdf.SetFont(face, "B", 12.5)
	lines := pdf.SplitText(text, textWidth-6)
	height := float64(len(lines)) * 6.4
	s.keep(height + 4)
	y := pdf.GetY()
	pdf.SetFillColor(60, 60, 60)
	pdf.Rect(left, y, 1.4, height+2, "F")
	pdf.SetXY(left+6, y+1)
	pdf.SetLeftMargin(left + 6)
	pdf.MultiCell(textWidth-6, 6.4, text, "", "L", false)
	pdf.SetLeftMargin(left)
	pdf.SetXY(left, y+height+5)
}

// nameWidth is the column of names in a section's rows.
const nameWidth = 56

func (s sheet) section(part *Section) {
	pdf := s.pdf
	s.keep(22)
	pdf.Ln(2)
	pdf.SetFont(face, "B", 12)
	pdf.MultiCell(textWidth, bodyLine, part.Heading, "", "L", false)
	pdf.Ln(1.5)
	for _, r := range part.Rows {
		s.row(r)
	}
	for _, text := range part.Text {
		pdf.SetFont(face, "", 10)
		s.keep(10)
		pdf.MultiCell(textWidth, 5, text, "", "L", false)
		pdf.Ln(1.2)
	}
	for i := range part.Grids {
		s.grid(&part.Grids[i])
	}
	pdf.Ln(2)
}

// row is a name and what stands beside it.
func (s sheet) row(r Finding) {
	if r.Value == "" {
		return
	}
	pdf := s.pdf
	pdf.SetFont(face, "", 10)
	const line = 5
	value := pdf.SplitText(r.Value, textWidth-nameWidth)
	name := pdf.SplitText(r.Name, nameWidth-4)
	s.keep(float64(max(len(value), len(name))) * line)
	y := pdf.GetY()
	pdf.SetTextColor(quiet, quiet, quiet)
	pdf.MultiCell(nameWidth-4, line, r.Name, "", "L", false)
	end := pdf.GetY()
	pdf.SetTextColor(0, 0, 0)
	pdf.SetXY(left+nameWidth, y)
	pdf.SetLeftMargin(left + nameWidth)
	pdf.MultiCell(textWidth-nameWidth, line, r.Value, "", "L", false)
	pdf.SetLeftMargin(left)
	pdf.SetXY(left, max(end, pdf.GetY())+1)
}

// grid draws a table; its head stands on every page that it goes over.
func (s sheet) grid(g *Grid) {
	if len(g.Rows) == 0 {
		return
	}
	pdf := s.pdf
	const line, gap = 4.6, 3.0
	sum := 0.0
	for _, w := range g.Widths {
		sum += w
	}
	width := func(i int) float64 { return textWidth * g.Widths[i] / sum }
	tall := func(cells []string, style string) float64 {
		pdf.SetFont(face, style, 9.5)
		most := 1
		for i, c := range cells {
			most = max(most, len(pdf.SplitText(c, width(i)-gap)))
		}
		return float64(most)*line + 2
	}
	draw := func(cells []string, style string) {
		height, y, x := tall(cells, style), pdf.GetY(), float64(left)
		for i, c := range cells {
			align := "R"
			pdf.SetXY(x, y+1)
			if i == 0 {
				align = "L"
			} else {
				pdf.SetXY(x+gap, y+1)
			}
			pdf.MultiCell(width(i)-gap, line, c, "", align, false)
			x += width(i)
		}
		pdf.SetDrawColor(190, 190, 190)
		pdf.SetLineWidth(0.2)
		pdf.Line(left, y+height, left+textWidth, y+height)
		pdf.SetDrawColor(0, 0, 0)
		pdf.SetXY(left, y+height)
	}
	head := func() {
		pdf.SetTextColor(quiet, quiet, quiet)
		draw(g.Head, "")
		pdf.SetTextColor(0, 0, 0)
	}
	pdf.SetFont(face, "B", 10)
	s.keep(5 + tall(g.Head, "") + tall(g.Rows[0], "B"))
	if g.Caption != "" {
		pdf.SetFont(face, "B", 10)
		pdf.MultiCell(textWidth, 5, g.Caption, "", "L", false)
	}
	head()
	_, page := pdf.GetPageSize()
	for n, cells := range g.Rows {
		style := ""
		if n < len(g.Strong) && g.Strong[n] {
			style = "B"
		}
		if pdf.GetY()+tall(cells, style) > page-bottom {
			pdf.AddPage()
			head()
			pdf.SetFont(face, style, 9.5)
		}
		draw(cells, style)
	}
	pdf.Ln(3)
}

// signers are lines to sign on.
func (s sheet) signers(list []string) {
	pdf := s.pdf
	for _, who := range list {
		s.keep(14)
		pdf.Ln(7)
		y := pdf.GetY()
		pdf.SetFont(face, "", 10)
		pdf.MultiCell(textWidth*0.5, 5, who, "", "L", false)
		end := pdf.GetY()
		pdf.SetLineWidth(0.2)
		pdf.Line(left+textWidth*0.55, end, left+textWidth, end)
		pdf.SetXY(left, max(y, end))
	}
	if len(list) > 0 {
		pdf.Ln(6)
	}
}
