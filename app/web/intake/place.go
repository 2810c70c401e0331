package intake

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// Place finds the territory of a problem: of the point by its boundary, the one
// that was chosen, or the one that the address names. A point outside the
// region and one outside the chosen territory are wrong.
func Place(check *fault.Check, places *territory.Index, in workflow.Place, l lang.Lang) workflow.Place {
	in.Address = Tidy(in.Address)
	if utf8.RuneCountInString(in.Address) > maxAddress {
		check.Fail("address", "error.too_long", "max", maxAddress)
		return in
	}
	chosen := in.Territory
	if _, known := places.Find(chosen); chosen != 0 && !known {
		check.Fail("territory", "error.unknown_choice")
		return in
	}
	if p := in.Point; p != nil {
		if !(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180) {
			check.Fail("point", "workflow.bad_point")
			return in
		}
		at, inside := places.Locate(p.Lat, p.Lon)
		switch {
		case inside && chosen != 0 && !slices.Contains(places.Below(chosen), at.ID):
			check.Fail("territory", "portal.place_mismatch", "place", at.Name.In(l))
		case inside:
			in.Territory = at.ID
		case places.Mapped():
			check.Fail("point", "error.outside_region")
			return in
		}
	}
	if in.Territory == 0 && in.Address != "" {
		if in.Territory = NamedIn(places, in.Address); in.Territory == 0 && len(places.Municipalities()) > 0 {
			check.Fail("territory", "portal.place_unclear")
			return in
		}
	}
	if in.Territory == 0 && len(places.Municipalities()) == 0 {
		in.Territory = places.Region().ID
	}
	check.That(in.Territory != 0, "territory", "error.place_required")
	return in
}

// NamedIn finds the one municipality that an address names («г. Белогривск,
// ул. Мира, 3»), 0 where it names none or several.
func NamedIn(places *territory.Index, address string) int64 {
	words := strings.FieldsFunc(strings.ToLower(address), func(r rune) bool { return strings.ContainsRune(" ,.;()\n\t\"«»", r) })
	found := int64(0)
	for _, t := range places.All() {
		m, ok := places.Municipality(t.ID)
		if !ok || !names(words, t.Short.RU, t.Name.RU) && !names(words, t.Short.EN, t.Name.EN) {
			continue
		}
		if found != 0 && found != m.ID {
			return 0
		}
		found = m.ID
	}
	return found
}

// Shortest stem by which a place is recognised, how much of a word is its
// ending, and how much longer another case may be. In letters.
const (
	shortestStem  = 4
	ending        = 2
	longestEnding = 5
)

// names reports whether the words hold all words of a place's name in any
// case, but for those that say what kind of place it is.
func names(words []string, short, name string) bool {
	if short == "" {
		short = name
	}
	told := false
	for _, own := range strings.Fields(strings.ToLower(short)) {
		stem := []rune(strings.TrimRight(own, "."))
		if len(stem) < shortestStem || slices.Contains(kinds, string(stem)) {
			continue
		}
		stem = stem[:max(shortestStem, len(stem)-ending)]
		if !slices.ContainsFunc(words, func(w string) bool {
			return strings.HasPrefix(w, string(stem)) && utf8.RuneCountInString(w) <= len(stem)+longestEnding
		}) {
			return false
		}
		told = true
	}
	return told
}

var kinds = []string{
	"район", "округ", "город", "городской", "муниципальный", "край", "область", "district", "town", "city", "okrug",
}
