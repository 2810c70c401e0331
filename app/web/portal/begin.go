package portal

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// Home asks for the problem in one's own words, before anything else.
func (h *Handlers) Home(c echo.Context) error {
	return h.home(c, http.StatusOK, "", nil)
}

func (h *Handlers) home(c echo.Context, status int, text string, errs ui.Errors) error {
	s := h.site(c)
	if s.framed {
		s.path = s.url("/")
	} else if status != http.StatusOK {
		s.path = "/"
	}
	p := s.page(edge.Ctx(c), ui.T(edge.Ctx(c), "portal.title"))
	p.Invalid = len(errs) > 0
	return edge.Render(c, status, homePage(p, s, rubricator.InUse(h.Topics.Book().Tree.Roots), text, errs))
}

// Begin opens a draft with the text, and the topic where it was chosen with
// it.
func (h *Handlers) Begin(c echo.Context) error {
	if err := h.slow.drafts.Pass(c); err != nil {
		return err
	}
	s := h.site(c)
	text, code := intake.Tidy(c.FormValue("text")), c.FormValue("rubric")
	if errs, yes := wrong(edge.Ctx(c), badText(text)); yes {
		if leaf, ok := h.Topics.Book().Tree.Find(code); ok && leaf.Leaf() {
			return h.topic(c, http.StatusUnprocessableEntity, leaf, text, errs)
		}
		return h.home(c, http.StatusUnprocessableEntity, text, errs)
	}
	source, agency := s.source()
	f := &form{site: s, book: h.Topics.Book(), d: &workflow.Draft{
		Source: source, Agency: agency, Text: text, Replies: map[string]string{}, Lang: string(s.lang),
	}}
	f.choose(code)
	if err := h.joinEarly(edge.Ctx(c), f, saidSame(c)); err != nil {
		return err
	}
	if f.leaf != nil {
		f.d.Rubric, code = f.leaf.Code, f.leaf.Code
	}
	if err := h.Drafts.CreateDraft(edge.Ctx(c), f.d); err != nil {
		return err
	}
	switch {
	case f.leaf != nil:
		return edge.SeeOther(c, f.next(stepTopic))
	case code != "":
		return edge.SeeOther(c, h.refusal(f, code))
	default:
		return edge.SeeOther(c, f.at(stepTopic))
	}
}

// BeginAgain leads who reloads the address of a sent form to its page.
func (h *Handlers) BeginAgain(c echo.Context) error {
	return edge.SeeOther(c, h.site(c).url("/"))
}

// Text shows the words of the problem to change them.
func (h *Handlers) Text(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	return f.text(c, http.StatusOK, nil)
}

func (f *form) text(c echo.Context, status int, errs ui.Errors) error {
	ctx := edge.Ctx(c)
	return edge.Render(c, status, textPage(f.frame(ctx, stepText, ui.T(ctx, "portal.text_label"), errs), f, errs))
}

// SaveText keeps the words.
func (h *Handlers) SaveText(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	f.d.Text = intake.Tidy(c.FormValue("text"))
	if errs, yes := wrong(edge.Ctx(c), badText(f.d.Text)); yes {
		return f.text(c, http.StatusUnprocessableEntity, errs)
	}
	return h.save(c, f, f.next(stepText))
}

func badText(text string) error {
	var check fault.Check
	intake.Text(&check, text)
	return check.Err()
}
