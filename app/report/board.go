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
	sums := gathering{by: by, sums: map[int64]*Sums{}}
	from, to, today := DayOf(p.From, b.Zone), DayOf(p.To, b.Zone), DayOf(now, b.Zone)
	today = min(max(today, from), to)
	q.Spans = spans(from, today)
	if err := b.Store.EachCell(ctx, q, sums.add); err != nil {
		return nil, err
	}
	past := map[int64]int{} // due on a day that is over
	for id, s := range sums.sums {
		past[id] = s.N[Owed]
	}
	q.Spans = spans(today, to)
	if err := b.Store.EachCell(ctx, q, sums.add); err != nil {
		return nil, err
	}
	out := make(map[int64]*Counts, len(sums.sums))
	for id, s := range sums.sums {
		c := s.counts()
		c.OpenPastDue = past[id]
		out[id] = &c
	}
	if err := b.dueToday(ctx, p, f, now, by, out); err != nil {
		return nil, err
	}
	return out, b.openNow(ctx, q, to, by, out)
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

// openNow counts what was submitted before a day and not ended before it.
func (b *Board) openNow(ctx context.Context, q CellQuery, to Day, by Group, out map[int64]*Counts) error {
	all := gathering{by: by, sums: map[int64]*Sums{}, bare: true}
	q.Spans = spans(0, to)
	if err := b.Store.EachCell(ctx, q, all.add); err != nil {
		return err
	}
	for id, s := range all.sums {
		if n := s.N[Submitted] - s.N[Ended]; n != 0 {
			counts(out, id).OpenNow = n
		}
	}
	return nil
}

func counts(of map[int64]*Counts, id int64) *Counts {
	if of[id] == nil {
		of[id] = &Counts{}
	}
	return of[id]
}

// gathering sums cells by a group.
type gathering struct {
	by   Group
	sums map[int64]*Sums
	bare bool // without hours
}

func (g *gathering) add(k Key, s *Sums) error {
	id := int64(0)
	switch g.by {
	case GroupAgency:
		id = k.Agency
	case GroupTerritory:
		id = k.Territory
	case GroupPerson:
		id = k.Person
	case GroupNone:
	}
	if g.bare {
		s.Hours = nil
	}
	if g.sums[id] == nil {
		g.sums[id] = &Sums{}
	}
	g.sums[id].Add(s, 1)
	return nil
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

// Days has a line for each day of the period, also where nothing happened.
func (b *Board) Days(ctx context.Context, p Period, f Filter, zone *time.Location) ([]DayLine, error) {
	points, ok, err := b.byDay(ctx, p, f)
	if err != nil || !ok {
		if err == nil {
			return b.Store.Days(ctx, p, f, zone)
		}
		return nil, err
	}
	out := make([]DayLine, len(points))
	for i := range points {
		out[i] = DayLine{points[i].Day.String(), points[i].Sums.N[Submitted], points[i].Sums.N[Answered]}
	}
	return out, nil
}

// Point is the sums of one day.
type Point struct {
	Day  Day
	Sums Sums
}

// byDay are the sums of each day; false where none are kept.
func (b *Board) byDay(ctx context.Context, p Period, f Filter) ([]Point, bool, error) {
	cube, ok := cubeFor(f, GroupNone)
	ready, err := b.ready(ctx)
	if err != nil || !ok || !ready || !b.whole(p) {
		return nil, false, err
	}
	from, to := DayOf(p.From, b.Zone), DayOf(p.To, b.Zone)
	points := make([]Point, to-from)
	for i := range points {
		points[i].Day = from + Day(i)
	}
	q, ok := f.query(cube)
	if !ok {
		return points, true, nil
	}
	q.Spans = days(from, to)
	err = b.Store.EachCell(ctx, q, func(k Key, s *Sums) error {
		points[k.Day-from].Sums.Add(s, 1)
		return nil
	})
	return points, true, err
}

// Trend are the counts of steps of the period, each beginning on its day. What
// was open at the end of a step is not among them. It is nil where no sums are
// kept.
func (b *Board) Trend(ctx context.Context, p Period, f Filter, now time.Time, begins func(Day) Day) ([]TrendPoint, error) {
	points, ok, err := b.byDay(ctx, p, f)
	if err != nil || !ok {
		return nil, err
	}
	var out []TrendPoint
	var sums Sums
	past, today := 0, DayOf(now, b.Zone)
	for i := range points {
		day := begins(points[i].Day)
		if len(out) == 0 || out[len(out)-1].From != day {
			out = append(out, TrendPoint{From: day})
			sums, past = Sums{}, 0
		}
		sums.Add(&points[i].Sums, 1)
		if points[i].Day < today {
			past += points[i].Sums.N[Owed]
		}
		c := &out[len(out)-1].Counts
		*c = sums.counts()
		c.OpenPastDue = past
	}
	return out, nil
}

// TrendPoint is one point of a trend.
type TrendPoint struct {
	From   Day
	Counts Counts
}

// Population sums the people of the territories of the filter, or of all
// municipalities.
func (b *Board) Population(ctx context.Context, f Filter) (int, error) {
	return b.Store.Population(ctx, f)
}
