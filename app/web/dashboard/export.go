package dashboard

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// exportTopics is how many topics a table holds: all that a tree has.
const exportTopics = 10_000

// fileTables are the tables of the overview that a CSV can hold.
var fileTables = []struct{ name, key string }{
	{"figures", "dashboard.export.figures"},
	{"topics", "dashboard.export.topics"},
	{"agencies", "dashboard.export.agencies"},
	{"places", "dashboard.places.title"},
	{"days", "dashboard.export.by_day"},
}

// idOf is an id in an address, "" for none.
func idOf(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// Figures sends what the overview shows as tables: figures, topics, agencies
// and days. A CSV holds the one that the address names.
func (h *Handlers) Figures(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	f, err := h.readFilter(s, c.QueryParams())
	if err != nil {
		return err
	}
	ask := question{f.Period.report(), f.report(s)}
	if typed := c.QueryParam("agency"); typed != "" {
		id, err := strconv.ParseInt(typed, 10, 64)
		if err != nil || !s.scope.Region && !slices.Contains(s.scope.Agencies, id) {
			return fault.New(fault.NotFound, "error.not_found")
		}
		ask.Filter.Agency = id
	}
	var sheets []document.Sheet
	for _, table := range []struct {
		name string
		make func(screen, question) (document.Sheet, error)
	}{{"figures", h.figureSheet}, {"topics", h.topicSheet}, {"agencies", h.agencySheet}, {"places", h.placeSheet}, {"days", h.daySheet}, {"people", h.peopleSheet}} {
		if only := c.QueryParam("table"); only != "" && only != table.name {
			continue
		}
		if table.name == "people" && ask.Filter.Agency == 0 {
			continue
		}
		sheet, err := table.make(s, ask)
		if err != nil {
			return err
		}
		sheets = append(sheets, sheet)
	}
	if len(sheets) == 0 {
		return fault.New(fault.NotFound, "error.not_found")
	}
	return edge.Tables(c, exportName(s, f, sheets), h.Zone, sheets...)
}

func exportName(s screen, f filter, sheets []document.Sheet) string {
	title := ui.T(s, "dashboard.title")
	if len(sheets) == 1 {
		title = sheets[0].Name
	}
	return ui.T(s, "dashboard.export.file", "title", title, "from", f.Period.from(), "to", f.Period.to())
}

func column(s screen, key string, kind document.Kind) document.Column {
	c := document.Column{Head: ui.T(s, key), Kind: kind}
	if kind == document.Words {
		c.Width = 40
	}
	return c
}

// figureSheet has every figure beside its value in the period before, how many
// cases it rests on and by which formula it is computed.
func (h *Handlers) figureSheet(s screen, ask question) (document.Sheet, error) {
	sheet := document.Sheet{Name: ui.T(s, "dashboard.export.figures"), Columns: []document.Column{
		column(s, "dashboard.export.figure", document.Words), column(s, "dashboard.export.value", document.Real),
		column(s, "dashboard.export.before", document.Real), column(s, "dashboard.export.unit", document.Words),
		column(s, "dashboard.export.basis", document.Whole), column(s, "dashboard.formula", document.Words),
	}}
	sheet.Columns[3].Width = 14
	now, err := h.counts(s, ask)
	if err != nil {
		return sheet, err
	}
	past, err := h.counts(s, question{ask.Period.Before(), ask.Filter})
	if err != nil {
		return sheet, err
	}
	before := report.KPIs(past)
	var rows [][]any
	for i, k := range report.KPIs(now) {
		rows = append(rows, []any{
			ui.T(s, "kpi."+k.Key), figureValue(k), figureValue(before[i]), ui.T(s, unitKeys[k.Unit]), k.Basis, ui.T(s, "kpi."+k.Key+"_formula"),
		})
	}
	sheet.Rows = document.Rows(rows)
	return sheet, nil
}

var unitKeys = map[report.Unit]string{
	report.Share: "dashboard.export.percent", report.Days: "dashboard.export.days", report.Number: "dashboard.export.number",
}

// figureValue is the value in its unit; what can't be given is empty, not zero.
func figureValue(k report.KPI) any {
	switch {
	case !k.Known:
		return nil
	case k.Unit == report.Share:
		return k.Value * 100
	default:
		return k.Value
	}
}

func (h *Handlers) topicSheet(s screen, ask question) (document.Sheet, error) {
	sheet := document.Sheet{Name: ui.T(s, "dashboard.export.topics"), Columns: []document.Column{
		column(s, "dashboard.export.category", document.Words), column(s, "dashboard.topics.topic", document.Words),
		column(s, "dashboard.topics.count", document.Whole), column(s, "dashboard.export.before", document.Whole),
		column(s, "dashboard.topics.open", document.Whole), column(s, "dashboard.topics.late", document.Whole),
	}}
	lines, err := recall(s, h.memo, "all topics", ask, func(ctx context.Context) ([]report.TopicLine, error) {
		return h.Reports.Topics(ctx, ask.Period, ask.Filter, s.now, exportTopics)
	})
	var rows [][]any
	for _, l := range s.joined(lines) {
		category := ""
		if r, ok := s.book.Tree.Find(l.Rubric); ok {
			category = r.Category().Name.In(ui.Lang(s))
		}
		rows = append(rows, []any{category, s.topic(l.Rubric), l.Count, l.Before, l.Open, l.Late})
	}
	sheet.Rows = document.Rows(rows)
	return sheet, err
}

// lineSheet compares agencies or municipalities.
func lineSheet(s screen, title, head string) document.Sheet {
	return document.Sheet{Name: ui.T(s, title), Columns: []document.Column{
		column(s, head, document.Words), column(s, "dashboard.agency.submitted", document.Whole),
		column(s, "dashboard.agency.answered", document.Whole), column(s, "dashboard.agency.overdue", document.Share),
		column(s, "dashboard.agency.median", document.Real), column(s, "dashboard.agency.rating", document.Real),
	}}
}

func sheetLine(name string, c report.Counts) []any {
	row := []any{name, c.Submitted, c.Answered, nil, nil, nil}
	for _, k := range report.KPIs(c) {
		at := map[string]int{"overdue": 3, "answer_median": 4, "satisfaction": 5}[k.Key]
		if at > 0 && k.Known {
			row[at] = k.Value
		}
	}
	return row
}

// placeSheet has the municipalities; a settlement counts with its own.
func (h *Handlers) placeSheet(s screen, ask question) (document.Sheet, error) {
	sheet := lineSheet(s, "dashboard.places.title", "dashboard.territory")
	counts, err := h.lines(s, ask, report.GroupTerritory)
	if err != nil {
		return sheet, err
	}
	var rows [][]any
	for _, t := range s.book.Places.Municipalities() {
		var sum report.Counts
		for _, id := range s.book.Places.Below(t.ID) {
			if c := counts[id]; c != nil {
				sum.Add(*c)
			}
		}
		if sum.Submitted > 0 || sum.Answered > 0 {
			rows = append(rows, sheetLine(s.place(t.ID), sum))
		}
	}
	sheet.Rows = document.Rows(rows)
	return sheet, nil
}

// peopleSheet has the executors of an agency whom the reader may watch.
func (h *Handlers) peopleSheet(s screen, ask question) (document.Sheet, error) {
	sheet := lineSheet(s, "dashboard.people.title", "dashboard.people.name")
	counts, err := h.lines(s, ask, report.GroupPerson)
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		u, ok := h.Agencies.User(id)
		c := counts[id]
		if ok && (c.Submitted > 0 || c.Answered > 0) && workflow.MayWatch(s.by, id, ask.Filter.Agency) && u.Actor().Holds(actor.Executor, ask.Filter.Agency) {
			rows = append(rows, sheetLine(u.Name, *c))
		}
	}
	sheet.Rows = document.Rows(rows)
	return sheet, err
}

func (h *Handlers) agencySheet(s screen, ask question) (document.Sheet, error) {
	sheet := lineSheet(s, "dashboard.export.agencies", "dashboard.agency.name")
	lines, err := recall(s, h.memo, "agencies", ask, func(ctx context.Context) ([]report.AgencyLine, error) {
		return h.Reports.Agencies(ctx, ask.Period, ask.Filter, s.now)
	})
	var rows [][]any
	for _, l := range lines {
		rows = append(rows, sheetLine(h.agency(s, l.Agency), l.Counts))
	}
	sheet.Rows = document.Rows(rows)
	return sheet, err
}

func (h *Handlers) daySheet(s screen, ask question) (document.Sheet, error) {
	sheet := document.Sheet{Name: ui.T(s, "dashboard.export.by_day"), Columns: []document.Column{
		column(s, "dashboard.export.day", document.Words), column(s, "dashboard.agency.submitted", document.Whole),
		column(s, "dashboard.agency.answered", document.Whole),
	}}
	sheet.Columns[0].Width = 12
	days, err := h.days(s, ask)
	var rows [][]any
	for _, d := range days {
		rows = append(rows, []any{d.Day, d.Submitted, d.Answered})
	}
	sheet.Rows = document.Rows(rows)
	return sheet, err
}

// HeatTable sends the heat map as the table below it.
func (h *Handlers) HeatTable(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	q, err := h.readHeat(s, c.QueryParams())
	if err != nil {
		return err
	}
	m, err := h.heatMap(s, q)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "dashboard.heat.down", err)
	}
	g := newGrid(s, m, q)
	if q.Measure.Key == "trend" {
		before, err := h.heatMap(s, q.before(h.Zone))
		if err != nil {
			return fault.Wrap(fault.Unavailable, "dashboard.heat.down", err)
		}
		g.compare(newGrid(s, before, q))
	}
	sheet := heatSheet(s, q, g)
	return edge.Tables(c, exportName(s, q.filter, []document.Sheet{sheet}), h.Zone, sheet)
}

func heatSheet(s screen, q heatQuery, g grid) document.Sheet {
	kind := document.Real
	switch {
	case q.Measure.Key == "count":
		kind = document.Whole
	case q.Measure.top == 1:
		kind = document.Share
	}
	value := func(x sums) any {
		v, ok := q.Measure.value(x)
		switch {
		case x.Count == 0 && kind != document.Whole, !ok:
			return nil
		case kind == document.Whole:
			return x.Count
		default:
			return v
		}
	}
	sheet := document.Sheet{Name: measureTitle(s, q.Measure), Columns: []document.Column{
		column(s, "dashboard.heat.place", document.Words), column(s, "dashboard.heat.total", kind),
	}}
	for _, c := range g.Columns {
		sheet.Columns = append(sheet.Columns, document.Column{Head: c.Name, Kind: kind, Width: 16})
	}
	var rows [][]any
	for _, r := range g.Rows {
		row := []any{r.Name, value(r.Total)}
		for _, cell := range r.Cells {
			row = append(row, value(cell))
		}
		rows = append(rows, row)
	}
	if g.Loose.Count > 0 {
		rows = append(rows, append([]any{ui.T(s, "dashboard.heat.no_place"), value(g.Loose)}, make([]any, len(g.Columns))...))
	}
	last := []any{ui.T(s, "dashboard.heat.sum"), value(g.Total)}
	for _, c := range g.Columns {
		last = append(last, value(c.Total))
	}
	sheet.Rows = document.Rows(append(rows, last))
	return sheet
}
