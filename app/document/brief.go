package document

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/otklik/otklik/app/lang"
)

// Brief is a report of figures on a few pages, with every word of it: tables and
// pictures under headings. What is empty is left out.
type Brief struct {
	Lang     lang.Lang
	Title    string // of the document, for readers of screens and lists of files
	Author   string
	Heading  string // «Отчёт за неделю»
	Scope    string // of whom it is
	When     string // «16–22 ноября 2026 года»
	Lead     string // the most important, in a sentence or two
	Chapters []Chapter
	Foot     string // at the foot of each page
	Page     func(n, of int) string
	At       time.Time // dates the file, so that the same report is the same bytes
}

// Chapter is a part of a brief.
type Chapter struct {
	Title string
	Hint  string // small, below the title
	Parts []Part
}

// Part is something that can be drawn: [Figures], [Table], [Lines], [Ranges],
// [Paragraph].
type Part interface {
	// height is how much of it must stay together with what is above it, in mm.
	height(p *press) float64
	draw(p *press)
}

// The page of a brief, in mm.
const (
	briefEdge   = 17
	briefBottom = 18
	briefWide   = pageWidth - 2*briefEdge

	togetherMost = 100 // of a chapter stays on one page
)

// Colours, told apart in grey too: the accent is dark, what is bad darker and
// always said in words.
type ink struct{ r, g, b int }

var (
	black  = ink{11, 12, 12}
	grey   = ink{80, 90, 95}
	faint  = ink{205, 212, 216}
	pale   = ink{238, 243, 244}
	accent = ink{11, 92, 104}
	other  = ink{194, 122, 0}
	bars   = ink{150, 190, 195}
	bad    = ink{160, 30, 20}
	good   = ink{20, 100, 50}
)

// Tone is what a change means.
type Tone string

// The tones.
const (
	Even Tone = "even"
	Good Tone = "good"
	Bad  Tone = "bad"
)

func (t Tone) ink() ink {
	switch t {
	case Good:
		return good
	case Bad:
		return bad
	case Even:
	}
	return grey
}

// PDF writes the brief. The same brief gives the same bytes.
func (b *Brief) PDF() ([]byte, error) {
	// Only what was laid out tells how many pages there are.
	pages := 0
	for {
		p := b.draw(pages)
		if err := p.pdf.Error(); err != nil {
			return nil, fmt.Errorf("brief: %w", err)
		}
		if p.pdf.PageCount() != pages {
			pages = p.pdf.PageCount()
			continue
		}
		var out bytes.Buffer
		if err := p.pdf.Output(&out); err != nil {
			return nil, fmt.Errorf("brief: %w", err)
		}
		return out.Bytes(), nil
	}
}

func (b *Brief) draw(pages int) *press {
	pdf := fpdf.New("P", "mm", "A4", "")
	p := &press{pdf: pdf}
	addFaces(pdf)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(b.At.UTC())
	pdf.SetModificationDate(b.At.UTC())
	pdf.SetProducer("Otklik", true)
	pdf.SetTitle(b.Title, true)
	pdf.SetAuthor(b.Author, true)
	pdf.SetSubject(b.When, true)
	pdf.SetLang(string(b.Lang))
	pdf.SetDisplayMode("fullwidth", "continuous")
	pdf.SetMargins(briefEdge, 15, briefEdge)
	pdf.SetAutoPageBreak(true, briefBottom)
	pdf.SetCellMargin(0)
	pdf.SetFooterFunc(func() {
		p.draws(faint, 0.2)
		pdf.Line(briefEdge, 297-13, pageWidth-briefEdge, 297-13)
		p.font("", 8, grey)
		pdf.SetXY(briefEdge, 297-11)
		pdf.CellFormat(briefWide, 4, p.text(b.Foot), "", 0, "L", false, 0, "")
		pdf.SetX(briefEdge)
		pdf.CellFormat(briefWide, 4, p.text(b.Page(pdf.PageNo(), pages)), "", 0, "R", false, 0, "")
	})
	pdf.AddPage()
	p.cover(b)
	for _, s := range b.Chapters {
		p.chapter(s)
	}
	return p
}

// press draws the parts, one below the other.
type press struct{ pdf *fpdf.Fpdf }

// text is what the typeface can print of it.
func (p *press) text(s string) string {
	out, err := printable(s)
	if err != nil {
		p.pdf.SetError(err)
	}
	return out
}

func (p *press) font(style string, size float64, c ink) {
	p.pdf.SetFont(face, style, size)
	p.pdf.SetTextColor(c.r, c.g, c.b)
}

func (p *press) draws(c ink, width float64) {
	p.pdf.SetDrawColor(c.r, c.g, c.b)
	p.pdf.SetLineWidth(width)
}

func (p *press) fills(c ink) { p.pdf.SetFillColor(c.r, c.g, c.b) }

// lines are those of a text within a width, in the font that is set.
func (p *press) lines(s string, width float64) []string {
	var out []string
	out = append(out, p.pdf.SplitText(p.text(s), width)...)
	if len(out) == 0 {
		out = []string{""}
	}
	return out
}

// keep begins a page where less than so many mm are left on this one.
func (p *press) keep(height float64) {
	if p.pdf.GetY()+height > 297-briefBottom {
		p.pdf.AddPage()
	}
}

// cover is the head of the first page.
func (p *press) cover(b *Brief) {
	pdf := p.pdf
	p.fills(accent)
	pdf.Rect(0, 0, pageWidth, 5, "F")
	pdf.SetXY(briefEdge, 15)
	p.font("", 10.5, grey)
	pdf.MultiCell(briefWide, 5, p.text(b.Heading+" · "+b.When), "", "L", false)
	p.font("B", 19, black)
	pdf.Ln(1)
	pdf.MultiCell(briefWide, 8, p.text(b.Scope), "", "L", false)
	pdf.Ln(2.5)
	if b.Lead != "" {
		p.font("", 11.5, black)
		pdf.MultiCell(briefWide, 5.8, p.text(b.Lead), "", "L", false)
		pdf.Ln(1)
	}
}

func (p *press) chapter(s Chapter) {
	pdf := p.pdf
	need := 16.0
	for i, part := range s.Parts {
		if more := part.height(p); i == 0 || need+more < togetherMost {
			need += more + 3
		}
	}
	pdf.Ln(5)
	p.keep(need)
	pdf.Bookmark(p.text(s.Title), 0, -1)
	p.font("B", 13, accent)
	pdf.MultiCell(briefWide, 6.4, p.text(s.Title), "", "L", false)
	if s.Hint != "" {
		p.font("", 9, grey)
		pdf.MultiCell(briefWide, 4.3, p.text(s.Hint), "", "L", false)
	}
	pdf.Ln(1.5)
	for i, part := range s.Parts {
		if i > 0 {
			pdf.Ln(3)
			p.keep(part.height(p))
		}
		part.draw(p)
	}
}

// Paragraph is a few sentences.
type Paragraph string

func (w Paragraph) height(p *press) float64 {
	p.font("", 10.5, black)
	return 5.2 * float64(min(3, len(p.lines(string(w), briefWide))))
}

func (w Paragraph) draw(p *press) {
	p.font("", 10.5, black)
	p.pdf.MultiCell(briefWide, 5.2, p.text(string(w)), "", "L", false)
}
