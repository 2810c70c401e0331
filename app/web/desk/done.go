package desk

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// receipt is what the applicant takes home, and hears on the phone.
type receipt struct {
	Page   ui.Page
	Appeal *workflow.Appeal
	Name   string
	Topic  string
	Where  string
	Agency string
	Phone  string // of the agency
	Code   string // the secret, in groups
	Link   string // without the secret: where the number and the code are asked for
	Taken  workflow.Taken
	// NoPhoto: the topic wants a picture that is still to come.
	NoPhoto bool
}

// Done tells what to read back, and prints as a receipt.
func (h *Handlers) Done(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted == 0 {
		return edge.SeeOther(c, draftURL(f.d.Token))
	}
	ctx := edge.Ctx(c)
	found, err := h.Cases.FindCase(ctx, f.d.Submitted)
	if err != nil {
		return err
	}
	a := &found.Appeal
	r := receipt{
		Appeal: a, Name: f.d.Applicant.Name, Code: h.Engine.Secret(a.ID), Link: h.Base.JoinPath("status").String(), Taken: f.d.Taken,
		Where: a.Place.Address,
	}
	for i := range found.Events {
		if t := found.Events[i].Data.Taken; t != nil && t.NoPhoto {
			r.NoPhoto = len(found.Photos) == 0
		}
	}
	if t, ok := f.book.Places.Find(a.Place.Territory); ok && r.Where == "" {
		r.Where = t.Name.In(ui.Lang(ctx))
	}
	if leaf, ok := f.book.Tree.Find(a.Rubric); ok {
		r.Topic = leaf.Name.In(ui.Lang(ctx))
	}
	if agency, ok := h.Directory.Agency(a.Agency); ok {
		r.Agency, r.Phone = agency.Name.In(ui.Lang(ctx)), agency.Phone
	}
	if r.Page, err = h.Frame(c, ui.T(ctx, "desk.done_title")); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, donePage(r))
}
