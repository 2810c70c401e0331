package duplicate

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// The card: what each fact adds to the natural logarithm of the odds that two
// appeals that met at all are the same. The numbers were set on copies of the
// demo region's invented appeals and rounded by hand; docs/duplicates.md says how
// they do on messages that they have never seen.
const (
	prior = -4.0

	wordsAll   = 9.0 // times the likeness of the words, 0 to 1
	wordsNone  = -0.5
	wordsSame  = 0.7 // likeness from which the words are «the same»
	wordsLike  = 0.25
	massOfFull = 14 // weight of shared words, nats, at which likeness counts nearly in full

	placeAt     = 3.5 // at the very place
	placeEdge   = 1.5 // at the radius
	placeBeyond = -1.5
	placeFar    = -5.0
	placeHidden = -1.0 // one of them has neither point nor house
	beyond      = 2.0  // radii
	noRadius    = 30   // metres, of a topic without one: the same building

	houseSame  = 2.5
	houseOther = -2.5
	territory  = -3.0 // others

	topicSame     = 1.5
	topicSibling  = 0.5
	topicOther    = -2.5
	soonAdds      = 0.5
	lateAdds      = -1.5
	personAdds    = 1.5
	soon, lateGap = 14 * 24 * time.Hour, 120 * 24 * time.Hour
)

// sketch is a case made ready to be compared.
type sketch struct {
	id, of    int64
	topic     uint32
	branch    uint32 // the node above the topic
	category  uint32
	territory int32
	known     bool // the point is
	lat, lon  float32
	sent      int32 // minutes since 2000
	words     []uint32
	houses    []house
	persons   []uint64
}

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func newSketch(c *Case) sketch {
	text := tokens(c.Text)
	s := sketch{
		id: c.ID, of: cmp.Or(c.Of, c.ID), territory: int32(c.Territory), //nolint:gosec // territories are few
		sent:  int32(c.Sent.Sub(epoch) / time.Minute), //nolint:gosec // enough for four thousand years
		words: slices.Clip(stems(text)), persons: c.Persons,
	}
	if c.Topic != "" {
		s.topic, s.branch = hash32(c.Topic), hash32(above(c.Topic))
	}
	if c.Category != "" {
		s.category = hash32(c.Category)
	}
	if c.Point != nil {
		s.known, s.lat, s.lon = true, float32(c.Point.Lat), float32(c.Point.Lon)
	}
	s.houses = houses(tokens(c.Address))
	if len(s.houses) == 0 {
		s.houses = houses(text)
	}
	s.houses = slices.Clip(s.houses)
	return s
}

// above is the code of the node above a leaf: «roads.surface» of
// «roads.surface.pothole».
func above(code string) string {
	for i := len(code) - 1; i > 0; i-- {
		if code[i] == '.' {
			return code[:i]
		}
	}
	return code
}

func (s *sketch) point() *Point {
	if !s.known {
		return nil
	}
	return &Point{float64(s.lat), float64(s.lon)}
}

// weigh compares two sketches.
func weigh(a, b *sketch, radius int, rarity rarities) (score float64, far int, why []Reason) {
	far = -1
	odds := prior
	add := func(r Reason) {
		odds += r.Points
		if r.Fact != "" && math.Abs(r.Points) >= 0.5 {
			why = append(why, r)
		}
	}
	alike := likeness(a.words, b.words, rarity)
	points := wordsNone + wordsAll*alike
	switch {
	case len(a.words) == 0 || len(b.words) == 0: // nothing was written yet
	case alike >= wordsSame:
		add(Reason{Fact: SameWords, Points: points})
	case alike >= wordsLike:
		add(Reason{Fact: LikeWords, Points: points})
	default:
		add(Reason{Fact: OtherWords, Points: points})
	}
	same, other := meet(a.houses, b.houses)
	if d := metres(a.point(), b.point()); d >= 0 {
		far = int(math.Round(d))
		add(place(d, cmp.Or(radius, noRadius), far))
	} else if a.territory == b.territory && (len(a.houses) == 0 || len(b.houses) == 0) {
		odds += placeHidden
	} else if a.territory != 0 && b.territory != 0 && a.territory != b.territory {
		add(Reason{Fact: OtherPlace, Points: territory})
	}
	switch {
	case same:
		add(Reason{Fact: SameHouse, Points: houseSame})
	case other:
		add(Reason{Fact: OtherHouse, Points: houseOther})
	}
	switch {
	case a.topic == 0 || b.topic == 0:
	case a.topic == b.topic:
		add(Reason{Fact: SameTopic, Points: topicSame})
	case a.branch == b.branch:
		add(Reason{Fact: SiblingTopic, Points: topicSibling})
	case a.category != b.category:
		add(Reason{Fact: OtherTopic, Points: topicOther})
	}
	between := time.Duration(max(a.sent, b.sent)-min(a.sent, b.sent)) * time.Minute
	days := int(between / (24 * time.Hour))
	switch {
	case between <= soon:
		add(Reason{Fact: Soon, Points: soonAdds, Days: days})
	case between > lateGap:
		add(Reason{Fact: Late, Points: lateAdds, Days: days})
	}
	if slices.ContainsFunc(a.persons, func(p uint64) bool { return slices.Contains(b.persons, p) }) {
		add(Reason{Fact: SamePerson, Points: personAdds})
	}
	slices.SortStableFunc(why, func(x, y Reason) int { return cmp.Compare(y.Points, x.Points) })
	return 1 / (1 + math.Exp(-odds)), far, why
}

func place(d float64, radius, far int) Reason {
	r := float64(radius)
	switch {
	case d <= r:
		return Reason{Fact: Near, Points: placeAt + (placeEdge-placeAt)*d/r, Metres: far}
	case d <= beyond*r:
		return Reason{Fact: Beyond, Points: placeBeyond, Metres: far}
	default:
		return Reason{Fact: Far, Points: placeFar, Metres: far}
	}
}

// likeness is the cosine of two sets of words weighted by rarity, less where
// they share so little that it says nothing: «яма» and «яма».
func likeness(a, b []uint32, rarity rarities) float64 {
	var shared, mass, ofA, ofB float64
	i := 0
	for _, w := range a {
		x := rarity.of(w)
		ofA += x * x
		for i < len(b) && b[i] < w {
			i++
		}
		if i < len(b) && b[i] == w {
			shared += x * x
			mass += x
		}
	}
	if shared == 0 {
		return 0
	}
	for _, w := range b {
		x := rarity.of(w)
		ofB += x * x
	}
	return shared / math.Sqrt(ofA*ofB) * (1 - math.Exp(-2*mass/massOfFull))
}
