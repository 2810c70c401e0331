package console

import (
	"fmt"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
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

// mark is the address of a card as a mark for paper; none where nobody told the
// console its own address.
func (h *Handlers) mark(appeal int64) (paperQR, error) {
	if h.cfg.Base == nil {
		return paperQR{}, nil
	}
	code, err := document.NewQR(h.cfg.Base.JoinPath(cardURL(appeal)).String())
	if err != nil {
		return paperQR{}, err
	}
	// The white edge that telephones need is part of the picture.
	return paperQR{Path: code.Path(), Box: fmt.Sprintf("-2 -2 %d %d", code.Size()+4, code.Size()+4)}, nil
}
