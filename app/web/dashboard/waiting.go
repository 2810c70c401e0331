package dashboard

import (
	"context"
	"errors"
	"fmt"
	"html"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/conscience"
)

// ahead is how many days the forecast looks.
const ahead = 14

// waiting is where cases wait, what falls due, and who throws to whom.
type waiting struct {
	Page     ui.Page
	Sections []ui.Tab
	Filter   filter
	Of       whose
	About    string
	Periods  []ui.Tab
	Places   []ui.Option
	Making   bool // the sums are being made
	Stages   []stageRow
	Forecast forecast
	Pairs    []pairRow
	Graph    template.HTML
	Flags    []flagRow
}

type stageRow struct {
	Stage                      string
	Visits, Median, P90, Waits string
	Longest, URL               string
	visits, waits              int
	median, p90                float64
	known                      bool // of somebody the time is known
	longest                    int  // days
}

type forecast struct {
	Words  string // «За 14 дней наступит срок …»
	Enough bool
	Rows   []dueRow
	Past   string
	PastN  int
}

type dueRow struct {
	Day            string
	Due            string
	Sum            string // due up to and with the day, with what is past due
	Done           string // answered by then at the pace of now
	Behind         bool
	due, sum, done int
}

type pairRow struct {
	From, To string
	Count    int
}

type flagRow struct {
	Name  string
	Count int
	Share string
	share float64
}

// Waiting shows where cases wait, of the region, a place or an agency.
func (h *Handlers) Waiting(c echo.Context) error {
	s, view, wrong, err := h.readWaiting(c)
	if err != nil {
		return err
	}
	f := view.Filter
	if view.Page, err = h.page(c, ui.T(s, "dashboard.waiting.title")); err != nil {
		return err
	}
	if view.Of.Agency != 0 {
		view.Page.Back = view.Of.back(f)
	} else {
		view.Sections = sections(s, f, "/dashboard/flow")
	}
	view.Periods = f.periods(s, "/dashboard/flow", "agency", idOf(view.Of.Agency))
	if s.scope.Region && view.Of.Agency == 0 {
		view.Places = s.territories()
	}
	view.Graph = redirectGraph(ui.T(s, "dashboard.redirects.title"), view.Pairs)
	status := http.StatusOK
	if wrong != nil {
		status, view.Page.Invalid = edge.Status(wrong), true
	}
	return edge.Render(c, status, waitingPage(view))
}

func (h *Handlers) readWaiting(c echo.Context) (s screen, view waiting, wrong, err error) {
	if s, err = h.begin(c); err != nil {
		return s, view, nil, err
	}
	if view.Of, err = h.readWhose(s, c.QueryParams()); err != nil {
		return s, view, nil, err
	}
	view.Of.Person = 0
	view.Filter, wrong = h.readFilter(s, c.QueryParams())
	if !s.scope.Region || view.Of.Agency != 0 {
		view.Filter.Territory = 0 // these sums know agencies or places
	}
	view.About = h.about(s, view.Filter, view.Of)
	err = h.fillWaiting(s, &view)
	if errors.Is(err, report.ErrBehind) {
		view.Making, err = true, nil
	}
	return s, view, wrong, err
}

func (h *Handlers) fillWaiting(s screen, view *waiting) error {
	ask := view.Of.question(s, view.Filter)
	stages, err := recall(s, h.memo, "stages", ask, func(ctx context.Context) ([]report.StageLine, error) {
		return h.Reports.Stages(ctx, ask.Period, ask.Filter, s.now)
	})
	if err != nil {
		return err
	}
	view.Stages = h.stageRows(s, view, stages)
	due, err := recall(s, h.memo, "forecast", ask, func(ctx context.Context) (report.Forecast, error) {
		return h.Reports.Forecast(ctx, ask.Filter, s.now, ahead)
	})
	if err != nil {
		return err
	}
	view.Forecast = newForecast(s, due)
	pairs, err := recall(s, h.memo, "redirects", ask, func(ctx context.Context) ([]report.RedirectLine, error) {
		return h.Reports.RedirectPairs(ctx, ask.Period, ask.Filter)
	})
	if err != nil {
		return err
	}
	for _, p := range pairs {
		view.Pairs = append(view.Pairs, pairRow{h.agency(s, p.From), h.agency(s, p.To), p.Count})
	}
	flags, err := h.Reports.Flags(s, ask.Period, ask.Filter)
	if err != nil {
		return err
	}
	counts, err := h.counts(s, ask)
	for _, l := range flags {
		of := float64(l.Count) / float64(max(counts.Answered, 1))
		view.Flags = append(view.Flags, flagRow{ui.T(s, flagTitles[conscience.Code(l.Flag)]), l.Count, ui.Percent(s, of, 1), of})
	}
	return err
}

// flagTitles name what was wrong with an answer, by the codes of
// [conscience.Code].
var flagTitles = map[conscience.Code]string{
	"open_item":    "conscience.title_open_item",
	"no_photo":     "conscience.title_no_photo",
	"repeat":       "conscience.title_repeat",
	"vague":        "conscience.title_vague",
	"law_only":     "conscience.title_law_only",
	"off_topic":    "conscience.title_off_topic",
	"contradicted": "conscience.title_contradicted",
	"photo_same":   "conscience.title_photo_same",
	"photo_used":   "conscience.title_photo_used",
	"photo_early":  "conscience.title_photo_early",
	"photo_far":    "conscience.title_photo_far",
}

func (h *Handlers) stageRows(s screen, view *waiting, lines []report.StageLine) []stageRow {
	var out []stageRow
	for _, stage := range workflow.Stages {
		at := slices.IndexFunc(lines, func(l report.StageLine) bool { return l.Stage == string(stage) })
		if at < 0 || stage == workflow.StageNew {
			continue
		}
		l := lines[at]
		row := stageRow{
			Stage: string(stage), Visits: ui.Number(s, l.Visits), Waits: ui.Number(s, l.Now), Median: "—", P90: "—", Longest: "—",
			visits: l.Visits, waits: l.Now,
		}
		if l.Hours.Len() > 0 {
			row.known = true
			row.median, row.p90 = l.Hours.Percentile(0.5)/24, l.Hours.Percentile(0.9)/24
			row.Median, row.P90 = ui.Decimal(s, row.median, 1), ui.Decimal(s, row.p90, 1)
		}
		if l.Now > 0 {
			row.longest = int(report.DayOf(s.now, h.Zone) - l.Since)
			row.Longest = ui.Days(s, row.longest)
			row.URL = cases{Stage: stage, Territory: view.Filter.Territory, Agency: view.Of.Agency}.url()
		}
		out = append(out, row)
	}
	return out
}

// newForecast sets the sum of what falls due against what is answered by then
// at the pace of the days before.
func newForecast(s screen, due report.Forecast) forecast {
	out := forecast{Past: ui.Number(s, due.Past), PastN: due.Past, Enough: true}
	sum, all := due.Past, 0
	for i, d := range due.Days {
		sum, all = sum+d.Due, all+d.Due
		done := int(math.Round(due.Pace * float64(i+1)))
		row := dueRow{
			Day: ui.Date(plain(s), d.Day.In(time.UTC)), Due: ui.Number(s, d.Due), Sum: ui.Number(s, sum), Done: ui.Number(s, done),
			Behind: done < sum, due: d.Due, sum: sum, done: done,
		}
		out.Rows = append(out.Rows, row)
		out.Enough = done >= sum // as of the last day
	}
	out.Words = ui.T(s, "dashboard.forecast.words", "due", ui.Number(s, all), "past", ui.Number(s, due.Past),
		"pace", ui.Decimal(s, due.Pace, 1), "done", ui.Number(s, int(math.Round(due.Pace*ahead))))
	return out
}

// WaitingTables sends the tables of the page.
func (h *Handlers) WaitingTables(c echo.Context) error {
	s, view, wrong, err := h.readWaiting(c)
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	var stages, due, pairs, flags [][]any
	for _, r := range view.Stages {
		row := []any{ui.T(s, "stage."+r.Stage), r.visits, nil, nil, r.waits, nil}
		if r.known {
			row[2], row[3] = r.median, r.p90
		}
		if r.waits > 0 {
			row[5] = r.longest
		}
		stages = append(stages, row)
	}
	for _, r := range view.Forecast.Rows {
		due = append(due, []any{r.Day, r.due, r.sum, r.done})
	}
	for _, p := range view.Pairs {
		pairs = append(pairs, []any{p.From, p.To, p.Count})
	}
	for _, l := range view.Flags {
		flags = append(flags, []any{l.Name, l.Count, l.share})
	}
	words := func(key string) document.Column { return column(s, key, document.Words) }
	whole := func(key string) document.Column { return column(s, key, document.Whole) }
	tables := []struct {
		name  string
		sheet document.Sheet
	}{
		{"stages", document.Sheet{Name: ui.T(s, "dashboard.stages.short"), Rows: document.Rows(stages), Columns: []document.Column{
			words("dashboard.stages.stage"), whole("dashboard.stages.visits"), column(s, "dashboard.stages.median", document.Real),
			column(s, "dashboard.stages.p90", document.Real), whole("dashboard.stages.now"), whole("dashboard.stages.longest_days"),
		}}},
		{"forecast", document.Sheet{Name: ui.T(s, "dashboard.forecast.short"), Rows: document.Rows(due), Columns: []document.Column{
			words("dashboard.forecast.day"), whole("dashboard.forecast.due"), whole("dashboard.forecast.sum"), whole("dashboard.forecast.done"),
		}}},
		{"redirects", document.Sheet{Name: ui.T(s, "dashboard.redirects.short"), Rows: document.Rows(pairs), Columns: []document.Column{
			words("dashboard.redirects.from"), words("dashboard.redirects.to"), whole("dashboard.redirects.count"),
		}}},
		{"flags", document.Sheet{Name: ui.T(s, "dashboard.flags.short"), Rows: document.Rows(flags), Columns: []document.Column{
			words("dashboard.flags.flag"), whole("dashboard.flags.count"), column(s, "dashboard.flags.share", document.Share),
		}}},
	}
	var sheets []document.Sheet
	for _, t := range tables {
		if only := c.QueryParam("table"); only == "" || only == t.name {
			sheets = append(sheets, t.sheet)
		}
	}
	if len(sheets) == 0 {
		return fault.New(fault.NotFound, "error.not_found")
	}
	name := ui.T(s, "dashboard.waiting.title")
	if len(sheets) == 1 {
		name = sheets[0].Name
	}
	f := view.Filter.Period
	return edge.Tables(c, ui.T(s, "dashboard.export.file", "title", name, "from", f.from(), "to", f.to()), h.Zone, sheets...)
}

// RedirectPicture sends the picture of redirects as a file.
func (h *Handlers) RedirectPicture(c echo.Context) error {
	s, view, wrong, err := h.readWaiting(c)
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	title := ui.T(s, "dashboard.redirects.title")
	return sendSVG(c, ui.T(s, "dashboard.export.file", "title", title, "from", view.Filter.Period.from(), "to", view.Filter.Period.to()),
		redirectGraph(h.titled(s, title, view.Filter, view.Of), view.Pairs))
}

// sendSVG sends a picture as a file of the name.
func sendSVG(c echo.Context, name string, svg template.HTML) error {
	return edge.Attach(c, document.File{Name: name + ".svg", Type: "image/svg+xml", Body: []byte(svg)})
}

// graphMost is how many pairs the picture of redirects shows.
const graphMost = 12

// redirectGraph draws who throws to whom: a line is as thick as it is frequent.
func redirectGraph(title string, pairs []pairRow) template.HTML {
	pairs = pairs[:min(graphMost, len(pairs))]
	if len(pairs) == 0 {
		return ""
	}
	var from, to []string
	most := 1
	for _, p := range pairs {
		if !slices.Contains(from, p.From) {
			from = append(from, p.From)
		}
		if !slices.Contains(to, p.To) {
			to = append(to, p.To)
		}
		most = max(most, p.Count)
	}
	const row, head, x1, x2, width = 34, 44, 260, 460, 720
	height := head + row*max(len(from), len(to)) + 8
	y := func(names []string, name string) int { return head + row*slices.Index(names, name) + row/2 }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="otk-picture" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" font-family="Golos Text, sans-serif" font-size="12">`, width, height)
	fmt.Fprintf(&b, `<title>%s</title><rect width="100%%" height="100%%" fill="#fff"/><text x="8" y="20" font-size="15" font-weight="bold" fill="#0b0c0c">%s</text>`,
		html.EscapeString(title), html.EscapeString(title))
	for i, p := range pairs {
		a, z := y(from, p.From), y(to, p.To)
		fmt.Fprintf(&b, `<path d="M%d %dC%d %d %d %d %d %d" fill="none" stroke="#1d4f91" stroke-opacity="0.65" stroke-width="%.1f"/>`,
			x1, a, (x1+x2)/2, a, (x1+x2)/2, z, x2, z, 1+7*float64(p.Count)/float64(most))
		at := 0.3 + 0.1*float64(i%3)
		fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" text-anchor="middle" stroke="#fff" stroke-width="3" paint-order="stroke" fill="#0b0c0c">%d</text>`,
			x1+(x2-x1)*at, float64(a)+(float64(z)-float64(a))*at*at*(3-2*at)+4, p.Count)
	}
	for _, name := range from {
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" fill="#0b0c0c">%s</text>`, x1-8, y(from, name)+4, html.EscapeString(short(name)))
	}
	for _, name := range to {
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#0b0c0c">%s</text>`, x2+8, y(to, name)+4, html.EscapeString(short(name)))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // words are escaped above
}

// short is a name that fits beside the picture.
func short(name string) string {
	r := []rune(name)
	if len(r) <= 36 {
		return name
	}
	return string(r[:35]) + "…"
}
