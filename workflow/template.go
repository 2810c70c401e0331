package workflow

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

// AnswerTemplate is a text from which an executor begins an answer.
type AnswerTemplate struct {
	ID        int64
	Code      string
	Agency    int64  // 0 for every agency
	Rubric    string // code of a leaf or of a branch, "" for every topic
	Name      lang.Text
	Outcome   Outcome
	Body      string
	RetiredAt time.Time // since when it is not offered any more, zero while it is
	ChangedAt time.Time // zero where nobody changed it since it was brought in
	ChangedBy int64
	Version   int // 0 before it is saved
}

// MaxTemplateName is how long the name of a template may be, in characters.
const MaxTemplateName = 80

// TemplateFields are the places of a template for which a value is known, in
// the order in which they are explained.
var TemplateFields = []string{"applicant", "number", "date", "due", "address", "agency", "executor", "today"}

// MayChangeTemplates reports whether the actor may write, change and retire the
// templates of an agency: its coordinators, heads and administrators; those of
// all agencies (0) the administrators of the system.
func MayChangeTemplates(by actor.Actor, agency int64) bool {
	if by.Kind != actor.Officer || by.User == 0 {
		return false
	}
	if agency == 0 {
		return by.Has(actor.SystemAdmin)
	}
	return by.Holds(actor.Coordinator, agency) || by.Holds(actor.Head, agency) || by.Holds(actor.AgencyAdmin, agency)
}

// Check cleans the template and says what is wrong with it. A place that
// nothing is known for is refused: it would stand in every answer.
func (t *AnswerTemplate) Check() error {
	t.Name = lang.Text{RU: strings.Join(strings.Fields(t.Name.RU), " "), EN: strings.Join(strings.Fields(t.Name.EN), " ")}
	t.Body = strings.TrimSpace(strings.ReplaceAll(t.Body, "\r\n", "\n"))
	var check fault.Check
	check.That(t.Name.RU != "", "name", "template.name_required")
	check.That(length(t.Name.RU) <= MaxTemplateName, "name", "workflow.text_long", "max", MaxTemplateName)
	check.That(length(t.Name.EN) <= MaxTemplateName, "name_en", "workflow.text_long", "max", MaxTemplateName)
	check.That(slices.Contains(Outcomes, t.Outcome), "outcome", "error.choose_one")
	check.That(t.Body != "", "text", "template.text_required")
	check.That(length(t.Body) <= MaxAnswer, "text", "workflow.text_long", "max", MaxAnswer)
	if unknown := unknownFields(t.Body); len(unknown) > 0 {
		check.Fail("text", "template.unknown_field", "fields", strings.Join(unknown, ", "))
	}
	return check.Err()
}

// braced is anything that was meant for a place, in whatever letters.
var braced = regexp.MustCompile(`\{[^{}\n]{0,60}\}`)

// unknownFields lists what stands in braces and is none of TemplateFields.
func unknownFields(body string) []string {
	var out []string
	for _, found := range braced.FindAllString(body, -1) {
		if !slices.Contains(TemplateFields, found[1:len(found)-1]) && !slices.Contains(out, found) {
			out = append(out, found)
		}
	}
	return out
}

// Templates keeps them. Find methods answer fault.NotFound.
type Templates interface {
	// ListTemplates lists those that are offered to the agency, and to all, for
	// any of the topics and for every topic.
	ListTemplates(ctx context.Context, agency int64, topics []string) ([]AnswerTemplate, error)
	// ListTemplatesOf lists everything that the agencies have, by name.
	ListTemplatesOf(ctx context.Context, agencies []int64) ([]AnswerTemplate, error)
	FindTemplate(ctx context.Context, id int64) (*AnswerTemplate, error)
	// SaveTemplate inserts (Version 0) or updates what the actor saw in t.Version,
	// notes it in the journal and sets what it changed in t. Where somebody else
	// was faster it is fault.Conflict.
	SaveTemplate(ctx context.Context, t *AnswerTemplate, by actor.Actor) error
}
