package address

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// scope is what is known of where a text is about.
type scope struct {
	territory   int64    // 0 where unknown
	settlements []string // that the text names
}

// Search finds places for what stands in the field for an address, finished or
// not, the likeliest first. Places of other municipalities than the territory's
// are left out; 0 asks everywhere.
func (x *Index) Search(text string, territory int64, limit int) []Offer {
	r := read(text, true)
	in := x.scopeOf(r, territory)
	var out []Offer
	add := func(offers []Offer) {
		for _, o := range offers {
			if !slices.ContainsFunc(out, func(b Offer) bool { return b.Ref == o.Ref }) {
				out = append(out, o)
			}
		}
	}
	found := x.streetsIn(r)
	x.lendHouse(r, found)
	for i := range found {
		if found[i].sure < found[0].sure-sureKind {
			break
		}
		add(x.resolve(r, &found[i], in))
	}
	for _, s := range r.sightsIn() {
		add(x.landmarksOf(&s, r, in))
	}
	add(x.named(r, in))
	if len(out) < limit {
		add(x.begun(r, in, limit-len(out)))
	}
	return surest(out, limit)
}

// Find finds places in a message: what its author may have meant, to be offered
// to them and never taken for granted. The territory narrows it as in Search.
func (x *Index) Find(text string, territory int64, limit int) []Offer {
	r := read(text, false)
	in := x.scopeOf(r, territory)
	var out []Offer
	add := func(offers []Offer) {
		for _, o := range offers {
			if i := slices.IndexFunc(out, func(b Offer) bool { return b.Ref == o.Ref && b.Address == o.Address }); i < 0 {
				out = append(out, o)
			}
		}
	}
	found := x.streetsIn(r)
	x.lendHouse(r, found)
	covered := make([]Span, 0, len(found))
	for i := range found {
		m := &found[i]
		if m.kind != "" && m.kind != anyStreet && m.house == nil && !x.bears(m) {
			continue // «центральная аллея» is not the street «Центральная»
		}
		if offers := x.resolve(r, m, in); len(offers) > 0 {
			covered = append(covered, Span{m.lo, m.hi})
			add(offers)
		}
	}
	taken := func(lo, hi int) bool {
		return slices.ContainsFunc(covered, func(s Span) bool { return lo < s.To && s.From < hi })
	}
	for _, s := range r.sightsIn() {
		if taken(s.lo, s.hi) {
			continue
		}
		offers := x.landmarksOf(&s, r, in)
		if len(offers) == 0 && (s.number != "" || s.quoted || len(s.stems) > 0 && r.tokens[s.hi-1].capital) {
			o := Offer{Found: FoundWords, Quotes: []Span{r.widened(s.lo, s.hi)}, score: 1}
			bare := r.span(s.lo, s.hi)
			o.Address = text[bare.From:bare.To]
			offers = []Offer{o}
		}
		add(offers)
		if len(offers) > 0 {
			covered = append(covered, Span{s.lo, s.hi})
		}
	}
	for _, m := range r.unknown(taken) {
		s := r.widened(m.lo, m.hi)
		bare := r.span(m.lo, m.hi)
		add([]Offer{{Found: FoundWords, Address: text[bare.From:bare.To], Quotes: []Span{s}, score: sureKind}})
	}
	out = slices.DeleteFunc(out, func(o Offer) bool {
		return o.Found == FoundWords && slices.ContainsFunc(out, func(b Offer) bool {
			return b.Found == FoundWords && b.Address != o.Address && strings.HasPrefix(b.Address, o.Address)
		})
	})
	if territory == 0 {
		add(x.placeIn(r))
	}
	for i := range out {
		if out[i].Territory == 0 {
			out[i].Territory = in.territory
		}
	}
	return surest(out, limit)
}

// scopeOf reads the settlements and, where it isn't known, the municipality
// that the text names.
func (x *Index) scopeOf(r *reading, territory int64) scope {
	in := scope{territory: territory}
	for i, t := range r.tokens {
		if !r.typed && !t.capital && placeKinds[r.at(i-1).s] == "" {
			continue
		}
		for _, s := range x.settlements[r.stems[i]] {
			list := words(s)
			if len(list) > 2 && !strings.Contains(fold(r.text), stem(list[1])) { // «с. Верхняя Ольшанка» is not «Ольшанка»
				continue
			}
			in.settlements = append(in.settlements, s)
		}
	}
	if territory == 0 {
		if r.typed {
			in.territory = x.places().NamedIn(r.text)
		} else if o := x.placeIn(r); len(o) == 1 {
			in.territory = o[0].Territory
		}
	}
	return in
}

// placeIn finds the municipality that a message names: «в Курчатове». Words
// with small letters don't count where the text has capital ones.
func (x *Index) placeIn(r *reading) []Offer {
	whole := x.places().NamedIn(r.namesOnly())
	if whole == 0 {
		return nil
	}
	for width := 1; width <= 3; width++ {
		for i := 0; i+width <= len(r.tokens); i++ {
			if r.capital && !r.tokens[i].capital && !r.tokens[i+width-1].capital && !strings.HasPrefix(r.at(i+width).s, "район") || r.besideStreet(i, i+width) {
				continue
			}
			span := r.span(i, i+width)
			if x.places().NamedIn(r.text[span.From:span.To]) == whole {
				if placeKinds[r.at(i-1).s] != "" {
					span = r.span(i-1, i+width)
				}
				if notStreets[r.at(i+width).s] {
					span = r.span(i, i+width+1)
				}
				o := x.offerTerritory(whole)
				o.Quotes = []Span{span}
				return []Offer{o}
			}
		}
	}
	return nil
}

// namesOnly is the text without what cannot be the name of a municipality:
// small letters where it has capital ones, and names of streets.
func (r *reading) namesOnly() string {
	var b strings.Builder
	for i, t := range r.tokens {
		kind := notStreets[t.s] || placeKinds[t.s] != "" && utf8.RuneCountInString(t.s) > 1
		district := strings.HasPrefix(r.at(i+1).s, "район")
		if (t.capital || !r.capital || kind || district) && !r.besideStreet(i, i+1) {
			b.WriteString(r.text[t.start:t.end])
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// bears reports whether a street of the kind that is said bears the name.
func (x *Index) bears(m *mention) bool {
	return slices.ContainsFunc(x.names[m.name].streets, func(at int32) bool { return x.streets[at].Kind == m.kind })
}

// besideStreet reports whether «ул.» beside the tokens belongs to them.
func (r *reading) besideStreet(lo, hi int) bool {
	return streetKinds[r.at(lo-1).s] != "" && !strings.Contains(r.at(lo).gap, ",") || streetKinds[r.at(hi).s] != "" && !followsName(r, hi+1) && !strings.Contains(r.at(hi).gap, ",")
}

// named are the settlements without streets and the municipality that an
// address names, where nothing nearer is known.
func (x *Index) named(r *reading, in scope) []Offer {
	var out []Offer
	for i := range x.streets {
		s := &x.streets[i]
		if s.Name == "" && slices.Contains(in.settlements, s.Settlement) && (in.territory == 0 || x.same(s.Territory, in.territory)) {
			out = append(out, x.offerStreet(int32(i), "", -1))
		}
	}
	if id := x.places().NamedIn(r.text); id != 0 {
		out = append(out, x.offerTerritory(id))
	}
	return out
}

// lendHouse gives the one house of a message, said apart («у дома 12 яма … это
// улица Мира»), to its one street.
func (x *Index) lendHouse(r *reading, found []mention) {
	if len(found) != 1 || found[0].house != nil {
		return
	}
	var alone []number
	for i := 0; i < len(r.tokens); i++ {
		if h, ok := houseAt(r.tokens, i, false); ok && r.tokens[i].s != "с" {
			alone = append(alone, h)
			i = h.to - 1
		}
	}
	if len(alone) == 1 && (alone[0].to <= found[0].lo || alone[0].from >= found[0].hi) {
		found[0].house = &alone[0]
	}
}

// Fewest letters of a word that is being typed.
const leastBegun = 3

// begun completes the word at the end.
func (x *Index) begun(r *reading, in scope, limit int) []Offer {
	if len(r.tokens) == 0 {
		return nil
	}
	t := r.tokens[len(r.tokens)-1]
	if t.end != len(r.text) || t.number() || utf8.RuneCountInString(t.s) < leastBegun {
		return nil
	}
	from, _ := slices.BinarySearchFunc(x.begins, t.s, func(b beginning, w string) int { return strings.Compare(b.word, w) })
	var out []Offer
	for _, b := range x.begins[from:] {
		if !strings.HasPrefix(b.word, t.s) || len(out) >= 4*limit {
			break
		}
		m := mention{lo: len(r.tokens) - 1, hi: len(r.tokens), name: b.name}
		m.findKind(r)
		m.sure -= lessTypo
		out = append(out, x.resolve(r, &m, in)...)
	}
	return out
}
