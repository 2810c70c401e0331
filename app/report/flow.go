package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// StageLine is what happened at a stage: how long appeals that left it in the
// period had been there, and how many are there now.
type StageLine struct {
	Stage  string
	Visits int
	Hours  Histogram // of Visits
	Now    int
	Since  Day // since when the one that has waited longest is there, 0 for none
}

// RedirectLine is how often one agency passed appeals on to another.
type RedirectLine struct {
	From, To int64
	Count    int
}

// FlagLine is how many answers were signed against a flag.
type FlagLine struct {
	Flag  string
	Count int
}

// Forecast sets what falls due against the pace of answering.
type Forecast struct {
	Past int       // due before today and not answered
	Days []DueLine // today and the days ahead
	Pace float64   // first answers a day, over the days before today
	Over int       // of how many days that is
}

// DueLine is a day and what falls due on it.
type DueLine struct {
	Day Day
	Due int
}

// cubesOf are cubes that tell the same apart: of the whole, by agency and by
// place.
type cubesOf struct{ whole, agency, place Cube }

var (
	visitCubes    = cubesOf{Stages, StageByAgency, StageByTerritory}
	standingCubes = cubesOf{Standings, StandingByAgency, StandingByTerritory}
	flagCubes     = cubesOf{Flags, FlagByAgency, FlagByTerritory}
)

// query is the question for what the filter asks. A cube that tells agencies
// apart knows no places: the filter's are left out then.
func (c cubesOf) query(f Filter) (CellQuery, bool) {
	f.Category, f.Executor = "", 0
	switch {
	case !f.Region || f.Agency != 0:
		f.Territory = nil
		return f.query(c.agency)
	case len(f.Territory) > 0:
		return f.query(c.place)
	default:
		return f.query(c.whole)
	}
}

// Stages lists the stages at which appeals were in the period or are now. It is
// ErrBehind while the sums are made.
func (b *Board) Stages(ctx context.Context, p Period, f Filter, now time.Time) ([]StageLine, error) {
	q, ok, err := b.settled(ctx, f, visitCubes)
	if err != nil || !ok {
		return nil, err
	}
	lines := map[string]*StageLine{}
	line := func(stage string) *StageLine {
		if lines[stage] == nil {
			lines[stage] = &StageLine{Stage: stage}
		}
		return lines[stage]
	}
	q.Spans = spans(DayOf(p.From, b.Zone), DayOf(p.To, b.Zone))
	err = b.Store.EachCell(ctx, q, func(_ int, k Key, s *Sums) error {
		l := line(k.Topic)
		l.Visits += s.N[Visits]
		l.Hours.Merge(s.Hours, 1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if q, ok = standingCubes.query(f); ok {
		if err := b.standings(ctx, q, DayOf(now, b.Zone), line); err != nil {
			return nil, err
		}
	}
	out := make([]StageLine, 0, len(lines))
	for _, l := range lines {
		if l.Visits != 0 || l.Now != 0 {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b StageLine) int { return cmp.Compare(a.Stage, b.Stage) })
	return out, nil
}

// standings adds how many are at each stage now, by months, and since when, by
// the days of the first month in which one came that is there still.
func (b *Board) standings(ctx context.Context, q CellQuery, today Day, line func(stage string) *StageLine) error {
	first := map[string]Day{}
	q.Spans = []Span{{Grain: ByMonth, To: today + 1, Bare: true}}
	err := b.Store.EachCell(ctx, q, func(_ int, k Key, s *Sums) error {
		line(k.Topic).Now += s.N[Standing]
		if old, ok := first[k.Topic]; !ok || k.Day < old {
			first[k.Topic] = k.Day
		}
		return nil
	})
	if err != nil {
		return err
	}
	q.Spans = nil
	for _, month := range slices.Compact(slices.Sorted(maps.Values(first))) {
		q.Spans = append(q.Spans, days(month, month.nextMonth())...)
	}
	return b.Store.EachCell(ctx, q, func(_ int, k Key, _ *Sums) error {
		if l := line(k.Topic); k.Day.Month() == first[k.Topic] && (l.Since == 0 || k.Day < l.Since) {
			l.Since = k.Day
		}
		return nil
	})
}

// settled is the query of a cube where sums are kept.
func (b *Board) settled(ctx context.Context, f Filter, of cubesOf) (CellQuery, bool, error) {
	ready, err := b.ready(ctx)
	if err == nil && !ready {
		err = ErrBehind
	}
	q, ok := of.query(f)
	return q, ok, err
}

// pair is who passed an appeal on, and to whom.
type pair struct{ from, to int64 }

func (p pair) topic() string { return fmt.Sprintf("%d-%d", p.from, p.to) }

func pairOf(topic string) (p pair, err error) {
	from, to, _ := strings.Cut(topic, "-")
	p.from, err = strconv.ParseInt(from, 10, 64)
	if err == nil {
		p.to, err = strconv.ParseInt(to, 10, 64)
	}
	return p, err
}

// RedirectPairs lists who passed appeals on to whom, the most frequent first: of
// the filter's agencies, from them or to them.
func (b *Board) RedirectPairs(ctx context.Context, p Period, f Filter) ([]RedirectLine, error) {
	ready, err := b.ready(ctx)
	if err != nil || !ready {
		return nil, cmp.Or(err, ErrBehind)
	}
	mine := func(agency int64) bool {
		return (f.Region || slices.Contains(f.Agencies, agency)) && (f.Agency == 0 || f.Agency == agency)
	}
	counts := map[pair]int{}
	q := CellQuery{Cube: RedirectPairs, Spans: spans(DayOf(p.From, b.Zone), DayOf(p.To, b.Zone))}
	err = b.Store.EachCell(ctx, q, func(_ int, k Key, s *Sums) error {
		at, err := pairOf(k.Topic)
		if err == nil && (mine(at.from) || mine(at.to)) {
			counts[at] += s.N[Redirects]
		}
		return err
	})
	out := make([]RedirectLine, 0, len(counts))
	for at, n := range counts {
		if n != 0 {
			out = append(out, RedirectLine{at.from, at.to, n})
		}
	}
	slices.SortFunc(out, func(a, b RedirectLine) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out, err
}

// Flags lists against which flags the answers of the period were signed, the
// most frequent first.
func (b *Board) Flags(ctx context.Context, p Period, f Filter) ([]FlagLine, error) {
	q, ok, err := b.settled(ctx, f, flagCubes)
	if err != nil || !ok {
		return nil, err
	}
	counts := map[string]int{}
	q.Spans = spans(DayOf(p.From, b.Zone), DayOf(p.To, b.Zone))
	err = b.Store.EachCell(ctx, q, func(_ int, k Key, s *Sums) error {
		counts[k.Topic] += s.N[Flagged]
		return nil
	})
	out := make([]FlagLine, 0, len(counts))
	for flag, n := range counts {
		if n != 0 {
			out = append(out, FlagLine{flag, n})
		}
	}
	slices.SortFunc(out, func(a, b FlagLine) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Flag, b.Flag)) })
	return out, err
}

// Forecast looks so many days ahead, at the pace of as many days before.
func (b *Board) Forecast(ctx context.Context, f Filter, now time.Time, ahead int) (Forecast, error) {
	out := Forecast{Over: ahead}
	cube, ok := cubeFor(f, GroupNone)
	ready, err := b.ready(ctx)
	if err != nil || !ready || !ok {
		return out, cmp.Or(err, ErrBehind)
	}
	today := DayOf(now, b.Zone)
	for i := range ahead {
		out.Days = append(out.Days, DueLine{Day: today + Day(i)})
	}
	q, ok := f.query(cube)
	if !ok {
		return out, nil
	}
	first := today - Day(ahead) //nolint:gosec // some days
	closed := 0
	q.Spans = spans(0, first)
	sum := func(_ int, k Key, s *Sums) error {
		if k.Day < today {
			out.Past += s.N[Owed]
		} else {
			out.Days[k.Day-today].Due += s.N[Owed]
		}
		if k.Grain == ByDay && k.Day >= first && k.Day < today {
			closed += s.N[Closed]
		}
		return nil
	}
	q.Spans = append(q.Spans, days(first, today+Day(ahead))...) //nolint:gosec // some days
	for i := range q.Spans {
		q.Spans[i].Bare = true
	}
	err = b.Store.EachCell(ctx, q, sum)
	out.Pace = float64(closed) / float64(ahead)
	return out, err
}
