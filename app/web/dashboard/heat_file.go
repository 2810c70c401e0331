package dashboard

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"net/http"
	"slices"
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
	under string // what it is narrowed by
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
	d.title = measureTitle(s, d.q.Measure) + ", " + d.q.Period.dates(s)
	d.under = h.conditions(s, d.q)
	return s, d, nil
}

// conditions says what the map is narrowed by.
func (h *Handlers) conditions(s screen, q heatQuery) string {
	out := []string{h.scopeWords(s)}
	if q.Category != "" {
		out = append(out, s.topic(cmp.Or(q.Topic, q.Category)))
	}
	if q.Words != "" {
		out = append(out, ui.T(s, "heat.file.words", "words", q.Words))
	}
	if q.Stage != "" {
		out = append(out, ui.T(s, "stage."+string(q.Stage)))
	}
	if q.Agency != 0 {
		out = append(out, h.agency(s, q.Agency))
	}
	if q.Outcome != "" {
		out = append(out, ui.T(s, "outcome."+string(q.Outcome)))
	}
	if q.Rating != "" {
		out = append(out, ui.T(s, "heat.file.rating", "rating", strings.ReplaceAll(q.Rating, "..", "–")))
	}
	return strings.Join(out, " · ")
}

// said is the value of a municipality in a drawing: nobody wrote, or too few.
func (d drawn) said(s screen, of sums) string {
	switch text := d.q.Measure.text(s, of); {
	case text != "":
		return text
	case d.q.Measure.top == 0:
		return "0"
	default:
		return "—"
	}
}

// legend draws what the shades mean, in a line of the given height.
func (d drawn) legend(s screen, at int) string {
	var out strings.Builder
	for i, step := range d.scale.legend(s) {
		x := 4 + i*legendWide
		fmt.Fprintf(&out, `<rect x="%d" y="%d" width="24" height="16" fill="%s" stroke="#b9c4c9"/><text x="%d" y="%d" font-size="12" fill="#1c2529">%s</text>`,
			x, at+8, shadeColours[step.Level], x+30, at+21, escaped(step.Text))
	}
	return out.String()
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
	headTall           = 56
	footTall           = 32
	legendWide         = 104
	labelWide          = 76
	labelTall          = 28
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
			x+tileWide/2, y+42, ink, escaped(d.said(s, r.Total)))
	}
	tall := headTall + rows*tileTall
	out.WriteString(d.legend(s, tall))
	return download(c, "heat-tiles.svg", "image/svg+xml", picture(max(columns*tileWide, shades*legendWide), tall+footTall, d, out.String()))
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
		out.WriteString(`"><title>` + escaped(r.Name+": "+d.said(s, r.Total)) + `</title></path>`)
	}
	var taken [][2]float64
	for _, r := range d.grid.Rows { // over all shapes: a town lies within its district
		t, _ := s.book.Places.Find(r.Territory)
		x, y := (t.Lon-west)*squeeze*scale, headTall+(north-t.Lat)*scale
		for slices.ContainsFunc(taken, func(at [2]float64) bool {
			return math.Abs(at[0]-x) < labelWide && math.Abs(at[1]-y) < labelTall
		}) {
			y += labelTall / 4
		}
		taken = append(taken, [2]float64{x, y})
		fmt.Fprintf(&out, `<text x="%.0f" y="%.0f" text-anchor="middle" font-size="11" fill="#1c2529" stroke="#ffffff" stroke-width="3" paint-order="stroke">%s`+
			`<tspan x="%.0f" dy="14" font-weight="bold">%s</tspan></text>`, x, y, escaped(r.Name), x, escaped(d.said(s, r.Total)))
	}
	out.WriteString(d.legend(s, tall))
	return download(c, "heat-map.svg", "image/svg+xml", picture(mapWide, tall+footTall, d, out.String()))
}

func picture(wide, tall int, d drawn, inside string) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="Golos Text, Arial, sans-serif">`+
		`<rect width="100%%" height="100%%" fill="#ffffff"/><text x="4" y="24" font-size="18" font-weight="bold" fill="#1c2529">%s</text><text x="4" y="44" font-size="13" fill="#484949">%s</text>%s</svg>`,
		wide, tall, wide, tall, escaped(d.title), escaped(d.under), inside)
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
