package participation

import (
	"cmp"
	"slices"
)

// SmallPlace is how many voters a territory needs to be told by itself. The number
// of a hamlet's three voters would tell who they were.
const SmallPlace = 10

// gathered puts small territories together, as territory 0. Where those together
// are still few, the next smallest goes with them: else the sum would tell.
func gathered(places []PlaceCount) []PlaceCount {
	places = slices.Clone(places)
	slices.SortFunc(places, func(a, b PlaceCount) int { return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Territory, b.Territory)) })
	other := 0
	var out []PlaceCount
	for _, p := range places {
		if p.Territory == 0 || p.N < SmallPlace || other > 0 && other < SmallPlace {
			other += p.N
		} else {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b PlaceCount) int { return cmp.Compare(a.Territory, b.Territory) })
	if other > 0 {
		out = append(out, PlaceCount{N: other})
	}
	return out
}
