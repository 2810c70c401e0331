package participation

import "slices"

// Quota says how many voters of some kind a poll takes: of a territory, of an age,
// or of both. The first that come are taken, then the poll says that it has enough
// of them. Nothing is weighted: a ballot does not tell who filled it in.
type Quota struct {
	Territory int64 `json:"territory,omitempty"` // 0: any
	Age       *Band `json:"age,omitempty"`       // nil: any
	Most      int   `json:"most"`
}

// Band is ages from one to another, both included.
type Band struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// MaxQuotas is how many quotas a poll may have.
const MaxQuotas = 100

// Bands are the ages that quotas tell apart, the youngest first.
func (t *Terms) Bands() []Band {
	var out []Band
	for _, q := range t.Quotas {
		if q.Age != nil && !slices.Contains(out, *q.Age) {
			out = append(out, *q.Age)
		}
	}
	slices.SortFunc(out, func(a, b Band) int { return a.From - b.From })
	return out
}

// Seat is the place of somebody in one quota.
type Seat struct {
	Quota int // its place in Terms.Quotas
	Most  int
}

// Seats are the quotas that somebody falls under; band is the place in Bands, -1
// for an age that none of them has.
func (t *Terms) Seats(territory int64, band int) []Seat {
	bands := t.Bands()
	var out []Seat
	for i, q := range t.Quotas {
		where := q.Territory == 0 || q.Territory == territory
		old := q.Age == nil || band >= 0 && band < len(bands) && *q.Age == bands[band]
		if where && old {
			out = append(out, Seat{Quota: i, Most: q.Most})
		}
	}
	return out
}

// QuotaCount is how many a quota has taken.
type QuotaCount struct {
	Quota int `json:"quota"` // its place in Terms.Quotas, OtherQuotas for those told together
	Taken int `json:"taken"`
}

// OtherQuotas stands for quotas that took too few to be told by themselves.
const OtherQuotas = -1

// gatheredQuotas puts quotas that took few together, as turnout does with
// territories.
func gatheredQuotas(counts []QuotaCount) []QuotaCount {
	var groups []PlaceCount
	for _, c := range counts {
		groups = append(groups, PlaceCount{Territory: int64(c.Quota) + 1, N: c.Taken})
	}
	var out []QuotaCount
	for _, g := range gathered(groups) {
		out = append(out, QuotaCount{Quota: int(g.Territory) - 1, Taken: g.N})
	}
	return out
}

// Full reports whether one of the seats is taken.
func Full(seats []Seat, taken []QuotaCount) bool {
	return slices.ContainsFunc(seats, func(s Seat) bool {
		return slices.ContainsFunc(taken, func(c QuotaCount) bool { return c.Quota == s.Quota && c.Taken >= s.Most })
	})
}

// quotas is the part of pre-flight about them.
func (p *Preflight) quotas(t *Terms) {
	if len(t.Quotas) == 0 {
		return
	}
	p.must(t.Kind == Poll, "quotas", "campaign.check.quota_poll")
	p.must(t.Paper == nil, "quotas", "campaign.check.quota_paper")
	p.must(len(t.Quotas) <= MaxQuotas, "quotas", "campaign.check.quota_many", "max", MaxQuotas)
	covered := map[int64]bool{}
	for i, q := range t.Quotas {
		n := i + 1
		p.must(q.Most > 0, "quotas", "campaign.check.quota_most", "n", n)
		known := q.Territory == 0 || slices.ContainsFunc(t.Territories, func(one Named) bool { return one.ID == q.Territory })
		p.must(known, "quotas", "campaign.check.quota_territory", "n", n)
		p.must(q.Age == nil || q.Age.From >= 0 && q.Age.From <= q.Age.To && q.Age.To <= 150, "quotas", "campaign.check.quota_age", "n", n)
		twice := slices.ContainsFunc(t.Quotas[:i], func(o Quota) bool {
			return o.Territory == q.Territory && (o.Age == nil) == (q.Age == nil) && (o.Age == nil || *o.Age == *q.Age)
		})
		p.must(!twice, "quotas", "campaign.check.quota_twice", "n", n)
		covered[q.Territory] = true
	}
	bands := t.Bands()
	for i := 1; i < len(bands); i++ {
		p.must(bands[i].From > bands[i-1].To, "quotas", "campaign.check.quota_overlap")
	}
	for _, one := range t.Territories {
		if !covered[0] && !covered[one.ID] {
			p.warning("quotas", "campaign.check.quota_open", "name", one.Name.RU)
		}
	}
	p.warning("quotas", "campaign.check.quota_declared")
}
