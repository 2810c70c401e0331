package workflow

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest and shortest texts, in characters. For that of an appeal see
// [MaxText].
const (
	MinText   = 10
	MaxReason = 2000 // reasons, comments and notes
	MinAnswer = 20
	MaxAnswer = 10000
)

// clean makes a text fit to keep: valid UTF-8 without control characters
// (PostgreSQL refuses NUL), lines ended by \n, no space around it.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == '\uFEFF': // the latter marks the byte order of files
			return -1
		default:
			return r
		}
	}, s)
	return strings.TrimSpace(s)
}

func length(s string) int { return utf8.RuneCountInString(s) }
