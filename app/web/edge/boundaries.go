package edge

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/rubricator/territory"
)

// BoundariesURL is the address of the boundaries as they are now, in the
// language of the request. It changes with them, so that a browser keeps what
// it has for good.
func BoundariesURL(c echo.Context, places *territory.Index) (string, error) {
	made, err := places.Outline(Lang(c))
	return "/territories.geojson?lang=" + string(Lang(c)) + "&v=" + made.Version, err
}

// Boundaries answers with the boundaries of the municipalities, for the maps.
func Boundaries(c echo.Context, places *territory.Index) error {
	made, err := places.Outline(Lang(c))
	if err != nil {
		return err
	}
	age := "public, max-age=300"
	if c.QueryParam("v") == made.Version {
		age = "public, max-age=31536000, immutable"
	}
	c.Response().Header().Set("Cache-Control", age)
	return c.Blob(http.StatusOK, "application/geo+json", made.Body)
}
