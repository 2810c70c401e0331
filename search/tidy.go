package search

import (
	"strings"
	"unicode"
)

// MaxText is how many characters of a search box are looked for.
const MaxText = 300

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
