package report

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Board reads figures from the sums that are kept, in days of a zone. Where no
// sums are kept yet, or none by what a filter asks for, it counts the appeals.
type Board struct {
	Store Store
	Zone  *time.Location
}

// cubeFor is the cube that tells apart what the filter and the group ask for.
func cubeFor(f Filter, by Group) (Cube, bool) {
	agency := !f.Region || f.Agency != 0 || by == GroupAgency
	place := len(f.Territory) > 0 || by == GroupTerritory
	person := f.Executor != 0 || by == GroupPerson
	switch {
	case person:
		return ByPerson, !place && f.Category == ""
	case f.Category != "":
		return ByAgencyCategory, !place
	case agency && place:
		return ByAgencyTerritory, true
	case agency:
		return ByAgency, true
	case place:
		return ByTerritory, true
	default:
		return Whole, true
	}
}

// query narrows a cube to what the filter lets through; false: nothing.
func (f Filter) query(cube Cube) (CellQuery, bool) {
	q := CellQuery{Cube: cube, Territory: f.Territory, Person: f.Executor, Topic: f.Category}
	switch {
	case !f.Region && len(f.Agencies) == 0, !f.Region && f.Agency != 0 && !slices.Contains(f.Agencies, f.Agency):
		return q, false
	case f.Agency != 0:
		q.Agencies = []int64{f.Agency}
	case !f.Region:
		q.Agencies = f.Agencies
	}
	return q, true
}

// ready reports whether the sums are whole, by our days and our rules.
func (b *Board) ready(ctx context.Context) (bool, error) {
	s, err := b.Store.KPIState(ctx)
	return s.Ready && s.Zone == b.Zone.String() && s.Rules == Rules, err
}

// whole reports whether the period is days of the zone.
func (b *Board) whole(p Period) bool {
	at := func(t time.Time) bool { return DayOf(t, b.Zone).In(b.Zone).Equal(t) }
	return at(p.From) && at(p.To) && p.From.Before(p.To)
}

// CountsBy are the counts of the period of each id of the group.
func (b *Board) CountsBy(ctx context.Context, p Period, f Filter, now time.Time, by Group) (map[int64]*Counts, error) {
	cube, ok := cubeFor(f, by)
	ready, err := b.ready(ctx)
	if err != nil {
		return nil, err
	}
	if !ok || !ready || !b.whole(p) {
		return b.Store.CountsBy(ctx, p, f, now, by)
	}
	q, ok := f.query(cube)
	if !ok {
		return map[int64]*Counts{}, nil
	}
	from, to := DayOf(p.From, b.Zone), DayOf(p.To, b.Zone)
	pieces := piecesOf(from, min(max(DayOf(now, b.Zone), from), to), to)
	for i := range pieces {
		q.Spans = append(q.Spans, pieces[i].Span)
	}
	sums, past, open := map[int64]*Sums{}, map[int64]int{}, map[int64]int{}
	err = b.Store.EachCell(ctx, q, func(span int, k Key, s *Sums) error {
		at, id := &pieces[span], by.of(k)
		if at.within && sums[id] == nil {
			sums[id] = s
		} else if at.within {
			sums[id].Add(s, 1)
		}
		if at.past {
			past[id] += s.N[Owed]
		}
		if at.before {
			open[id] += s.N[Submitted] - s.N[Ended]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*Counts, len(sums))
	for id, s := range sums {
		c := s.counts()
		c.OpenPastDue = past[id]
		out[id] = &c
	}
	for id, n := range open {
		if n != 0 {
			counts(out, id).OpenNow = n
		}
	}
	return out, b.dueToday(ctx, p, f, now, by, out)
}

// piece is cells that count the same way.
type piece struct {
	Span
	within bool // in the period
	past   bool // what is due in it is overdue
	before bool // in the sum, since the beginning, of what is open at the end
}

// piecesOf takes the time up to the end of a period apart so that few cells are
// read: each stands in one piece, and what began before the period is read by
// months.
func piecesOf(from, today, to Day) (out []piece) {
	add := func(spans []Span, as piece) {
		for _, as.Span = range spans {
			as.Bare = !as.within
			out = append(out, as)
		}
	}
	first := from
	if first.Month() != first {
		first = first.nextMonth()
	}
	if first <= today { // its month holds the first days
		add(days(from, first), piece{within: true, past: true})
		add(spans(0, first), piece{before: true})
		from = first
	} else {
		add(spans(0, from), piece{before: true})
	}
	add(spans(from, today), piece{within: true, past: true, before: true})
	add(spans(today, to), piece{within: true, before: true})
	return out
}

// of is the id by which a cell is grouped.
func (g Group) of(k Key) int64 {
	switch g {
	case GroupAgency:
		return k.Agency
	case GroupTerritory:
		return k.Territory
	case GroupPerson:
		return k.Person
	default:
		return 0
	}
}

// dueToday adds what was due earlier today.
func (b *Board) dueToday(ctx context.Context, p Period, f Filter, now time.Time, by Group, out map[int64]*Counts) error {
	today := Period{From: DayOf(now, b.Zone).In(b.Zone), To: now}
	if today.From.Before(p.From) || !today.From.Before(p.To) {
		return nil
	}
	late, err := b.Store.PastDue(ctx, today, f, by)
	for id, n := range late {
		counts(out, id).OpenPastDue += n
	}
	return err
}

func counts(of map[int64]*Counts, id int64) *Counts {
	if of[id] == nil {
		of[id] = &Counts{}
	}
	return of[id]
}

// Counts are all of the period together.
func (b *Board) Counts(ctx context.Context, p Period, f Filter, now time.Time) (Counts, error) {
	all, err := b.CountsBy(ctx, p, f, now, GroupNone)
	if err != nil {
		return Counts{}, err
	}
	c := Counts{}
	if all[0] != nil {
		c = *all[0]
	}
	c.Population, err = b.Store.Population(ctx, f)
	return c, err
}

// Agencies lists the agencies that have anything to count.
func (b *Board) Agencies(ctx context.Context, p Period, f Filter, now time.Time) ([]AgencyLine, error) {
	counts, err := b.CountsBy(ctx, p, f, now, GroupAgency)
	if err != nil || len(counts) == 0 {
		return nil, err
	}
	population, err := b.Store.Population(ctx, f)
	if err != nil {
		return nil, err
	}
	lines := make([]AgencyLine, 0, len(counts))
	for agency, c := range counts {
		if c.empty() {
			continue
		}
		c.Population = population
		lines = append(lines, AgencyLine{Agency: agency, Counts: *c})
	}
	slices.SortFunc(lines, func(a, b AgencyLine) int { return cmp.Compare(a.Agency, b.Agency) })
	return lines, nil
}

// empty reports whether there is nothing to show.
func (c *Counts) empty() bool {
	return c.Submitted == 0 && c.Closed == 0 && c.Answered == 0 && c.OpenDue == 0 && c.OpenNow == 0
}

// Population sums the people of the territories of the filter, or of all
// municipalities.
func (b *Board) Population(ctx context.Context, f Filter) (int, error) {
	return b.Store.Population(ctx, f)
}
