package dashboard

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/ui"
)

// shadeColours are those of the styles, from nothing to the darkest.
var shadeColours = [...]string{"#ffffff", "#e3f0f1", "#c2dfe1", "#93c6ca", "#5aa5ac", "#277f89", "#0b5c68"}

// files are the files in which the map can be taken away.
func (q heatQuery) files(s screen) []ui.Tab {
	out := []ui.Tab{
		{Text: "Excel (XLSX)", URL: address("/dashboard/heat.xlsx", q.values())},
		{Text: "CSV", URL: address("/dashboard/heat.csv", q.values())},
	}
	if q.Within {
		return out
	}
	out = append(out, ui.Tab{Text: ui.T(s, "heat.file.tiles"), URL: address("/dashboard/heat-tiles.svg", q.values())})
	if s.book.Places.Mapped() {
		out = append(out,
			ui.Tab{Text: ui.T(s, "heat.file.map"), URL: address("/dashboard/heat-map.svg", q.values())},
			ui.Tab{Text: "GeoJSON", URL: address("/dashboard/heat.geojson", q.values())})
	}
	return out
}

// drawn is the map as it is drawn into a file.
type drawn struct {
	title string
	q     heatQuery
	grid  grid
	scale scale
}

func (h *Handlers) drawn(c echo.Context) (s screen, d drawn, err error) {
	if s, err = h.begin(c); err != nil {
		return s, d, err
	}
	if d.q, err = h.readHeat(s, c.QueryParams()); err != nil {
		return s, d, err
	}
	d.q.Within = false
	m, err := h.heatMap(s, d.q)
	if err != nil {
		return s, d, fault.Wrap(fault.Unavailable, "dashboard.heat.down", err)
	}
	d.grid = newGrid(s, m, d.q)
	if d.q.Measure.Key == "trend" {
		before, err := h.heatMap(s, d.q.before(h.Zone))
		if err != nil {
			return s, d, fault.Wrap(fault.Unavailable, "dashboard.heat.down", err)
		}
		d.grid.compare(newGrid(s, before, d.q))
	}
	d.scale = d.q.Measure.scaleOf(d.grid.totals())
	d.title = measureTitle(s, d.q.Measure) + ", " + d.q.Period.words(s)
	return s, d, nil
}

// download sends a file under a name.
func download(c echo.Context, name, kind string, body []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, kind, body)
}

// HeatGeo sends the boundaries with what the map says of each municipality.
func (h *Handlers) HeatGeo(c echo.Context) error {
	s, d, err := h.drawn(c)
	if err != nil {
		return err
	}
	type feature struct {
		Type       string          `json:"type"`
		ID         int64           `json:"id"`
		Properties map[string]any  `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	features := []feature{}
	for _, r := range d.grid.Rows {
		t, _ := s.book.Places.Find(r.Territory)
		about := map[string]any{
			"name": t.Name.In(ui.Lang(s)), "code": t.Code, "oktmo": t.OKTMO, "population": t.Population, "from": d.q.Period.from(), "to": d.q.Period.to(),
			"count": r.Total.Count, "problems": r.Total.Problems(), "overdue": r.Total.Overdue, "solved": r.Total.Solved, "refuted": r.Total.Refuted,
			"measure": d.q.Measure.Key, "value": nil,
		}
		if x, ok := d.q.Measure.value(r.Total); ok {
			about["value"] = x
		}
		geometry := json.RawMessage("null")
		if t.Boundary != "" {
			geometry = json.RawMessage(t.Boundary)
		}
		features = append(features, feature{"Feature", t.ID, about, geometry})
	}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return err
	}
	return download(c, "heat-"+d.q.Period.from()+"-"+d.q.Period.to()+".geojson", "application/geo+json", body)
}

// Sizes of the drawings in their own units.
const (
	tileWide, tileTall = 96, 56
	mapWide            = 900
	headTall           = 40
)

// HeatTiles sends the tile grid as a drawing.
func (h *Handlers) HeatTiles(c echo.Context) error {
	s, d, err := h.drawn(c)
	if err != nil {
		return err
	}
	var out strings.Builder
	columns, rows := 1, 1
	for _, r := range d.grid.Rows {
		t, _ := s.book.Places.Find(r.Territory)
		columns, rows = max(columns, t.Col+1), max(rows, t.Row+1)
		level := d.scale.level(r.Total)
		ink := "#1c2529"
		if level > 4 {
			ink = "#ffffff"
		}
		x, y := t.Col*tileWide, headTall+t.Row*tileTall
		fmt.Fprintf(&out, `<rect x="%d" y="%d" width="%d" height="%d" rx="4" fill="%s" stroke="#b9c4c9"/>`, x+2, y+2, tileWide-4, tileTall-4, shadeColours[level])
		fmt.Fprintf(&out, `<text x="%d" y="%d" text-anchor="middle" font-size="12" fill="%s">%s</text>`, x+tileWide/2, y+22, ink, escaped(r.Name))
		fmt.Fprintf(&out, `<text x="%d" y="%d" text-anchor="middle" font-size="15" font-weight="bold" fill="%s">%s</text>`,
			x+tileWide/2, y+42, ink, escaped(d.q.Measure.text(s, r.Total)))
	}
	return download(c, "heat-tiles.svg", "image/svg+xml", picture(columns*tileWide, headTall+rows*tileTall, d.title, out.String()))
}

// HeatDrawing sends the map as a drawing.
func (h *Handlers) HeatDrawing(c echo.Context) error {
	s, d, err := h.drawn(c)
	if err != nil {
		return err
	}
	west, south, east, north, ok := s.book.Places.Bound()
	if !ok {
		return fault.New(fault.NotFound, "error.not_found")
	}
	// Degrees of longitude are shorter than those of latitude by the cosine.
	squeeze := math.Cos((south + north) / 2 * math.Pi / 180)
	scale := mapWide / ((east - west) * squeeze)
	tall := int((north-south)*scale) + headTall
	var out strings.Builder
	for _, r := range d.grid.Rows {
		t, _ := s.book.Places.Find(r.Territory)
		rings, err := ringsOf(t.Boundary)
		if err != nil {
			return err
		}
		out.WriteString(`<path stroke="#51606a" fill-rule="evenodd" fill="` + shadeColours[d.scale.level(r.Total)] + `" d="`)
		for _, ring := range rings {
			for i, at := range ring {
				step := 'L'
				if i == 0 {
					step = 'M'
				}
				fmt.Fprintf(&out, "%c%.1f %.1f", step, (at[0]-west)*squeeze*scale, headTall+(north-at[1])*scale)
			}
			out.WriteString("Z")
		}
		out.WriteString(`"><title>` + escaped(r.Name+": "+d.q.Measure.text(s, r.Total)) + `</title></path>`)
	}
	return download(c, "heat-map.svg", "image/svg+xml", picture(mapWide, tall, d.title, out.String()))
}

func picture(wide, tall int, title, inside string) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="Golos Text, Arial, sans-serif">`+
		`<rect width="100%%" height="100%%" fill="#ffffff"/><text x="4" y="24" font-size="18" font-weight="bold" fill="#1c2529">%s</text>%s</svg>`,
		wide, tall, wide, tall, escaped(title), inside)
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder doesn't fail
	return b.String()
}

// ringsOf are the rings of a polygon or of several.
func ringsOf(boundary string) ([][][2]float64, error) {
	if boundary == "" {
		return nil, nil
	}
	var shape struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal([]byte(boundary), &shape); err != nil {
		return nil, err
	}
	if shape.Type == "Polygon" {
		var rings [][][2]float64
		err := json.Unmarshal(shape.Coordinates, &rings)
		return rings, err
	}
	var many [][][][2]float64
	if err := json.Unmarshal(shape.Coordinates, &many); err != nil {
		return nil, err
	}
	var rings [][][2]float64
	for _, one := range many {
		rings = append(rings, one...)
	}
	return rings, nil
}
