// Package address owns streets, houses and landmarks of a region: the tables
// that an operator loads, and the answer to «which place do these words mean».
// What it finds is an offer; the person who wrote the words decides.
package address

import (
	"math"
	"strconv"
	"strings"
)

// Street is a street of one place with the numbers of its houses.
type Street struct {
	ID         int64
	Territory  int64
	Settlement string // «с. Полынково» where the territory is larger than the place, "" otherwise
	Kind       string // «ул.», «пр-т», …; "" for a place without streets
	Name       string
	Lat, Lon   float64 // 0, 0 where unknown
	Houses     Houses
}

// House is a number on a street.
type House struct {
	Number   string  // as canonical makes it: «12а к3»
	Lat, Lon float64 // 0, 0 where unknown
}

// Houses are the houses of a street in one string, so that a million of them
// are a few thousand objects: lines of a number and, where its place is known,
// a tab, the latitude, a tab and the longitude, both as a difference from the
// street's in units of 0.00001°, about a metre.
type Houses string

const unit = 1e-5 // degrees

// packHouses writes houses of a street that lies at lat, lon.
func packHouses(houses []House, lat, lon float64) Houses {
	var b strings.Builder
	for _, h := range houses {
		b.WriteString(h.Number)
		if h.Lat != 0 || h.Lon != 0 {
			b.WriteByte('\t')
			b.WriteString(strconv.FormatInt(int64(math.Round((h.Lat-lat)/unit)), 10))
			b.WriteByte('\t')
			b.WriteString(strconv.FormatInt(int64(math.Round((h.Lon-lon)/unit)), 10))
		}
		b.WriteByte('\n')
	}
	return Houses(b.String())
}

// find returns the house with the number; line is where it stands, from 0.
func (hs Houses) find(number string, lat, lon float64) (h House, line int, ok bool) {
	for l := range strings.SplitSeq(string(hs), "\n") {
		name, at, _ := strings.Cut(l, "\t")
		if name == number && name != "" {
			return readHouse(name, at, lat, lon), line, true
		}
		line++
	}
	return House{}, 0, false
}

// at returns the house in a line.
func (hs Houses) at(line int, lat, lon float64) (House, bool) {
	for l := range strings.SplitSeq(string(hs), "\n") {
		if line == 0 && l != "" {
			name, at, _ := strings.Cut(l, "\t")
			return readHouse(name, at, lat, lon), true
		}
		line--
	}
	return House{}, false
}

func readHouse(number, at string, lat, lon float64) House {
	h := House{Number: number}
	north, east, placed := strings.Cut(at, "\t")
	y, err1 := strconv.Atoi(north)
	x, err2 := strconv.Atoi(east)
	if placed && err1 == nil && err2 == nil {
		h.Lat, h.Lon = lat+float64(y)*unit, lon+float64(x)*unit
	}
	return h
}

// Count is how many houses there are.
func (hs Houses) Count() int { return strings.Count(string(hs), "\n") }

// Landmark is a named object that people go by: a school, a stop, a shop.
type Landmark struct {
	ID         int64
	Territory  int64
	Settlement string
	Kind       LandmarkKind
	Name       string // «Школа № 5», «Рынок»
	Lat, Lon   float64
}

// LandmarkKind is what a landmark is.
type LandmarkKind string

// The kinds of landmarks.
const (
	School       LandmarkKind = "school"
	Kindergarten LandmarkKind = "kindergarten"
	Clinic       LandmarkKind = "clinic"
	Pharmacy     LandmarkKind = "pharmacy"
	Stop         LandmarkKind = "stop"
	Shop         LandmarkKind = "shop"
	Culture      LandmarkKind = "culture"
	Park         LandmarkKind = "park"
	Station      LandmarkKind = "station"
	Church       LandmarkKind = "church"
	OtherKind    LandmarkKind = "other"
)

// LandmarkKinds lists the kinds.
var LandmarkKinds = []LandmarkKind{
	School, Kindergarten, Clinic, Pharmacy, Stop, Shop, Culture, Park, Station, Church, OtherKind,
}
