package campaign

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// asked is the form of one question.
type asked struct {
	*participation.Campaign
	n     int // its place from 1, 0 for a new one
	typed url.Values
	errs  ui.Errors
}

// Question is the form of a question.
func (h *Handlers) Question(c echo.Context) error {
	h.begin(c)
	found, n, err := h.questionOf(c)
	if err != nil {
		return err
	}
	view := asked{Campaign: found, n: n, typed: url.Values{"ask": {string(participation.One)}}}
	if n > 0 {
		view.typed = questionForm(&found.Terms.Questions[n-1])
	}
	return h.showQuestion(c, http.StatusOK, view)
}

func (h *Handlers) questionOf(c echo.Context) (*participation.Campaign, int, error) {
	found, err := h.mine(c)
	if err != nil {
		return nil, 0, err
	}
	if found.State != participation.Draft {
		return nil, 0, fault.New(fault.Conflict, "campaign.not_now")
	}
	if c.Param("n") == "new" {
		return found, 0, nil
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 1 || n > len(found.Terms.Questions) {
		return nil, 0, fault.New(fault.NotFound, "error.not_found")
	}
	return found, n, nil
}

func (h *Handlers) showQuestion(c echo.Context, status int, view asked) error {
	page, err := h.Office(c, ui.T(edge.Ctx(c), "campaign.question"))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = officeOf(view.ID), len(view.errs) > 0
	return edge.Render(c, status, questionScreen(page, view))
}

// SaveQuestion adds a question, changes it, moves it up, or takes it out.
func (h *Handlers) SaveQuestion(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, n, err := h.questionOf(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	version, _ := strconv.Atoi(form.Get("version")) // what is no number is no version that is in force
	_, err = h.Campaigns.Edit(ctx, edge.Actor(ctx), found.ID, version, func(c *participation.Campaign) error {
		list := c.Terms.Questions
		switch {
		case form.Get("do") == "remove" && n > 0:
			c.Terms.Questions = slices.Delete(list, n-1, n)
			return nil
		case form.Get("do") == "up" && n > 1:
			list[n-2], list[n-1] = list[n-1], list[n-2]
			return nil
		}
		q, err := readQuestion(form)
		if err != nil {
			return err
		}
		if n > 0 {
			q.ID = list[n-1].ID
			list[n-1] = q
			return nil
		}
		q.ID = freeID(list)
		c.Terms.Questions = append(list, q)
		return nil
	})
	if errs := ui.ErrorsOf(ctx, err); errs != nil {
		return h.showQuestion(c, http.StatusUnprocessableEntity, asked{Campaign: found, n: n, typed: form, errs: errs})
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeOf(found.ID)+"#questions")
}

func freeID(list []participation.Question) string {
	for n := len(list) + 1; ; n++ {
		id := "q" + strconv.Itoa(n)
		if !slices.ContainsFunc(list, func(q participation.Question) bool { return q.ID == id }) {
			return id
		}
	}
}

func readQuestion(form url.Values) (participation.Question, error) {
	var check fault.Check
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	number := func(name string) int {
		if text(name) == "" {
			return 0
		}
		n, err := strconv.Atoi(text(name))
		check.That(err == nil, name, "campaign.not_a_number")
		return n
	}
	q := participation.Question{
		Ask: participation.Ask(text("ask")), Name: lang.Text{RU: text("name"), EN: text("name_en")}, Hint: lang.Text{RU: text("hint"), EN: text("hint_en")},
		Required: text("required") == "yes",
	}
	check.That(q.Name.RU != "", "name", "campaign.question_name")
	switch q.Ask {
	case participation.One, participation.Some, participation.Ranking, participation.Matrix:
		q.Options = readOptions("o", form.Get("options"))
	case participation.Scale:
		q.From, q.To = number("from"), number("to")
	case participation.YesNo, participation.Words:
	}
	if q.Ask == participation.Some {
		q.Most = number("most")
	}
	if q.Ask == participation.Matrix {
		q.Rows = readOptions("r", form.Get("rows"))
	}
	if q.Ask == participation.One || q.Ask == participation.Some {
		q.Winners = number("winners")
	}
	if question, option, ok := strings.Cut(text("when"), "="); ok {
		q.When = &participation.When{Question: question, Option: option}
	}
	return q, check.Err()
}

// Options are typed as lines: name | English name.
func readOptions(prefix, text string) []participation.Option {
	var out []participation.Option
	for line := range strings.Lines(text) {
		ru, en, _ := strings.Cut(line, "|")
		if ru = strings.TrimSpace(ru); ru != "" {
			out = append(out, participation.Option{ID: prefix + strconv.Itoa(len(out)+1), Name: lang.Text{RU: ru, EN: strings.TrimSpace(en)}})
		}
	}
	return out
}

func writeOptions(list []participation.Option) string {
	var b strings.Builder
	for _, o := range list {
		b.WriteString(o.Name.RU)
		if o.Name.EN != "" {
			b.WriteString(" | " + o.Name.EN)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func questionForm(q *participation.Question) url.Values {
	v := url.Values{
		"ask": {string(q.Ask)}, "name": {q.Name.RU}, "name_en": {q.Name.EN}, "hint": {q.Hint.RU}, "hint_en": {q.Hint.EN},
		"options": {writeOptions(q.Options)}, "rows": {writeOptions(q.Rows)},
	}
	if q.Most > 0 {
		v.Set("most", strconv.Itoa(q.Most))
	}
	if q.Winners > 0 {
		v.Set("winners", strconv.Itoa(q.Winners))
	}
	if q.Ask == participation.Scale {
		v.Set("from", strconv.Itoa(q.From))
		v.Set("to", strconv.Itoa(q.To))
	}
	if q.Required {
		v.Set("required", "yes")
	}
	if q.When != nil {
		v.Set("when", q.When.Question+"="+q.When.Option)
	}
	return v
}
