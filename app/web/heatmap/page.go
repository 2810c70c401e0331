package heatmap

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/app/web/widget"
)

// view is what the page shows.
type view struct {
	Page       ui.Page
	Query      query
	Framed     bool
	Periods    []ui.Option
	Measures   []ui.Option
	Categories []ui.Option
	Months     string // the period in words
	Title      string // what the map shows
	Grid       grid
	Scale      scale // of the cells
	PlaceScale scale // of the municipalities
	Tiles      []ui.Tile
	Boundaries string // "" where there is no map
	Areas      areas
	Chosen     *chosen
	Files      []ui.Tab
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

// chosen is the municipality that is looked at closer.
type chosen struct {
	Name  string
	Total cell
	Lines []line
	Drop  string
}

type line struct {
	Name  string
	Cell  cell
	Parts []line
	Rest  int
}

// Show is the page.
func (h *Handlers) Show(c echo.Context) error {
	q, m, all, err := h.read(c)
	if err != nil {
		return err
	}
	ctx := edge.Ctx(c)
	v := view{Query: q, Page: h.Frame(c, ui.T(ctx, "atlas.title"))}
	v.Page.Wide = true
	_, v.Framed = widget.FrameOf(ctx)
	if len(all) > 0 {
		if err := h.fill(c, &v, m, all); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := page(v).Render(ctx, &b); err != nil {
		return err
	}
	return kept(c, echo.MIMETextHTMLCharsetUTF8, b.Bytes())
}

func (h *Handlers) fill(c echo.Context, v *view, m atlas.Map, all []atlas.Period) error {
	ctx, q, book := edge.Ctx(c), v.Query, h.Book()
	v.Months = words(ctx, q.Period)
	v.Title = q.Measure.title(ctx)
	for _, p := range all {
		v.Periods = append(v.Periods, ui.Option{Value: p.Key(), Label: words(ctx, p)})
	}
	for _, m := range measures {
		v.Measures = append(v.Measures, ui.Option{Value: m.Key, Label: m.title(ctx)})
	}
	for _, r := range book.Tree.Roots {
		v.Categories = append(v.Categories, ui.Option{Value: r.Code, Label: r.Name.In(ui.Lang(ctx))})
	}
	if q.Category != "" {
		v.Title = name(ctx, book, q.Category) + ": " + v.Title
	}
	v.Grid = newGrid(ctx, book, m, q)
	v.Scale, v.PlaceScale = q.Measure.scaleOf(v.Grid.cells()), q.Measure.scaleOf(v.Grid.totals())
	v.pictures(ctx)
	v.chosen(ctx, h, m)
	v.Files = []ui.Tab{{Text: "CSV", URL: q.file("csv")}}
	if !book.Places.Mapped() {
		return nil
	}
	v.Files = append(v.Files, ui.Tab{Text: "GeoJSON", URL: q.file("geojson")})
	var err error
	v.Boundaries, err = edge.BoundariesURL(c, book.Places)
	return err
}

// file is the address of a file with everything of the period. Files are the
// portal's, also those of a frame.
func (q query) file(kind string) string {
	of := query{Period: q.Period, Measure: measures[0]}
	if l := q.frame.Get(ui.LangParam); l != "" {
		return of.address(Path+"."+kind, ui.LangParam, l)
	}
	return of.address(Path + "." + kind)
}

func (v *view) pictures(ctx context.Context) {
	for _, r := range v.Grid.Rows {
		text := v.Query.Measure.words(ctx, r.Total)
		if text == "" {
			text = "–"
		}
		url := v.Query.url("place", r.Place.Code) + "#place"
		level, current := v.PlaceScale.level(r.Total), r.Place.Code == v.Query.Place
		v.Tiles = append(v.Tiles, ui.Tile{
			Area: r.Place.ID, Col: r.Place.Col + 1, Row: r.Place.Row + 1, Code: r.Name, Name: r.Place.Name.In(ui.Lang(ctx)), Value: text,
			Level: level, URL: url, Current: current,
		})
		v.Areas.Areas = append(v.Areas.Areas, area{r.Place.ID, level, r.Name + ": " + text, url, current})
	}
}

func (v *view) chosen(ctx context.Context, h *Handlers, m atlas.Map) {
	book := h.Book()
	t, ok := placeOf(book, v.Query.Place)
	if !ok {
		return
	}
	node, _ := m.Whole.Part(t.Code)
	v.Chosen = &chosen{Name: t.Name.In(ui.Lang(ctx)), Total: cell{node, t.Population}, Drop: v.Query.url("place", "")}
	for _, p := range node.Parts {
		l := line{Name: name(ctx, book, p.Key), Cell: cell{p, t.Population}, Rest: p.Rest}
		for _, below := range p.Parts {
			l.Parts = append(l.Parts, line{Name: name(ctx, book, below.Key), Cell: cell{below, t.Population}})
		}
		v.Chosen.Lines = append(v.Chosen.Lines, l)
	}
}

// kept answers with what changes once in a month: a browser that has it is told
// so. The tag is weak, as it is sent packed and not.
func kept(c echo.Context, media string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:8]) + `"`
	head := c.Response().Header()
	head.Set("ETag", tag)
	head.Set("Cache-Control", "public, max-age=300")
	for have := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if have = strings.TrimSpace(have); strings.TrimPrefix(have, "W/") == tag[len("W/"):] || have == "*" {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.Blob(http.StatusOK, media, body)
}
