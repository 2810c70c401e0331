package report

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Topics lists those with the most appeals submitted in the period. Open are
// those of them that still await an answer, Late those that were answered late
// or are past due.
func (b *Board) Topics(ctx context.Context, p Period, f Filter, now time.Time, limit int) ([]TopicLine, error) {
	cube, ok := topicCube(f)
	ready, err := b.ready(ctx)
	if err != nil {
		return nil, err
	}
	before := p.Before()
	if !ok || !ready || !b.whole(p) || !b.whole(before) {
		return b.Store.Topics(ctx, p, f, now, limit)
	}
	q, ok := f.query(cube)
	if !ok {
		return nil, nil
	}
	past := spans(DayOf(before.From, b.Zone), DayOf(before.To, b.Zone))
	q.Spans = append(past, spans(DayOf(p.From, b.Zone), DayOf(p.To, b.Zone))...)
	for i := range past {
		q.Spans[i].Bare = true
	}
	today := DayOf(now, b.Zone)
	lines := map[string]*TopicLine{}
	err = b.Store.EachCell(ctx, q, func(span int, k Key, s *Sums) error {
		l := lines[k.Topic]
		if l == nil {
			l = &TopicLine{Rubric: k.Topic}
			lines[k.Topic] = l
		}
		if span < len(past) {
			l.Before += s.N[Submitted]
			return nil
		}
		l.Count += s.N[Submitted]
		l.Open += s.N[Waiting]
		l.Late += s.N[LateOf]
		for _, due := range s.Hours { // see Increment.light
			if Day(due.Hour) < today {
				l.Late += int(due.N)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	late, err := b.Store.LateTopics(ctx, p, f, Period{From: today.In(b.Zone), To: now})
	if err != nil {
		return nil, err
	}
	out := make([]TopicLine, 0, len(lines))
	for _, l := range lines {
		if l.Count > 0 {
			l.Late += late[l.Rubric]
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b TopicLine) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rubric, b.Rubric))
	})
	return out[:min(limit, len(out))], nil
}

func topicCube(f Filter) (Cube, bool) {
	agency, place := !f.Region || f.Agency != 0, len(f.Territory) > 0
	switch {
	case f.Executor != 0 || f.Category != "" || agency && place:
		return 0, false
	case agency:
		return ByAgencyTopic, true
	case place:
		return ByTerritoryTopic, true
	default:
		return ByTopic, true
	}
}
