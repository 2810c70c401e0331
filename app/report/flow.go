package report

import (
	"cmp"
	"context"
	"slices"
	"strconv"
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

// stageCube is the cube of stages by what the filter asks for. One that tells
// agencies apart knows no places: the filter's are left out then.
func stageCube(f Filter, agency, place Cube) (CellQuery, bool) {
	cube := agency
	if f.Region && f.Agency == 0 && len(f.Territory) > 0 {
		cube = place
	} else {
		f.Territory = nil
	}
	f.Category, f.Executor = "", 0
	return f.query(cube)
}

// Stages lists the stages at which appeals were in the period or are now. It is
// ErrBehind while the sums are made.
func (b *Board) Stages(ctx context.Context, p Period, f Filter, now time.Time) ([]StageLine, error) {
	q, ok, err := b.settled(ctx, f, StageByAgency, StageByTerritory)
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
	err = b.Store.EachCell(ctx, q, func(k Key, s *Sums) error {
		l := line(k.Topic)
		l.Visits += s.N[Visits]
		l.Hours.Merge(s.Hours, 1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	q.Spans = days(0, DayOf(now, b.Zone)+1)
	err = b.Store.EachCell(ctx, q, func(k Key, s *Sums) error {
		if n := s.N[Standing]; n != 0 {
			l := line(k.Topic)
			l.Now += n
			if l.Since == 0 || k.Day < l.Since {
				l.Since = k.Day
			}
		}
		return nil
	})
	out := make([]StageLine, 0, len(lines))
	for _, l := range lines {
		if l.Visits != 0 || l.Now != 0 {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b StageLine) int { return cmp.Compare(a.Stage, b.Stage) })
	return out, err
}

// settled is the query of a cube where sums are kept.
func (b *Board) settled(ctx context.Context, f Filter, agency, place Cube) (CellQuery, bool, error) {
	ready, err := b.ready(ctx)
	if err == nil && !ready {
		err = ErrBehind
	}
	q, ok := stageCube(f, agency, place)
	return q, ok, err
}

// RedirectPairs lists who passed appeals on to whom, the most frequent first: of
// the filter's agencies, from them or to them.
func (b *Board) RedirectPairs(ctx context.Context, p Period, f Filter) ([]RedirectLine, error) {
	ready, err := b.ready(ctx)
	if err != nil || !ready {
		return nil, cmp.Or(err, ErrBehind)
	}
	counts := map[[2]int64]int{}
	q := CellQuery{Cube: RedirectPairs, Spans: spans(DayOf(p.From, b.Zone), DayOf(p.To, b.Zone))}
	err = b.Store.EachCell(ctx, q, func(k Key, s *Sums) error {
		to, err := strconv.ParseInt(k.Topic, 10, 64)
		if err != nil {
			return err
		}
		mine := func(agency int64) bool {
			return (f.Region || slices.Contains(f.Agencies, agency)) && (f.Agency == 0 || f.Agency == agency)
		}
		if mine(k.Agency) || mine(to) {
			counts[[2]int64{k.Agency, to}] += s.N[Redirects]
		}
		return nil
	})
	out := make([]RedirectLine, 0, len(counts))
	for pair, n := range counts {
		if n != 0 {
			out = append(out, RedirectLine{pair[0], pair[1], n})
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
	q, ok, err := b.settled(ctx, f, FlagByAgency, FlagByTerritory)
	if err != nil || !ok {
		return nil, err
	}
	counts := map[string]int{}
	q.Spans = spans(DayOf(p.From, b.Zone), DayOf(p.To, b.Zone))
	err = b.Store.EachCell(ctx, q, func(k Key, s *Sums) error {
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
	sum := func(k Key, s *Sums) error {
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
	err = b.Store.EachCell(ctx, q, sum)
	out.Pace = float64(closed) / float64(ahead)
	return out, err
}
