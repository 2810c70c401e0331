package dashboard

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
)

// The squares in which neighbours are put together: about 60 px on a screen.
const (
	pointColumns = 16
	pointRows    = 12
)

// box is a part of the map, in degrees.
type box struct{ west, south, east, north float64 }

// readBox reads «west,south,east,north» (RFC 7946, section 5).
func readBox(text string) (box, error) {
	parts := strings.Split(text, ",")
	var n [4]float64
	wrong := fault.New(fault.Invalid, "error.invalid")
	if len(parts) != len(n) {
		return box{}, wrong
	}
	for i, part := range parts {
		x, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(x) || math.Abs(x) > 180 {
			return box{}, wrong
		}
		n[i] = x
	}
	b := box{n[0], n[1], n[2], n[3]}
	if b.east-b.west < 1e-4 || b.north-b.south < 1e-4 {
		return box{}, wrong
	}
	return b, nil
}

// snapped widens the box to a mesh that stands still: then what belongs
// together stays so while the map is moved.
func (b box) snapped() (search.PointQuery, bool) {
	step := math.Pow(2, math.Ceil(math.Log2((b.east-b.west)/pointColumns)))
	tall := math.Pow(2, math.Ceil(math.Log2((b.north-b.south)/pointRows)))
	q := search.PointQuery{
		West: math.Floor(b.west/step) * step, East: math.Ceil(b.east/step) * step,
		South: math.Floor(b.south/tall) * tall, North: math.Ceil(b.north/tall) * tall,
	}
	q.Columns, q.Rows = int((q.East-q.West)/step+0.5), int((q.North-q.South)/tall+0.5)
	return q, q.Columns > 0 && q.Rows > 0
}

// pointFeature is a square of the map with its appeals. It holds no personal
// data: a topic, a number of appeals and where to read them.
type pointFeature struct {
	Type       string        `json:"type"`
	Geometry   pointGeometry `json:"geometry"`
	Properties pointFact     `json:"properties"`
}

type pointGeometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"`
}

type pointFact struct {
	Count int    `json:"count"`
	Label string `json:"label"` // «12»
	Topic string `json:"topic"` // of most
	Text  string `json:"text"`  // «12 обращений, 8 из них — Яма на дороге»
	URL   string `json:"url"`
	Link  string `json:"link"` // what the link says
}

func (h *Handlers) points(s screen, q heatQuery, b box) ([]pointFeature, error) {
	ask, ok := b.snapped()
	if !ok {
		return []pointFeature{}, nil
	}
	ask.Query = q.ask(s).Query
	found, err := recall(s, h.memo, "points", ask, func(ctx context.Context) ([]search.Cluster, error) { return h.Index.Points(ctx, ask) })
	if err != nil {
		return nil, err
	}
	out := make([]pointFeature, 0, len(found))
	for _, c := range found {
		fact := pointFact{Count: c.Count, Label: ui.Number(s, c.Count), Topic: s.topic(c.Rubric)}
		if c.Count == 1 {
			fact.Text, fact.Link = fact.Topic, ui.T(s, "heat.point.open")
			fact.URL = "/console/appeals/" + strconv.FormatInt(c.ID, 10)
		} else {
			fact.Text = ui.Plural(s, "heat.point.together", c.Count, "alike", ui.Number(s, c.Alike), "topic", fact.Topic)
			fact.Link = ui.T(s, "heat.point.newest")
			fact.URL = "/console/appeals/" + strconv.FormatInt(c.ID, 10)
		}
		out = append(out, pointFeature{"Feature", pointGeometry{"Point", [2]float64{c.Lon, c.Lat}}, fact})
	}
	return out, nil
}

// HeatPoints answers with the appeals in a part of the map, together with their
// neighbours, as GeoJSON (RFC 7946).
func (h *Handlers) HeatPoints(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	q, err := h.readHeat(s, c.QueryParams())
	if err != nil {
		return err
	}
	box, err := readBox(c.QueryParam("bbox"))
	if err != nil {
		return err
	}
	features, err := h.points(s, q, box)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "dashboard.heat.down", err)
	}
	c.Response().Header().Set("Cache-Control", "private, max-age="+strconv.Itoa(int(memoLife/time.Second)))
	return c.JSON(http.StatusOK, map[string]any{"type": "FeatureCollection", "features": features})
}
