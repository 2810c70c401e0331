package report

import (
	"context"
	"time"
)

// Stride is how long the steps of a trend are.
type Stride int

// The strides.
const (
	Daily Stride = iota
	Weekly
	Monthly
)

// begins is the first day of the step in which a day lies.
func (s Stride) begins(d Day) Day {
	switch s {
	case Weekly:
		return d.Week()
	case Monthly:
		return d.Month()
	default:
		return d
	}
}

// cover are the cells of [from, to) by the longest grain that lies in one step.
func (s Stride) cover(from, to Day) []Span {
	if s == Monthly {
		return spans(from, to)
	}
	return days(from, to)
}

// TrendPoint is one point of a trend.
type TrendPoint struct {
	From   Day
	Counts Counts
}

// Trend are the counts of steps of the period, each beginning on its day. What
// was open at the end of a step is not among them. It is nil where no sums are
// kept.
func (b *Board) Trend(ctx context.Context, p Period, f Filter, now time.Time, step Stride) ([]TrendPoint, error) {
	cube, ok := cubeFor(f, GroupNone)
	ready, err := b.ready(ctx)
	if err != nil || !ok || !ready || !b.whole(p) {
		return nil, err
	}
	from, to := DayOf(p.From, b.Zone), DayOf(p.To, b.Zone)
	today := min(max(DayOf(now, b.Zone), from), to)
	var out []TrendPoint
	at := map[Day]int{}
	for day := from; day < to; day++ {
		if begin := step.begins(day); len(out) == 0 || out[len(out)-1].From != begin {
			at[begin] = len(out)
			out = append(out, TrendPoint{From: begin})
		}
	}
	q, ok := f.query(cube)
	if !ok {
		return out, nil
	}
	over := step.cover(from, today)
	q.Spans = append(over, step.cover(today, to)...)
	sums, past := make([]Sums, len(out)), make([]int, len(out))
	err = b.Store.EachCell(ctx, q, func(span int, k Key, s *Sums) error {
		i := at[step.begins(k.Day)]
		sums[i].Add(s, 1)
		if span < len(over) {
			past[i] += s.N[Owed]
		}
		return nil
	})
	for i := range out {
		out[i].Counts = sums[i].counts()
		out[i].Counts.OpenPastDue = past[i]
	}
	return out, err
}

// Days has a line for each day of the period, also where nothing happened.
func (b *Board) Days(ctx context.Context, p Period, f Filter, zone *time.Location) ([]DayLine, error) {
	points, err := b.Trend(ctx, p, f, p.From, Daily)
	if err != nil || points == nil {
		if err == nil {
			return b.Store.Days(ctx, p, f, zone)
		}
		return nil, err
	}
	out := make([]DayLine, len(points))
	for i := range points {
		out[i] = DayLine{points[i].From.String(), points[i].Counts.Submitted, points[i].Counts.Answered}
	}
	return out, nil
}
