// Package heatmap is the heat map for everybody: the page on the portal, the
// same inside other sites' frames, and its files. It shows what the atlas has
// published and knows nothing else.
package heatmap

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/app/web/widget"
	"github.com/otklik/otklik/rubricator"
)

// Path is the address of the page on the portal.
const Path = "/map"

// Shelf keeps the published maps; see [atlas.Shelf].
type Shelf interface {
	ListPeriods(ctx context.Context) ([]atlas.Period, error)
	FindMap(ctx context.Context, from atlas.Day) (atlas.Map, error)
}

// Config is what the pages are made of.
type Config struct {
	Maps  Shelf
	Book  func() *rubricator.Book
	Clock clock.Clock
	Zone  *time.Location
	// Frame is the frame around a citizen's screen.
	Frame func(c echo.Context, title string) ui.Page
}

// Handlers answer the addresses of the map.
type Handlers struct {
	Config
	mu   sync.Mutex
	kept map[atlas.Period]atlas.Map // a published map never changes
}

// New makes the pages.
func New(cfg Config) *Handlers { return &Handlers{Config: cfg, kept: map[atlas.Period]atlas.Map{}} }

// find is the published map of a period.
func (h *Handlers) find(ctx context.Context, p atlas.Period) (atlas.Map, error) {
	h.mu.Lock()
	m, ok := h.kept[p]
	h.mu.Unlock()
	if ok {
		return m, nil
	}
	m, err := h.Maps.FindMap(ctx, p.From)
	if err == nil {
		h.mu.Lock()
		h.kept[p] = m
		h.mu.Unlock()
	}
	return m, err
}

// query is what somebody looks at.
type query struct {
	base     string // address of the page
	frame    url.Values
	Period   atlas.Period
	Measure  measure
	Category string // whose topics are the columns, "" for all categories
	Place    string // municipality that is looked at closer
	ByName   bool
}

// read finds the map that is asked for, the latest by itself. Where none is
// published yet ok is false; of what isn't there it is fault.NotFound.
func (h *Handlers) read(c echo.Context) (q query, m atlas.Map, all []atlas.Period, err error) {
	ctx, now := edge.Ctx(c), h.Clock.Now()
	edge.Note(c, func(ctx context.Context) context.Context { return ui.WithNow(ctx, now) })
	q = query{base: Path, frame: url.Values{}, Measure: measures[0], ByName: c.QueryParam("sort") == "name"}
	if f, ok := widget.FrameOf(ctx); ok {
		q.base = "/embed/" + url.PathEscape(f.Agency.Code) + Path
		if f.Origin != "" {
			q.frame.Set(widget.OriginParam, f.Origin)
		}
		if l := c.QueryParam(ui.LangParam); l == string(edge.Lang(c)) {
			q.frame.Set(ui.LangParam, l)
		}
	}
	if all, err = h.Maps.ListPeriods(ctx); err != nil || len(all) == 0 {
		return q, m, nil, err
	}
	q.Period = all[0]
	unknown := fault.New(fault.NotFound, "error.not_found")
	if key := c.QueryParam("period"); key != "" {
		at := slices.IndexFunc(all, func(p atlas.Period) bool { return p.Key() == key })
		if at < 0 {
			return q, m, all, unknown
		}
		q.Period = all[at]
	}
	if key := c.QueryParam("measure"); key != "" {
		at := slices.IndexFunc(measures, func(m measure) bool { return m.Key == key })
		if at < 0 {
			return q, m, all, unknown
		}
		q.Measure = measures[at]
	}
	book := h.Book()
	if q.Category = c.QueryParam("category"); q.Category != "" && !slices.ContainsFunc(book.Tree.Roots, func(r *rubricator.Rubric) bool { return r.Code == q.Category }) {
		return q, m, all, unknown
	}
	if q.Place = c.QueryParam("place"); q.Place != "" {
		if _, ok := placeOf(book, q.Place); !ok {
			return q, m, all, unknown
		}
	}
	m, err = h.find(ctx, q.Period)
	return q, m, all, err
}

// url is the address of the page with some of its values changed.
func (q query) url(pairs ...string) string { return q.address(q.base, pairs...) }

func (q query) address(path string, pairs ...string) string {
	v := url.Values{}
	for name, values := range q.frame {
		v[name] = values
	}
	set := func(name, value string) {
		if v.Del(name); value != "" {
			v.Set(name, value)
		}
	}
	set("period", q.Period.Key())
	if q.Measure.Key != measures[0].Key {
		set("measure", q.Measure.Key)
	}
	set("category", q.Category)
	set("place", q.Place)
	if q.ByName {
		set("sort", "name")
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	return path + "?" + v.Encode()
}

// words is the period in words: «октябрь 2026 года».
func words(ctx context.Context, p atlas.Period) string {
	from := p.From.In(time.UTC)
	year := from.Format("2006")
	if p.Grain() == atlas.Quarter {
		return ui.T(ctx, "atlas.quarter", "n", strconv.Itoa((int(from.Month())+2)/3), "year", year)
	}
	return ui.T(ctx, "atlas.month."+from.Format("01"), "year", year)
}
