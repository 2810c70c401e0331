package search

import (
	"slices"
	"strings"
	"unicode"
)

// Ask is what somebody asked in the query language, before it is known whom and
// what their names mean: each of its parts must hold. See docs/search.md.
type Ask []Any

// Any holds where one of its terms does.
type Any []Term

// Term is a word, a phrase, or the value of a field; Not turns it round.
type Term struct {
	Not    bool
	Field  Field // "": a word or a phrase
	Text   string
	Phrase bool // words that stand next to one another in this order
}

// String is the canonical text of what was asked: [Read] reads it back.
func (a Ask) String() string {
	groups := make([]string, len(a))
	for i, group := range a {
		terms := make([]string, len(group))
		for j, t := range group {
			terms[j] = t.String()
		}
		groups[i] = strings.Join(terms, " | ")
	}
	return strings.Join(groups, " ")
}

func (t Term) String() string {
	var b strings.Builder
	if t.Not {
		b.WriteByte('-')
	}
	if t.Field != "" {
		b.WriteString(string(t.Field) + ":")
	}
	if t.Phrase || t.Field != "" && !bare(t.Text) {
		b.WriteString(`"` + t.Text + `"`)
	} else {
		b.WriteString(t.Text)
	}
	return b.String()
}

// bare reports whether a value reads back without quotes.
func bare(value string) bool {
	return value != "" && value == strings.TrimRightFunc(value, trailing) &&
		strings.IndexFunc(value, func(r rune) bool { return ends(r) || isQuote(r) }) < 0
}

// With is what was asked and the field having the value too.
func (a Ask) With(field Field, value string) Ask {
	if a.Has(field, value) {
		return a
	}
	return append(slices.Clone(a), Any{{Field: field, Text: value}})
}

// Has reports whether the field is asked to have the value, by itself.
func (a Ask) Has(field Field, value string) bool {
	return slices.ContainsFunc(a, func(group Any) bool { return group.is(field, value) })
}

// Without is what was asked but for the field having the value.
func (a Ask) Without(field Field, value string) Ask {
	return slices.DeleteFunc(slices.Clone(a), func(group Any) bool { return group.is(field, value) })
}

func (a Any) is(field Field, value string) bool {
	return len(a) == 1 && a[0] == Term{Field: field, Text: value}
}

// Words are the plain words and phrases that an appeal must have, as one text.
func (a Ask) Words() string {
	var words []string
	for _, group := range a {
		if len(group) == 1 && group[0].Field == "" && !group[0].Not {
			words = append(words, group[0].Text)
		}
	}
	return strings.Join(words, " ")
}

func isQuote(r rune) bool { return strings.ContainsRune("\"«»“”„", r) }

// ends reports whether a word or bare value ends before the sign.
func ends(r rune) bool { return unicode.IsSpace(r) || r == '|' }

// inside reports whether a word may begin or end with the sign.
func inside(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// trailing reports whether the sign at the end belongs to the sentence and not
// to the word.
func trailing(r rune) bool { return !inside(r) && !unicode.IsMark(r) }
