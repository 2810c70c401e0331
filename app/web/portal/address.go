package portal

import (
	"slices"
	"strings"

	"github.com/otklik/otklik/rubricator/territory"
)

// How surely an address names a place.
const (
	notNamed = iota
	byStem   // in some case: «в Белогривске»
	byName   // letter by letter
)

// byWords finds the one municipality that an address names («г. Белогривск,
// ул. Мира, 3»), 0 where it names none or several alike.
func byWords(places *territory.Index, address string) int64 {
	words := wordsOf(address)
	best, found := notNamed, []territory.Territory{}
	for _, t := range places.All() {
		m, ok := places.Municipality(t.ID)
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
		if sure == best && sure != notNamed && !slices.ContainsFunc(found, func(f territory.Territory) bool { return f.ID == m.ID }) {
			found = append(found, m)
		}
	}
	if len(found) > 1 {
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

// kinds are the words that say what kind of place is meant, each with the kind
// of municipality that it speaks for.
var kinds = map[string]string{
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
		if _, kind := kinds[own]; kind {
			continue
		}
		stem := []rune(own)
		if len(stem) < 4 {
			return notNamed
		}
		stem = stem[:max(4, len(stem)-2)]
		switch {
		case slices.Contains(words, own):
			if sure == notNamed {
				sure = byName
			}
		case slices.ContainsFunc(words, func(w string) bool {
			return strings.HasPrefix(w, string(stem)) && len([]rune(w)) <= len(stem)+5
		}):
			sure = byStem
		default:
			return notNamed
		}
	}
	return sure
}

// ofKind keeps those of the kind that the words name: a town and its district
// are often called alike.
func ofKind(found []territory.Territory, words []string) []territory.Territory {
	for _, w := range words {
		if kind := kinds[w]; kind != "" {
			return slices.DeleteFunc(found, func(t territory.Territory) bool { return t.Kind != kind })
		}
	}
	return found
}
