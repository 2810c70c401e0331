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
	lines := map[string]*TopicLine{}
	line := func(rubric string) *TopicLine {
		if lines[rubric] == nil {
			lines[rubric] = &TopicLine{Rubric: rubric}
		}
		return lines[rubric]
	}
	err = b.topicSums(ctx, p, f, q, func(rubric string, count, open, late int) {
		l := line(rubric)
		l.Count, l.Open, l.Late = l.Count+count, l.Open+open, l.Late+late
	})
	if err != nil {
		return nil, err
	}
	err = b.topicSums(ctx, before, f, q, func(rubric string, count, _, _ int) { line(rubric).Before += count })
	if err != nil {
		return nil, err
	}
	late, err := b.Store.LateTopics(ctx, p, f, now)
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

// topicSums adds up the topics of a period. The cubes of an agency's and of a
// place's topics have months alone: the days before and after these are counted
// from the appeals, of which an agency or a place has few in a month.
func (b *Board) topicSums(ctx context.Context, p Period, f Filter, q CellQuery, add func(rubric string, count, open, late int)) error {
	q.Spans = nil
	for _, span := range spans(DayOf(p.From, b.Zone), DayOf(p.To, b.Zone)) {
		if span.Grain == ByMonth || q.Cube == ByTopic {
			q.Spans = append(q.Spans, span)
			continue
		}
		edge := Period{From: span.From.In(b.Zone).UTC(), To: span.To.In(b.Zone).UTC()}
		// The store's own «late» has what is past due now in it, which is added
		// for the whole period: as of the beginning of time nothing is.
		lines, err := b.Store.Topics(ctx, edge, f, time.Unix(0, 0), everyTopic)
		if err != nil {
			return err
		}
		for _, l := range lines {
			add(l.Rubric, l.Count, l.Open, l.Late)
		}
	}
	if len(q.Spans) == 0 {
		return nil
	}
	return b.Store.EachCell(ctx, q, func(k Key, s *Sums) error {
		add(k.Topic, s.N[Submitted], s.N[Waiting], s.N[LateOf])
		return nil
	})
}

// everyTopic is more than any tree has.
const everyTopic = 100_000
