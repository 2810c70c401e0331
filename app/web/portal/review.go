package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// promise is who will answer, and by when.
type promise struct {
	Agency identity.Agency
	Known  bool
	By     time.Time // zero where it can't be told yet
}

// Review shows the whole form once more.
func (h *Handlers) Review(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	if s, err := f.missing(); err != nil {
		f.review = true
		return edge.SeeOther(c, f.at(s))
	}
	return h.review(c, f, http.StatusOK, nil)
}

func (h *Handlers) review(c echo.Context, f *form, status int, problems []string) error {
	ctx := edge.Ctx(c)
	p := f.frame(ctx, stepReview, ui.T(ctx, "portal.review_title"), nil)
	p.Invalid = len(problems) > 0
	f.review = true // its links lead back here
	replies, err := f.replies()
	if err != nil {
		return err
	}
	return edge.Render(c, status, reviewPage(p, f, f.summary(ctx, replies), h.promise(f, replies), problems))
}

// promise tells who will answer by when, if the appeal is sent now. A term
// that begins only with registration is not told as a date.
func (h *Handlers) promise(f *form, replies []workflow.Reply) promise {
	var p promise
	d, err := f.book.Router.Route(f.leaf, f.d.Place.Territory, workflow.AnswersOf(replies))
	if err != nil {
		return p
	}
	p.Agency, p.Known = h.Agencies.Agency(d.Agency)
	p.By = h.lawful(f.leaf, f.now)
	return p
}

// lawful is when the answer to an appeal that is sent now is due; zero where the
// term begins only with registration, or no calendar covers it.
func (h *Handlers) lawful(leaf *rubricator.Rubric, now time.Time) time.Time {
	if leaf.RuleSet == string(workflow.FZ59) || h.Calendar == nil {
		return time.Time{}
	}
	term := calendar.Days(leaf.Days)
	if leaf.Unit == "working" {
		term = calendar.Working(leaf.Days)
	}
	by, err := h.Calendar().Due(now, term, calendar.RollPrevious)
	if err != nil {
		return time.Time{}
	}
	return by
}

// Submit sends the appeal. Sent twice, it is one appeal with one receipt.
func (h *Handlers) Submit(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	if err := h.slow.submits.Pass(c); err != nil {
		return err
	}
	if s, err := f.missing(); err != nil {
		f.review = true
		return edge.SeeOther(c, f.at(s))
	}
	replies, err := f.replies()
	if err != nil {
		return err
	}
	_, err = h.Engine.Submit(edge.Ctx(c), workflow.Submission{
		Text: f.d.Text, Rubric: f.leaf.Code, Replies: replies, Place: f.d.Place, Applicant: f.d.Applicant, SameAs: f.d.SameAs,
		Photos: f.d.Photos, Source: f.d.Source, SourceAgency: f.d.Agency, Draft: f.d.Token,
	})
	if errs, yes := wrong(edge.Ctx(c), err); yes {
		problems := []string{ui.Message(edge.Ctx(c), err)}
		if len(errs) > 0 {
			problems = problems[:0]
		}
		for _, e := range errs {
			problems = append(problems, e.Text)
		}
		return h.review(c, f, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	f.review = false
	return edge.SeeOther(c, f.at(stepDone))
}

// Done shows the number, the link and what happens next.
func (h *Handlers) Done(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted == 0 {
		return edge.SeeOther(c, f.at(stepReview))
	}
	ctx := edge.Ctx(c)
	found, err := h.Reader.FindCase(ctx, f.d.Submitted)
	if err != nil {
		return err
	}
	p := f.page(ctx, ui.T(ctx, "portal.done_title"))
	p.Nav = nil
	a := &found.Appeal
	agency, known := h.Agencies.Agency(a.Agency)
	return edge.Render(c, http.StatusOK, donePage(p, f, a, h.link(a), promise{Agency: agency, Known: known, By: a.DueAt}))
}

// link is the whole secret address of an appeal.
func (h *Handlers) link(a *workflow.Appeal) string {
	return h.Base.JoinPath("a", a.Number, h.Engine.Secret(a.ID)).String()
}

// summary lists what was typed, each with the way to change it.
func (f *form) summary(ctx context.Context, replies []workflow.Reply) []ui.SummaryRow {
	t := func(key string) string { return ui.T(ctx, key) }
	none := t("portal.not_given")
	or := func(s string) string {
		if s == "" {
			return none
		}
		return s
	}
	topic := f.leaf.Name.In(f.lang)
	if above := pathAbove(f.site, f.leaf); above != "" {
		topic = above + " → " + topic
	}
	rows := []ui.SummaryRow{
		{Key: t("portal.row_text"), Value: f.d.Text, URL: f.at(stepText)},
		{Key: t("portal.row_topic"), Value: topic, URL: f.at(stepTopic)},
	}
	answered := map[string]string{}
	for _, r := range replies {
		answered[r.Question] = r.Shown
	}
	for _, q := range f.asked() {
		rows = append(rows, ui.SummaryRow{Key: q.Name.In(f.lang), Value: or(answered[q.Code]), URL: f.at(stepQuestions)})
	}
	place := lines(placeWords(f.site, f.book.Places, f.d.Place)) //nolint:contextcheck // a component gets its context when it is drawn
	rows = append(rows, ui.SummaryRow{Key: t("portal.row_place"), Body: place, URL: f.at(stepPlace)})
	if f.d.SameAs != 0 {
		rows = append(rows, ui.SummaryRow{Key: t("near.row"), Value: t("near.row_yes"), URL: f.at(stepNear)})
	}
	if f.photos() != photosNone {
		row := ui.SummaryRow{Key: t("portal.row_photos"), Value: t("portal.no_photos"), URL: f.at(stepPhotos)}
		if len(f.d.Photos) > 0 {
			row.Body = draftPhotos(f, false) //nolint:contextcheck // a component gets its context when it is drawn
		}
		rows = append(rows, row)
	}
	return append(rows,
		ui.SummaryRow{Key: t("portal.row_name"), Value: or(f.d.Applicant.Name), URL: f.at(stepContacts)},
		ui.SummaryRow{Key: t("portal.row_email"), Value: or(f.d.Applicant.Email), URL: f.at(stepContacts)},
		ui.SummaryRow{Key: t("portal.row_phone"), Value: or(f.d.Applicant.Phone), URL: f.at(stepContacts)},
	)
}
