package address

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// mention is a street that words may mean.
type mention struct {
	lo, hi  int // tokens, with the kind and the house
	name    int32
	kind    string // «ул.», "" where it isn't said
	house   *number
	missing int // words of the name that aren't there
	typos   int
	sure    float64
}

// What speaks for a street, and how much of it is enough. A message is full of
// words that are also names of streets («новая», «школьная»), so that there a
// name alone is not enough; in the field for an address it is.
const (
	sureKind     = 3.0 // «ул.» beside it
	sureHouse    = 3.0 // «д. 5» behind it, or «дом 5 по» before
	sureNumber   = 2.0 // a bare number behind it
	sureCapital  = 1.5 // a capital letter inside a sentence
	sureOpening  = 0.5 // one at its beginning
	sureOn       = 1.0 // «на», «по» before it
	surePlace    = 1.5 // a town or a village before it
	sureWords    = 1.0 // each further word of a long name
	sureWritten  = 0.5 // as in the table, letter by letter
	lessMissing  = 1.0 // each word of the name that isn't there
	lessTypo     = 1.0 // each letter
	lessOrdinal  = 4.0 // «1-я Заречная» for «2-я Заречная»
	enoughInText = 2.5
	enoughTyped  = 0.0
)

// reading is a text with what is known of its words.
type reading struct {
	text    string
	tokens  []token
	stems   []string
	typed   bool // in the field for an address
	capital bool // the text has capital letters, so that their lack says something
}

func read(text string, typed bool) *reading {
	r := &reading{text: text, tokens: cut(text), typed: typed}
	r.stems = make([]string, len(r.tokens))
	for i, t := range r.tokens {
		r.stems[i] = stem(t.s)
		r.capital = r.capital || t.capital && !t.opens
	}
	return r
}

// at is the token, an empty one outside the text.
func (r *reading) at(i int) token {
	if i < 0 || i >= len(r.tokens) {
		return token{s: " "}
	}
	return r.tokens[i]
}

// cue reports whether something beside the word says that it is a street: only
// then a mistyped name is worth looking for.
func (r *reading) cue(i int) bool {
	for j := i - 2; j <= i+1; j++ {
		if j != i && streetKinds[r.at(j).s] != "" {
			return true
		}
	}
	next := r.at(i + 1)
	return next.number() && houseNumber(next.s) && r.at(i).capital || houseWords[next.s] && r.at(i+2).number()
}

// streetsIn finds the streets that words may mean, the surest first; no word
// belongs to two.
func (x *Index) streetsIn(r *reading) []mention {
	var found []mention
	for i, t := range r.tokens {
		if t.number() || utf8.RuneCountInString(t.s) < 3 {
			continue
		}
		for id, typos := range x.like(r, i) {
			for _, n := range x.key[id] {
				if m := x.fit(r, i, n, typos); m.sure >= r.enough() {
					found = append(found, m)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b mention) int {
		return cmp.Or(cmp.Compare(b.sure, a.sure), cmp.Compare(b.hi-b.lo, a.hi-a.lo), cmp.Compare(a.lo, b.lo), cmp.Compare(a.name, b.name))
	})
	if r.typed {
		return found
	}
	var apart []mention
	for _, m := range found {
		if !slices.ContainsFunc(apart, func(a mention) bool { return m.lo < a.hi && a.lo < m.hi }) {
			apart = append(apart, m)
		}
	}
	return apart
}

func (r *reading) enough() float64 {
	if r.typed {
		return enoughTyped
	}
	return enoughInText
}

// like lists the stems that a token may be, each with its typos.
func (x *Index) like(r *reading, i int) map[int]int {
	if id, ok := x.stems[r.stems[i]]; ok {
		return map[int]int{id: 0}
	}
	if r.typed || r.cue(i) {
		return x.typos.near(r.stems[i])
	}
	return nil
}

// fit weighs a name against the words around token i, which is the word that
// the name can't be without.
func (x *Index) fit(r *reading, i int, at int32, typos int) mention {
	n := &x.names[at]
	m := mention{lo: i, hi: i + 1, name: at, typos: typos, missing: len(n.words) - 1}
	there := make([]bool, len(n.words))
	there[n.required()] = true
	for j := i - 1; j >= max(0, i-4) && m.missing > 0; j-- {
		if !m.takes(n, r, j, there) {
			break
		}
		m.lo = j
	}
	for j := i + 1; j <= i+2 && j < len(r.tokens) && m.missing > 0; j++ {
		if !m.takes(n, r, j, there) {
			break
		}
		m.hi = j + 1
	}
	m.sure = sureWords*float64(len(n.words)-1-m.missing) - lessMissing*float64(m.missing) - lessTypo*float64(m.typos)
	if r.tokens[i].s == n.words[n.required()] {
		m.sure += sureWritten
	}
	if r.ordinal(m.lo-1) && n.ordinal() && m.missing > 0 {
		m.sure -= lessOrdinal
	}
	m.sure += r.capitals(m.lo, m.hi)
	m.findKind(r)
	m.findHouse(r)
	before := r.at(m.lo - 1)
	if onWords[before.s] {
		m.sure += sureOn
	}
	if m.kind == "" && notStreets[r.at(m.hi).s] {
		m.sure = -1
	}
	return m
}

// ordinal reports whether the name has a number: «1-я Заречная».
func (n *name) ordinal() bool {
	return slices.ContainsFunc(n.words, func(w string) bool { return w[0] <= '9' })
}

// ordinal reports whether token i is one: «1-я», «2я».
func (r *reading) ordinal(i int) bool {
	t := r.at(i)
	return t.number() && !houseNumber(t.s) || t.number() && strings.HasSuffix(t.s, "я")
}

// capitals is what the size of the first letters says.
func (r *reading) capitals(lo, hi int) float64 {
	for _, t := range r.tokens[lo:hi] {
		if t.capital && (!t.opens || streetKinds[r.at(lo-1).s] != "") {
			return sureCapital
		}
	}
	switch {
	case r.tokens[lo].capital:
		return sureOpening
	case r.capital && !r.typed:
		return -sureOpening
	default:
		return 0
	}
}

// takes reports whether token j is one more word of the name, or its initial.
func (m *mention) takes(n *name, r *reading, j int, there []bool) bool {
	for k, s := range n.stems {
		if there[k] {
			continue
		}
		t := r.tokens[j].s
		initial := utf8.RuneCountInString(t) == 1 && strings.HasPrefix(n.words[k], t) && strings.HasPrefix(r.at(j+1).gap, ".")
		if r.stems[j] == s || initial {
			there[k] = true
			m.missing--
			return true
		}
	}
	return false
}

// findKind looks for «ул.» before the name and behind it.
func (m *mention) findKind(r *reading) {
	before, after := r.at(m.lo-1), r.at(m.hi)
	if k := streetKinds[before.s]; k != "" && !strings.ContainsAny(r.tokens[m.lo].gap, ",;\n!?") {
		m.kind = k
		m.lo--
	} else if k := streetKinds[after.s]; k != "" && !strings.ContainsAny(after.gap, ".,;\n!?") && !followsName(r, m.hi+1) {
		m.kind = k
		m.hi++
	}
	if m.kind != "" {
		m.sure += sureKind
	}
}

// followsName reports whether the word «ул.» before token i belongs to what
// comes after it.
func followsName(r *reading, i int) bool {
	return r.at(i).capital && r.at(i).gap != "" && !strings.Contains(r.at(i).gap, ",")
}

func (m *mention) findHouse(r *reading) {
	if m.hi < len(r.tokens) {
		gap := r.tokens[m.hi].gap
		if !strings.Contains(strings.TrimRight(gap, " "), ".") || streetKinds[r.tokens[m.hi-1].s] != "" {
			if h, ok := houseAt(r.tokens, m.hi, true); ok {
				m.house, m.hi = &h, h.to
				if h.said {
					m.sure += sureHouse
				} else {
					m.sure += sureNumber
				}
				return
			}
			if near := r.at(m.hi).s; nearWords[near] && houseWords[r.at(m.hi+1).s] { // «на Садовой у дома 17»
				if h, ok := houseAt(r.tokens, m.hi+1, false); ok {
					m.house, m.hi = &h, h.to
					m.sure += sureHouse
					return
				}
			}
		}
	}
	end := m.lo
	if onWords[r.at(end-1).s] {
		end--
	}
	for from := max(0, end-6); from < end; from++ {
		if landmarkWord[r.at(from-1).s] != "" {
			continue // «у школы № 3 на Мира» is no house
		}
		if h, ok := houseAt(r.tokens, from, r.typed); ok && h.to == end {
			m.house, m.lo = &h, from
			m.sure += sureHouse
			return
		}
	}
}
