package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
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
	Chosen     chosenPlace
	Name       string // of the category that is opened
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
	for _, name := range []string{"q", "category", "stage", "measure", "sort"} {
		keep = append(keep, name, v.Get(name))
	}
	view.Periods = q.periods(s, "/dashboard/heat", keep...)
	for _, r := range s.book.Tree.Roots {
		view.Categories = append(view.Categories, ui.Option{Value: r.Code, Label: r.Name.In(l)})
	}
	for _, stage := range workflow.Stages[2:] { // drafts and new ones are in no list
		view.Stages = append(view.Stages, ui.Option{Value: string(stage), Label: ui.T(s, "stage."+string(stage))})
	}
	for _, m := range measures {
		view.Measures = append(view.Measures, ui.Option{Value: m.Key, Label: measureTitle(s, m)})
	}
	if q.Category != "" {
		view.Name = s.topic(q.Category)
	}
}

// fillHeat asks the index. When it doesn't answer the page says so and the
// rest of it stays.
func (h *Handlers) fillHeat(c echo.Context, s screen, view *heat) error {
	q := view.Query
	now, err := h.heatMap(s, q)
	if err == nil {
		var before search.HeatMap
		p := q.Period.report().Before()
		past := q
		past.Period = period{From: p.From.In(h.Zone), To: p.To.In(h.Zone).AddDate(0, 0, -1)}
		before, err = h.heatMap(s, past)
		view.Hot = hottest(s, q, newGrid(s, now, q), newGrid(s, before, q))
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
	view.Scale = q.Measure.scaleOf(view.Grid.cells())
	view.PlaceScale = q.Measure.scaleOf(view.Grid.totals())
	if err := h.pictures(c, s, view); err != nil {
		return err
	}
	view.chosen(s)
	if q.Category != "" {
		view.Contrasts, err = h.contrasts(s, q, view.Grid)
	}
	return err
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
			Col: t.Col + 1, Row: t.Row + 1, Code: r.Name, Name: t.Name.In(ui.Lang(s)), Value: text, Level: level, URL: url, Current: current,
		})
		view.Areas.Areas = append(view.Areas.Areas, area{ID: t.ID, Level: level, Text: r.Name + ": " + text, URL: url, Current: current})
	}
	if !s.book.Places.Mapped() {
		return nil
	}
	var err error
	view.Boundaries, err = edge.BoundariesURL(c, s.book.Places)
	return err
}

// chosen fills the municipality that the reader looks at: its topics, the most
// frequent first.
func (view *heat) chosen(s screen) {
	q := view.Query
	row, ok := view.Grid.row(q.Territory)
	if !ok {
		return
	}
	t, _ := s.book.Places.Find(row.Territory)
	view.Chosen = chosenPlace{
		ID: t.ID, Name: t.Name.In(ui.Lang(s)), URL: q.cases(t.ID, ""), Total: ui.Plural(s, "dashboard.cases.all", row.Total.Count),
		Drop: q.url("territory", ""),
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
	return title
}
