package intake

import (
	"strings"

	"github.com/otklik/otklik/rubricator"
)

// Reply reads the answer to a question from a form, whose values it is given
// by name. A date comes in three parts.
func Reply(value func(name string) string, q rubricator.Question) string {
	name := rubricator.QuestionField(q.Code)
	if q.Type != rubricator.QDate {
		return Tidy(value(name))
	}
	parts := []string{Tidy(value(name + "-day")), Tidy(value(name + "-month")), Tidy(value(name + "-year"))}
	if strings.Join(parts, "") == "" {
		return ""
	}
	return strings.Join(parts, ".")
}

// DateParts is what stood in the three parts of a date.
func DateParts(reply string) (day, month, year string) {
	parts := append(strings.SplitN(reply, ".", 3), "", "", "")
	return parts[0], parts[1], parts[2]
}
