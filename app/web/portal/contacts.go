package portal

import (
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
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
	a.Name, a.Email, a.Phone = tidy(c.FormValue("name")), tidy(c.FormValue("email")), tidy(c.FormValue("phone"))
	a.Lang = string(f.lang)
	f.d.Consent = c.FormValue("consent") == "yes"
	if errs, yes := wrong(edge.Ctx(c), f.checkContacts()); yes {
		return f.contacts(c, http.StatusUnprocessableEntity, errs)
	}
	if a.Phone != "" {
		a.Phone, _ = phone(a.Phone)
	}
	return h.save(c, f, f.next(stepContacts))
}

// named reports whether the topic asks who writes.
func (f *form) named() bool {
	return f.leaf != nil && (f.leaf.Identity != "anonymous" || f.leaf.RuleSet == "fz59")
}

func (f *form) checkContacts() error {
	a := f.d.Applicant
	var check fault.Check
	check.That(a.Name != "" || !f.named(), "name", "portal.name_needed")
	check.That(utf8.RuneCountInString(a.Name) <= maxName, "name", "error.too_long", "max", maxName)
	check.That(a.Email == "" || goodEmail(a.Email), "email", "error.bad_email")
	if a.Phone != "" {
		_, ok := phone(a.Phone)
		check.That(ok, "phone", "error.bad_phone")
	}
	check.That(a.Email != "" || a.Phone != "" || !f.named(), "email", "portal.contact_needed")
	check.That(f.d.Consent, "consent", "error.consent")
	return check.Err()
}
