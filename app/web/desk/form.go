package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// form is a draft as one request sees it.
type form struct {
	Page  ui.Page
	d     *workflow.Draft
	book  *rubricator.Book
	leaf  *rubricator.Rubric // nil while no topic is chosen that takes appeals
	by    actor.Actor
	Errs  ui.Errors
	Hints hints
	// Places fit the address.
	Places []offeredPlace
	Note   string // what was just done
	Agency func(id int64) string
}

// Start begins a form, or goes on with one that was not sent.
func (h *Handlers) Start(c echo.Context) error {
	ctx, by, err := h.begin(c)
	if err != nil {
		return err
	}
	drafts, err := h.Callers.ListDeskDrafts(ctx, by.User, draftsShown)
	if err != nil {
		return err
	}
	page, err := h.Frame(c, ui.T(ctx, "desk.title"))
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, startPage(page, drafts))
}

// Begin makes the form of a call, a visit or a letter, and finds the caller
// where a phone is given.
func (h *Handlers) Begin(c echo.Context) error {
	ctx, by, err := h.begin(c)
	if err != nil {
		return err
	}
	d := &workflow.Draft{
		Source: workflow.FromDesk, Officer: by.User, Replies: map[string]string{}, Lang: "ru",
		Taken: workflow.Taken{Channel: channel(c.FormValue("channel"))},
	}
	d.Applicant.Phone = intake.Tidy(c.FormValue("phone"))
	if err := h.lookUp(ctx, by, d); err != nil {
		return err
	}
	if err := h.Drafts.CreateDraft(ctx, d); err != nil {
		return err
	}
	return edge.SeeOther(c, draftURL(d.Token))
}

func channel(s string) workflow.Channel {
	if slices.Contains(workflow.Channels, workflow.Channel(s)) {
		return workflow.Channel(s)
	}
	return workflow.ByPhone
}

// lookUp finds the caller's appeals where the phone is another than the last
// time. A name that was typed stays.
func (h *Handlers) lookUp(ctx context.Context, by actor.Actor, d *workflow.Draft) error {
	number, ok := intake.Phone(d.Applicant.Phone)
	if !ok || number == d.Caller {
		return nil
	}
	found, who, err := h.Callers.FindCaller(ctx, number, by, string(d.Taken.Channel), earlierShown)
	if err != nil {
		return err
	}
	d.Caller, d.Earlier, d.Applicant.Phone = number, found, number
	if d.Applicant.Name == "" {
		d.Applicant.Name = who.Name
	}
	if d.Applicant.Email == "" {
		d.Applicant.Email = who.Email
	}
	return nil
}

// open finds the officer's own draft. Another's is as unknown as none.
func (h *Handlers) open(c echo.Context) (*form, error) {
	ctx, by, err := h.begin(c)
	if err != nil {
		return nil, err
	}
	d, err := h.Drafts.FindDraft(ctx, c.Param("token"))
	if err != nil {
		return nil, err
	}
	if d.Source != workflow.FromDesk || d.Officer != by.User {
		return nil, fault.New(fault.Gone, "draft.gone")
	}
	f := &form{d: d, book: h.Topics.Book(), by: by, Agency: func(id int64) string {
		a, _ := h.Directory.Agency(id)
		return a.Short.Or(a.Name).In(ui.Lang(ctx))
	}}
	f.choose(h, d.Rubric)
	return f, nil
}

func (f *form) choose(h *Handlers, code string) {
	f.leaf = nil
	if leaf, err := f.book.FindTopic(code, h.Clock.Now().In(h.Zone)); code != "" && err == nil {
		f.leaf, f.d.Rubric = leaf, code
	}
}

// Form is the one page.
func (h *Handlers) Form(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, draftURL(f.d.Token)+"/done")
	}
	return h.show(c, f, http.StatusOK)
}

func (h *Handlers) show(c echo.Context, f *form, status int) error {
	ctx := edge.Ctx(c)
	var err error
	if f.Page, err = h.Frame(c, ui.T(ctx, "desk.title")); err != nil {
		return err
	}
	f.Page.Invalid, f.Page.Back, f.Page.Path = len(f.Errs) > 0, home, draftURL(f.d.Token)
	f.Places = h.search(ctx, f.book, f.address(), f.d.Place.Territory, f.d.Place.Point == nil)
	if f.Hints, err = h.hints(ctx, f.book, f.d); err != nil {
		return err
	}
	return edge.Render(c, status, formPage(f))
}

// address is what stands in its field.
func (f *form) address() string {
	if f.d.Place.Address != "" {
		return f.d.Place.Address
	}
	return f.d.PlaceText
}

// read takes what was typed into the draft, right or wrong.
func (f *form) read(c echo.Context) {
	d := f.d
	d.Taken.Channel = channel(c.FormValue("channel"))
	d.Taken.Paper = workflow.NoPaper
	if p := workflow.Paper(c.FormValue("paper")); c.FormValue("seen") != "" && slices.Contains(workflow.Papers, p) {
		d.Taken.Paper = p
	}
	d.Applicant.Name, d.Applicant.Email = intake.Tidy(c.FormValue("name")), intake.Tidy(c.FormValue("email"))
	d.Applicant.Phone, d.Applicant.Lang = intake.Tidy(c.FormValue("phone")), "ru"
	d.Consent = c.FormValue("consent") != ""
	d.Taken.NoPhoto = c.FormValue("no_photo") != "" && d.Taken.Channel == workflow.ByPhone
	d.Text = intake.Tidy(c.FormValue("text"))
	if code := c.FormValue("rubric"); code != "" {
		d.Rubric = code
	}
	if f.leaf != nil {
		if d.Replies == nil {
			d.Replies = map[string]string{}
		}
		for _, q := range f.leaf.Questions {
			if q.Type != rubricator.QPhoto {
				d.Replies[q.Code] = intake.Reply(c.FormValue, q)
			}
		}
	}
	f.readPlace(c)
}

// readPlace keeps the pin while the address that it was chosen for stands.
func (f *form) readPlace(c echo.Context) {
	d, text := f.d, intake.Tidy(c.FormValue("address"))
	chosen, err := strconv.ParseInt(c.FormValue("territory"), 10, 64)
	if err != nil {
		chosen = 0
	}
	if m, ok := f.book.Places.Municipality(d.Place.Territory); text != d.Place.Address || !ok || m.ID != chosen {
		d.Place = workflow.Place{Territory: chosen}
	}
	d.Place.Address, d.PlaceText = text, text
}

// wrong reports whether err is about what was typed, and puts it into words.
func wrong(ctx context.Context, err error) (errs ui.Errors, yes bool) {
	if err == nil || !fault.Is(err, fault.Invalid) {
		return nil, false
	}
	return ui.ErrorsOf(ctx, err), true
}
