package bleveindex

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
	"golang.org/x/text/unicode/norm"
)

// maxTerm is the longest term in bytes; what is longer is cut, in documents and
// queries alike.
const maxTerm = 64

// maxStems bounds the words that one stemmer remembers.
const maxStems = 50_000

// word is one indexed word of a text: its bytes' place and its stem.
type word struct {
	start, end int
	stem       string
}

// normal brings a text into the one form in which it is stored and searched.
func normal(s string) string {
	if plain(s) {
		return s
	}
	return norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
}

// plain reports whether the text is surely valid and composed, as nearly all are:
// asking the Unicode tables costs a sixth of the time of indexing.
func plain(s string) bool {
	for _, r := range s {
		switch {
		case r < 0x300, r >= 0x400 && r < 0x483: // Latin; Cyrillic without its combining marks
		case r >= 0x2010 && r < 0x2028, r == '№', r == '₽': // dashes, quotes, ellipsis
		default:
			return false // RuneError too
		}
	}
	return true
}

// words cuts a normal text into runs of letters, digits and marks, in lower case
// and with е for ё, drops the stop words of both languages and stems the rest:
// Cyrillic words as Russian, Latin ones as English. A word with a digit in it
// («12а») stays as it is.
func words(text string) []word {
	s := stemmers.Get().(*stemmer) //nolint:errcheck // the pool holds nothing else
	defer stemmers.Put(s)
	out := make([]word, 0, len(text)/12+1)
	runs(text, func(start, end int) {
		if stem := s.stem(text[start:end]); stem != "" {
			out = append(out, word{start, end, stem})
		}
	})
	return out
}

// runs calls found with each run of letters, digits and marks of a text.
func runs(text string, found func(start, end int)) {
	start := -1
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || start >= 0 && unicode.IsMark(r)
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			found(start, i)
			start = -1
		}
	}
	if start >= 0 {
		found(start, len(text))
	}
}

// halves parts a run where letters meet digits: «12к1» is 12, к and 1. A run of
// one kind is one part.
func halves(run string, found func(start, end int)) {
	start, digits := 0, false
	for i, r := range run {
		if unicode.IsMark(r) {
			continue
		}
		if d := unicode.IsDigit(r); i == 0 {
			digits = d
		} else if d != digits {
			found(start, i)
			start, digits = i, d
		}
	}
	found(start, len(run))
}

// compound reports whether a term has letters and digits.
func compound(term string) bool {
	if !strings.ContainsAny(term, "0123456789") {
		return false
	}
	parts := 0
	halves(term, func(int, int) { parts++ })
	return parts > 1
}

// sequence cuts a normal text as phrases are compared: stop words stand in
// their places, and compounds are parted, so that «12 к 1» is «12к1».
func sequence(text string) []placed {
	s := stemmers.Get().(*stemmer) //nolint:errcheck // the pool holds nothing else
	defer stemmers.Put(s)
	out := make([]placed, 0, len(text)/8+1)
	runs(text, func(from, to int) {
		halves(text[from:to], func(start, end int) { out = append(out, s.place(text, from+start, from+end)) })
	})
	return out
}

// placed is a word in its place among those of a sequence.
type placed struct {
	word
	small bool // a stop word
}

func (s *stemmer) place(text string, start, end int) placed {
	stem := s.stem(text[start:end])
	if stem == "" {
		return placed{word{start, end, folded(text[start:end])}, true}
	}
	return placed{word{start, end, stem}, false}
}

// stems lists the distinct stems of a text in their order.
func stems(text string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words(normal(text)) {
		if !seen[w.stem] {
			seen[w.stem] = true
			out = append(out, w.stem)
		}
	}
	return out
}

// indexed is the words of a text and the parts of its compounds, so that «12а» is
// found by 12 too.
func indexed(text string) []word {
	found := words(text)
	for _, w := range found[:len(found):len(found)] {
		if compound(w.stem) {
			for _, part := range words(spaced(w.stem)) {
				found = append(found, word{w.start, w.end, part.stem})
			}
		}
	}
	return found
}

// spaced is a compound with its parts apart.
func spaced(term string) string {
	var b strings.Builder
	halves(term, func(start, end int) {
		if start > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(term[start:end])
	})
	return b.String()
}

// textAnalyzer gives bleve the indexed words of a text, or its small words. Their
// positions are those of the sequence. Where they stand among the bytes is not
// told: snippets read the text anyway, and zeros are short.
type textAnalyzer struct{ small bool }

func (a textAnalyzer) Analyze(input []byte) analysis.TokenStream {
	s := stemmers.Get().(*stemmer) //nolint:errcheck // the pool holds nothing else
	defer stemmers.Put(s)
	text := string(input)
	tokens := make([]analysis.Token, 0, len(text)/10+1)
	add := func(term string, position int) {
		tokens = append(tokens, analysis.Token{Term: []byte(term), Position: position})
	}
	position := 0
	runs(text, func(from, to int) {
		first := position + 1
		halves(text[from:to], func(start, end int) {
			position++
			if w := s.place(text, from+start, from+end); w.small == a.small {
				add(w.stem, position)
			}
		})
		if position > first && !a.small { // a compound as a whole
			add(s.stem(text[from:to]), first)
		}
	})
	stream := make(analysis.TokenStream, len(tokens))
	for i := range tokens {
		stream[i] = &tokens[i]
	}
	return stream
}

// stemmer remembers the stems of the words it has met: people's vocabulary is
// small and stemming is most of the price of indexing.
type stemmer struct {
	env  *snowballstem.Env
	seen map[string]string
}

var stemmers = sync.Pool{New: func() any {
	return &stemmer{env: snowballstem.NewEnv(""), seen: map[string]string{}}
}}

// stem returns the term of a word, "" for a stop word.
func (s *stemmer) stem(raw string) string {
	if stem, ok := s.seen[raw]; ok {
		return stem
	}
	if len(s.seen) >= maxStems {
		clear(s.seen)
	}
	stem := s.make(raw)
	s.seen[strings.Clone(raw)] = stem
	return stem
}

func (s *stemmer) make(raw string) string {
	term := folded(raw)
	if stopWords[term] {
		return ""
	}
	cyrillic, latin := false, false
	for _, r := range term {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic = true
		case unicode.Is(unicode.Latin, r):
			latin = true
		default:
			return term
		}
	}
	s.env.SetCurrent(term)
	switch {
	case cyrillic && !latin:
		russian.Stem(s.env)
	case latin && !cyrillic:
		english.Stem(s.env)
	}
	if stem := s.env.Current(); stem != "" {
		return strings.Clone(stem)
	}
	return term
}

// folded is a word as it is compared, before it is stemmed.
func folded(raw string) string {
	return cut(strings.ReplaceAll(strings.ToLower(raw), "ё", "е"), maxTerm)
}

// cut shortens s to at most n bytes and never through a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

var stopWords = func() map[string]bool {
	listed := analysis.NewTokenMap()
	for _, list := range [][]byte{ru.RussianStopWords, en.EnglishStopWords} {
		if err := listed.LoadBytes(list); err != nil {
			panic(err) // the lists are compiled in
		}
	}
	out := make(map[string]bool, len(listed))
	for w := range listed {
		out[strings.ReplaceAll(w, "ё", "е")] = true
	}
	return out
}()
