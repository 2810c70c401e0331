package api

import (
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

// hiddenBelow is the least count of a cell that everybody may see (domain.md:
// public cells under 3 people are hidden).
const hiddenBelow = 3

// publicMonths is how far back the public heat map looks unless told.
const publicMonths = 12

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

// HeatMap counts appeals by municipality and topic: for an officer those that
// they may see, for everybody whole months, by category, without small cells.
// Narrower questions, asked twice with a difference of one day or one word,
// would tell of a single person.
func (h *Handlers) HeatMap(c echo.Context) error {
	ctx := edge.Ctx(c)
	public := edge.User(ctx) == nil
	if public {
		if err := brake(c, h.slow.asks); err != nil {
			return err
		}
	}
	q, err := h.heatQuery(c, public)
	if err != nil {
		return err
	}
	found, err := h.Index.HeatMap(ctx, q)
	if err != nil {
		return err
	}
	out := heatOut{By: "category", From: q.From, To: q.To, Public: public, Fuzzy: found.Fuzzy, Cells: []cellOut{}}
	if q.ByLeaf {
		out.By = "leaf"
	}
	places := h.Topics.Book().Places
	for _, cell := range found.Cells {
		if public && cell.Count < hiddenBelow {
			continue
		}
		t, _ := places.Find(cell.Territory)
		one := cellOf(t.Code, cell, public)
		one.Place, one.Topic = t.Name, h.rubricRef(cell.By).Name
		out.Cells = append(out.Cells, one)
		out.Total += cell.Count
	}
	if public {
		c.Response().Header().Set("Cache-Control", "public, max-age=60")
	} else {
		c.Response().Header().Set("Cache-Control", "no-store")
	}
	return c.JSON(http.StatusOK, out)
}

func cellOf(territory string, cell search.Cell, public bool) cellOut {
	out := cellOut{Territory: territory, Rubric: cell.By, Count: cell.Count}
	if public {
		return out
	}
	out.Overdue, out.Solved, out.Refuted, out.Rated, out.Weight = &cell.Overdue, &cell.Solved, &cell.Refuted, &cell.Rated, &cell.Weight
	if cell.Rated > 0 {
		mean := float64(cell.RatingSum) / float64(cell.Rated)
		out.Rating = &mean
	}
	return out
}

var heatParams = []string{"from", "to", "rubric", "territory", "q", "by", "lang"}

// narrow are the parameters for which one needs a token.
var narrow = []string{"q", "rubric", "territory"}

func (h *Handlers) heatQuery(c echo.Context, public bool) (search.HeatQuery, error) {
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
	if public {
		err := h.public(c, &q, &check)
		return q, err
	}
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

// public narrows the question to what everybody may ask.
func (h *Handlers) public(c echo.Context, q *search.HeatQuery, check *fault.Check) error {
	if q.ByLeaf || slices.ContainsFunc(narrow, func(name string) bool { return c.QueryParam(name) != "" }) {
		return unknown(c, fault.New(fault.SignIn, "api.token_required"))
	}
	month := func(t time.Time) bool { return t.IsZero() || t.In(h.Zone).Day() == 1 }
	check.That(month(q.From), "from", "api.whole_months")
	check.That(month(q.To), "to", "api.whole_months")
	if q.From.IsZero() {
		year, m, _ := q.Now.In(h.Zone).Date()
		q.From = time.Date(year, m-publicMonths+1, 1, 0, 0, 0, 0, h.Zone).UTC()
	}
	return check.Err()
}
