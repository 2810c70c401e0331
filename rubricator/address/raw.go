package address

import (
	"strings"
	"unicode/utf8"
)

// notNames are words that follow «улица» and name none.
var notNames = set(`не нет и а но в во на без с со у от до из за по к о об где что как есть для или то так уже очень все
	весь вся наш наша нашей нашу моя моей эта этой эту этого этом который которая которой бы же ли при под над между
	город города городе село села деревня дом дома д дорога дороги темно грязь света воды тоже только также находится
	проходит просто является расположен тротуар частного сектора жители жителей`)

// unknown finds streets that no table knows, by the word for their kind: «ул.
// Урицкого 22». The words are worth offering, though not a place for a pin.
func (r *reading) unknown(taken func(lo, hi int) bool) []mention {
	var out []mention
	for i, t := range r.tokens {
		if streetKinds[t.s] == "" || utf8.RuneCountInString(t.s) == 1 {
			continue
		}
		m := mention{lo: i, hi: i + 1, name: -1, kind: streetKinds[t.s]}
		short := strings.HasPrefix(r.at(i+1).gap, ".") || utf8.RuneCountInString(t.s) <= 4
		for m.hi < len(r.tokens) && m.hi <= i+3 && r.mayName(m.hi, i) {
			m.hi++
		}
		named := m.hi > i+1
		m.findHouse(r)
		switch {
		case named && r.at(i+1).capital, named && short, named && m.house != nil:
		case !named && r.at(i-1).capital && !r.at(i-1).number() && t.gap == " " && utf8.RuneCountInString(r.at(i-1).s) > 4:
			m.lo = i - 1
		default:
			continue
		}
		if !taken(m.lo, m.hi) && (len(out) == 0 || m.lo >= out[len(out)-1].hi) {
			m.sure = sureKind
			out = append(out, m)
		}
	}
	return out
}

// mayName reports whether token j goes on with the name of the street whose kind
// is token i.
func (r *reading) mayName(j, i int) bool {
	t := r.tokens[j]
	if notNames[t.s] || notStreets[t.s] || houseWords[t.s] || streetKinds[t.s] != "" {
		return false
	}
	if j > i+1 && t.gap != " " || j == i+1 && strings.Trim(t.gap, ". «\"") != "" {
		return false
	}
	if t.number() { // «1-я Садовая», «50 лет Октября»
		next := r.at(j + 1)
		return strings.Contains(t.s, "-") || next.s == "лет" || j == i+1 && next.capital && next.gap == " "
	}
	if utf8.RuneCountInString(t.s) < 3 {
		return t.s == "к" && t.capital
	}
	return j == i+1 || t.capital || r.tokens[j-1].s == "лет" || strings.Contains(r.tokens[j-1].s, "-")
}
