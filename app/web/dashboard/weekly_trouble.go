package dashboard

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/signal"
)

// How much of each trouble a report tells.
const (
	briefHot      = 10
	briefAgencies = 10
	briefBursts   = 8
)

// hotLine is a topic in a municipality with many cases.
type hotLine struct {
	place, topic  string
	count, before int
	late          int
}

// ask is the question to the index about the appeals of the report.
func (b *briefing) ask(f filter) search.HeatQuery {
	q := heatQuery{filter: f, Measure: measures[0], Agency: b.r.Agency}
	ask := q.ask(b.s)
	ask.ByLeaf = true
	if b.r.Territory != 0 {
		ask.Territory = b.s.book.Places.Below(b.r.Territory)
	}
	return ask
}

// cells counts by municipality and topic; retired topics count with those that
// took their place.
func (b *briefing) cells(f filter) (map[[2]string]search.Cell, error) {
	m, err := b.h.Index.HeatMap(b.s, b.ask(f))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "dashboard.heat.down", err)
	}
	tree := b.s.book.Tree
	out := map[[2]string]search.Cell{}
	for _, c := range m.Cells {
		home, ok := b.s.home(c.Territory, false)
		if !ok {
			continue
		}
		key := [2]string{b.s.place(home), b.s.topic(tree.Same(c.By)[0])}
		sum := out[key]
		sum.Add(c)
		out[key] = sum
	}
	return out, nil
}

func (b *briefing) hottest() ([]hotLine, error) {
	now, err := b.cells(b.f)
	if err != nil {
		return nil, err
	}
	earlier := b.f
	earlier.Period = period{From: b.f.Period.From.AddDate(0, 0, -b.f.Period.days()), To: b.f.Period.From.AddDate(0, 0, -1)}
	before, err := b.cells(earlier)
	if err != nil {
		return nil, err
	}
	var out []hotLine
	for key, c := range now {
		out = append(out, hotLine{key[0], key[1], c.Count, before[key].Count, c.Overdue})
	}
	slices.SortFunc(out, func(a, b hotLine) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(b.late, a.late), cmp.Compare(a.before, b.before),
			cmp.Compare(a.place, b.place), cmp.Compare(a.topic, b.topic))
	})
	return out[:min(briefHot, len(out))], nil
}

func (b *briefing) hurts() (document.Chapter, error) {
	s := b.s
	out := document.Chapter{Title: ui.T(s, "weekly.hurts"), Hint: ui.T(s, "weekly.hurts_hint")}
	grid := document.Table{Columns: []document.TableColumn{
		{Head: ui.T(s, "dashboard.territory"), Wide: 42},
		{Head: ui.T(s, "dashboard.topics.topic"), Wide: 62},
		{Head: ui.T(s, "dashboard.topics.count"), Wide: 22, Right: true},
		{Head: ui.T(s, "weekly.week_before"), Wide: 22, Right: true},
		{Head: ui.T(s, "weekly.late"), Wide: 24, Right: true},
	}}
	for _, l := range b.hot {
		late := document.TableCell{Text: ui.Number(s, l.late)}
		if l.late > 0 {
			late.Tone = document.Bad
		}
		grid.Rows = append(grid.Rows, []document.TableCell{
			{Text: l.place},
			{Text: l.topic},
			{Text: ui.Number(s, l.count), Bar: float64(l.count) / float64(b.hot[0].count)},
			{Text: ui.Number(s, l.before)},
			late,
		})
	}
	out.Parts = []document.Part{grid}
	if len(grid.Rows) == 0 {
		out.Hint, out.Parts = "", []document.Part{document.Paragraph(ui.T(s, "weekly.hurts_none"))}
	}
	return out, nil
}

// rises names the words that people write more than in the weeks before. What
// they wrote stays in the product.
func (b *briefing) rises() (document.Chapter, error) {
	s := b.s
	out := document.Chapter{Title: ui.T(s, "heat.rising.title"), Hint: ui.T(s, "heat.rising.note")}
	ask := search.RisingQuery{Query: b.ask(b.f).Query, Limit: risingMost}
	ask.Before = ask.From.AddDate(0, 0, -risingPast)
	found, err := b.h.Index.Rising(s, ask)
	if err != nil {
		return out, fault.Wrap(fault.Unavailable, "dashboard.heat.down", err)
	}
	grid := document.Table{Columns: []document.TableColumn{
		{Head: ui.T(s, "weekly.word"), Wide: 62},
		{Head: ui.T(s, "weekly.word_now", "n", ui.Number(s, found.Now)), Wide: 56, Right: true},
		{Head: ui.T(s, "weekly.word_before", "n", ui.Number(s, found.Before)), Wide: 56, Right: true},
	}}
	for _, w := range found.Words {
		grid.Rows = append(grid.Rows, []document.TableCell{{Text: "«" + w.Word + "»"}, {Text: ui.Number(s, w.Now)}, {Text: ui.Number(s, w.Before)}})
	}
	out.Parts = []document.Part{grid}
	if len(grid.Rows) == 0 {
		out.Hint, out.Parts = "", []document.Part{document.Paragraph(ui.T(s, "heat.rising.none"))}
	}
	return out, nil
}

// raised are the bursts that were seen in the week. They are of the region: a
// report of one agency has none.
func (b *briefing) raised() ([]alertRow, error) {
	if b.r.Agency != 0 {
		return nil, nil
	}
	list, err := b.h.Alert.ListAlerts(b.s, alertsShown)
	if err != nil {
		return nil, err
	}
	p := b.f.Period.report()
	var out []alertRow
	for _, a := range list {
		mine := b.r.Territory == 0 || slices.Contains(b.s.book.Places.Below(b.r.Territory), a.Territory)
		if mine && a.RaisedAt.Before(p.To) && !a.LastAt.Before(p.From) {
			out = append(out, b.h.alertRow(b.s, a))
		}
	}
	return out, nil
}

func (b *briefing) bursts() (document.Chapter, error) {
	s := b.s
	if b.r.Agency != 0 {
		return document.Chapter{}, nil
	}
	out := document.Chapter{Title: ui.T(s, "weekly.bursts")}
	if len(b.burst) == 0 {
		out.Parts = []document.Part{document.Paragraph(ui.T(s, "weekly.bursts_none"))}
		return out, nil
	}
	grid := document.Table{Columns: []document.TableColumn{
		{Head: ui.T(s, "weekly.burst_where"), Wide: 62},
		{Head: ui.T(s, "weekly.burst_count"), Wide: 36},
		{Head: ui.T(s, "weekly.burst_words"), Wide: 42},
		{Head: ui.T(s, "weekly.burst_taken"), Wide: 34},
	}}
	for _, a := range b.burst[:min(briefBursts, len(b.burst))] {
		taken := document.TableCell{Text: cmp.Or(a.Taker, ui.T(s, "weekly.burst_nobody"))}
		if a.Taker == "" {
			taken.Tone = document.Bad
		}
		grid.Rows = append(grid.Rows, []document.TableCell{
			{Text: a.Place + " — " + a.Topic},
			{Text: ui.T(s, "weekly.burst_seen", "n", ui.Number(s, a.Count), "days", ui.Days(s, a.Window), "expected", a.Expected)},
			{Text: strings.Join(a.Words, ", ")},
			taken,
		})
	}
	out.Parts = []document.Part{grid}
	return out, nil
}

// agencies sets those with surely fewer and surely more cases overdue than all
// together against one another.
func (b *briefing) agencies() (document.Chapter, error) {
	s := b.s
	if b.r.Agency != 0 {
		return document.Chapter{}, nil
	}
	out := document.Chapter{Title: ui.T(s, "weekly.agencies"), Hint: ui.T(s, "weekly.agencies_hint", "days", ui.Days(s, briefLong))}
	ask := b.of.question(s, b.before(briefLong))
	lines, err := recall(s, b.h.memo, "agencies", ask, func(ctx context.Context) ([]report.AgencyLine, error) {
		return b.h.Reports.Agencies(ctx, ask.Period, ask.Filter, s.now)
	})
	if err != nil {
		return out, err
	}
	ranges, surely := b.ranges(lines)
	if len(ranges.Rows) < 2 {
		out.Hint, out.Parts = "", []document.Part{document.Paragraph(ui.T(s, "weekly.agencies_few"))}
		return out, nil
	}
	out.Parts = []document.Part{ranges}
	if !surely {
		out.Parts = []document.Part{document.Paragraph(ui.T(s, "weekly.agencies_even")), ranges}
	}
	return out, nil
}

// ranges are the shares overdue of the agencies with enough cases: those that
// differ first, then the greatest. surely: some differ by more than chance.
func (b *briefing) ranges(lines []report.AgencyLine) (out document.Ranges, surely bool) {
	s := b.s
	late, due := 0, 0
	type row struct {
		document.Range
		due int
	}
	var rows []row
	for _, l := range lines {
		c := l.Counts
		bad, all := c.ClosedLate+c.OpenPastDue, c.Closed+c.OpenDue
		late, due = late+bad, due+all
		if all < contrastBasis {
			continue
		}
		between := signal.Wilson(bad, all)
		share := float64(bad) / float64(all)
		rows = append(rows, row{document.Range{
			Name: b.h.agency(s, l.Agency), Low: between.Low, Value: share, High: between.High, Tone: document.Even,
			Text: ui.T(s, "weekly.range", "share", ui.Percent(s, share, 0), "late", ui.Number(s, bad), "of", ui.Number(s, all)),
		}, all})
	}
	out.Mean = float64(late) / math.Max(1, float64(due))
	out.Word = ui.T(s, "weekly.mean", "share", ui.Percent(s, out.Mean, 0))
	for i := range rows {
		switch r := &rows[i]; {
		case r.High < out.Mean:
			r.Tone, surely = document.Good, true
		case r.Low > out.Mean:
			r.Tone, surely = document.Bad, true
		}
	}
	plain := func(r row) int {
		if r.Tone == document.Even {
			return 1
		}
		return 0
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(plain(a), plain(b)), cmp.Compare(b.due, a.due)) })
	rows = rows[:min(briefAgencies, len(rows))]
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Name, b.Name)) })
	for _, r := range rows {
		out.Rows = append(out.Rows, r.Range)
	}
	return out, surely
}
