package web

import (
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/assets"
	"github.com/otklik/otklik/app/web/console"
)

// Pages are the handlers of every part.
type Pages struct {
	Console *console.Handlers
}

// routes is every address of the product.
func (h *frame) routes(e *echo.Echo) {
	e.GET("/healthz", h.health)
	e.GET("/readyz", h.ready)
	e.GET("/assets/*", echo.WrapHandler(assets.Handler()))

	if p := h.cfg.Pages.Console; p != nil {
		e.GET("/sign-in", p.SignInForm)
		e.POST("/sign-in", p.SignIn)
		e.POST("/sign-out", p.SignOut)
		g := e.Group("/console", h.signedIn)
		g.GET("", p.Inbox)
		g.GET("/notices", p.Notices)
		g.POST("/notices/seen", p.SeeNotices)
		g.GET("/appeals/:id", p.Card)
		g.GET("/appeals/:id/contacts", p.ContactsAgain)
		g.POST("/appeals/:id/contacts", p.Contacts)
		g.GET("/appeals/:id/photos/:photo", p.Photo)
		g.GET("/appeals/:id/answer", p.Answer)
		g.POST("/appeals/:id/answer", p.WriteAnswer)
		g.GET("/appeals/:id/:action", p.ActionForm)
		g.POST("/appeals/:id/:action", p.Act)
	}
}
