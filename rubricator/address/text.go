package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// token is a word or a number of a text.
type token struct {
	start, end int    // bytes of the text
	s          string // small letters, «ё» as «е»
	capital    bool   // begins with a capital letter
	opens      bool   // begins a sentence
	gap        string // what stands between it and the token before
}

func (t token) number() bool { return t.s[0] >= '0' && t.s[0] <= '9' }

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }

// cut makes tokens of a text. «д12» and «12к3» are cut where letters and digits
// meet; «12а», «12/1», «1-я» and «пр-т» are one.
func cut(text string) []token {
	var out []token
	last := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			i += n
			continue
		}
		end := i + tokenLength(text[i:])
		gap := text[last:i]
		out = append(out, token{
			start: i, end: end, s: fold(text[i:end]), capital: unicode.IsUpper(r), gap: gap,
			opens: len(out) == 0 || strings.ContainsAny(gap, ".!?\n;…"),
		})
		last, i = end, end
	}
	return out
}

func tokenLength(s string) int {
	i, n := 0, 0
	var before rune
	for i < len(s) {
		var r rune
		r, n = utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsLetter(r) && unicode.IsDigit(before):
			if !loneLetter(s[i+n:]) {
				return i
			}
		case unicode.IsDigit(r) && unicode.IsLetter(before):
			return i
		case unicode.IsLetter(r), unicode.IsDigit(r):
		case (r == '-' || r == '/') && i > 0:
			next, _ := utf8.DecodeRuneInString(s[i+n:])
			digits := unicode.IsDigit(before) && unicode.IsDigit(next)
			if !unicode.IsLetter(next) && !unicode.IsDigit(next) || digits && r == '-' || r == '/' && !digits {
				return i
			}
			before = 0
			i += n
			continue
		default:
			return i
		}
		before = r
		i += n
	}
	return i
}

// loneLetter reports whether a word ends here: «12а», not «12кв».
func loneLetter(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// stem is what is left of a word in all its cases. An ordinal is its number.
func stem(w string) string {
	if w == "" {
		return w
	}
	if digits := strings.IndexFunc(w, func(r rune) bool { return !unicode.IsDigit(r) }); digits != 0 {
		if digits > 0 {
			return w[:digits]
		}
		return w
	}
	env := snowballstem.NewEnv(w)
	if first, _ := utf8.DecodeRuneInString(w); unicode.Is(unicode.Cyrillic, first) {
		russian.Stem(env)
	} else {
		english.Stem(env)
	}
	return env.Current()
}

// words are the tokens of a name, small and without «имени».
func words(name string) []string {
	var out []string
	for _, t := range cut(name) {
		if t.s != "им" && t.s != "имени" {
			out = append(out, t.s)
		}
	}
	return out
}
