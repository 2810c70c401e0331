package bleveindex

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// snippetSize is about how many bytes of text a snippet shows.
const snippetSize = 400

// stored reads the texts of a document.
func (p *part) stored(doc uint32) (text, answer string, err error) {
	err = p.segment.VisitStoredFields(uint64(doc), func(field string, _ byte, value []byte, _ []uint64) bool {
		switch field {
		case fieldText:
			text = string(value)
		case fieldAnswer:
			answer = string(value)
		}
		return true
	})
	return text, answer, err
}

// sought is what a snippet marks.
type sought struct {
	stems   map[string]bool
	phrases [][]string // as sequences
}

// sought is what the match was found by.
func (m *match) sought() sought {
	s := sought{stems: map[string]bool{}, phrases: m.where.close}
	for _, word := range append(m.words[:len(m.words):len(m.words)], m.where.loose...) {
		for _, term := range word {
			s.stems[term] = true
			if compound(term) {
				s.phrases = append(s.phrases, newPhrase(term).stems())
			}
		}
	}
	return s
}

// telling lists the terms by which what was found is ranked.
func (m *match) telling() [][]string {
	out := append(m.words[:len(m.words):len(m.words)], m.where.loose...)
	for _, sequence := range m.where.close {
		for _, stem := range sequence {
			out = append(out, []string{stem})
		}
	}
	return out
}

// snippet shows the part of the text that has most of what was sought, or of the
// answer where the text has none, as HTML: all of it escaped, the words that were
// sought in <mark>.
func snippet(text, answer string, look sought) string {
	found := marked(text, look)
	if len(found) == 0 {
		if inAnswer := marked(answer, look); len(inAnswer) > 0 || text == "" {
			text, found = answer, inAnswer
		}
	}
	start, end := window(text, found)
	var b strings.Builder
	if start > 0 {
		b.WriteString("… ")
	}
	at := start
	for _, w := range found {
		if w.start < start || w.end > end {
			continue
		}
		b.WriteString(html.EscapeString(text[at:w.start]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(text[w.start:w.end]))
		b.WriteString("</mark>")
		at = w.end
	}
	b.WriteString(html.EscapeString(text[at:end]))
	if end < len(text) {
		b.WriteString(" …")
	}
	return b.String()
}

// marked lists what is marked in a text, in its order and without overlaps: a
// phrase as a whole.
func marked(text string, look sought) []word {
	var out []word
	for _, stems := range look.phrases {
		out = append(out, occurrences(text, stems)...)
	}
	if len(look.stems) > 0 {
		for _, w := range indexed(text) {
			if look.stems[w.stem] {
				out = append(out, w)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b word) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	end := 0
	return slices.DeleteFunc(out, func(w word) bool {
		overlaps := w.start < end
		end = max(end, w.end)
		return overlaps
	})
}

// window chooses the bytes of text to show: those with most different stems,
// the first of equals, cut between words.
func window(text string, found []word) (start, end int) {
	if len(text) <= snippetSize {
		return 0, len(text)
	}
	best := 0
	for i, first := range found {
		stems := map[string]bool{}
		for _, w := range found[i:] {
			if w.end-first.start > snippetSize {
				break
			}
			stems[w.stem] = true
		}
		if len(stems) > best {
			best, start = len(stems), first.start
		}
	}
	start = max(min(start-snippetSize/4, len(text)-snippetSize), 0)
	return edge(text, start), edge(text, min(start+snippetSize, len(text)))
}

// edge moves forward from at to the end of the word it falls in, but not far.
func edge(text string, at int) int {
	if at == 0 {
		return 0
	}
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	for i, r := range text[at:] {
		if unicode.IsSpace(r) {
			return at + i
		}
		if i > maxTerm {
			return at
		}
	}
	return len(text)
}
