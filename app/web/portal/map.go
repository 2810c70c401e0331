package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/rubricator/territory"
)

// mapView is what the map island is told; the zero value shows no map.
type mapView struct {
	Boundaries         string // address of the GeoJSON
	Tiles, Attribution string
}

func (h *Handlers) mapOf(s site, places *territory.Index) mapView {
	if !places.Mapped() {
		return mapView{}
	}
	return mapView{
		Boundaries: "/territories.geojson?lang=" + string(s.lang) + "&v=" + shapeHash(places),
		Tiles:      h.Tiles, Attribution: h.Attribution,
	}
}

type feature struct {
	Type       string          `json:"type"`
	Properties properties      `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

type properties struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// shapeHash names one state of the boundaries, so that they can be cached for
// good.
func shapeHash(places *territory.Index) string {
	sum := sha256.New()
	for _, t := range places.Municipalities() {
		sum.Write([]byte(t.Code + t.Name.RU + t.Name.EN + t.Boundary))
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// Boundaries are the municipalities as GeoJSON, for the maps.
func (h *Handlers) Boundaries(c echo.Context) error {
	l, places := edge.Lang(c), h.Topics.Book().Places
	out := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{Type: "FeatureCollection", Features: []feature{}}
	for _, t := range places.Municipalities() {
		if t.Boundary == "" {
			continue
		}
		name := t.Short.In(l)
		if name == "" {
			name = t.Name.In(l)
		}
		out.Features = append(out.Features, feature{
			Type: "Feature", Properties: properties{ID: t.ID, Code: t.Code, Name: name}, Geometry: json.RawMessage(t.Boundary),
		})
	}
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(out); err != nil {
		return err
	}
	age := "public, max-age=300"
	if c.QueryParam("v") == shapeHash(places) {
		age = "public, max-age=31536000, immutable"
	}
	c.Response().Header().Set("Cache-Control", age)
	return c.Blob(http.StatusOK, "application/geo+json", body.Bytes())
}
