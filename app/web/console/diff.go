package console

import (
	"strings"
	"unicode"
)

// piece is a part of a text that the other text has too, or that it hasn't.
type piece struct {
	Text string
	Own  bool
}

// mostCompared bounds the table of a comparison, in cells: texts of 2,000 words
// that have nothing in common. Beyond it the middle counts as wholly different.
const mostCompared = 4 << 20

// compareWords tells by words what two texts have of their own. The pieces of
// each put together are the text again.
func compareWords(a, b string) (ofA, ofB []piece) {
	x, y := splitWords(a), splitWords(b)
	head := 0
	for head < len(x) && head < len(y) && sameWord(x[head], y[head]) {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && sameWord(x[len(x)-1-tail], y[len(y)-1-tail]) {
		tail++
	}
	keepX, keepY := commonWords(x[head:len(x)-tail], y[head:len(y)-tail])
	return piecesOf(x, head, tail, keepX), piecesOf(y, head, tail, keepY)
}

// splitWords cuts a text into words, each with the space after it.
func splitWords(s string) []string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var out []string
	start, space := 0, false
	for i, r := range s {
		if unicode.IsSpace(r) {
			space = true
		} else if space {
			out = append(out, s[start:i])
			start, space = i, false
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

func sameWord(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }

// commonWords finds a longest common subsequence and says which words are in it.
func commonWords(x, y []string) (inX, inY []bool) {
	inX, inY = make([]bool, len(x)), make([]bool, len(y))
	if len(x) == 0 || len(y) == 0 || len(x)*len(y) > mostCompared {
		return inX, inY
	}
	// longest[i][j] is the length for x[i:] and y[j:].
	width := len(y) + 1
	longest := make([]int32, (len(x)+1)*width)
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if sameWord(x[i], y[j]) {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case sameWord(x[i], y[j]):
			inX[i], inY[j] = true, true
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return inX, inY
}

// piecesOf joins words of one kind that follow each other.
func piecesOf(words []string, head, tail int, common []bool) []piece {
	var out []piece
	for i, word := range words {
		own := i >= head && i < len(words)-tail && !common[i-head]
		if n := len(out); n > 0 && out[n-1].Own == own {
			out[n-1].Text += word
			continue
		}
		out = append(out, piece{word, own})
	}
	return out
}
