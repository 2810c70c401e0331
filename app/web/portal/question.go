package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// Questions asks what the topic wants to know.
func (h *Handlers) Questions(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	switch {
	case f.d.Submitted != 0:
		return edge.SeeOther(c, f.at(stepDone))
	case f.leaf == nil:
		return edge.SeeOther(c, f.at(stepTopic))
	case len(f.asked()) == 0:
		return edge.SeeOther(c, f.next(stepQuestions))
	}
	return f.questions(c, http.StatusOK, nil)
}

func (f *form) questions(c echo.Context, status int, errs ui.Errors) error {
	ctx := edge.Ctx(c)
	return edge.Render(c, status, questionsPage(f.frame(ctx, stepQuestions, ui.T(ctx, "portal.questions_title"), errs), f, errs))
}

// SaveQuestions keeps the answers. The right ones are kept even where others
// are wrong.
func (h *Handlers) SaveQuestions(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.leaf == nil {
		return edge.SeeOther(c, f.at(stepTopic))
	}
	if f.d.Replies == nil {
		f.d.Replies = map[string]string{}
	}
	for _, q := range f.asked() {
		f.d.Replies[q.Code] = intake.Reply(c.FormValue, q)
	}
	_, err = f.replies()
	if errs, yes := wrong(edge.Ctx(c), err); yes {
		return f.questions(c, http.StatusUnprocessableEntity, errs)
	}
	return h.save(c, f, f.next(stepQuestions))
}

// onlyIf says after which replies a question is asked, "" where it always is:
// «Только если выше выбрано «Провалилась» или «Сломана»».
func onlyIf(ctx context.Context, f *form, q rubricator.Question) string {
	if q.When == nil {
		return ""
	}
	for _, earlier := range f.leaf.Questions {
		if earlier.Code != q.When.Question {
			continue
		}
		var names []string
		for _, o := range earlier.Options {
			if slices.Contains(q.When.Is, o.Code) {
				names = append(names, ui.T(ctx, "portal.quoted", "text", o.Name.In(f.lang)))
			}
		}
		return ui.T(ctx, "portal.only_if", "question", earlier.Name.In(f.lang), "options", strings.Join(names, ui.T(ctx, "portal.or")))
	}
	return ""
}

func options(s site, q rubricator.Question) []ui.Option {
	var out []ui.Option
	for _, o := range q.Options {
		out = append(out, ui.Option{Value: o.Code, Label: o.Name.In(s.lang)})
	}
	return out
}

// questionHint is the question's own hint, or how a date is typed.
func questionHint(ctx context.Context, f *form, q rubricator.Question) string {
	if hint := q.Hint.In(f.lang); hint != "" {
		return hint
	}
	if q.Type == rubricator.QDate {
		day := f.now.In(ui.Zone(ctx)).AddDate(0, 0, -3)
		return ui.T(ctx, "portal.date_hint", "example", day.Format("2 1 2006"))
	}
	return ""
}

// seasonDay is «15 октября» of 10-15.
func seasonDay(ctx context.Context, monthDay string) string {
	t, err := time.ParseInLocation("2006-01-02", ui.Now(ctx).In(ui.Zone(ctx)).Format("2006-")+monthDay, ui.Zone(ctx))
	if err != nil {
		return monthDay
	}
	return ui.Date(ctx, t)
}
