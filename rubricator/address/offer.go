package address

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Found says how exactly words were understood.
type Found string

// How exactly, the most first.
const (
	FoundHouse     Found = "house"
	FoundLandmark  Found = "landmark"
	FoundStreet    Found = "street"
	FoundTerritory Found = "territory"
	FoundWords     Found = "words" // they name a place that no table knows
)

// Offer is a place that words may mean.
type Offer struct {
	Ref       string // names the place to [Index.Resolve]; "" for FoundWords
	Found     Found
	Address   string // «ул. Мира, 12, с. Полынково», or the words
	Territory int64  // 0 where unknown
	Lat, Lon  float64
	// Pin says whose point it is: of the house, the street, the landmark or the
	// territory; "" where there is none.
	Pin Found
	// Quotes are the words that were understood so, in bytes of the text.
	Quotes []Span
	score  float64
}

// Span is a part of a text, in bytes.
type Span struct{ From, To int }

// Quote is the words of the text, « … » between parts.
func (o *Offer) Quote(text string) string {
	parts := make([]string, len(o.Quotes))
	for i, s := range o.Quotes {
		parts[i] = text[s.From:s.To]
	}
	return strings.Join(parts, " … ")
}

// span is the tokens with the mark that ends a quotation in them.
func (r *reading) span(lo, hi int) Span {
	s := Span{r.tokens[lo].start, r.tokens[hi-1].end}
	for _, mark := range []string{"»", "”", "\""} {
		if strings.HasPrefix(r.text[s.To:], mark) && hi-lo > 1 {
			s.To += len(mark)
		}
	}
	return s
}

// offerStreet is the offer of a street and, where line is not -1, of a house.
func (x *Index) offerStreet(at int32, house string, line int) Offer {
	s := &x.streets[at]
	o := Offer{Ref: "s" + strconv.FormatInt(s.ID, 10), Found: FoundStreet, Territory: s.Territory}
	var parts []string
	if s.Name != "" {
		parts = append(parts, strings.TrimSpace(s.Kind+" "+s.Name))
	}
	if line >= 0 {
		if h, ok := s.Houses.at(line, s.Lat, s.Lon); ok {
			o.Ref += "." + strconv.Itoa(line)
			o.Found, house = FoundHouse, shown(h.Number)
			if h.Lat != 0 || h.Lon != 0 {
				o.Lat, o.Lon, o.Pin = h.Lat, h.Lon, FoundHouse
			}
		}
	}
	if house != "" {
		parts = append(parts, house)
	}
	if s.Settlement != "" {
		parts = append(parts, s.Settlement)
	}
	o.Address = strings.Join(parts, ", ")
	if o.Pin == "" && (s.Lat != 0 || s.Lon != 0) {
		o.Lat, o.Lon, o.Pin = s.Lat, s.Lon, FoundStreet
	}
	x.fallBack(&o)
	return o
}

// fallBack puts the pin in the middle of the territory where nothing nearer is
// known.
func (x *Index) fallBack(o *Offer) {
	if t, ok := x.places().Find(o.Territory); ok && o.Pin == "" && (t.Lat != 0 || t.Lon != 0) {
		o.Lat, o.Lon, o.Pin = t.Lat, t.Lon, FoundTerritory
	}
}

// shown is the number of a house as people read it: «12А к3».
func shown(number string) string { return strings.ToUpper(beforeSpace(number)) + afterSpace(number) }

func beforeSpace(s string) string { head, _, _ := strings.Cut(s, " "); return head }

func afterSpace(s string) string { return strings.TrimPrefix(s, beforeSpace(s)) }

func (x *Index) offerLandmark(at int32) Offer {
	l := &x.landmarks[at]
	o := Offer{
		Ref: "l" + strconv.FormatInt(l.ID, 10), Found: FoundLandmark, Territory: l.Territory, Address: l.Name,
		Lat: l.Lat, Lon: l.Lon,
	}
	if l.Settlement != "" {
		o.Address += ", " + l.Settlement
	}
	if l.Lat != 0 || l.Lon != 0 {
		o.Pin = FoundLandmark
	}
	x.fallBack(&o)
	return o
}

func (x *Index) offerTerritory(id int64) Offer {
	t, _ := x.places().Find(id)
	o := Offer{Ref: "t" + strconv.FormatInt(id, 10), Found: FoundTerritory, Territory: id}
	o.Address = t.Name.RU
	x.fallBack(&o)
	return o
}

// Resolve returns the place that an offer named; ok = false where it is there no
// longer.
func (x *Index) Resolve(ref string) (o Offer, ok bool) {
	if ref == "" {
		return Offer{}, false
	}
	number, house, housed := strings.Cut(ref[1:], ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return Offer{}, false
	}
	switch ref[0] {
	case 's':
		i := slices.IndexFunc(x.streets, func(s Street) bool { return s.ID == id })
		if i < 0 {
			return Offer{}, false
		}
		line := -1
		if housed {
			if line, err = strconv.Atoi(house); err != nil {
				return Offer{}, false
			}
			if _, there := x.streets[i].Houses.at(line, 0, 0); !there {
				return Offer{}, false
			}
		}
		return x.offerStreet(int32(i), "", line), true //nolint:gosec // streets are counted in thousands
	case 'l':
		i := slices.IndexFunc(x.landmarks, func(l Landmark) bool { return l.ID == id })
		if i < 0 {
			return Offer{}, false
		}
		return x.offerLandmark(int32(i)), true //nolint:gosec // as above
	case 't':
		if _, there := x.places().Find(id); there {
			return x.offerTerritory(id), true
		}
	}
	return Offer{}, false
}

// resolve lists the streets that a mention may mean here. The territory, the
// settlement that the text names and the kind narrow it; then those that have
// the house come before the others.
func (x *Index) resolve(r *reading, m *mention, in scope) []Offer {
	list := narrowed(x.names[m.name].streets, func(at int32) bool { return in.territory == 0 || x.same(x.streets[at].Territory, in.territory) }, true)
	list = narrowed(list, func(at int32) bool {
		return slices.Contains(in.settlements, x.streets[at].Settlement)
	}, false)
	if m.kind != "" {
		list = narrowed(list, func(at int32) bool { return x.streets[at].Kind == m.kind }, false)
	}
	var out []Offer
	for _, at := range list {
		s := &x.streets[at]
		line, ok, said := -1, false, ""
		if m.house != nil {
			said = shown(m.house.may[0])
			for _, number := range m.house.may {
				if _, line, ok = s.Houses.find(number, s.Lat, s.Lon); ok {
					break
				}
			}
			if !ok {
				line = -1
			}
		}
		o := x.offerStreet(at, said, line)
		o.score = m.sure
		if ok {
			o.score += sureHouse
		}
		o.Quotes = []Span{r.span(m.lo, m.hi)}
		if !r.typed {
			o.Quotes[0] = r.widened(m.lo, m.hi)
		}
		out = append(out, o)
	}
	if m.house != nil { // those that have the house
		if with := narrowed(out, func(o Offer) bool { return o.Found == FoundHouse }, false); len(with) > 0 {
			out = with
		}
	}
	return out
}

// narrowed keeps what fits; where nothing does it keeps all, unless it must.
func narrowed[T any](list []T, fits func(T) bool, must bool) []T {
	var out []T
	for _, e := range list {
		if fits(e) {
			out = append(out, e)
		}
	}
	if len(out) == 0 && !must {
		return list
	}
	return out
}

// widened takes in what stands before a place and belongs to it: «напротив
// аптеки на Мира».
func (r *reading) widened(lo, hi int) Span {
	if onWords[r.at(lo-1).s] && landmarkWord[r.at(lo-2).s] != "" {
		lo -= 2
	}
	for lo > 0 && nearWords[r.at(lo-1).s] && strings.Trim(r.tokens[lo].gap, " ") == "" && utf8.RuneCountInString(r.at(lo-1).s) > 0 {
		lo--
	}
	return r.span(lo, hi)
}

func surest(offers []Offer, limit int) []Offer {
	slices.SortStableFunc(offers, func(a, b Offer) int { return cmp.Compare(b.score, a.score) })
	return offers[:min(len(offers), limit)]
}
