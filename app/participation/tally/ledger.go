package tally

import "math/big"

// ledger keeps the money of Equal Shares exactly. Every amount is a whole
// number of parts, and one unit of money has `unit` parts. When a price has a
// new denominator, all of them are multiplied by it: so there are no fractions
// to shorten, which makes exactness cheap.
type ledger struct {
	m     *market
	unit  big.Int
	share big.Int    // with which everybody began
	price []*big.Int // for one point, by purchase
	when  []int      // of a project: its purchase, -1 before
	spent []bool     // the group has nothing left
	count []int64    // points by purchase, of the group or project at hand
}

// newLedger opens the books with a share of num/den units of money each.
func newLedger(m *market, share *big.Rat) *ledger {
	l := &ledger{m: m, when: make([]int, len(m.offers)), spent: make([]bool, len(m.groups))}
	for p := range l.when {
		l.when[p] = -1
	}
	l.share.Set(share.Num())
	l.unit.Set(share.Denom())
	return l
}

// left is what one voter of the group has, in parts.
func (l *ledger) left(g int32, to *big.Int) *big.Int {
	if l.spent[g] {
		return to.SetInt64(0)
	}
	v := &l.m.groups[g]
	to.Set(&l.share)
	var paid big.Int
	for i, p := range v.choices {
		if k := l.when[p]; k >= 0 {
			to.Sub(to, paid.Mul(l.price[k], paid.SetInt64(v.points[i])))
		}
	}
	return to
}

// behind is what some of the project's backers have together, in parts.
func (l *ledger) behind(p int, backers []int32, to *big.Int) *big.Int {
	l.count = append(l.count[:0], make([]int64, len(l.price))...)
	voters := int64(0)
	for _, b := range backers {
		g := l.m.offers[p].groups[b]
		if l.spent[g] {
			continue
		}
		v := &l.m.groups[g]
		voters += v.size
		for i, p := range v.choices {
			if k := l.when[p]; k >= 0 {
				l.count[k] += v.size * v.points[i]
			}
		}
	}
	var x big.Int
	to.Mul(&l.share, x.SetInt64(voters))
	for k, n := range l.count {
		if n != 0 {
			to.Sub(to, x.Mul(l.price[k], x.SetInt64(n)))
		}
	}
	return to
}

// quote is the exact price of one point of a project, num/den parts, and who of
// its backers would give all they have for it.
type quote struct {
	project  int
	num, den *big.Int
	poor     []int32
	rich     []int32
}

// buy books a purchase: the poor give all they have, the rich the price for
// each of their points.
func (l *ledger) buy(q *quote) {
	for _, b := range q.poor {
		l.spent[l.m.offers[q.project].groups[b]] = true
	}
	var common, factor big.Int
	common.GCD(nil, nil, q.num, q.den)
	factor.Quo(q.den, &common)
	if factor.Cmp(one) != 0 {
		l.unit.Mul(&l.unit, &factor)
		l.share.Mul(&l.share, &factor)
		for _, p := range l.price {
			p.Mul(p, &factor)
		}
	}
	l.when[q.project] = len(l.price)
	l.price = append(l.price, new(big.Int).Quo(q.num, &common))
}

var one = big.NewInt(1)

// quote finds the exact price of a project that its backers can pay together.
// Those who surely can't pay the price are given; of those in doubt it finds
// out.
func (l *ledger) quote(p int, poor, doubt, rich []int32) *quote {
	q := &quote{project: p, poor: poor, num: new(big.Int), den: new(big.Int)}
	o := &l.m.offers[p]
	points := func(backer int32) *big.Int { return big.NewInt(int64(o.points[backer])) }
	var left, x, y big.Int
	for known := o.weightOf(rich); ; {
		weight := known + o.weightOf(doubt)
		if weight == 0 {
			break
		}
		q.num.Sub(x.Mul(big.NewInt(l.m.e.Projects[p].Cost), &l.unit), l.behind(p, q.poor, &y))
		q.den.SetInt64(weight)
		var still []int32
		for _, b := range doubt {
			// What they have is less than the price of their points.
			if x.Mul(l.left(o.groups[b], &left), q.den).Cmp(y.Mul(q.num, points(b))) < 0 {
				q.poor = append(q.poor, b)
			} else {
				still = append(still, b)
			}
		}
		if len(still) == len(doubt) {
			q.rich = append(append(q.rich, rich...), still...)
			return q
		}
		doubt = still
	}
	// All give all they have: the price is what the richest pays for a point.
	q.den.SetInt64(1)
	for _, b := range q.poor {
		l.left(o.groups[b], &left)
		w := points(b)
		if x.Mul(&left, q.den).Cmp(y.Mul(q.num, w)) > 0 {
			q.num.Set(&left)
			q.den.Set(w)
		}
	}
	return q
}

// together is what all backers of the project have, in parts.
func (l *ledger) together(p int) *big.Int {
	all := make([]int32, len(l.m.offers[p].groups))
	for i := range all {
		all[i] = int32(i)
	}
	return l.behind(p, all, new(big.Int))
}

// affordable reports whether its backers have the cost of the project together.
func (l *ledger) affordable(p int) bool {
	var cost big.Int
	return l.together(p).Cmp(cost.Mul(big.NewInt(l.m.e.Projects[p].Cost), &l.unit)) >= 0
}

// money is num/den parts as money.
func (l *ledger) money(num, den *big.Int) *big.Rat {
	return new(big.Rat).SetFrac(num, new(big.Int).Mul(den, &l.unit))
}
