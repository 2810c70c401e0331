package portal

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// Longest one-line inputs, in characters.
const (
	maxName    = 150
	maxAddress = 300
	maxEmail   = 254 // RFC 5321
)

// tidy makes what a person typed fit to keep: valid text, lines ended by \n,
// no space around.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func checkText(text string) error {
	var check fault.Check
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		check.Fail("text", "portal.text_empty")
	case n < workflow.MinText:
		check.Fail("text", "error.too_short", "min", workflow.MinText)
	case n > workflow.MaxText:
		check.Fail("text", "error.too_long", "max", workflow.MaxText)
	}
	return check.Err()
}

func goodEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > maxEmail {
		return false
	}
	_, host, _ := strings.Cut(s, "@")
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".") && !strings.HasPrefix(host, "[")
}

// phone brings a telephone number into its international form. Russian ones
// may begin with 8, 7 or the code of the operator; others need their +.
func phone(s string) (string, bool) {
	s = strings.TrimSpace(s)
	plus := strings.HasPrefix(s, "+")
	var digits strings.Builder
	for _, r := range strings.TrimPrefix(s, "+") {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune(" ()-–.\u00a0", r):
			return "", false
		}
	}
	d := digits.String()
	switch {
	case plus && strings.HasPrefix(d, "7"):
		return "+" + d, len(d) == 11
	case plus:
		return "+" + d, len(d) >= 8 && len(d) <= 15 // E.164
	case len(d) == 11 && (d[0] == '8' || d[0] == '7'):
		return "+7" + d[1:], true
	case len(d) == 10 && d[0] != '0':
		return "+7" + d, true
	default:
		return "", false
	}
}
