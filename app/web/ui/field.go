package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Field is what every input of a form has. Its id is its name.
type Field struct {
	Name     string
	Label    string
	Hint     string
	Error    string // the sentence beside the field; empty when it is right
	Optional bool   // says so in the label: what is not marked is asked for
	Heading  bool   // the label is the page's h1: one question on a page
	Big      bool   // a larger label without being a heading
}

// TextField is a line of text. Kind is the HTML type: text, email, tel, url,
// number, search, password; empty is text. A number is asked for as text with
// a numeric keyboard, as spinners change values by mistake.
type TextField struct {
	Field
	Value        string
	Kind         string
	Autocomplete string
	Chars        int // width in characters: 2, 3, 4, 5, 10, 20; 0 for the whole line
	Prefix       string
	Suffix       string
	Attrs        templ.Attributes
}

// LongField is a text of several lines. Max shows how many characters are
// left and is not enforced by the browser, so that nothing pasted is cut.
type LongField struct {
	Field
	Value string
	Rows  int // 0: five
	Max   int // 0: no count
	Attrs templ.Attributes
}

// Option is one of the choices of a field.
type Option struct {
	Value    string
	Label    string
	Hint     string
	Disabled bool
	Group    string          // Select only: options of one group follow each other
	More     templ.Component // Radios and Checkboxes: shown once the option is chosen
}

// ChoiceField is a choice among options: Select and Radios take the first of
// Values, Checkboxes all.
type ChoiceField struct {
	Field
	Options []Option
	Values  []string
	Inline  bool   // Radios: side by side, for two short options
	Small   bool   // smaller boxes, for filters
	Empty   string // Select: text of the empty option; "-" for none
	Attrs   templ.Attributes
}

// DateField asks for a date in three parts named name-day, name-month and
// name-year.
type DateField struct {
	Field
	Day, Month, Year string
}

// FileField asks for files.
type FileField struct {
	Field
	Accept   string
	Multiple bool
	Attrs    templ.Attributes
}

func (f Field) hintID() string  { return f.Name + "-hint" }
func (f Field) errorID() string { return f.Name + "-error" }

// describedBy lists the ids of hint and error (and more), for
// aria-describedby.
func (f Field) describedBy(more ...string) string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.hintID())
	}
	if f.Error != "" {
		ids = append(ids, f.errorID())
	}
	return strings.Join(append(ids, more...), " ")
}

func (f Field) label(ctx context.Context) string {
	if f.Optional {
		return T(ctx, "form.optional", "label", f.Label)
	}
	return f.Label
}

func (f Field) labelClass(base string) string {
	switch {
	case f.Heading:
		return base + " " + base + "--l"
	case f.Big:
		return base + " " + base + "--m"
	default:
		return base
	}
}

func (f Field) groupClass() string { return withError("govuk-form-group", f.Error) }

func withError(class, err string) string {
	if err == "" {
		return class
	}
	return class + " " + class + "--error"
}

func (f TextField) kind() string {
	switch f.Kind {
	case "", "number":
		return "text"
	default:
		return f.Kind
	}
}

func (f TextField) inputMode() string {
	switch f.Kind {
	case "number":
		return "numeric"
	case "tel", "email", "url", "search":
		return f.Kind
	default:
		return ""
	}
}

func (f TextField) class() string {
	class := withError("govuk-input", f.Error)
	if f.Chars > 0 {
		class += " govuk-input--width-" + strconv.Itoa(f.Chars)
	}
	return class
}

func (f LongField) rows() string {
	if f.Rows > 0 {
		return strconv.Itoa(f.Rows)
	}
	return "5"
}

func (f LongField) infoID() string { return f.Name + "-info" }

func (f LongField) described() string {
	if f.Max > 0 {
		return f.describedBy(f.infoID())
	}
	return f.describedBy()
}

func (f ChoiceField) has(value string) bool {
	for _, v := range f.Values {
		if v == value {
			return true
		}
	}
	return false
}

// optionID is the field's own id for the first option, so that the error
// summary leads to it.
func (f ChoiceField) optionID(i int) string {
	if i == 0 {
		return f.Name
	}
	return f.Name + "-" + strconv.Itoa(i+1)
}

func (f ChoiceField) moreID(i int) string { return f.optionID(i) + "-more" }

// group is one optgroup; Name is empty for options outside of groups.
type group struct {
	Name    string
	Options []Option
}

func (f ChoiceField) groups() []group {
	var out []group
	for _, o := range f.Options {
		if len(out) == 0 || out[len(out)-1].Name != o.Group {
			out = append(out, group{Name: o.Group})
		}
		last := &out[len(out)-1]
		last.Options = append(last.Options, o)
	}
	return out
}

func (f ChoiceField) class(base string) string {
	if f.Inline {
		base += " " + strings.Fields(base)[0] + "--inline"
	}
	if f.Small {
		base += " " + strings.Fields(base)[0] + "--small"
	}
	return base
}

// pluralForms is the data-i18n attributes by which the character count and
// the file input of GOV.UK Frontend speak the language of the page.
func pluralForms(ctx context.Context, name, key string) templ.Attributes {
	out := templ.Attributes{}
	for form, n := range map[string]int{"one": 1, "few": 2, "many": 5, "other": 100} {
		out["data-i18n."+name+"."+form] = Plural(ctx, key, n)
	}
	return out
}

// ButtonField is a button that submits. Name and Value tell several buttons
// of one form apart.
type ButtonField struct {
	Text string
	// About says what it is about, for screen readers: where a page has several
	// buttons of the same words.
	About       string
	Name, Value string
	Look        ButtonLook
	Small       bool // for dense screens
	Attrs       templ.Attributes
}

// ButtonLook is how much a button asks for attention.
type ButtonLook string

// The looks: one primary button on a screen.
const (
	Primary   ButtonLook = ""
	Secondary ButtonLook = "secondary"
	Warning   ButtonLook = "warning" // what can't be undone
)

func (b ButtonField) class() string {
	class := "govuk-button"
	if b.Look != Primary {
		class += " govuk-button--" + string(b.Look)
	}
	if b.Small {
		class += " otk-button--small"
	}
	return class
}
