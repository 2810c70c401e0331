package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
)

// MaxTerms is how many words, phrases and fields a query may have; those after
// them are left out.
const MaxTerms = 32

// Box is the name of the input that errors of a query are about.
const Box = "q"

// Read reads what was typed into a search box. Any text can be read, except
// that a field which doesn't exist or has no value is fault.Invalid: what it
// would find is not what was meant.
func Read(box string) (Ask, error) {
	r := reader{rest: tidy(box)}
	r.read()
	return r.ask, r.check.Err()
}

// reader takes a tidy text apart.
type reader struct {
	rest  string
	ask   Ask
	terms int
	or    bool // the next term is another choice to the last one
	check fault.Check
}

func (r *reader) read() {
	for r.terms < MaxTerms {
		not := r.skip()
		if r.rest == "" {
			return
		}
		if t, ok := r.term(); ok {
			t.Not = not
			r.add(t)
		}
	}
}

func (r *reader) add(t Term) {
	r.terms++
	if last := len(r.ask) - 1; r.or && last >= 0 {
		r.ask[last] = append(r.ask[last], t)
	} else {
		r.ask = append(r.ask, Any{t})
	}
	r.or = false
}

// skip goes to the beginning of the next term and reports whether a minus
// stands right before it.
func (r *reader) skip() (not bool) {
	for r.rest != "" {
		c, size := utf8.DecodeRuneInString(r.rest)
		switch {
		case inside(c) || isQuote(c):
			return not
		case c == '|':
			r.or, not = true, false
		default:
			not = c == '-' || c == '−' || not && c != ' '
		}
		r.rest = r.rest[size:]
	}
	return false
}

// term reads one. What has no letter or digit is none.
func (r *reader) term() (Term, bool) {
	if c, _ := utf8.DecodeRuneInString(r.rest); isQuote(c) {
		text := r.quoted()
		return Term{Text: text, Phrase: true}, strings.ContainsFunc(text, inside)
	}
	if name, field, ok := r.field(); ok {
		return r.value(name, field)
	}
	word := r.bare()
	if word == "или" || word == "ИЛИ" || word == "OR" {
		r.or = true
		return Term{}, false
	}
	return Term{Text: word}, word != ""
}

// field reads «name:». A word that ends a sentence part («Прошу: …») and an
// address («https://…») are none.
func (r *reader) field() (name string, field Field, ok bool) {
	end := strings.IndexFunc(r.rest, func(c rune) bool { return !unicode.IsLetter(c) })
	if end <= 0 || r.rest[end] != ':' {
		return "", "", false
	}
	name, after := r.rest[:end], r.rest[end+1:]
	field, known := FieldOf(name)
	next, _ := utf8.DecodeRuneInString(after)
	if !known && (after == "" || ends(next) || strings.HasPrefix(after, "//")) {
		return "", "", false
	}
	r.rest = after
	return name, field, true
}

// value reads what the field is to have. A space after the colon is forgiven.
func (r *reader) value(name string, field Field) (Term, bool) {
	r.rest = strings.TrimLeft(r.rest, " ")
	text := ""
	if c, _ := utf8.DecodeRuneInString(r.rest); isQuote(c) {
		text = r.quoted()
	} else {
		text = r.bare()
	}
	switch {
	case field == "":
		if near, ok := NearestField(name); ok {
			r.check.Fail(Box, "search.field_meant", "field", name, "nearest", near)
		} else {
			r.check.Fail(Box, "search.field_unknown", "field", name)
		}
		return Term{}, false
	case text == "":
		r.check.Fail(Box, "search.value_missing", "field", name, "example", name+":"+field.example())
		return Term{}, false
	}
	return Term{Field: field, Text: text}, true
}

// quoted reads to the closing quote, or to the end where there is none.
func (r *reader) quoted() string {
	_, size := utf8.DecodeRuneInString(r.rest)
	text := r.rest[size:]
	r.rest = ""
	if end := strings.IndexFunc(text, isQuote); end >= 0 {
		_, size = utf8.DecodeRuneInString(text[end:])
		text, r.rest = text[:end], text[end+size:]
	}
	return strings.TrimSpace(text)
}

// bare reads to the next space, bar or quote, without the signs of the sentence
// at the end.
func (r *reader) bare() string {
	end := strings.IndexFunc(r.rest, func(c rune) bool { return ends(c) || isQuote(c) })
	if end < 0 {
		end = len(r.rest)
	}
	word := r.rest[:end]
	r.rest = r.rest[end:]
	return strings.TrimRightFunc(word, trailing)
}
