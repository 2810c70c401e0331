package search

import (
	"strings"
	"unicode"
)

// MaxText is how many characters of a search box are looked for.
const MaxText = 300

// Parse reads an officer's search box: an appeal's number, or free words. The
// number function recognises numbers and puts them into their one form; nil
// recognises none. The caller adds rights and filters. Any string is a query.
func Parse(box string, number func(string) (string, bool)) Query {
	text := tidy(box)
	if number != nil && text != "" {
		if n, ok := number(text); ok {
			return Query{Number: n}
		}
	}
	return Query{Text: text}
}

// tidy leaves words parted by single spaces.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > MaxText {
		runes = runes[:MaxText]
	}
	return strings.TrimSpace(string(runes))
}
