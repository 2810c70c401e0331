package address

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// sight is a landmark as a text names it.
type sight struct {
	lo, hi int // tokens
	kind   LandmarkKind
	number string   // «5» of «школы 5»
	stems  []string // of its own name
	quoted bool
}

// sightsIn finds words for landmarks: «школа № 5», «остановка Рынок», «ТЦ
// „Линия“», «детский сад 12».
func (r *reading) sightsIn() []sight {
	var out []sight
	for i := 0; i < len(r.tokens); i++ {
		kind, width := landmarkAt(r, i)
		if width == 0 {
			continue
		}
		s := sight{lo: i, hi: i + width, kind: kind}
		s.readName(r)
		out = append(out, s)
		i = s.hi - 1
	}
	return out
}

func landmarkAt(r *reading, i int) (LandmarkKind, int) {
	t := r.tokens[i].s
	if next := r.at(i + 1).s; (strings.HasPrefix(t, "детск") || t == "дет" || t == "д") && (next == "сад" || next == "сада" || next == "саду" || next == "садом" || next == "саде") {
		return Kindergarten, 2
	}
	if t == "дом" && strings.HasPrefix(r.at(i+1).s, "культур") {
		return Culture, 2
	}
	if k := landmarkWord[t]; k != "" {
		return LandmarkKind(k), 1
	}
	return "", 0
}

// readName reads what tells the landmark from others of its kind.
func (s *sight) readName(r *reading) {
	t := r.at(s.hi)
	if strings.ContainsAny(t.gap, ",;.!?\n(") && (t.gap != ". " || r.tokens[s.hi-1].s != "ост") {
		return
	}
	if t.s == "номер" || t.s == "n" {
		s.hi++
		t = r.at(s.hi)
	}
	if t.number() && houseNumber(t.s) {
		if next := r.at(s.hi + 1).s; notHouses[next] && !strings.Contains(t.gap, "№") {
			return
		}
		s.number = stem(t.s)
		s.hi++
		return
	}
	if strings.ContainsAny(t.gap, "«\"„“") {
		s.quoted = true
		for ; s.hi < len(r.tokens) && len(s.stems) < 5; s.hi++ {
			if len(s.stems) > 0 && strings.ContainsAny(r.tokens[s.hi].gap, "»\"“”") {
				break
			}
			s.stems = append(s.stems, r.stems[s.hi])
		}
		return
	}
	for n := 0; n < 2 && s.hi < len(r.tokens); n++ {
		t := r.tokens[s.hi]
		named := t.capital || r.typed || !r.capital && s.kind == Stop && n == 0
		if !named || t.gap != " " && n > 0 || utf8.RuneCountInString(t.s) < 3 || notNames[t.s] || streetKinds[t.s] != "" || placeKinds[t.s] != "" || t.opens && t.gap != ". " {
			break
		}
		s.stems = append(s.stems, r.stems[s.hi])
		s.hi++
	}
}

// landmarksOf lists the landmarks that the words may mean. One that is only «the
// school» must be the one school there.
func (x *Index) landmarksOf(s *sight, r *reading, in scope) []Offer {
	var list []int32
	for i := range x.landmarks {
		if x.landmarks[i].Kind == s.kind && x.objects[i].fits(s) {
			list = append(list, int32(i))
		}
	}
	if len(list) == 0 && len(s.stems) > 0 { // «парк» in the table may be «сквер» to people
		for i := range x.landmarks {
			if x.objects[i].fits(s) {
				list = append(list, int32(i))
			}
		}
	}
	list = narrowed(list, func(at int32) bool { return in.territory == 0 || x.same(x.landmarks[at].Territory, in.territory) }, true)
	list = narrowed(list, func(at int32) bool { return slices.Contains(in.settlements, x.landmarks[at].Settlement) }, false)
	bare := s.number == "" && len(s.stems) == 0
	if bare && (len(list) != 1 || in.territory == 0 || !nearWords[r.at(s.lo-1).s]) {
		return nil
	}
	var out []Offer
	for _, at := range list {
		o := x.offerLandmark(at)
		o.score = sureKind + sureNumber
		o.Quotes = []Span{r.widened(s.lo, s.hi)}
		out = append(out, o)
	}
	return out
}

// fits reports whether the object can be what the words name.
func (o *object) fits(s *sight) bool {
	if s.number != "" {
		return s.number == o.number
	}
	if len(s.stems) == 0 {
		return true
	}
	same := 0
	for _, w := range s.stems {
		if slices.Contains(o.stems, w) {
			same++
		}
	}
	return same > 0 && same >= min(len(s.stems), len(o.stems))
}
