package console

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
)

// Letter sends a signed answer as an official letter. It names the applicant,
// and that is noted: so it is a POST, as [Handlers.Contacts].
func (h *Handlers) Letter(c echo.Context) error {
	n, err := edge.LetterN(c)
	if err != nil {
		return err
	}
	found, err := h.find(c)
	if err != nil {
		return err
	}
	letter, err := h.cfg.Letters.Letter(edge.Ctx(c), found, n, edge.Actor(edge.Ctx(c)))
	if err != nil {
		return err
	}
	return edge.Attach(c, letter)
}

// letterURL is the letter of a signed answer.
func letterURL(appeal int64, n int) string {
	return cardURL(appeal) + "/answers/" + strconv.Itoa(n) + ".pdf"
}
