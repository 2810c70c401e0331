package discussion

import (
	"regexp"
	"strings"
)

// Warning is something that a person may not have meant to publish.
type Warning string

// The warnings.
const (
	HasLink  Warning = "link"
	HasEmail Warning = "email"
	HasPhone Warning = "phone"
	HasID    Warning = "id"   // a number of a document: passport, pension insurance, tax
	HasCard  Warning = "card" // of a bank
)

var (
	linkPattern  = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+|\b[\p{L}\d-]+\.(?:ru|рф|com|org|net|su|info|me)\b(?:/\S*)?`)
	emailPattern = regexp.MustCompile(`[^\s@]+@[^\s@]+\.[^\s@]+`)
	// Digits with what people write between them.
	numberPattern = regexp.MustCompile(`(?:\+\s?)?\d(?:[ \x{00a0}\t().–—-]{0,2}\d){8,18}`)
)

// Warnings lists what a text gives away, each once. They are asked about, not
// refused: a remark may be about a site.
func Warnings(text string) []Warning {
	var out []Warning
	add := func(w Warning, found bool) {
		if !found {
			return
		}
		for _, one := range out {
			if one == w {
				return
			}
		}
		out = append(out, w)
	}
	add(HasEmail, emailPattern.MatchString(text))
	add(HasLink, linkPattern.MatchString(emailPattern.ReplaceAllString(text, " ")))
	for _, hit := range numberPattern.FindAllString(text, -1) {
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, hit)
		switch n := len(digits); {
		case n >= 16 && n <= 19 && luhn(digits):
			add(HasCard, true)
		case n == 11 && (digits[0] == '7' || digits[0] == '8') || strings.HasPrefix(hit, "+"):
			add(HasPhone, true)
		case n == 10 && digits[0] == '9':
			add(HasPhone, true)
		case n == 10 || n == 11 || n == 12:
			add(HasID, true)
		}
	}
	return out
}

// luhn checks the last digit of a card's number (ISO/IEC 7812-1).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
