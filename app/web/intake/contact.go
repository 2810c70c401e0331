package intake

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// Longest one-line inputs.
const (
	maxName    = 150 // characters
	MaxAddress = 300 // characters
	maxEmail   = 254 // bytes, RFC 5321
)

// Named reports whether the topic takes appeals only from who says who they
// are and how to reach them.
func Named(leaf *rubricator.Rubric) bool {
	return leaf != nil && (leaf.Identity != "anonymous" || leaf.RuleSet == string(workflow.FZ59))
}

// Contacts checks who writes about the topic and whether they agree to their
// data being worked with. It returns the applicant with the phone in its
// international form; one that can't be read stays as typed.
func Contacts(check *fault.Check, leaf *rubricator.Rubric, a workflow.Applicant, consent bool) workflow.Applicant {
	a.Name, a.Email, a.Phone = Tidy(a.Name), Tidy(a.Email), Tidy(a.Phone)
	check.That(a.Name != "" || !Named(leaf), "name", "workflow.name_required")
	check.That(utf8.RuneCountInString(a.Name) <= maxName, "name", "error.too_long", "max", maxName)
	check.That(a.Email == "" || Email(a.Email), "email", "error.bad_email")
	check.That(a.Email != "" || a.Phone != "" || !Named(leaf), "email", "workflow.contact_required")
	if a.Phone != "" {
		number, ok := Phone(a.Phone)
		check.That(ok, "phone", "error.bad_phone")
		if ok {
			a.Phone = number
		}
	}
	check.That(consent, "consent", "error.consent")
	return a
}

// Email reports whether s is an address to which letters can go.
func Email(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > maxEmail {
		return false
	}
	host := s[strings.LastIndexByte(s, '@')+1:]
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".") && !strings.HasPrefix(host, "[")
}

// Phone brings a telephone number into its international form. Russian ones
// may begin with 8, with 7 or with the code of the operator; others need their
// plus (E.164).
func Phone(s string) (number string, ok bool) {
	s, plus := strings.CutPrefix(strings.TrimSpace(s), "+")
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()-–.\u00a0", r) {
			return -1
		}
		return r
	}, s)
	if strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	n := len(digits)
	switch {
	case plus && strings.HasPrefix(digits, "7"):
		return "+" + digits, n == 11
	case plus:
		return "+" + digits, n >= 8 && n <= 15
	case n == 11 && (digits[0] == '8' || digits[0] == '7'):
		return "+7" + digits[1:], true
	case n == 10 && digits[0] != '0':
		return "+7" + digits, true
	default:
		return "", false
	}
}
