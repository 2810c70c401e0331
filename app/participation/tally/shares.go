package tally

import (
	"cmp"
	"math"
	"math/big"
	"slices"
)

// game is one count of Equal Shares with a given share. Prices are searched for
// in floating point, with a bound on the error of every one; where the bounds
// of two overlap, and for every purchase, the ledger tells exactly.
type game struct {
	*market
	books *ledger
	money []float64 // of one voter of each group
	low   []float64 // bounds on the price of a point of each project
	high  []float64
	slack float64 // how wrong money may be
	eps   float64 // how wrong a sum of money may be, to one
	tell  bool
	drops []Drop
}

// outcome is what one share buys.
type outcome struct {
	winners []int
	cost    int64
	rounds  []Round
}

func (m *market) play(share *big.Rat, tell bool) (*outcome, error) {
	each, _ := share.Float64()
	g := &game{
		market: m, books: newLedger(m, share), tell: tell,
		money: make([]float64, len(m.groups)), low: make([]float64, len(m.offers)), high: make([]float64, len(m.offers)),
		eps: float64(m.voters+1000) * 0x1p-52,
	}
	g.slack = each * g.eps
	for i := range g.money {
		g.money[i] = each
	}
	var open []int
	for p := range m.offers {
		if m.forSale(p) {
			open = append(open, p)
			g.low[p] = m.offers[p].cost / float64(m.offers[p].weight) * (1 - g.eps)
		}
	}
	o := &outcome{}
	for {
		var near []int
		near, open = g.look(open)
		if len(near) == 0 {
			return o, nil
		}
		q, tied, err := g.decide(near)
		if err != nil {
			return nil, err
		}
		if tell {
			o.rounds = append(o.rounds, g.round(q, tied))
		}
		g.pay(q)
		o.winners = append(o.winners, q.project)
		o.cost += m.e.Projects[q.project].Cost
		open = slices.DeleteFunc(open, func(p int) bool { return p == q.project })
	}
}

// look finds the projects that may be the best buy now, and those that are
// still open. Prices never fall, so what was too dear before is looked at only
// when nothing better came.
func (g *game) look(open []int) (near, still []int) {
	slices.SortFunc(open, func(p, q int) int {
		return cmp.Or(cmp.Compare(g.low[p]/g.offers[p].worth, g.low[q]/g.offers[q].worth), cmp.Compare(p, q))
	})
	best := math.Inf(1)
	still = open[:0]
	for i, p := range open {
		worth := g.offers[p].worth
		if g.low[p]/worth > best {
			still = append(still, open[i:]...)
			break
		}
		if !g.ask(p) {
			continue
		}
		still = append(still, p)
		if g.low[p]/worth <= best {
			near = append(near, p)
			best = min(best, g.high[p]/worth*(1+0x1p-50))
		}
	}
	return slices.DeleteFunc(near, func(p int) bool { return g.low[p]/g.offers[p].worth > best }), still
}

// ask finds bounds on the price of a project's point, false where its backers
// don't have the money.
func (g *game) ask(p int) bool {
	o := &g.offers[p]
	price, poor := g.low[p], -1
	for {
		var all, short, rich float64
		n := 0
		for i, v := range o.groups {
			b, w := g.money[v], o.points[i]
			s := b * o.sizes[i]
			all += s
			if b < price*w {
				short += s
				n++
			} else {
				rich += w * o.sizes[i]
			}
		}
		doubt := 2 * g.eps * o.cost
		switch {
		case poor < 0 && all < o.cost-doubt, poor < 0 && all < o.cost+doubt && !g.books.affordable(p):
			if g.tell {
				g.drops = append(g.drops, Drop{Project: p, Behind: g.books.money(g.books.together(p), one)})
			}
			return false
		case n == len(o.groups) || o.cost-short <= doubt:
			g.low[p], g.high[p] = price*(1-g.eps), math.Inf(1)
			return true
		case n == poor:
			wrong := doubt/rich + price*0x1p-50
			g.low[p], g.high[p] = max(g.low[p], price-wrong), price+wrong
			return true
		}
		price, poor = max(price, (o.cost-short)/rich), n
	}
}

// decide finds the best buy among those that may be, exactly; tied are the
// others that are as good.
func (g *game) decide(near []int) (q *quote, tied []int, err error) {
	if len(near) == 1 {
		return g.exact(near[0]), nil, nil
	}
	quotes := map[int]*quote{}
	for _, p := range near {
		q := g.exact(p)
		quotes[p] = q
		c := -1
		if len(tied) > 0 {
			c = g.compare(q, quotes[tied[0]])
		}
		switch {
		case c < 0:
			tied = []int{p}
		case c == 0:
			tied = append(tied, p)
		}
	}
	g.equals = g.equals || len(tied) > 1
	first, err := g.ties.first(tied)
	if err != nil {
		return nil, nil, err
	}
	return quotes[first], slices.DeleteFunc(tied, func(p int) bool { return p == first }), nil
}

// compare says which of two prices for what a point is worth is lower.
func (g *game) compare(a, b *quote) int {
	side := func(num, den *big.Int, p int) *big.Int {
		x := new(big.Int).Mul(num, den)
		if g.rule.Utility == CostUtility {
			x.Mul(x, big.NewInt(g.e.Projects[p].Cost))
		}
		return x
	}
	return side(a.num, b.den, b.project).Cmp(side(b.num, a.den, a.project))
}

// exact sorts the backers of a project by whether they can pay its price, and
// leaves those in doubt to the ledger.
func (g *game) exact(p int) *quote {
	o := &g.offers[p]
	var poor, doubt, rich []int32
	for i, v := range o.groups {
		b, w, at := g.money[v], o.points[i], int32(i)
		switch {
		case g.books.spent[v]:
		case b < g.low[p]*w-g.slack:
			poor = append(poor, at)
		case b > g.high[p]*w+g.slack:
			rich = append(rich, at)
		default:
			doubt = append(doubt, at)
		}
	}
	return g.books.quote(p, poor, doubt, rich)
}

// pay takes the money from those who back the project.
func (g *game) pay(q *quote) {
	price, _ := g.books.money(q.num, q.den).Float64()
	g.books.buy(q)
	o := &g.offers[q.project]
	for _, b := range q.poor {
		g.money[o.groups[b]] = 0
	}
	for _, b := range q.rich {
		v := o.groups[b]
		g.money[v] = max(0, g.money[v]-price*o.points[b])
	}
}

// round tells about a purchase before it is paid.
func (g *game) round(q *quote, tied []int) Round {
	r := Round{Project: q.project, Price: g.books.money(q.num, q.den), Tied: tied, Dropped: g.drops}
	g.drops = nil
	o := &g.offers[q.project]
	for _, b := range q.poor {
		r.Short += g.groups[o.groups[b]].size
	}
	for _, b := range q.rich {
		r.InFull += g.groups[o.groups[b]].size
	}
	r.Supporters = r.Short + r.InFull
	r.Last = g.books.money(g.books.behind(q.project, q.poor, new(big.Int)), one)
	if r.Price.Sign() > 0 {
		r.Effective = new(big.Rat).Inv(r.Price)
		if g.rule.Utility == CostUtility {
			r.Effective.Mul(r.Effective, new(big.Rat).SetInt64(g.e.Projects[q.project].Cost))
		}
	}
	return r
}

// raise plays with the share of the budget, and with greater ones as long as
// the rule says so and what they buy can be paid from the budget.
func (res *Result) raise(m *market) error {
	r, e := &res.Rule, m.e
	unit := new(big.Rat).SetInt64(e.unit())
	share := big.NewRat(e.Budget, m.voters)
	whole := new(big.Rat).SetInt64(e.Budget / (m.voters * e.unit()) * e.unit())
	if r.Start == StartIntegral {
		share.Set(whole)
	}
	won, err := m.play(share, false)
	if err != nil {
		return err
	}
	res.Counts = 1
	next := new(big.Rat).Set(share)
	if r.Start == StartWhole {
		next.Set(whole)
	}
	for r.Completion == Add1 || r.Completion == Add1U {
		if r.Exhaustive && m.exhausted(won) {
			break
		}
		steps := m.idle(next, won.winners)
		if steps == nil {
			break
		}
		next = new(big.Rat).Add(next, new(big.Rat).Mul(unit, new(big.Rat).SetInt(steps)))
		more, err := m.play(next, false)
		if err != nil {
			return err
		}
		res.Counts++
		if more.cost > e.Budget {
			break
		}
		won, share = more, next
	}
	if won, err = m.play(share, true); err != nil {
		return err
	}
	res.Winners, res.Rounds, res.Endowment = append(m.free(), won.winners...), won.rounds, share
	return nil
}

// exhausted reports whether nothing more fits into the budget.
func (m *market) exhausted(o *outcome) bool {
	for p := range m.offers {
		if m.forSale(p) && m.e.Projects[p].Cost <= m.e.Budget-o.cost && !slices.Contains(o.winners, p) {
			return false
		}
	}
	return true
}

// idle is by how many units the share can be raised at once: by one, or up to
// where the backers of a project that has not won could first pay for it if
// they kept all their money; until there nothing can be won but what has been.
// Nil where nothing is left to be won.
func (m *market) idle(share *big.Rat, winners []int) *big.Int {
	var most *big.Int
	for p := range m.offers {
		if !m.forSale(p) || slices.Contains(winners, p) {
			continue
		}
		// The greatest k with voters × (share + k units) < cost.
		room := new(big.Rat).SetFrac64(m.e.Projects[p].Cost, m.offers[p].voters)
		room.Quo(room.Sub(room, share), new(big.Rat).SetInt64(m.e.unit()))
		k := new(big.Int).Sub(room.Num(), one)
		k.Div(k, room.Denom())
		if most == nil || k.Cmp(most) < 0 {
			most = k
		}
	}
	if most != nil && most.Sign() <= 0 {
		most.Set(one)
	}
	return most
}
