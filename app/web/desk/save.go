package desk

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// Save keeps what was typed and does what the button says: looks the caller up,
// chooses a topic or a place, takes a file in or out, or sends the appeal.
// Nothing typed is lost, whatever comes of it.
func (h *Handlers) Save(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, draftURL(f.d.Token)+"/done")
	}
	ctx := edge.Ctx(c)
	files, bad := h.receive(c, f.d)
	f.read(c)
	then := ""
	switch {
	case c.FormValue("choose") != "":
		f.choose(h, c.FormValue("choose"))
		then = "#questions"
	case c.FormValue("pick") != "":
		then = "#place"
		if o, ok := h.resolve(c.FormValue("pick")); ok {
			f.d.Place, f.d.PlaceText = intake.Picked(f.book.Places, o, f.d.Place.Address), ""
		}
	case c.FormValue("drop") != "":
		then = "#files"
		if err := h.drop(c, f); err != nil {
			return err
		}
	case files > 0:
		then = "#files"
	case c.FormValue("send") == "":
		f.choose(h, f.d.Rubric)
		if err := h.lookUp(ctx, f.by, f.d); err != nil {
			return err
		}
	default:
		f.choose(h, f.d.Rubric)
	}
	if err := h.Drafts.SaveDraft(ctx, f.d); fault.Is(err, fault.Conflict) { // sent in another tab
		return edge.SeeOther(c, draftURL(f.d.Token)+"/done")
	} else if err != nil {
		return err
	}
	if errs, yes := wrong(ctx, bad); yes {
		f.Errs = errs
		return h.show(c, f, http.StatusUnprocessableEntity)
	}
	if bad != nil {
		return bad
	}
	if c.FormValue("send") != "" {
		return h.send(c, f)
	}
	return edge.SeeOther(c, draftURL(f.d.Token)+then)
}

// kept is the answer to a page that saves by itself.
type kept struct {
	Saved string `json:"saved"` // «Сохранено в 10:42»
}

// Keep saves what is typed while it is typed. It looks nobody up.
func (h *Handlers) Keep(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	f.read(c)
	ctx := edge.Ctx(c)
	if err := h.Drafts.SaveDraft(ctx, f.d); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, kept{ui.T(ctx, "desk.saved", "time", ui.Clock(ctx, f.d.UpdatedAt))})
}

// send checks the form as every door does and hands it in.
func (h *Handlers) send(c echo.Context, f *form) error {
	ctx := edge.Ctx(c)
	in, err := f.submission(ui.Lang(ctx))
	if err == nil {
		_, err = h.Engine.Submit(ctx, in)
	}
	if errs, yes := wrong(ctx, err); yes {
		f.Errs = errs
		return h.show(c, f, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, draftURL(f.d.Token)+"/done")
}

// submission is the whole form, checked at once.
func (f *form) submission(l lang.Lang) (workflow.Submission, error) {
	var check fault.Check
	d := f.d
	in := workflow.Submission{
		By: f.by, Text: d.Text, Rubric: d.Rubric, Photos: d.Photos, Source: workflow.FromDesk, Draft: d.Token, Taken: d.Taken,
	}
	intake.Text(&check, d.Text)
	check.That(f.leaf != nil, "rubric", "workflow.rubric_required")
	in.Place = intake.Place(&check, f.book.Places, d.Place, l)
	in.Applicant = intake.Contacts(&check, f.leaf, d.Applicant, d.Consent)
	err := check.Renamed("point", "address").Err()
	if f.leaf == nil {
		return in, err
	}
	pictures := len(d.Photos)
	if in.Taken.NoPhoto = d.Taken.NoPhoto && f.wantsPhoto(); in.Taken.NoPhoto {
		pictures = 1 // as if there were one
	}
	replies, unfit := f.leaf.CheckReplies(d.Replies, pictures, l)
	for _, r := range replies {
		in.Replies = append(in.Replies, workflow.Reply(r))
	}
	var more fault.Check
	more.That(pictures > 0 || f.leaf.Photo != "required", "photos", "error.photo_required")
	return in, both(both(err, unfit), more.Err())
}

// wantsPhoto reports whether the topic can't do without a picture that isn't
// there.
func (f *form) wantsPhoto() bool {
	if f.leaf == nil || len(f.d.Photos) > 0 {
		return false
	}
	return f.leaf.Photo == "required" || slices.ContainsFunc(f.leaf.Asked(f.d.Replies), func(q rubricator.Question) bool {
		return q.Type == rubricator.QPhoto && q.Required
	})
}

// both puts the wrong fields of two checks into one error.
func both(a, b error) error {
	var x, y *fault.Error
	if !errors.As(a, &x) {
		return b
	}
	if !errors.As(b, &y) {
		return a
	}
	out := *x
	out.Fields = append(append([]fault.Field{}, x.Fields...), y.Fields...)
	return &out
}

// municipalities are the options of the list.
func (f *form) municipalities(l lang.Lang) []ui.Option {
	var out []ui.Option
	for _, m := range f.book.Places.Municipalities() {
		out = append(out, ui.Option{Value: idText(m.ID), Label: m.Name.In(l)})
	}
	return out
}

func (f *form) municipality() []string {
	if m, ok := f.book.Places.Municipality(f.d.Place.Territory); ok {
		return []string{idText(m.ID)}
	}
	return nil
}

// asked lists the questions that have a field.
func (f *form) asked() []rubricator.Question {
	var out []rubricator.Question
	if f.leaf == nil {
		return nil
	}
	for _, q := range f.leaf.Questions {
		if q.Type != rubricator.QPhoto {
			out = append(out, q)
		}
	}
	return out
}
