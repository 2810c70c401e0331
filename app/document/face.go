package document

import (
	"strings"
	"sync"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// face is the typeface of letters: the Go fonts by Bigelow & Holmes, which have
// Cyrillic and lie in a module under the licence of Go.
const face = "go"

func addFaces(pdf *fpdf.Fpdf) {
	pdf.AddUTF8FontFromBytes(face, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(face, "B", gobold.TTF)
}

// spelled are signs that the typeface lacks, written otherwise.
var spelled = strings.NewReplacer(
	"₽", "руб", "\u2011", "-", "\u202f", "\u00a0", "\u2009", " ", "\u00ad", "", "\u200b", "", "\ufeff", "",
	"\u2028", "\n", "\u2029", "\n", "\r\n", "\n", "\r", "\n", "\t", "    ", "✓", "√",
)

// stray stands for what the typeface doesn't know, as emoji.
const stray = '□'

var outlines = sync.OnceValues(func() (*sfnt.Font, error) { return sfnt.Parse(goregular.TTF) })

// printable writes a text with the signs that the typeface has.
func printable(text string) (string, error) {
	known, err := outlines()
	if err != nil {
		return "", err
	}
	var buf sfnt.Buffer
	var b strings.Builder
	gap := false
	for _, r := range spelled.Replace(text) {
		glyph, err := known.GlyphIndex(&buf, r)
		switch {
		case r == '\n' || err == nil && glyph != 0 && r <= 0xffff && r >= ' ':
			b.WriteRune(r)
			gap = false
		case !gap: // a row of signs that belong together is one gap
			b.WriteRune(stray)
			gap = true
		}
	}
	return b.String(), nil
}

// cleaner writes the texts of a document with the signs that the typeface has.
type cleaner struct{ failed error }

func (c *cleaner) text(s string) string {
	out, err := printable(s)
	if err != nil {
		c.failed = err
	}
	return out
}

func (c *cleaner) all(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = c.text(s)
	}
	return out
}
