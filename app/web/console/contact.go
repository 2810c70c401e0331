package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/workflow"
)

// purposes are why somebody reads who wrote. They go into the journal under
// these names.
var purposes = []struct{ name, key string }{
	{"reply", "console.purpose.reply"},
	{"clarify", "console.purpose.clarify"},
	{"visit", "console.purpose.visit"},
	{"check", "console.purpose.check"},
}

// purposeTemplate is the reading that happens when a template asks for the
// applicant's name.
const purposeTemplate = "template"

// Contacts shows who wrote, after noting who reads it and why. It is a POST so
// that no reading happens by a link, a prefetch or a reload unasked.
func (h *Handlers) Contacts(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if err := workflow.CanReadApplicant(edge.Actor(ctx), &found.Appeal); err != nil {
		return err
	}
	purpose := ""
	for _, p := range purposes {
		if p.name == c.FormValue("purpose") {
			purpose = p.name
		}
	}
	if purpose == "" {
		return &fault.Error{
			Kind: fault.Invalid, Key: "console.purpose_required",
			Fields: []fault.Field{{Name: "purpose", Key: "console.purpose_required"}},
		}
	}
	applicant, err := h.cfg.Reader.ReadApplicant(ctx, found.Appeal.ID, edge.Actor(ctx), purpose)
	if err != nil {
		return err
	}
	return h.renderCard(c, found, "", &applicant)
}

// ContactsAgain leads back to the card: a reloaded address reads nothing.
func (h *Handlers) ContactsAgain(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, readQueue(c.QueryParams()).url("/console/appeals/"+c.Param("id")))
}
