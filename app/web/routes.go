package web

import (
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/assets"
)

// Pages are the handlers of every part.
type Pages struct{}

// routes is every address of the product.
func (h *frame) routes(e *echo.Echo) {
	e.GET("/healthz", h.health)
	e.GET("/readyz", h.ready)
	e.GET("/assets/*", echo.WrapHandler(assets.Handler()))
}
