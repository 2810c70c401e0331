package document

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/otklik/otklik/app/lang"
)

// Ballot is a ballot to be filled in on paper.
type Ballot struct {
	Lang   lang.Lang
	Agency string
	Title  string
	Lead   []string // how to fill it in and where it goes
	Asked  []Asked
	Foot   string // beside the code
	At     time.Time
}

// Asked is a question of a paper ballot. Its options have numbers, which operators
// type.
type Asked struct {
	Name    string
	Hint    string
	Options []string
	Wide    bool // a box for a number and not for a cross
	Lines   int  // to write on, where there are no options
}

const (
	boxSide  = 5
	wideSide = 11
	codeSide = 22
)

// PDF writes a sheet for each of the codes. The same ballot and codes give the same
// bytes.
func (b *Ballot) PDF(codes []string) ([]byte, error) {
	p, err := b.printed()
	if err != nil {
		return nil, err
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	addFaces(pdf)
	pdf.SetCreationDate(b.At)
	pdf.SetModificationDate(b.At)
	pdf.SetTitle(p.Title, true)
	pdf.SetAuthor(p.Agency, true)
	pdf.SetLang(string(p.Lang))
	pdf.SetMargins(left, top, right)
	pdf.SetAutoPageBreak(true, bottom+codeSide)
	pdf.SetCellMargin(0)
	code := ""
	pdf.SetFooterFunc(func() { p.foot(pdf, code) })
	for _, code = range codes {
		pdf.AddPage()
		p.page(pdf)
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("paper ballots: %w", err)
	}
	return out.Bytes(), nil
}

// printed is the ballot in signs that the typeface has.
func (b *Ballot) printed() (*Ballot, error) {
	var c cleaner
	clean, all := c.text, c.all
	p := *b
	p.Agency, p.Title, p.Foot, p.Lead, p.Asked = clean(b.Agency), clean(b.Title), clean(b.Foot), all(b.Lead), nil
	for _, a := range b.Asked {
		a.Name, a.Hint, a.Options = clean(a.Name), clean(a.Hint), all(a.Options)
		p.Asked = append(p.Asked, a)
	}
	return &p, c.failed
}

func (b *Ballot) page(pdf *fpdf.Fpdf) {
	pdf.SetFont(face, "", noteSize)
	pdf.MultiCell(textWidth, noteLine, b.Agency, "", "L", false)
	pdf.Ln(2)
	pdf.SetFont(face, "B", 15)
	pdf.MultiCell(textWidth, 7.4, b.Title, "", "L", false)
	pdf.Ln(1)
	pdf.SetFont(face, "", 10)
	for _, line := range b.Lead {
		pdf.MultiCell(textWidth, 5, line, "", "L", false)
	}
	for _, a := range b.Asked {
		pdf.Ln(4)
		pdf.SetFont(face, "B", bodySize)
		pdf.MultiCell(textWidth, bodyLine, a.Name, "", "L", false)
		if a.Hint != "" {
			pdf.SetFont(face, "", noteSize)
			pdf.MultiCell(textWidth, noteLine, a.Hint, "", "L", false)
		}
		pdf.Ln(1)
		b.options(pdf, &a)
		for range a.Lines {
			pdf.Ln(9)
			pdf.Line(left, pdf.GetY(), left+textWidth, pdf.GetY())
		}
	}
}

func (b *Ballot) options(pdf *fpdf.Fpdf, a *Asked) {
	side := float64(boxSide)
	if a.Wide {
		side = wideSide
	}
	pdf.SetFont(face, "", bodySize)
	for i, text := range a.Options {
		lines := pdf.SplitText(text, textWidth-side-14)
		height := max(float64(len(lines))*bodyLine, boxSide) + 2
		if _, page := pdf.GetPageSize(); pdf.GetY()+height > page-bottom-codeSide {
			pdf.AddPage()
		}
		y := pdf.GetY()
		pdf.Rect(left, y+0.5, side, boxSide, "D")
		pdf.SetXY(left+side+3, y)
		pdf.CellFormat(9, bodyLine, strconv.Itoa(i+1), "", 0, "R", false, 0, "")
		pdf.SetXY(left+side+14, y)
		pdf.MultiCell(textWidth-side-14, bodyLine, text, "", "L", false)
		pdf.SetXY(left, y+height)
	}
}

// foot is the code on every page, in signs and for a scanner.
func (b *Ballot) foot(pdf *fpdf.Fpdf, code string) {
	mark, err := NewQR(code)
	if err != nil {
		pdf.SetError(err)
		return
	}
	y := 297.0 - bottom/2 - codeSide
	field := float64(codeSide) / float64(mark.Size())
	pdf.SetFillColor(0, 0, 0)
	for row := range mark.Size() {
		for col := 0; col < mark.Size(); {
			run := mark.run(col, row)
			if run > 0 {
				pdf.Rect(left+float64(col)*field, y+float64(row)*field, float64(run)*field, field, "F")
			}
			col += max(run, 1)
		}
	}
	pdf.SetXY(left+codeSide+6, y+2)
	pdf.SetFont(face, "B", 14)
	pdf.CellFormat(textWidth-codeSide-6, 7, code, "", 2, "L", false, 0, "")
	pdf.SetFont(face, "", smallSize)
	pdf.MultiCell(textWidth-codeSide-6, smallLine, b.Foot, "", "L", false)
}
