package campaign

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// answers is the page on which an organiser hides answers in own words.
type answers struct {
	*participation.Campaign
	question string
	name     string
	list     []said
	may      bool
	errs     ui.Errors
	mark     string // of the answer that the errors are of
	reason   string
}

// Answers lists the answers to an open question for its organiser.
func (h *Handlers) Answers(c echo.Context) error { return h.showAnswers(c, http.StatusOK, answers{}) }

func (h *Handlers) showAnswers(c echo.Context, status int, view answers) error {
	ctx, now := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	view.Campaign, view.question = found, c.Param("question")
	asked, ok := found.Terms.Question(view.question)
	if !ok || found.Result == nil || asked.Ask != participation.Words {
		return fault.New(fault.NotFound, "error.not_found")
	}
	view.name = asked.Name.In(ui.Lang(ctx))
	view.may = slices.Contains(participation.Allowed(edge.Actor(ctx), found, now), participation.Hide)
	for _, q := range found.Result.Questions {
		if q.ID == view.question {
			view.list = results{Campaign: found}.words(q)
		}
	}
	page, err := h.Office(c, ui.T(ctx, "result.answers_title"))
	if err != nil {
		return err
	}
	page.Path, page.Back, page.Invalid = officeOf(found.ID), officeOf(found.ID), len(view.errs) > 0
	return edge.Render(c, status, answersScreen(page, view))
}

// HideAnswer takes an answer from the page of results with a reason, or puts it
// back.
func (h *Handlers) HideAnswer(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	view := answers{mark: c.FormValue("answer"), reason: c.FormValue("reason")}
	a := participation.Hide
	if c.FormValue("do") == string(participation.Reveal) {
		a = participation.Reveal
	}
	_, err = h.Campaigns.HideWords(ctx, edge.Actor(ctx), found.ID, a, c.Param("question"), view.mark, view.reason)
	if view.errs = ui.ErrorsOf(ctx, err); view.errs != nil {
		return h.showAnswers(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeOf(found.ID)+"/answers/"+c.Param("question")+"#a-"+view.mark)
}
