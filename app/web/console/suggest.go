package console

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/lookup"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
)

// suggestions is how many ways to go on are shown at once.
const suggestions = 8

// suggestion is a way to go on with what is typed.
type suggestion struct {
	Box   string `json:"box"`            // what stands in the box then
	Label string `json:"label"`          // what it is
	Note  string `json:"note,omitempty"` // of what kind
	Go    bool   `json:"go,omitempty"`   // it is a whole search
}

// SuggestSearch answers how the text in the search box may go on: names of
// fields, their values, saved searches.
func (h *Handlers) SuggestSearch(c echo.Context) error {
	ctx := edge.Ctx(c)
	box := c.FormValue("q")
	if utf8.RuneCountInString(box) > search.MaxText {
		box = ""
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	rest, typed := lastTerm(box)
	minus, typed := typed[:len(typed)-len(strings.TrimLeft(typed, "-"))], strings.TrimLeft(typed, "-")
	out := []suggestion{}
	add := func(s suggestion) bool {
		if len(out) < suggestions {
			out = append(out, s)
		}
		return len(out) < suggestions
	}
	if name, begun, isField := strings.Cut(typed, ":"); isField {
		field, _ := search.FieldOf(name)
		for _, choice := range h.choices(c, field, begun) {
			term := search.Term{Field: field, Text: choice.Code}.String()
			written := name + strings.TrimPrefix(term, string(field))
			if !add(suggestion{Box: rest + minus + written + " ", Label: choice.Label, Note: kindOf(c, field)}) {
				break
			}
		}
		return c.JSON(http.StatusOK, out)
	}
	links, err := h.listViews(ctx)
	if err != nil {
		return err
	}
	for _, v := range links {
		saved := readView(v.View)
		if saved.Words != "" && (box == "" || begins(v.Name, typed) && rest == "") {
			add(suggestion{Box: saved.Words, Label: v.Name, Note: ui.T(ctx, "search.note.saved"), Go: true})
		}
	}
	russian := !latin(typed) && ui.Lang(ctx) == "ru"
	for _, spelling := range search.Fields {
		names := append([]string{string(spelling.Field)}, spelling.Others...)
		for _, name := range names {
			if typed == "" || strings.HasPrefix(name, strings.ToLower(typed)) {
				if typed == "" {
					name = spelling.Field.Spelt(russian)
				}
				add(suggestion{Box: rest + minus + name + ":", Label: name + ":" + spelling.Example, Note: fieldNote(c, spelling.Field)})
				break
			}
		}
	}
	if utf8.RuneCountInString(typed) >= 3 {
		for _, field := range []search.Field{search.ByAgency, search.ByRubric, search.ByPlace, search.ByStage} {
			for _, choice := range h.choices(c, field, typed) {
				term := search.Term{Field: field, Text: choice.Code}.String()
				written := field.Spelt(russian) + strings.TrimPrefix(term, string(field))
				if !add(suggestion{Box: rest + minus + written + " ", Label: choice.Label, Note: kindOf(c, field)}) {
					break
				}
			}
		}
	}
	return c.JSON(http.StatusOK, out)
}

// choices are the values of a field that begin as typed.
func (h *Handlers) choices(c echo.Context, field search.Field, begun string) []lookup.Choice {
	ctx := edge.Ctx(c)
	begun = strings.Trim(begun, "\"«»")
	var all []lookup.Choice
	switch field {
	case search.ByDue:
		for _, s := range search.DueStates {
			all = append(all, lookup.Choice{Code: s.Value, Label: ui.T(ctx, dueLabels[s.Value])})
		}
		all = append(all, lookup.Choice{Code: "today", Label: ui.T(ctx, "search.due.today")})
	case search.ByExecutor:
		all = append(all, lookup.Choice{Code: "me", Label: ui.T(ctx, "search.note.me")})
		fallthrough
	default:
		all = append(all, h.lookup(ctx).Choices(field)...)
	}
	if begun == "" {
		return all
	}
	var out []lookup.Choice
	for _, choice := range all {
		if choice.Begins(begun) || strings.HasPrefix(choice.Code, strings.ToLower(begun)) {
			out = append(out, choice)
		}
	}
	return out
}

func fieldNote(c echo.Context, field search.Field) string {
	if field == "" {
		return ""
	}
	return ui.T(edge.Ctx(c), "search.field."+string(field))
}

// kindOf is the field alone, without how its values are written.
func kindOf(c echo.Context, field search.Field) string {
	kind, _, _ := strings.Cut(fieldNote(c, field), ":")
	return kind
}

// lastTerm parts a box into what is done and the term that is being typed.
func lastTerm(box string) (rest, typed string) {
	quoted := false
	start := 0
	for i, r := range box {
		switch {
		case strings.ContainsRune("\"«»", r):
			quoted = !quoted
		case !quoted && (unicode.IsSpace(r) || r == '|'):
			start = i + utf8.RuneLen(r)
		}
	}
	return box[:start], box[start:]
}

func begins(name, typed string) bool {
	return strings.HasPrefix(strings.ToLower(name), strings.ToLower(typed))
}

// latin reports whether somebody writes in Latin letters.
func latin(typed string) bool {
	return strings.ContainsFunc(typed, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}
