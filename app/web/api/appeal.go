package api

import (
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/workflow"
)

// Appeal shows an appeal to its author or to an officer.
func (h *Handlers) Appeal(c echo.Context) error {
	found, by, err := h.find(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, h.view(found, by))
}

// Lengths of a purpose, in characters.
const (
	minPurpose = 3
	maxPurpose = 200
)

// Applicant shows who wrote, after noting who reads it and what for.
func (h *Handlers) Applicant(c echo.Context) error {
	found, by, err := h.find(c)
	if err != nil {
		return err
	}
	if by.Kind != actor.Officer {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	if err := workflow.CanReadApplicant(by, &found.Appeal); err != nil {
		return err
	}
	purpose := intake.Tidy(c.QueryParam("purpose"))
	var check fault.Check
	n := utf8.RuneCountInString(purpose)
	check.That(n >= minPurpose, "purpose", "api.purpose_required")
	check.That(n <= maxPurpose, "purpose", "error.too_long", "max", maxPurpose)
	if err := check.Err(); err != nil {
		return err
	}
	who, err := h.Reader.ReadApplicant(edge.Ctx(c), found.Appeal.ID, by, purpose)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, applicantOut{Name: who.Name, Email: who.Email, Phone: who.Phone, Lang: lang.Lang(who.Lang)})
}
