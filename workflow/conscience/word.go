package conscience

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// word is a word of a text: folded, its stem, and where it stands.
type word struct {
	text, stem string
	from, to   int // bytes
	title      bool
}

// fold is lower case with «е» for «ё».
func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }

// wordsOf cuts a text into words of letters and digits.
func wordsOf(text string) []word {
	var out []word
	start := -1
	end := func(at int) {
		if start < 0 {
			return
		}
		first, _ := utf8.DecodeRuneInString(text[start:])
		w := word{text: fold(text[start:at]), from: start, to: at, title: unicode.IsUpper(first)}
		w.stem = stem(w.text)
		out = append(out, w)
		start = -1
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		end(i)
	}
	end(len(text))
	return out
}

func stem(w string) string {
	env := snowballstem.NewEnv(w)
	switch first, _ := utf8.DecodeRuneInString(w); {
	case unicode.Is(unicode.Cyrillic, first):
		russian.Stem(env)
	case unicode.Is(unicode.Latin, first):
		english.Stem(env)
	}
	return env.Current()
}

func numeric(w string) bool { return strings.ContainsFunc(w, unicode.IsDigit) }

// set is a list of words as one looks them up.
func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[fold(w)] = true
	}
	return out
}

// startsWithAny reports whether the word begins with one of the stems.
func startsWithAny(w string, stems []string) bool {
	for _, s := range stems {
		if strings.HasPrefix(w, s) {
			return true
		}
	}
	return false
}

// stop ends a sentence: a mark and a space before a capital, a digit or a
// quotation mark, or a new line.
var stop = regexp.MustCompile(`[.!?…]+["»)]*\s+|\n+`)

// short are words after which a dot doesn't end a sentence.
var short = set(`ул пр пер пл д дом кв корп стр ст п пп ч г гг р руб коп тыс млн млрд т тел им обл см м кв куб шт экз
	просп наб ш пос с рп mr mrs dr st no`)

// split cuts a text into sentences.
func split(text string) []string {
	var out []string
	from := 0
	for _, hit := range stop.FindAllStringIndex(text, -1) {
		if !strings.Contains(text[hit[0]:hit[1]], "\n") && goesOn(text[from:hit[0]], text[hit[1]:]) {
			continue
		}
		if s := strings.TrimSpace(text[from:hit[1]]); s != "" {
			out = append(out, s)
		}
		from = hit[1]
	}
	if s := strings.TrimSpace(text[from:]); s != "" {
		out = append(out, s)
	}
	return out
}

// goesOn reports whether the dot after the text is that of an abbreviation or
// an initial.
func goesOn(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	if unicode.IsLower(next) {
		return true
	}
	last := before[strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) })+1:]
	if utf8.RuneCountInString(last) == 1 {
		r, _ := utf8.DecodeRuneInString(last)
		return unicode.IsUpper(r) || short[fold(last)]
	}
	return short[fold(last)]
}

// greeting is a sentence that only opens or closes a letter.
var greeting = regexp.MustCompile(`^(здравствуйте|добрый (день|вечер)|доброе утро|уважаем\pL+|с уважением|hello|dear|best regards|yours)\b?`)

// thanks is a sentence that only thanks.
var thanks = regexp.MustCompile(`^(благодарим|спасибо|thank)`)

// civil reports whether a sentence is only manners.
func civil(s string) bool {
	f := fold(s)
	n := len(wordsOf(f))
	return n <= 5 && greeting.MatchString(f) || n <= 8 && thanks.MatchString(f)
}
