package document

import (
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// quiet is the grey of what stands back, dark enough to be read on paper.
const quiet = 80

// sheet draws the parts of a letter, one below the other.
type sheet struct{ pdf *fpdf.Fpdf }

// head is the letterhead in its corner and to whom the letter goes beside it.
func (s sheet) head(l *Letter) {
	pdf := s.pdf
	pdf.SetFont(face, "B", 12)
	pdf.MultiCell(headWidth, 5.4, l.Agency, "", "L", false)
	pdf.Ln(1.2)
	pdf.SetFont(face, "", noteSize)
	for _, line := range l.Letterhead {
		pdf.MultiCell(headWidth, noteLine, line, "", "L", false)
	}
	pdf.Ln(3)
	pdf.SetLineWidth(0.3)
	pdf.Line(left, pdf.GetY(), left+headWidth, pdf.GetY())
	pdf.Ln(3)
	pdf.SetFont(face, "B", 10)
	pdf.MultiCell(headWidth, 5, l.Number, "", "L", false)
	pdf.SetFont(face, "", noteSize)
	pdf.MultiCell(headWidth, noteLine, l.InReplyTo, "", "L", false)
	end := pdf.GetY()

	pdf.SetXY(toLeft, top+14)
	pdf.SetLeftMargin(toLeft) // of every line of it
	pdf.SetFont(face, "", 12)
	pdf.MultiCell(pageWidth-right-toLeft, bodyLine, l.Addressee, "", "L", false)
	pdf.SetLeftMargin(left)
	pdf.SetXY(left, max(end, pdf.GetY())+10)
}

// body is what the letter says.
func (s sheet) body(l *Letter) {
	pdf := s.pdf
	if l.Heading != "" {
		pdf.SetFont(face, "B", 12)
		pdf.MultiCell(textWidth, bodyLine, l.Heading, "", "L", false)
		pdf.Ln(4)
	}
	pdf.SetFont(face, "", bodySize)
	s.paragraphs(l.Text)
	for _, p := range l.Points {
		s.point(p)
	}
	if len(l.Findings) > 0 {
		pdf.Ln(2)
	}
	for _, f := range l.Findings {
		s.keep(2 * bodyLine)
		pdf.SetFont(face, "B", bodySize)
		pdf.Write(bodyLine, f.Name+" ")
		pdf.SetFont(face, "", bodySize)
		pdf.Write(bodyLine, f.Value)
		pdf.Ln(bodyLine + 1)
	}
}

func (s sheet) paragraphs(text string) {
	for p := range strings.SplitSeq(text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			s.keep(2 * bodyLine)
			s.pdf.MultiCell(textWidth, bodyLine, p, "", "L", false)
			s.pdf.Ln(2.2)
		}
	}
}

func (s sheet) point(p Point) {
	pdf := s.pdf
	s.keep(4 * bodyLine)
	pdf.Ln(1.5)
	pdf.SetFont(face, "B", bodySize)
	pdf.MultiCell(textWidth, bodyLine, p.Question, "", "L", false)
	if p.Outcome != "" {
		pdf.SetFont(face, "B", 10)
		pdf.SetTextColor(quiet, quiet, quiet)
		pdf.MultiCell(textWidth, 5.2, p.Outcome, "", "L", false)
		pdf.SetTextColor(0, 0, 0)
	}
	pdf.Ln(1)
	pdf.SetFont(face, "", bodySize)
	s.paragraphs(p.Text)
}

// signature is who answers for it, the position to the left and the name to the
// right as on any letter.
func (s sheet) signature(l *Letter) {
	pdf := s.pdf
	s.keep(30)
	pdf.Ln(9)
	y := pdf.GetY()
	pdf.SetFont(face, "", bodySize)
	pdf.MultiCell(textWidth*0.56, bodyLine, l.Position, "", "L", false)
	end := pdf.GetY()
	pdf.SetXY(left+textWidth*0.6, end-bodyLine)
	pdf.SetFont(face, "B", bodySize)
	pdf.MultiCell(textWidth*0.4, bodyLine, l.Signer, "", "R", false)
	pdf.SetXY(left, max(y, end, pdf.GetY())+8)
}

// check is how anybody proves the letter, and who wrote it. It stays in one
// piece.
func (s sheet) check(l *Letter) {
	pdf := s.pdf
	pdf.SetFont(face, "", smallSize)
	height := 4.0
	width := float64(textWidth - qrSide - 6)
	for _, line := range l.Check {
		height += float64(len(pdf.SplitText(line, width))) * smallLine
	}
	height = max(height, qrSide+4)
	s.keep(height + float64(len(l.Executor))*smallLine + 8)
	for _, line := range l.Executor {
		pdf.MultiCell(textWidth, smallLine, line, "", "L", false)
	}
	pdf.Ln(4)
	y := pdf.GetY()
	pdf.SetDrawColor(quiet*2, quiet*2, quiet*2)
	pdf.SetLineWidth(0.2)
	pdf.Line(left, y, left+textWidth, y)
	pdf.SetDrawColor(0, 0, 0)
	y += 3
	s.mark(l.CheckURL, left, y)
	pdf.SetLeftMargin(left + qrSide + 6)
	pdf.SetXY(left+qrSide+6, y)
	for i, line := range l.Check {
		style := ""
		if i == 0 {
			style = "B"
		}
		pdf.SetFont(face, style, smallSize)
		pdf.MultiCell(width, smallLine, line, "", "L", false)
	}
	pdf.SetLeftMargin(left)
}

// mark draws the QR as fields, not as a picture: it stays sharp on any paper,
// and leads on a screen to where it says.
func (s sheet) mark(url string, x, y float64) {
	if url == "" {
		return
	}
	code, err := NewQR(url)
	if err != nil {
		s.pdf.SetError(err)
		return
	}
	field := float64(qrSide) / float64(code.Size())
	s.pdf.SetFillColor(0, 0, 0)
	for row := range code.Size() {
		for column := 0; column < code.Size(); {
			run := code.run(column, row)
			if run > 0 {
				s.pdf.Rect(x+float64(column)*field, y+float64(row)*field, float64(run)*field, field, "F")
			}
			column += max(run, 1)
		}
	}
	s.pdf.LinkString(x, y, qrSide, qrSide, url)
}

// keep begins a page where less than so many mm are left on this one.
func (s sheet) keep(height float64) {
	_, page := s.pdf.GetPageSize()
	if s.pdf.GetY()+height > page-bottom {
		s.pdf.AddPage()
	}
}
