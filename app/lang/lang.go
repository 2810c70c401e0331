// Package lang holds texts that exist in each language of the product.
package lang

// Lang is a language of the screens.
type Lang string

// The languages, the first being the default.
const (
	RU Lang = "ru"
	EN Lang = "en"
)

// Text is a name or a sentence in both languages. RU is always there; an
// empty EN falls back to it.
type Text struct {
	RU string `json:"ru" yaml:"ru"`
	EN string `json:"en,omitempty" yaml:"en,omitempty"`
}

// In returns the text in a language.
func (t Text) In(l Lang) string {
	if l == EN && t.EN != "" {
		return t.EN
	}
	return t.RU
}

// Empty reports whether there is no text at all.
func (t Text) Empty() bool { return t.RU == "" && t.EN == "" }

// Or returns the text, or another where there is none.
func (t Text) Or(other Text) Text {
	if t.Empty() {
		return other
	}
	return t
}
