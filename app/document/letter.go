package document

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/otklik/otklik/app/lang"
)

// Letter is an official letter with every word of it. What is empty is left out.
type Letter struct {
	Lang  lang.Lang
	Title string // of the document, for readers of screens and lists of files

	Agency     string
	Letterhead []string // address, telephone, e-mail, site
	Number     string   // «12.05.2026 № 26-000123-0/1»
	InReplyTo  string   // «На обращение № 26-000123-0 от 1 мая 2026 года»
	Addressee  string

	Heading  string // what it is about
	Text     string // paragraphs are parted by line breaks
	Points   []Point
	Findings []Finding // outcome, promised day, ground

	Position string
	Signer   string
	Executor []string // small, at the end: who knows more and where to ring

	CheckURL string   // in the QR
	Check    []string // how to check the letter, in lines
	Page     func(n, of int) string
	SignedAt time.Time // dates the file, so that the same letter is the same bytes
}

// Point is one question of the appeal and what is said to it.
type Point struct{ Question, Outcome, Text string }

// Finding is a name and a value, as «Итог: решено».
type Finding struct{ Name, Value string }

// Margins and sizes in mm, those of GOST R 7.0.97 for documents on A4.
const (
	left, right, top, bottom = 30, 15, 20, 20

	pageWidth = 210
	textWidth = pageWidth - left - right
	headWidth = 82 // of the corner with the letterhead
	toLeft    = left + headWidth + 10
	qrSide    = 26
)

// Sizes of letters in points, and of their lines in mm.
const (
	bodySize, bodyLine   = 11.5, 6
	noteSize, noteLine   = 9, 4.3
	smallSize, smallLine = 8, 3.8
)

// PDF writes the letter. The same letter gives the same bytes.
func (l *Letter) PDF() ([]byte, error) {
	printed, err := l.printed()
	if err != nil {
		return nil, err
	}
	// Only what was laid out tells how many pages there are.
	pages := 0
	for {
		pdf := printed.draw(pages)
		if err := pdf.Error(); err != nil {
			return nil, fmt.Errorf("letter: %w", err)
		}
		if pdf.PageCount() != pages {
			pages = pdf.PageCount()
			continue
		}
		var out bytes.Buffer
		if err := pdf.Output(&out); err != nil {
			return nil, fmt.Errorf("letter: %w", err)
		}
		return out.Bytes(), nil
	}
}

// printed is the letter in signs that the typeface has.
func (l *Letter) printed() (*Letter, error) {
	p := *l
	var c cleaner
	for _, s := range []*string{&p.Agency, &p.Number, &p.InReplyTo, &p.Addressee, &p.Heading, &p.Text, &p.Position, &p.Signer} {
		*s = c.text(*s)
	}
	p.Letterhead, p.Executor, p.Check = c.all(l.Letterhead), c.all(l.Executor), c.all(l.Check)
	p.Points = append([]Point(nil), l.Points...)
	for i := range p.Points {
		at := &p.Points[i]
		at.Question, at.Outcome, at.Text = c.text(at.Question), c.text(at.Outcome), c.text(at.Text)
	}
	p.Findings = append([]Finding(nil), l.Findings...)
	for i := range p.Findings {
		at := &p.Findings[i]
		at.Name, at.Value = c.text(at.Name), c.text(at.Value)
	}
	return &p, c.failed
}

func (l *Letter) draw(pages int) *fpdf.Fpdf {
	pdf := fpdf.New("P", "mm", "A4", "")
	addFaces(pdf)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(l.SignedAt.UTC())
	pdf.SetModificationDate(l.SignedAt.UTC())
	pdf.SetProducer("Otklik", true)
	pdf.SetTitle(l.Title, true)
	pdf.SetAuthor(l.Agency, true)
	pdf.SetLang(string(l.Lang))
	pdf.SetDisplayMode("fullwidth", "continuous")
	pdf.SetMargins(left, top, right)
	pdf.SetAutoPageBreak(true, bottom)
	pdf.SetCellMargin(0)
	pdf.SetFooterFunc(func() {
		if pages > 1 {
			pdf.SetY(-12)
			pdf.SetFont(face, "", smallSize)
			pdf.SetTextColor(quiet, quiet, quiet)
			pdf.CellFormat(textWidth, smallLine, l.Page(pdf.PageNo(), pages), "", 0, "R", false, 0, "")
			pdf.SetTextColor(0, 0, 0)
		}
	})
	pdf.AddPage()
	s := sheet{pdf}
	s.head(l)
	s.body(l)
	s.signature(l)
	s.check(l)
	return pdf
}
