package portal

import (
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/rubricator/territory"
)

// mapView is what the map island is told; the zero value shows no map.
type mapView struct {
	Boundaries         string // address of the GeoJSON
	Tiles, Attribution string
}

func (h *Handlers) mapOf(c echo.Context, places *territory.Index) (mapView, error) {
	if !places.Mapped() {
		return mapView{}, nil
	}
	url, err := edge.BoundariesURL(c, places)
	return mapView{Boundaries: url, Tiles: h.Tiles, Attribution: h.Attribution}, err
}

// Boundaries are the municipalities as GeoJSON, for the maps.
func (h *Handlers) Boundaries(c echo.Context) error {
	return edge.Boundaries(c, h.Topics.Book().Places)
}
