package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// Letter sends a signed answer as an official letter, for those who hold the
// secret of the appeal.
func (h *Handlers) Letter(c echo.Context) error {
	if err := h.slow.letters.Pass(c); err != nil {
		return err
	}
	n, err := edge.LetterN(c)
	if err != nil {
		return err
	}
	t, err := h.track(c)
	if err != nil {
		return err
	}
	letter, err := h.Letters.Letter(edge.Ctx(c), t.Case, n, actor.Author(t.Appeal.ID))
	if err != nil {
		return err
	}
	return edge.Attach(c, letter)
}

// letterURL is where the letter of a signed answer lies, "" where there is none.
func (t *track) letterURL(answer int64) string {
	for _, s := range workflow.Signatures(t.Case) {
		if s.Answer.ID == answer {
			return t.base + "/answers/" + strconv.Itoa(s.N) + ".pdf"
		}
	}
	return ""
}

// letterCheck is the page on which anybody proves a letter: what was typed, and
// what came of it.
type letterCheck struct {
	Number, Code string
	Errs         ui.Errors
	Verdict      workflow.Verdict // "" while nothing was asked
	Rows         []ui.SummaryRow  // what a genuine letter says
}

// CheckLetter says whether a letter is ours, by the number and the code on it.
// It tells nothing of the person who wrote and nothing of what was written.
func (h *Handlers) CheckLetter(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	view := letterCheck{Number: intake.Tidy(c.QueryParam("number")), Code: intake.Tidy(c.QueryParam("code"))}
	if !c.QueryParams().Has("number") && !c.QueryParams().Has("code") {
		return h.showCheck(c, http.StatusOK, view)
	}
	if err := h.slow.letters.Pass(c); err != nil {
		return err
	}
	var check fault.Check
	check.That(view.Number != "", "number", "portal.number_empty")
	typed, _, _ := strings.Cut(view.Number, "/") // the letter's own number goes on
	number, ok := workflow.ParseNumber(typed)
	check.That(ok || view.Number == "", "number", "portal.number_wrong")
	check.That(view.Code != "", "code", "portal.check_code_empty")
	code, ok := workflow.ParseCode(view.Code)
	check.That(ok || view.Code == "", "code", "portal.check_code_wrong")
	ctx := edge.Ctx(c)
	if errs, yes := wrong(ctx, check.Err()); yes {
		view.Errs = errs
		return h.showCheck(c, http.StatusUnprocessableEntity, view)
	}
	view.Verdict = workflow.Foreign
	id, err := h.Reader.FindID(ctx, number)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil {
		found, err := h.Reader.FindCase(ctx, id)
		if err != nil {
			return err
		}
		var s workflow.Signature
		s, view.Verdict = h.Stamp.Check(found, code)
		view.Rows = h.genuine(c, &found.Appeal, s, view.Verdict)
	}
	return h.showCheck(c, http.StatusOK, view)
}

func (h *Handlers) showCheck(c echo.Context, status int, view letterCheck) error {
	s := h.site(c)
	p := s.page(edge.Ctx(c), ui.T(edge.Ctx(c), "portal.check_title"))
	p.Invalid = len(view.Errs) > 0
	return edge.Render(c, status, checkPage(p, view))
}

// genuine is what the letter says where it is ours, to be compared with the
// paper.
func (h *Handlers) genuine(c echo.Context, a *workflow.Appeal, s workflow.Signature, v workflow.Verdict) []ui.SummaryRow {
	if v != workflow.Genuine {
		return nil
	}
	at, ctx := h.site(c), edge.Ctx(c)
	agency, _ := h.Agencies.Agency(s.Event.Agency)
	name := at.name(agency)
	if head := s.Event.Data.Letterhead; head != nil {
		name = head.Agency.In(at.lang)
	}
	topic := a.Rubric
	if leaf, ok := h.Topics.Book().Tree.Find(a.Rubric); ok {
		topic = leaf.Name.In(at.lang)
	}
	rows := []ui.SummaryRow{
		{Key: ui.T(ctx, "portal.check_number"), Value: a.Number + "/" + strconv.Itoa(s.N)},
		{Key: ui.T(ctx, "portal.check_signed"), Value: ui.DateTime(ctx, s.At)},
		{Key: ui.T(ctx, "portal.check_agency"), Value: name},
		{Key: ui.T(ctx, "portal.check_topic"), Value: topic},
		{Key: ui.T(ctx, "portal.check_outcome"), Value: ui.T(ctx, "outcome."+string(s.Answer.Outcome))},
		{Key: ui.T(ctx, "portal.check_print"), Value: ui.Fingerprint(s.Event.Data.AnswerHash)},
	}
	if agency.Phone != "" {
		rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, "portal.check_phone"), Value: agency.Phone})
	}
	return rows
}
