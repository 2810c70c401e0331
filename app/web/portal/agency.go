package portal

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// AgencyList lists the bodies that answer, with their telephones.
func (h *Handlers) AgencyList(c echo.Context) error {
	s, ctx := h.site(c), edge.Ctx(c)
	return edge.Render(c, http.StatusOK, agenciesPage(s.page(ctx, ui.T(ctx, "portal.agencies_title")), s, h.Agencies.Agencies()))
}

// AgencyPage tells how to reach one body, and what to write to it about.
func (h *Handlers) AgencyPage(c echo.Context) error {
	a, ok := h.Agencies.AgencyByCode(c.Param("code"))
	if !ok {
		return fault.New(fault.NotFound, "error.not_found")
	}
	s, ctx := h.site(c), edge.Ctx(c)
	p := s.page(ctx, s.name(a))
	p.Back = "/agencies"
	return edge.Render(c, http.StatusOK, agencyPage(p, s, a, topicsOf(h.Topics.Book(), a)))
}

// topicsOf lists the topics for which an agency answers somewhere.
func topicsOf(book *rubricator.Book, a identity.Agency) []*rubricator.Rubric {
	var out []*rubricator.Rubric
	for _, leaf := range book.Tree.Leaves() {
		if !leaf.Emergency.Empty() {
			continue
		}
		for _, m := range book.Places.Municipalities() {
			if owners, _ := book.Router.Owners(leaf, m.ID); slices.Contains(owners, a.ID) {
				out = append(out, leaf)
				break
			}
		}
	}
	return out
}

// About says what this is, and what it isn't.
func (h *Handlers) About(c echo.Context) error {
	s, ctx := h.site(c), edge.Ctx(c)
	return edge.Render(c, http.StatusOK, aboutPage(s.page(ctx, ui.T(ctx, "portal.about_title"))))
}

// Privacy says what becomes of personal data.
func (h *Handlers) Privacy(c echo.Context) error {
	s, ctx := h.site(c), edge.Ctx(c)
	return edge.Render(c, http.StatusOK, privacyPage(s.page(ctx, ui.T(ctx, "portal.privacy_title"))))
}

// Accessibility says for whom the pages work and what to do where they don't.
func (h *Handlers) Accessibility(c echo.Context) error {
	s, ctx := h.site(c), edge.Ctx(c)
	return edge.Render(c, http.StatusOK, accessPage(s.page(ctx, ui.T(ctx, "portal.access_title"))))
}
