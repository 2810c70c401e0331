package territory

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// FixError is how far a telephone's fix may be off, in metres: a person on a
// bridge or a bank at the border isn't outside of the region.
const FixError = 150

// metresPerDegree is the length of a degree of latitude.
const metresPerDegree = 111_320

// Near is Locate that forgives a fix that is a little off: a point outside of
// every boundary, but no further from one than the tolerance in metres, belongs
// to the nearest. Off is how far it was, 0 inside.
func (x *Index) Near(lat, lon, tolerance float64) (t Territory, off float64, ok bool) {
	if t, ok := x.Locate(lat, lon); ok {
		return t, 0, true
	}
	// Around the point a degree of longitude is as long as one of latitude once
	// it is shrunk; over the few kilometres of a tolerance the earth is flat.
	shrink := math.Cos(lat * math.Pi / 180)
	reach := tolerance / metresPerDegree
	flat := func(p orb.Point) orb.Point { return orb.Point{(p.Lon() - lon) * shrink, p.Lat() - lat} }
	box := orb.Bound{Min: orb.Point{-reach, -reach}, Max: orb.Point{reach, reach}}
	best, found := reach, int64(0)
	for _, s := range x.shapes { // smallest first: on a common border the more exact wins
		b := orb.Bound{Min: flat(s.bound.Min), Max: flat(s.bound.Max)}
		if !b.Intersects(box) {
			continue
		}
		for _, polygon := range s.rings {
			for _, ring := range polygon {
				for i := 1; i < len(ring); i++ {
					if d := planar.DistanceFromSegment(flat(ring[i-1]), flat(ring[i]), orb.Point{}); d < best {
						best, found = d, s.id
					}
				}
			}
		}
	}
	if found == 0 {
		return Territory{}, 0, false
	}
	t, ok = x.Find(found)
	return t, best * metresPerDegree, ok
}
