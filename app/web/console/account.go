package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

const accountURL = "/console/account"

// accountView is who the reader is here, and in which language they are
// written to.
type accountView struct {
	Page   ui.Page
	User   *identity.User
	Duties string
	Chosen lang.Lang
	Errors ui.Errors
	Done   bool
}

// Account shows the reader's own account.
func (h *Handlers) Account(c echo.Context) error {
	ctx, _ := h.begin(c)
	return h.renderAccount(c, http.StatusOK, accountView{Chosen: edge.User(ctx).Reads(), Done: c.QueryParam("done") != ""})
}

// ChangeAccount keeps the language that was chosen.
func (h *Handlers) ChangeAccount(c echo.Context) error {
	ctx, _ := h.begin(c)
	chosen := lang.Lang(c.FormValue("lang"))
	switch err := h.cfg.Accounts.Speak(ctx, edge.User(ctx), chosen); {
	case fault.Is(err, fault.Invalid):
		return h.renderAccount(c, http.StatusUnprocessableEntity, accountView{Chosen: chosen, Errors: ui.ErrorsOf(ctx, err)})
	case err != nil:
		return err
	}
	return edge.SeeOther(c, accountURL+"?done=1")
}

func (h *Handlers) renderAccount(c echo.Context, status int, view accountView) error {
	ctx := edge.Ctx(c)
	view.User = edge.User(ctx)
	view.Duties = h.duties(ctx, view.User)
	var err error
	if view.Page, err = h.page(c, ui.T(ctx, "page.account")); err != nil {
		return err
	}
	view.Page.Invalid = len(view.Errors) > 0
	return edge.Render(c, status, accountPage(view))
}
