package address

import (
	"slices"
	"strings"
	"unicode"
)

// number is a house as a text gives it: where it stands, and what it may be,
// the most exact first.
type number struct {
	from, to int      // tokens
	may      []string // canonical
	said     bool     // by «дом», «д.» or «№», not a bare number
}

// canonical writes the number of a house in one way: «12а к3 с1».
func canonical(house, annex, block string) string {
	s := strings.Join(strings.Fields(house), " ")
	if annex != "" {
		s += " к " + annex
	}
	if block != "" {
		s += " стр " + block
	}
	tokens := cut(s)
	for i, t := range tokens {
		if t.number() {
			if n, ok := houseAt(tokens, i, true); ok && n.to == len(tokens) {
				return n.may[0]
			}
			break
		}
	}
	return strings.ReplaceAll(fold(s), " ", "")
}

// houseAt reads a number from token i on: a bare one or one after «д.».
func houseAt(tokens []token, i int, bare bool) (number, bool) {
	n := number{from: i}
	for i < len(tokens) && (houseWords[tokens[i].s] || strings.Contains(tokens[i].gap, "№")) {
		n.said = true
		if tokens[i].number() {
			break
		}
		i++
	}
	if i >= len(tokens) || !houseNumber(tokens[i].s) || !n.said && !bare {
		return n, false
	}
	if strings.ContainsAny(tokens[i].gap, "!?;\n(") && i > 0 {
		return n, false
	}
	name := tokens[i].s
	n.to = i + 1
	if n.to < len(tokens) && notHouses[tokens[n.to].s] && !n.said && !flatWords[tokens[n.to].s] {
		return n, false
	}
	n.may = []string{name}
	if n.to < len(tokens) && lettered(tokens[n.to]) && !unicode.IsLetter(last(name)) {
		n.may = append([]string{name + tokens[n.to].s}, n.may...)
		if glued(tokens[n.to]) {
			name += tokens[n.to].s
			n.may = n.may[:1]
			n.to++
		}
	}
	for _, part := range []struct {
		words map[string]bool
		sign  string
	}{{annexWords, " к"}, {blockWords, " с"}} {
		if n.to+1 < len(tokens) && part.words[tokens[n.to].s] && tokens[n.to+1].number() && houseNumber(tokens[n.to+1].s) {
			name += part.sign + tokens[n.to+1].s
			n.may = append([]string{name}, n.may...)
			n.to += 2
		}
	}
	if i := strings.IndexByte(name, '/'); i > 0 {
		n.may = append(n.may, name[:i]+" к"+name[i+1:], name[:i])
	} else if i := strings.Index(name, " к"); i > 0 {
		n.may = append(n.may, name[:i]+"/"+name[i+len(" к"):])
	}
	n.may = slices.Compact(n.may)
	return n, true
}

// houseNumber reports whether a token can be the number of a house.
func houseNumber(s string) bool {
	digits := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
	if digits < 0 {
		digits = len(s)
	}
	rest := s[digits:]
	return digits > 0 && digits <= 3 && s[0] != '0' && !strings.ContainsAny(rest, "-йя") && len([]rune(rest)) <= 5
}

func last(s string) rune {
	r := []rune(s)
	return r[len(r)-1]
}

// lettered reports whether a token is a letter of a house: «12 А».
func lettered(t token) bool {
	return len([]rune(t.s)) == 1 && strings.Contains("абвгдежз", t.s) && strings.Trim(t.gap, " \"«-") == ""
}

// glued reports whether the letter surely belongs to the number.
func glued(t token) bool { return t.capital || strings.ContainsAny(t.gap, "\"«-") || t.gap == "" }
