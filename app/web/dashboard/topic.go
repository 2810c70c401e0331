package dashboard

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
)

// topicRow is one of the topics that people write about most.
type topicRow struct {
	Name     string
	Category string
	URL      string
	Count    int
	Change   string
	Tone     string
	Open     int
	Late     string
	Level    int // shade of the share overdue
}

func topicRows(s screen, f filter, agency int64, lines []report.TopicLine) []topicRow {
	out := make([]topicRow, 0, len(lines))
	for _, l := range lines {
		list := f.received()
		list.Topic, list.Agency = l.Rubric, agency
		late := float64(l.Late) / float64(l.Count)
		row := topicRow{
			Name: s.topic(l.Rubric), URL: list.url(), Count: l.Count, Open: l.Open,
			Late: ui.Percent(s, late, 0), Level: ui.HeatLevel(late, 1),
		}
		if r, ok := s.book.Tree.Find(l.Rubric); ok && r.Parent() != nil {
			row.Category = r.Category().Name.In(ui.Lang(s))
		}
		row.Change, row.Tone = growth(s, l.Count, l.Before)
		out = append(out, row)
	}
	return out
}

// joined counts retired topics with the one that took their place.
func (s screen) joined(lines []report.TopicLine) []report.TopicLine {
	if len(s.book.Tree.Retired()) == 0 {
		return lines
	}
	var out []report.TopicLine
	for _, l := range lines {
		if now, ok := s.book.Tree.Current(l.Rubric); ok {
			l.Rubric = now.Code
		}
		i := slices.IndexFunc(out, func(o report.TopicLine) bool { return o.Rubric == l.Rubric })
		if i < 0 {
			out = append(out, l)
			continue
		}
		out[i].Count += l.Count
		out[i].Before += l.Before
		out[i].Open += l.Open
		out[i].Late += l.Late
	}
	slices.SortStableFunc(out, func(a, b report.TopicLine) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// fewCases is below what a change in percent says nothing: «3 instead of 1» is
// no growth by 200 %.
const fewCases = 5

// growth is how a number of cases moved: «+30 %», «не было», «×4».
func growth(ctx context.Context, now, before int) (words, tone string) {
	switch {
	case now == before:
		return ui.T(ctx, "dashboard.same_short"), "even"
	case before == 0:
		return ui.T(ctx, "dashboard.was_none"), "bad"
	case before < fewCases:
		return ui.T(ctx, "dashboard.was", "n", ui.Number(ctx, before)), "even"
	}
	tone, sign := "bad", "+"
	if now < before {
		tone, sign = "good", "−"
	}
	return sign + ui.Percent(ctx, math.Abs(float64(now-before))/float64(before), 0), tone
}
