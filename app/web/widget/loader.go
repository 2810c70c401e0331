package widget

import (
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/assets"
)

// LoaderPath is the address that agencies put into their pages.
const LoaderPath = "/widget.js"

// Loader serves the script that makes the frame.
func Loader() echo.HandlerFunc { return echo.WrapHandler(assets.Stable("widget.js")) }
