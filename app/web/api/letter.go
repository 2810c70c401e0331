package api

import (
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
)

// Letter sends a signed answer as an official letter.
func (h *Handlers) Letter(c echo.Context) error {
	if err := brake(c, h.slow.acts); err != nil {
		return err
	}
	n, err := edge.LetterN(c)
	if err != nil {
		return err
	}
	found, by, err := h.find(c)
	if err != nil {
		return err
	}
	letter, err := h.Letters.Letter(edge.Ctx(c), found, n, by)
	if err != nil {
		return err
	}
	return edge.Attach(c, letter)
}
