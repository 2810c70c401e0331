package dashboard

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// heat is what the heat map shows.
type heat struct {
	Page       ui.Page
	Query      heatQuery
	Sections   []ui.Tab
	Periods    []ui.Tab
	Categories []ui.Option
	Stages     []ui.Option
	Measures   []ui.Option
	Agencies   []ui.Option
	Outcomes   []ui.Option
	Ratings    []ui.Option
	Narrowed   bool // by what the form hides at first
	Down       bool // the index doesn't answer
	Fuzzy      bool
	Grid       grid
	Scale      scale // of the cells
	PlaceScale scale // of the municipalities
	Tiles      []ui.Tile
	Boundaries string // "" where there is no map
	Areas      areas
	Hot        []hotRow
	Contrasts  []contrast
	Rising     []risingRow
	Weeks      weeks
	Points     string // address of the points on the map
	Compare    string // address of the page that compares
	Files      []ui.Tab
	Chosen     chosenPlace
	Name       string // of the category that is opened
	Place      string // within which the rows are
}

// areas is what the island of the map draws.
type areas struct {
	Areas []area `json:"areas"`
}

type area struct {
	ID      int64  `json:"id"`
	Level   int    `json:"level"`
	Text    string `json:"text"`
	URL     string `json:"url"`
	Current bool   `json:"current,omitempty"`
}

// chosenPlace is the municipality that the reader looks at.
type chosenPlace struct {
	ID     int64
	Name   string
	URL    string // all its cases
	Total  string
	Topics []chosenTopic
	Drop   string // address without it
	Within string // address of its settlements, "" where it has none
}

type chosenTopic struct{ Name, Count, URL string }

// Heat shows where people write about what.
func (h *Handlers) Heat(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	q, wrong := h.readHeat(s, c.QueryParams())
	view := heat{Query: q, Sections: sections(s, q.filter, "/dashboard/heat")}
	if view.Page, err = h.page(c, ui.T(s, "dashboard.heat.title")); err != nil {
		return err
	}
	h.heatForm(s, &view)
	if err := h.fillHeat(c, s, &view); err != nil {
		return err
	}
	status := http.StatusOK
	if wrong != nil {
		status = edge.Status(wrong)
		view.Page.Invalid = true
	}
	return edge.Render(c, status, heatPage(view))
}

func (h *Handlers) heatForm(s screen, view *heat) {
	q, l := view.Query, ui.Lang(s)
	v := q.values()
	var keep []string
	for _, name := range []string{"q", "category", "stage", "measure", "sort", "agency", "outcome", "rating", "within"} {
		keep = append(keep, name, v.Get(name))
	}
	view.Periods = q.periods(s, "/dashboard/heat", keep...)
	for _, r := range s.book.Tree.Roots {
		view.Categories = append(view.Categories, ui.Option{Value: r.Code, Label: r.Name.In(l)})
		if r.Code != q.Category {
			continue
		}
		view.Categories = append(view.Categories, below(s, r, "— ")...)
	}
	for _, a := range h.Agencies.Agencies() {
		if s.scope.Region || slices.Contains(s.scope.Agencies, a.ID) {
			view.Agencies = append(view.Agencies, ui.Option{Value: idOf(a.ID), Label: a.Short.Or(a.Name).In(l)})
		}
	}
	for _, o := range workflow.Outcomes {
		view.Outcomes = append(view.Outcomes, ui.Option{Value: string(o), Label: ui.T(s, "outcome."+string(o))})
	}
	for _, r := range ratings {
		view.Ratings = append(view.Ratings, ui.Option{Value: r, Label: strings.ReplaceAll(r, "..", "–")})
	}
	view.Narrowed = q.Agency != 0 || q.Outcome != "" || q.Rating != "" || q.Stage != ""
	for _, stage := range workflow.Stages[2:] { // drafts and new ones are in no list
		view.Stages = append(view.Stages, ui.Option{Value: string(stage), Label: ui.T(s, "stage."+string(stage))})
	}
	for _, m := range measures {
		view.Measures = append(view.Measures, ui.Option{Value: m.Key, Label: measureTitle(s, m)})
	}
	if q.Within {
		view.Place = s.place(q.Territory)
	}
	if q.Category != "" {
		view.Name = s.topic(cmp.Or(q.Topic, q.Category))
	}
}

// below are the choices of what is under a node of the tree.
func below(s screen, r *rubricator.Rubric, dashes string) []ui.Option {
	var out []ui.Option
	for _, child := range r.Children {
		out = append(out, ui.Option{Value: child.Code, Label: dashes + child.Name.In(ui.Lang(s))})
		out = append(out, below(s, child, dashes+"— ")...)
	}
	return out
}

// fillHeat asks the index what could be read. When it doesn't answer the page says so and the
// rest of it stays.
func (h *Handlers) fillHeat(c echo.Context, s screen, view *heat) error {
	q := view.Query
	if q.Misread {
		return nil
	}
	now, err := h.heatMap(s, q)
	var before search.HeatMap
	if err == nil {
		before, err = h.heatMap(s, q.before(h.Zone))
	}
	if err == nil {
		view.Weeks, err = h.weeks(s, q)
	}
	if err == nil {
		view.Rising, err = h.rising(s, q)
	}
	if err != nil {
		if s.Err() != nil {
			return err // the reader went away
		}
		h.Log.WarnContext(s, "the heat map has no answer from the index", slog.Any("error", err))
		view.Down = true
		return nil
	}
	view.Fuzzy = now.Fuzzy
	view.Grid = newGrid(s, now, q)
	past := newGrid(s, before, q)
	view.Grid.compare(past)
	view.Grid.sort(q)
	view.Hot = hottest(s, q, view.Grid, past)
	view.Scale = q.Measure.scaleOf(view.Grid.cells())
	view.PlaceScale = q.Measure.scaleOf(view.Grid.totals())
	if err := h.pictures(c, s, view); err != nil {
		return err
	}
	view.chosen(s)
	view.Compare = address("/dashboard/heat/compare", q.values())
	view.Files = q.files(s)
	view.Contrasts, err = h.contrasts(s, q, view.Grid)
	return err
}

// before is the same question about the period before.
func (q heatQuery) before(zone *time.Location) heatQuery {
	p := q.Period.report().Before()
	q.Period = period{From: p.From.In(zone), To: p.To.In(zone).AddDate(0, 0, -1)}
	return q
}

func (h *Handlers) heatMap(s screen, q heatQuery) (search.HeatMap, error) {
	ask := q.ask(s)
	key := ask
	key.Now = key.Now.Truncate(memoLife)
	return recall(s, h.memo, "heat", key, func(ctx context.Context) (search.HeatMap, error) {
		m, err := h.Index.HeatMap(ctx, ask)
		if ask.ByLeaf && len(s.book.Tree.Retired()) > 0 {
			m = m.Joined(func(code string) string { return s.book.Tree.Same(code)[0] })
		}
		return m, err
	})
}

// pictures are the tile grid, and the map where there are boundaries. Both
// show the same as the last column of the table.
func (h *Handlers) pictures(c echo.Context, s screen, view *heat) error {
	q := view.Query
	if q.Within {
		return nil // settlements have no place on the grid and no boundaries
	}
	for _, r := range view.Grid.Rows {
		t, _ := s.book.Places.Find(r.Territory)
		text := q.Measure.text(s, r.Total)
		switch {
		case text == "" && q.Measure.top == 0:
			text = "0"
		case text == "": // a share of nothing
			text = "—"
		}
		url := q.url("territory", strconv.FormatInt(t.ID, 10)) + "#place"
		level := view.PlaceScale.level(r.Total)
		current := t.ID == q.Territory
		view.Tiles = append(view.Tiles, ui.Tile{
			Area: t.ID, Col: t.Col + 1, Row: t.Row + 1, Code: r.Name, Name: t.Name.In(ui.Lang(s)), Value: text, Level: level, URL: url, Current: current,
		})
		view.Areas.Areas = append(view.Areas.Areas, area{ID: t.ID, Level: level, Text: r.Name + ": " + text, URL: url, Current: current})
	}
	if !s.book.Places.Mapped() {
		return nil
	}
	view.Points = address("/dashboard/heat/points.geojson", q.values())
	var err error
	view.Boundaries, err = edge.BoundariesURL(c, s.book.Places)
	return err
}

// chosen fills the municipality that the reader looks at: its topics, the most
// frequent first.
func (view *heat) chosen(s screen) {
	q := view.Query
	row, ok := view.Grid.row(q.Territory)
	if !ok || q.Within {
		return
	}
	t, _ := s.book.Places.Find(row.Territory)
	view.Chosen = chosenPlace{
		ID: t.ID, Name: t.Name.In(ui.Lang(s)), URL: q.cases(t.ID, ""), Total: ui.Plural(s, "dashboard.cases.all", row.Total.Count),
		Drop: q.url("territory", "", "within", ""),
	}
	if len(s.book.Places.Below(t.ID)) > 1 {
		view.Chosen.Within = q.url("within", "1")
	}
	for _, at := range sortedCells(row) {
		column := view.Grid.Columns[at]
		view.Chosen.Topics = append(view.Chosen.Topics, chosenTopic{
			Name: column.Name, Count: ui.Number(s, row.Cells[at].Count), URL: q.cases(t.ID, column.By),
		})
	}
}

// heading names the map and the category that is opened.
func (view heat) heading(ctx context.Context) string {
	title := ui.T(ctx, "dashboard.heat.title")
	if view.Name != "" {
		title += ": " + view.Name
	}
	if view.Query.Within {
		title += ", " + view.Place
	}
	return title
}
