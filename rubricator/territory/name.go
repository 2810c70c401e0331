package territory

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// How surely an address names a place.
const (
	notNamed = iota
	byStem   // in some case: «в Белогривске»
	byName   // letter by letter
)

// Shortest stem by which a place is recognised, how much of a word is its
// ending, and how much longer another case may be. In letters.
const (
	shortestStem  = 4
	ending        = 2
	longestEnding = 5
)

// NamedIn finds the one municipality that an address names in any case («г.
// Белогривск, ул. Мира, 3», «в Белогривске»), 0 where it names none or several
// alike.
func (x *Index) NamedIn(address string) int64 {
	words := wordsOf(address)
	best, found := notNamed, []Territory{}
	for _, t := range x.All() {
		m, ok := x.Municipality(t.ID)
		if !ok {
			continue
		}
		sure := notNamed
		for _, name := range []string{t.Short.RU, t.Name.RU, t.Short.EN, t.Name.EN} {
			sure = max(sure, named(words, name))
		}
		if sure > best {
			best, found = sure, found[:0]
		}
		if sure == best && sure != notNamed && !slices.ContainsFunc(found, func(f Territory) bool { return f.ID == m.ID }) {
			found = append(found, m)
		}
	}
	if len(found) > 1 && alike(found) {
		found = ofKind(found, words)
	}
	if len(found) != 1 {
		return 0
	}
	return found[0].ID
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(s), "ё", "е"), func(r rune) bool {
		return strings.ContainsRune(" ,.;:()\n\t\"«»", r)
	})
}

// kindWords are the words that say what kind of place is meant, each with the kind
// of municipality that it speaks for.
var kindWords = map[string]string{
	"район": "district", "района": "district", "районе": "district", "р-н": "district", "district": "district",
	"город": "town", "города": "town", "городе": "town", "г": "town", "гор": "town", "town": "town", "city": "town",
	"городской": "town", "округ": "", "муниципальный": "", "okrug": "", "municipal": "", "край": "", "область": "",
	"село": "", "с": "", "поселок": "", "п": "", "пгт": "", "деревня": "", "д": "", "ул": "", "улица": "",
}

// named tells how surely the words hold the name of a place. In another case a
// name keeps all but its ending.
func named(words []string, name string) int {
	sure := notNamed
	for _, own := range wordsOf(name) {
		if _, kind := kindWords[own]; kind {
			continue
		}
		stem := []rune(own)
		if len(stem) < shortestStem {
			return notNamed
		}
		stem = stem[:max(shortestStem, len(stem)-ending)]
		switch {
		case slices.Contains(words, own):
			if sure == notNamed {
				sure = byName
			}
		case slices.ContainsFunc(words, func(w string) bool {
			return strings.HasPrefix(w, string(stem)) && utf8.RuneCountInString(w) <= len(stem)+longestEnding &&
				(adjectival(own) == adjectival(w) || strings.HasSuffix(w, "ком")) && feminine(own) == feminine(w)
		}):
			sure = byStem
		default:
			return notNamed
		}
	}
	return sure
}

// adjectives are how the names of districts end («Белогривский район») in every
// case; towns («Белогривск») end otherwise, but for one case that both share.
var adjectives = []string{"ский", "цкий", "ского", "цкого", "скому", "цкому", "ским", "цким"}

func adjectival(w string) bool {
	return slices.ContainsFunc(adjectives, func(a string) bool { return strings.HasSuffix(w, a) })
}

// feminine reports whether the word ends as «Курская» does, in any case: «Курской
// области» names neither Курск nor its district.
func feminine(w string) bool {
	return slices.ContainsFunc([]string{"ская", "ской", "скую", "цкая", "цкой", "цкую"}, func(a string) bool { return strings.HasSuffix(w, a) })
}

// alike reports whether all are called after the same word.
func alike(found []Territory) bool {
	first := stemOf(found[0])
	return first != "" && !slices.ContainsFunc(found, func(t Territory) bool { return stemOf(t) != first })
}

// stemOf is the beginning of the first word of a name that says which place it
// is.
func stemOf(t Territory) string {
	for _, w := range wordsOf(t.Name.RU) {
		if _, kind := kindWords[w]; !kind {
			stem := []rune(w)
			return string(stem[:min(len(stem), shortestStem)])
		}
	}
	return ""
}

// ofKind keeps those of the kind that the words name: a town and its district
// are often called alike.
func ofKind(found []Territory, words []string) []Territory {
	for _, w := range words {
		if kind := kindWords[w]; kind != "" {
			return slices.DeleteFunc(found, func(t Territory) bool { return t.Kind != kind })
		}
	}
	return found
}
