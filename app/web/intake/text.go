package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// Tidy makes what a person typed fit to keep: valid text, lines ended by \n,
// no control characters, no space around.
func Tidy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFEFF' { // the latter marks the byte order of files
			return -1
		}
		return r
	}, s))
}

// Text checks the words of a problem.
func Text(check *fault.Check, text string) {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		check.Fail("text", "workflow.text_required")
	case n < workflow.MinText:
		check.Fail("text", "error.too_short", "min", workflow.MinText)
	case n > workflow.MaxText:
		check.Fail("text", "error.too_long", "max", workflow.MaxText)
	}
}
