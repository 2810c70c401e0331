package rubricator

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

// The types of questions.
const (
	QText   = "text"
	QChoice = "choice"
	QNumber = "number" // a decimal, comma or point
	QDate   = "date"   // YYYY-MM-DD or DD.MM.YYYY
	QPhoto  = "photo"  // met by any photo of the appeal
)

// MaxReply is the longest reply to a text question, in characters.
const MaxReply = 500

// Reply is a checked answer to one question, with the question as it was asked
// and the answer in words.
type Reply struct {
	Question string
	Asked    string
	Value    string
	Shown    string
}

// QuestionField is the form and error name of a question.
func QuestionField(code string) string { return "q." + code }

// Asked lists the questions of the leaf that are asked after the replies that
// were given so far, by question code. A condition on a question that isn't
// asked itself doesn't hold, whatever was replied to it.
func (r *Rubric) Asked(given map[string]string) []Question {
	var out []Question
	holds := map[string]string{} // question → reply, of those that are asked
	for _, q := range r.Questions {
		if q.When != nil && !slices.Contains(q.When.Is, holds[q.When.Question]) {
			continue
		}
		out = append(out, q)
		if value := strings.TrimSpace(given[q.Code]); q.Type == QChoice && value != "" {
			holds[q.Code] = value
		}
	}
	return out
}

// CheckReplies checks what a person answered to the questions of the leaf, by
// question code. Errors are fault.Invalid with one field per wrong reply.
// Replies come in the order of the questions; those to questions that are
// unanswered, or not asked after the other replies, are left out.
func (r *Rubric) CheckReplies(given map[string]string, photos int, l lang.Lang) ([]Reply, error) {
	var check fault.Check
	var out []Reply
	for _, q := range r.Asked(given) {
		field := QuestionField(q.Code)
		value := strings.TrimSpace(given[q.Code])
		if q.Type == QPhoto {
			check.That(photos > 0 || !q.Required, "photos", "error.photo_required")
			continue
		}
		if value == "" {
			check.That(!q.Required, field, "error.required")
			continue
		}
		reply := Reply{Question: q.Code, Asked: q.Name.In(l), Value: value, Shown: value}
		switch q.Type {
		case QText:
			check.That(utf8.RuneCountInString(value) <= MaxReply, field, "error.too_long", "max", MaxReply)
		case QNumber:
			n, err := strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
			check.That(err == nil && !math.IsNaN(n) && !math.IsInf(n, 0), field, "error.not_a_number")
		case QDate:
			day, ok := parseDay(value)
			check.That(ok, field, "error.not_a_date")
			reply.Value, reply.Shown = day.Format(time.DateOnly), day.Format("02.01.2006")
		case QChoice:
			name, ok := q.option(value, l)
			check.That(ok, field, "error.unknown_choice")
			reply.Shown = name
		}
		out = append(out, reply)
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

func (q Question) option(code string, l lang.Lang) (string, bool) {
	for _, o := range q.Options {
		if o.Code == code {
			return o.Name.In(l), true
		}
	}
	return "", false
}

func parseDay(s string) (time.Time, bool) {
	for _, form := range []string{time.DateOnly, "02.01.2006", "2.1.2006"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
