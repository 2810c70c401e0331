package intake

import (
	"slices"
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
	if utf8.RuneCountInString(in.Address) > MaxAddress {
		check.Fail("address", "error.too_long", "max", MaxAddress)
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
		at, _, inside := places.Near(p.Lat, p.Lon, territory.FixError)
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
		if in.Territory = places.NamedIn(in.Address); in.Territory == 0 && len(places.Municipalities()) > 0 {
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
