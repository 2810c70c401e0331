package portal

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
)

// Contacts asks who writes, as far as the topic needs it.
func (h *Handlers) Contacts(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	return f.contacts(c, http.StatusOK, nil)
}

func (f *form) contacts(c echo.Context, status int, errs ui.Errors) error {
	ctx := edge.Ctx(c)
	return edge.Render(c, status, contactsPage(f.frame(ctx, stepContacts, ui.T(ctx, "portal.contacts_title"), errs), f, errs))
}

// SaveContacts keeps who writes.
func (h *Handlers) SaveContacts(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	a := &f.d.Applicant
	a.Name, a.Email, a.Phone = c.FormValue("name"), c.FormValue("email"), c.FormValue("phone")
	a.Lang = string(f.lang)
	f.d.Consent = c.FormValue("consent") == "yes"
	if errs, yes := wrong(edge.Ctx(c), f.checkContacts()); yes {
		return f.contacts(c, http.StatusUnprocessableEntity, errs)
	}
	return h.save(c, f, f.next(stepContacts))
}

func (f *form) checkContacts() error {
	var check fault.Check
	f.d.Applicant = intake.Contacts(&check, f.leaf, f.d.Applicant, f.d.Consent)
	return check.Err()
}
