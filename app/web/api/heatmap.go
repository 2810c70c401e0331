package api

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

type heatOut struct {
	By     string    `json:"by"` // category or leaf
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"` // not in it
	Public bool      `json:"public"`      // small cells are hidden
	Total  int       `json:"total"`       // of the cells shown
	Fuzzy  bool      `json:"fuzzy"`       // nothing has these very words
	Cells  []cellOut `json:"cells"`
}

// cellOut counts appeals; for everybody only how many there are.
type cellOut struct {
	Territory string    `json:"territory"`
	Place     lang.Text `json:"territory_name"`
	Rubric    string    `json:"rubric"`
	Topic     lang.Text `json:"rubric_name"`
	Count     int       `json:"count"`
	Overdue   *int      `json:"overdue,omitempty"`
	Solved    *int      `json:"solved,omitempty"`
	Refuted   *int      `json:"refuted,omitempty"`
	Rated     *int      `json:"rated,omitempty"`
	Rating    *float64  `json:"rating,omitempty"` // mean
	Weight    *float64  `json:"weight,omitempty"` // sum of 0.5^(age / 14 days)
}

// HeatMap counts appeals by place and topic: for an officer those that they may
// see, for everybody what is published.
func (h *Handlers) HeatMap(c echo.Context) error {
	ctx := edge.Ctx(c)
	if edge.User(ctx) == nil {
		return h.publicHeat(c)
	}
	q, err := h.heatQuery(c)
	if err != nil {
		return err
	}
	var check fault.Check
	wait := waiting(c, &check)
	if err := check.Err(); err != nil {
		return err
	}
	if err := h.settle(c, wait); err != nil {
		return err
	}
	found, err := h.Index.HeatMap(ctx, q)
	if err != nil {
		return err
	}
	out := heatOut{By: "category", From: q.From, To: q.To, Fuzzy: found.Fuzzy, Cells: []cellOut{}}
	if q.ByLeaf {
		out.By = "leaf"
	}
	places := h.Topics.Book().Places
	for _, cell := range found.Cells {
		t, _ := places.Find(cell.Territory)
		one := cellOf(t.Code, cell)
		one.Place, one.Topic = t.Name, h.rubricRef(cell.By).Name
		out.Cells = append(out.Cells, one)
		out.Total += cell.Count
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, out)
}

func cellOf(territory string, cell search.Cell) cellOut {
	out := cellOut{Territory: territory, Rubric: cell.By, Count: cell.Count}
	out.Overdue, out.Solved, out.Refuted, out.Rated, out.Weight = &cell.Overdue, &cell.Solved, &cell.Refuted, &cell.Rated, &cell.Weight
	if cell.Rated > 0 {
		mean := float64(cell.RatingSum) / float64(cell.Rated)
		out.Rating = &mean
	}
	return out
}

// before orders cells by place and then by number.
func (c cellOut) before(other cellOut) int {
	return cmp.Or(cmp.Compare(c.Territory, other.Territory), cmp.Compare(other.Count, c.Count), cmp.Compare(c.Rubric, other.Rubric))
}

var heatParams = []string{"from", "to", "rubric", "territory", "q", "by", "lang", waitParam}

func (h *Handlers) heatQuery(c echo.Context) (search.HeatQuery, error) {
	book, now := h.Topics.Book(), h.Clock.Now()
	q := search.HeatQuery{Now: now, Query: search.Query{Region: true}}
	var check fault.Check
	for name := range c.QueryParams() {
		check.That(slices.Contains(heatParams, name), name, "api.unknown_field")
	}
	by := c.QueryParam("by")
	check.That(by == "" || by == "category" || by == "leaf", "by", "error.unknown_choice")
	q.ByLeaf = by == "leaf"
	q.From, q.To = h.days(c, &check)
	meant, err := h.asked(c, &check)
	if err != nil {
		return q, err
	}
	scope := workflow.ScopeOf(edge.Actor(edge.Ctx(c)))
	q.Text, q.Where, q.Region, q.Agencies, q.Weighted = meant.Text, meant.Where, scope.Region, scope.Agencies, true
	if q.Rubric = c.QueryParam("rubric"); q.Rubric != "" {
		_, ok := book.Tree.Find(q.Rubric)
		check.That(ok, "rubric", "error.unknown_choice")
		if same := book.Tree.Same(q.Rubric); len(same) > 1 {
			q.Rubric, q.Rubrics = "", same
		}
	}
	if code := c.QueryParam("territory"); code != "" {
		id, ok := territoryByCode(book, code)
		check.That(ok, "territory", "error.unknown_choice")
		q.Territory = book.Places.Below(id)
	}
	return q, check.Err()
}
