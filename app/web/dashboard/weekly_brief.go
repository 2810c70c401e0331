package dashboard

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/report/weekly"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// briefPast is how many days the parts of a report look at for which a week has
// too few cases.
const briefPast = 28

// briefLong is how many days agencies are compared over.
const briefLong = 90

// briefing is a report of the week in the making.
type briefing struct {
	h     *Handlers
	s     screen
	r     weekly.Report
	f     filter // of the week
	of    whose
	now   report.Counts
	past  report.Counts
	hot   []hotLine
	burst []alertRow
	late  int // overdue at this moment
}

// WeekBrief makes the report of the seven days that begin with first, of whose
// appeals it is: whoever reads it must be allowed to see that. The lead is the
// week in a sentence.
func (h *Handlers) WeekBrief(ctx context.Context, r weekly.Report, first time.Time) (pdf []byte, lead string, err error) {
	b, err := h.briefing(ctx, r, first)
	if err != nil {
		return nil, "", err
	}
	lead = b.lead()
	doc := document.Brief{
		Lang: r.Lang, Author: ui.T(b.s, "weekly.author"), Heading: ui.T(b.s, "weekly.heading"), Scope: h.weeklyScope(b.s, r),
		When: briefWhen(b.s, b.f.Period), Lead: lead, At: b.s.now,
		Page: func(n, of int) string { return ui.T(b.s, "weekly.page", "n", n, "of", of) },
	}
	doc.Title = doc.Heading + " · " + doc.Scope + " · " + doc.When
	doc.Foot = ui.T(b.s, "weekly.foot", "at", ui.FullDate(b.s, b.s.now)+", "+ui.Clock(b.s, b.s.now))
	for _, section := range []func() (document.Chapter, error){
		b.figures, b.days, b.hurts, b.rises, b.bursts, b.agencies, b.waits, b.due, b.formulas,
	} {
		part, err := section()
		if err != nil {
			return nil, "", err
		}
		if part.Title != "" {
			doc.Chapters = append(doc.Chapters, part)
		}
	}
	pdf, err = doc.PDF()
	return pdf, lead, err
}

func (h *Handlers) briefing(ctx context.Context, r weekly.Report, first time.Time) (*briefing, error) {
	now := h.Clock.Now()
	ctx = ui.WithNow(ui.WithZone(ui.WithLang(ctx, r.Lang), h.Zone), now)
	b := &briefing{h: h, r: r, s: screen{Context: ctx, now: now, book: h.Rubrics.Book()}, of: whose{Agency: r.Agency}}
	b.s.scope = workflow.Scope{Region: r.Agency == 0}
	if r.Agency != 0 {
		b.s.scope.Agencies = []int64{r.Agency}
	}
	day := today(first, h.Zone)
	b.f = filter{Period: period{From: day, To: day.AddDate(0, 0, weekly.Days-1)}, Territory: r.Territory}
	ask := b.of.question(b.s, b.f)
	var err error
	if b.now, err = h.counts(b.s, ask); err != nil {
		return nil, err
	}
	if b.past, err = h.counts(b.s, question{ask.Period.Before(), ask.Filter}); err != nil {
		return nil, err
	}
	if b.late, err = h.countNow(b.s, b.f, r.Agency, workflow.TabOverdue, 0); err != nil {
		return nil, err
	}
	if b.hot, err = b.hottest(); err != nil {
		return nil, err
	}
	b.burst, err = b.raised()
	return b, err
}

// weeklyScope names whose appeals a report counts.
func (h *Handlers) weeklyScope(s screen, r weekly.Report) string {
	switch {
	case r.Agency != 0:
		a, _ := h.Agencies.Agency(r.Agency)
		return a.Name.In(ui.Lang(s))
	case r.Territory != 0:
		t, _ := s.book.Places.Find(r.Territory)
		return t.Name.In(ui.Lang(s))
	default:
		return s.book.Places.Region().Name.In(ui.Lang(s))
	}
}

// briefWhen is «16 ноября – 22 ноября 2026».
func briefWhen(ctx context.Context, p period) string {
	return ui.T(ctx, "heat.week", "from", ui.Date(ctx, p.From), "to", ui.FullDate(ctx, p.To))
}

// before is a period of as many days that ends with the week.
func (b *briefing) before(days int) filter {
	f := b.f
	f.Period.From = f.Period.To.AddDate(0, 0, 1-days)
	return f
}

func (b *briefing) lead() string {
	s := b.s
	move := moved(s, b.f.Period, b.now.Submitted, b.past.Submitted)
	words := ui.T(s, "weekly.lead", "submitted", ui.Plural(s, "dashboard.basis", b.now.Submitted), "move", move,
		"answered", ui.Number(s, b.now.Answered), "open", ui.Number(s, b.now.OpenNow), "late", ui.Number(s, b.late))
	if b.now.Submitted == 0 && b.past.Submitted == 0 {
		words = ui.T(s, "weekly.lead_none", "answered", ui.Number(s, b.now.Answered), "open", ui.Number(s, b.now.OpenNow), "late", ui.Number(s, b.late))
	}
	if len(b.hot) > 0 && b.hot[0].count > 1 {
		words += " " + ui.T(s, "weekly.lead_hot", "place", b.hot[0].place, "topic", b.hot[0].topic, "n", ui.Number(s, b.hot[0].count))
	}
	if len(b.burst) > 0 {
		words += " " + ui.Plural(s, "weekly.lead_bursts", len(b.burst))
	}
	return words
}

// briefFigures are the KPIs on the first page, in the order of reading.
var briefFigures = []string{
	"overdue", "answer_median", "answer_p90", "satisfaction", "repeat", "refuted", "formal", "first_route", "extension",
}

func (b *briefing) figures() (document.Chapter, error) {
	s := b.s
	number := func(key string, n, past int) document.Figure {
		f := document.Figure{Name: ui.T(s, key), Value: ui.Number(s, n), Tone: document.Even, Change: ui.T(s, "weekly.same")}
		if n != past {
			f.Change = ui.T(s, "weekly.change", "by", plus(s, float64(n-past), 0))
		}
		return f
	}
	out := document.Figures{
		number("weekly.submitted", b.now.Submitted, b.past.Submitted), number("weekly.answered", b.now.Answered, b.past.Answered),
		number("weekly.open", b.now.OpenNow, b.past.OpenNow),
	}
	before := byKey(report.KPIs(b.past))
	kpis := byKey(report.KPIs(b.now))
	for _, key := range briefFigures {
		out = append(out, b.figure(kpis[key], before[key]))
	}
	return document.Chapter{Title: ui.T(s, "weekly.figures"), Parts: []document.Part{out}}, nil
}

func byKey(kpis []report.KPI) map[string]report.KPI {
	out := map[string]report.KPI{}
	for _, k := range kpis {
		out[k.Key] = k
	}
	return out
}

func (b *briefing) figure(k, past report.KPI) document.Figure {
	s := b.s
	t := b.h.tile(s, b.f, k, past)
	out := document.Figure{Name: ui.T(s, "kpi."+k.Key), Value: "—", Target: t.Target, Bad: t.Bad, Tone: document.Even}
	if !k.Known {
		out.Change = t.Value // that there is too little
		if k.Key == "satisfaction" {
			out.Change = t.Basis
		}
		return out
	}
	out.Value = t.Value
	if t.Change != "" {
		out.Tone, out.Change = document.Tone(t.Tone), ui.T(s, "weekly.same")
	}
	if t.Arrow != "" {
		by := k.Value - past.Value
		unit := ""
		switch k.Unit {
		case report.Share:
			by, unit = by*100, "dashboard.points"
		case report.Days:
			unit = "dashboard.days"
		case report.Number:
		}
		how := plus(s, by, 1)
		if unit != "" {
			how = ui.T(s, unit, "n", how)
		}
		out.Change = ui.T(s, "weekly.change", "by", how)
	}
	return out
}

// plus is a number with its sign: «+3,2».
func plus(ctx context.Context, x float64, digits int) string {
	if digits == 0 {
		if x > 0 {
			return "+" + ui.Number(ctx, int(x))
		}
		return ui.Number(ctx, int(x))
	}
	if x > 0 {
		return "+" + ui.Decimal(ctx, x, digits)
	}
	return ui.Decimal(ctx, x, digits)
}

func (b *briefing) days() (document.Chapter, error) {
	s, f := b.s, b.before(briefPast)
	ask := b.of.question(s, f)
	days, err := b.h.Reports.Days(s, ask.Period, ask.Filter, b.h.Zone)
	if err != nil {
		return document.Chapter{}, err
	}
	chart := document.Lines{
		Title:  ui.T(s, "weekly.by_day"),
		Series: []document.LineSeries{{Name: ui.T(s, "dashboard.flow.submitted")}, {Name: ui.T(s, "dashboard.flow.answered")}},
		Mark:   len(days) - weekly.Days,
	}
	for _, d := range days {
		at, err := time.Parse(time.DateOnly, d.Day)
		if err != nil {
			return document.Chapter{}, err
		}
		chart.Labels = append(chart.Labels, dayLabel(s, at))
		chart.Series[0].Values = append(chart.Series[0].Values, float64(d.Submitted))
		chart.Series[1].Values = append(chart.Series[1].Values, float64(d.Answered))
	}
	return document.Chapter{Title: ui.T(s, "dashboard.flow.title"), Parts: []document.Part{chart}}, nil
}

func (b *briefing) waits() (document.Chapter, error) {
	s := b.s
	out := document.Chapter{Title: ui.T(s, "dashboard.waiting.title"), Hint: ui.T(s, "weekly.waits_hint", "days", ui.Days(s, briefPast))}
	ask := b.of.question(s, b.before(briefPast))
	lines, err := b.h.Reports.Stages(s, ask.Period, ask.Filter, s.now)
	if errors.Is(err, report.ErrBehind) {
		out.Parts = []document.Part{document.Paragraph(ui.T(s, "dashboard.being_made") + ".")}
		return out, nil
	}
	if err != nil {
		return out, err
	}
	grid := document.Table{Columns: []document.TableColumn{
		{Head: ui.T(s, "dashboard.stages.stage"), Wide: 44},
		{Head: ui.T(s, "dashboard.stages.visits"), Wide: 24, Right: true},
		{Head: ui.T(s, "dashboard.stages.median"), Wide: 24, Right: true},
		{Head: ui.T(s, "dashboard.stages.p90"), Wide: 24, Right: true},
		{Head: ui.T(s, "dashboard.stages.now"), Wide: 24, Right: true},
		{Head: ui.T(s, "dashboard.stages.longest"), Wide: 28, Right: true},
	}}
	most := 1
	rows := b.h.stageRows(s, &waiting{Filter: b.f, Of: b.of}, lines)
	for _, r := range rows {
		if workflow.Stage(r.Stage).Working() {
			most = max(most, r.waits)
		}
	}
	for _, r := range rows {
		if !workflow.Stage(r.Stage).Working() {
			continue
		}
		grid.Rows = append(grid.Rows, []document.TableCell{
			{Text: ui.T(s, "stage."+r.Stage)},
			{Text: r.Visits},
			{Text: r.Median},
			{Text: r.P90},
			{Text: r.Waits, Bar: float64(r.waits) / float64(most)},
			{Text: r.Longest},
		})
	}
	out.Parts = []document.Part{grid}
	if len(grid.Rows) == 0 {
		out.Parts = []document.Part{document.Paragraph(ui.T(s, "weekly.waits_none"))}
	}
	return out, nil
}

func (b *briefing) due() (document.Chapter, error) {
	s := b.s
	out := document.Chapter{Title: ui.T(s, "dashboard.forecast.title")}
	ask := b.of.question(s, b.f)
	due, err := b.h.Reports.Forecast(s, ask.Filter, s.now, ahead)
	if errors.Is(err, report.ErrBehind) {
		out.Parts = []document.Part{document.Paragraph(ui.T(s, "dashboard.being_made") + ".")}
		return out, nil
	}
	if err != nil {
		return out, err
	}
	f := newForecast(s, due)
	all, last := f.Rows[len(f.Rows)-1].sum, "dashboard.forecast.enough"
	if all == 0 {
		out.Parts = []document.Part{document.Paragraph(ui.T(s, "weekly.due_none"))}
		return out, nil
	}
	if !f.Enough {
		last = "dashboard.forecast.behind"
	}
	chart := document.Lines{
		Title: ui.T(s, "weekly.due_chart"), Bars: &document.LineSeries{Name: ui.T(s, "dashboard.forecast.due")},
		Series: []document.LineSeries{{Name: ui.T(s, "dashboard.forecast.sum")}, {Name: ui.T(s, "dashboard.forecast.done")}},
	}
	for i, d := range due.Days {
		chart.Labels = append(chart.Labels, dayLabel(s, d.Day.In(time.UTC)))
		chart.Bars.Values = append(chart.Bars.Values, float64(d.Due))
		chart.Series[0].Values = append(chart.Series[0].Values, float64(f.Rows[i].sum))
		chart.Series[1].Values = append(chart.Series[1].Values, math.Max(0, float64(f.Rows[i].done)))
	}
	words := ui.T(s, "weekly.due_words", "due", ui.Number(s, all-due.Past), "past", ui.Number(s, due.Past),
		"pace", ui.Decimal(s, due.Pace, 1), "done", ui.Number(s, f.Rows[len(f.Rows)-1].done))
	out.Parts = []document.Part{document.Paragraph(words + " " + ui.T(s, last)), chart}
	return out, nil
}

func (b *briefing) formulas() (document.Chapter, error) {
	s := b.s
	grid := document.Table{Columns: []document.TableColumn{
		{Head: ui.T(s, "dashboard.export.figure"), Wide: 48}, {Head: ui.T(s, "weekly.formula"), Wide: 126},
	}}
	for _, key := range briefFigures {
		grid.Rows = append(grid.Rows, []document.TableCell{{Text: ui.T(s, "kpi."+key)}, {Text: ui.T(s, "kpi."+key+"_formula")}})
	}
	return document.Chapter{Title: ui.T(s, "weekly.formulas"), Parts: []document.Part{grid}}, nil
}
