package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
)

// Maps are the heat maps that are published; see [atlas.Shelf].
type Maps interface {
	ListPeriods(ctx context.Context) ([]atlas.Period, error)
	FindMap(ctx context.Context, from atlas.Day) (atlas.Map, error)
}

// publicMonths is how far back the public heat map looks unless told.
const publicMonths = 12

// narrow are the parameters for which one needs a token.
var narrow = []string{"q", "rubric", "territory", waitParam}

// publicHeat sums what is published of the periods asked for, and nothing else:
// any question of its own, asked twice with a little difference, would tell of a
// single person.
func (h *Handlers) publicHeat(c echo.Context) error {
	if err := brake(c, h.slow.asks); err != nil {
		return err
	}
	out := heatOut{By: "category", Public: true, Cells: []cellOut{}}
	var check fault.Check
	for name := range c.QueryParams() {
		check.That(slices.Contains(heatParams, name), name, "api.unknown_field")
	}
	by := c.QueryParam("by")
	check.That(by == "" || by == "category" || by == "leaf", "by", "error.unknown_choice")
	out.From, out.To = h.days(c, &check)
	if h.Maps == nil || by == "leaf" || slices.ContainsFunc(narrow, func(name string) bool { return c.QueryParam(name) != "" }) {
		return unknown(c, fault.New(fault.SignIn, "api.token_required"))
	}
	month := func(t time.Time) bool { return t.IsZero() || t.In(h.Zone).Day() == 1 }
	check.That(month(out.From), "from", "api.whole_months")
	check.That(month(out.To), "to", "api.whole_months")
	if err := check.Err(); err != nil {
		return err
	}
	if out.From.IsZero() {
		year, m, _ := h.Clock.Now().In(h.Zone).Date()
		out.From = time.Date(year, m-publicMonths+1, 1, 0, 0, 0, 0, h.Zone).UTC()
	}
	counts, err := h.published(edge.Ctx(c), out.From, out.To)
	if err != nil {
		return err
	}
	for _, t := range h.Topics.Book().Places.Municipalities() {
		for at, n := range counts {
			if at.place != t.Code {
				continue
			}
			out.Cells = append(out.Cells, cellOut{Territory: t.Code, Place: t.Name, Rubric: at.category, Topic: h.rubricRef(at.category).Name, Count: n})
			out.Total += n
		}
	}
	slices.SortFunc(out.Cells, cellOut.before)
	c.Response().Header().Set("Cache-Control", "public, max-age=60")
	return c.JSON(http.StatusOK, out)
}

type publishedAt struct{ place, category string }

// published sums the cells of the maps whose periods lie within.
func (h *Handlers) published(ctx context.Context, from, to time.Time) (map[publishedAt]int, error) {
	all, err := h.Maps.ListPeriods(ctx)
	if err != nil {
		return nil, err
	}
	out := map[publishedAt]int{}
	for _, p := range all {
		if p.From.In(h.Zone).Before(from) || !to.IsZero() && p.To.In(h.Zone).After(to) {
			continue
		}
		m, err := h.Maps.FindMap(ctx, p.From)
		if err != nil {
			return nil, err
		}
		for _, place := range m.Whole.Parts {
			for _, category := range place.Parts {
				out[publishedAt{place.Key, category.Key}] += category.Count
			}
		}
	}
	return out, nil
}
