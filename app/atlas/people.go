package atlas

// people is how many there are at least behind some appeals. Those who share a
// phone, an e-mail or a name are one; who gave nothing may be anybody.
func people(facts []*Fact) int {
	if len(facts) < Fewest {
		return len(facts) // too few whoever they are
	}
	home := make([]int, len(facts))
	find := func(i int) int {
		for home[i] != i {
			home[i] = home[home[i]]
			i = home[i]
		}
		return i
	}
	type known struct {
		kind int
		sign Sign
	}
	seen := make(map[known]int, 3*len(facts))
	n := 0
	for i, f := range facts {
		home[i] = i
		if f.Signs != [3]Sign{} {
			n++
		}
		for kind, sign := range f.Signs {
			if sign == 0 {
				continue
			}
			other, ok := seen[known{kind, sign}]
			if !ok {
				seen[known{kind, sign}] = i
				continue
			}
			if a, b := find(i), find(other); a != b {
				home[a] = b
				n--
			}
		}
	}
	return max(n, 1)
}
