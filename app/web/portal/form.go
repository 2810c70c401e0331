package portal

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// step is one page of the form, and the last part of its address.
type step string

// The pages of the form in their order. Which of them a person sees depends on
// the topic.
const (
	stepText      step = "text"
	stepTopic     step = "topic"
	stepHelp      step = "help"
	stepQuestions step = "questions"
	stepPlace     step = "place"
	stepPhotos    step = "photos"
	stepContacts  step = "contacts"
	stepReview    step = "review"
	stepDone      step = "done"
)

// fromReview marks an address that the review page led to: from there one goes
// back to it.
const (
	fromParam  = "from"
	fromReview = "review"
)

// form is a draft as one request sees it.
type form struct {
	site
	d      *workflow.Draft
	book   *rubricator.Book
	leaf   *rubricator.Rubric // nil while no topic is chosen that takes appeals
	review bool               // the review page led here
}

// open finds the draft of the address. Another site's draft is as unknown as
// one that never was.
func (h *Handlers) open(c echo.Context) (*form, error) {
	s := h.site(c)
	c.Response().Header().Set("Cache-Control", "no-store")
	d, err := h.Drafts.FindDraft(edge.Ctx(c), c.Param("token"))
	if err != nil {
		return nil, err
	}
	if source, agency := s.source(); d.Source != source || d.Agency != agency {
		return nil, fault.New(fault.Gone, "draft.gone")
	}
	f := &form{site: s, d: d, book: h.Topics.Book(), review: c.QueryParam(fromParam) == fromReview}
	f.choose(d.Rubric)
	return f, nil
}

// choose finds the topic; one that can't be chosen is none.
func (f *form) choose(code string) {
	f.leaf = nil
	if leaf, err := f.book.FindTopic(code, f.now); code != "" && err == nil {
		f.leaf = leaf
	}
}

// at is the address of a page of this form.
func (f *form) at(s step, pairs ...string) string {
	if f.review && s != stepReview && s != stepDone {
		pairs = append(pairs, fromParam, fromReview)
	}
	return f.url("/report/"+f.d.Token+"/"+string(s), pairs...)
}

// steps lists the pages that the topic asks for.
func (f *form) steps() []step {
	list := []step{stepText, stepTopic}
	if f.leaf != nil && !f.leaf.Help.Empty() {
		list = append(list, stepHelp)
	}
	if f.leaf != nil && len(f.asked()) > 0 {
		list = append(list, stepQuestions)
	}
	list = append(list, stepPlace)
	if f.photos() != photosNone {
		list = append(list, stepPhotos)
	}
	return append(list, stepContacts, stepReview)
}

// asked lists the questions that have a field of their own.
func (f *form) asked() []rubricator.Question {
	var out []rubricator.Question
	for _, q := range f.leaf.Questions {
		if q.Type != rubricator.QPhoto {
			out = append(out, q)
		}
	}
	return out
}

type photosWanted string

const (
	photosNone     photosWanted = "no"
	photosOptional photosWanted = "optional"
	photosRequired photosWanted = "required"
)

// photos says whether the topic wants pictures.
func (f *form) photos() photosWanted {
	if f.leaf == nil {
		return photosOptional
	}
	wanted := photosWanted(f.leaf.Photo)
	for _, q := range f.leaf.Asked(f.d.Replies) {
		if q.Type == rubricator.QPhoto && q.Required {
			return photosRequired
		}
		if q.Type == rubricator.QPhoto && wanted == photosNone {
			wanted = photosOptional
		}
	}
	return wanted
}

// back is the address of the page before.
func (f *form) back(s step) string {
	if f.review && s != stepReview {
		return f.at(stepReview)
	}
	list := f.steps()
	if i := slices.Index(list, s); i > 0 {
		return f.at(list[i-1])
	}
	return f.url("/")
}

// next is the address of the page after. Who came from the review page goes
// back to it, unless something there is missing now.
func (f *form) next(s step) string {
	if f.review {
		return f.at(stepReview)
	}
	list := f.steps()
	return f.at(list[min(slices.Index(list, s)+1, len(list)-1)])
}

// missing is the first page on which something must still be done, and what;
// stepReview and nil where the form is whole.
func (f *form) missing() (step, error) {
	if err := badText(f.d.Text); err != nil {
		return stepText, err
	}
	if f.leaf == nil {
		return stepTopic, fault.New(fault.Invalid, "portal.topic_needed")
	}
	if _, err := f.replies(); err != nil {
		return stepQuestions, err
	}
	if err := f.checkPlace(); err != nil {
		return stepPlace, err
	}
	if err := f.checkPhotos(); err != nil {
		return stepPhotos, err
	}
	if err := f.checkContacts(); err != nil {
		return stepContacts, err
	}
	return stepReview, nil
}

// replies are the answers to the topic's questions, checked. Photos have a
// page of their own.
func (f *form) replies() ([]workflow.Reply, error) {
	bare := *f.leaf
	bare.Questions = f.asked()
	given, err := bare.CheckReplies(f.d.Replies, len(f.d.Photos), f.lang)
	if err != nil {
		return nil, err
	}
	out := make([]workflow.Reply, len(given))
	for i, r := range given {
		out[i] = workflow.Reply(r)
	}
	return out, nil
}

// page is the frame around a page of the form.
func (f *form) frame(ctx context.Context, s step, title string, errs ui.Errors) ui.Page {
	p := f.page(ctx, title)
	p.Nav, p.Back, p.Invalid = nil, f.back(s), len(errs) > 0
	return p
}

// progress is «Шаг 2 из 6».
func (f *form) progress(ctx context.Context, s step) string {
	list := slices.DeleteFunc(f.steps(), func(s step) bool { return s == stepHelp })
	i := slices.Index(list, s)
	if i < 0 {
		return ""
	}
	return ui.T(ctx, "portal.progress", "n", i+1, "of", len(list))
}

// save keeps the draft. One that was sent meanwhile, in another tab, leads to
// its receipt.
func (h *Handlers) save(c echo.Context, f *form, then string) error {
	err := h.Drafts.SaveDraft(edge.Ctx(c), f.d)
	if fault.Is(err, fault.Conflict) {
		then, err = f.at(stepDone), nil
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, then)
}

// wrong reports whether err is about what a person typed, and puts it into
// words; status is that of the page that shows them.
func wrong(ctx context.Context, err error) (errs ui.Errors, yes bool) {
	if err == nil || !fault.Is(err, fault.Invalid) {
		return nil, false
	}
	return ui.ErrorsOf(ctx, err), true
}
