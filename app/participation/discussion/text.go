package discussion

import (
	"strconv"
	"strings"
	"time"
)

// Shape is what a paragraph is.
type Shape string

// The shapes, with the marks that begin their lines.
const (
	Heading Shape = "heading" // #
	Item    Shape = "item"    // -
	Plain   Shape = "plain"
)

// Paragraph is one paragraph of a text. Its anchor stays with it from version to
// version while it is recognised.
type Paragraph struct {
	Anchor string `json:"id"`
	Shape  Shape  `json:"shape"`
	Text   string `json:"text"`
}

// Version is one version of the text.
type Version struct {
	Campaign   int64
	N          int // from 1
	At         time.Time
	By         int64 // user
	Note       string
	Body       string
	Paragraphs []Paragraph
}

// Find finds a paragraph by its anchor.
func (v *Version) Find(anchor string) (Paragraph, bool) {
	for _, p := range v.Paragraphs {
		if p.Anchor == anchor {
			return p, true
		}
	}
	return Paragraph{}, false
}

// Parse reads a text: every line that isn't empty is a paragraph, one that begins
// with # a heading, with - or • an item of a list. Anchors are p1, p2, ….
func Parse(body string) []Paragraph {
	var out []Paragraph
	for line := range strings.Lines(strings.ReplaceAll(body, "\r", "\n")) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			continue
		}
		p := Paragraph{Anchor: "p" + strconv.Itoa(len(out)+1), Shape: Plain, Text: line}
		if text := strings.TrimLeft(line, "#"); text != line && strings.TrimSpace(text) != "" {
			p.Shape, p.Text = Heading, strings.TrimSpace(text)
		} else if text, ok := cutItem(line); ok {
			p.Shape, p.Text = Item, text
		}
		out = append(out, p)
	}
	return out
}

func cutItem(line string) (string, bool) {
	for _, mark := range []string{"- ", "– ", "— ", "• ", "* "} {
		if text, ok := strings.CutPrefix(line, mark); ok && text != "" {
			return text, true
		}
	}
	return "", false
}

// Follow reads a new text and gives its paragraphs the anchors of those in the
// former versions that they came from; last is the latest of them. What is new
// gets an anchor that none of them had.
func Follow(former []Version, body string) []Paragraph {
	next := Parse(body)
	last := former[len(former)-1].Paragraphs
	used := 0
	for _, v := range former {
		for _, p := range v.Paragraphs {
			n, _ := strconv.Atoi(strings.TrimPrefix(p.Anchor, "p")) // anchors are ours
			used = max(used, n)
		}
	}
	from := match(last, next)
	for i := range next {
		if from[i] >= 0 {
			next[i].Anchor = last[from[i]].Anchor
			continue
		}
		used++
		next[i].Anchor = "p" + strconv.Itoa(used)
	}
	return next
}
