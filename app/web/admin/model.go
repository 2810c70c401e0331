package admin

import (
	"context"
	"math"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/classifier"
)

// modelLines is how many trainings the page lists.
const modelLines = 30

// school is the page of models.
type school struct {
	Page     ui.Page
	Sections []ui.Tab
	Active   *rubricator.Model // nil while the tree alone suggests
	Busy     *rubricator.Model
	Former   *rubricator.Model // to which one can go back
	Worked   int
	Trouble  bool
	List     []rubricator.Model
	Names    map[int64]string // who asked, who put in force
	Topics   map[string]string
}

// Models shows what suggests topics and how often it is right.
func (h *Handlers) Models(c echo.Context) error {
	ctx, _, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	view := school{Names: map[int64]string{}, Topics: map[string]string{}, Trouble: h.Learning.Rubricator.Trouble() != nil}
	if view.List, err = h.Learning.Store.ListModels(ctx, modelLines); err != nil {
		return err
	}
	for i := range view.List {
		m := &view.List[i]
		switch {
		case m.State == rubricator.ModelActive:
			view.Active = m
		case m.State.Busy():
			view.Busy = m
		}
		for _, id := range []int64{m.CreatedBy, m.ActivatedBy} {
			if _, known := view.Names[id]; !known {
				view.Names[id] = h.name(ctx, id)
			}
		}
	}
	if view.Former, err = h.Learning.Former(ctx); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if view.Worked, err = h.Learning.Store.CountWorked(ctx); err != nil {
		return err
	}
	for _, leaf := range h.Learning.Rubricator.Book().Tree.Leaves() {
		view.Topics[leaf.Code] = leaf.Name.In(ui.Lang(ctx))
	}
	if view.Page, view.Sections, err = h.frame(c, ui.T(ctx, "model.title"), "/admin/models"); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, modelsPage(view))
}

// ChangeModels trains, puts a model in force or goes back to the former.
func (h *Handlers) ChangeModels(c echo.Context) error {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	switch c.FormValue("do") {
	case "train":
		err = h.Learning.Request(ctx, by)
		if fault.Is(err, fault.Conflict) {
			err = nil // it is on its way: the page shows it
		}
	case "activate":
		id, bad := strconv.ParseInt(c.FormValue("id"), 10, 64)
		if bad != nil {
			return fault.New(fault.Invalid, "error.invalid")
		}
		err = h.Learning.Activate(ctx, by, id)
	case "rollback":
		err = h.Learning.Rollback(ctx, by)
	default:
		err = fault.New(fault.Invalid, "error.invalid")
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, "/admin/models")
}

func modelTone(state rubricator.ModelState) string {
	switch state {
	case rubricator.ModelActive:
		return "green"
	case rubricator.ModelFailed:
		return "red"
	case rubricator.ModelWaiting, rubricator.ModelTraining:
		return "blue"
	default:
		return "grey"
	}
}

// percent is a share as «58,4 %», "—" where nothing was measured.
func percent(ctx context.Context, r *classifier.Report, of func(*classifier.Report) float64) string {
	if r == nil {
		return "—"
	}
	return ui.Percent(ctx, of(r), 1)
}

// figure is one thing that is measured.
type figure struct {
	key string
	of  func(*classifier.Report) float64
}

var figures = []figure{
	{"model.top1", func(r *classifier.Report) float64 { return r.TopicTop1 }},
	{"model.top3", func(r *classifier.Report) float64 { return r.TopicTop3 }},
	{"model.top5", func(r *classifier.Report) float64 { return r.TopicTop5 }},
	{"model.agency", func(r *classifier.Report) float64 { return measured(r.AgencyGivenTopic, r.AgencyGivenTopic) }},
	{"model.unsure", func(r *classifier.Report) float64 { return r.Unsure }},
	{"model.sure", func(r *classifier.Report) float64 { return r.SureShare }},
	{"model.sure_right", func(r *classifier.Report) float64 { return measured(r.SureRight, r.SureShare) }},
}

// measured is a share where there was something to measure: the tree alone knows
// no agency, and is never sure.
func measured(share, of float64) float64 {
	if of == 0 {
		return math.NaN()
	}
	return share
}

// mostConfusions is how many pairs of topics a page names.
const mostConfusions = 8

// lineWords are the figures of a training in one line.
func lineWords(ctx context.Context, m rubricator.Model) string {
	f := m.Figures
	if f.Own == nil {
		return "—"
	}
	words := ui.T(ctx, "model.line", "n", ui.Number(ctx, m.Examples), "top1", ui.Percent(ctx, f.Own.TopicTop1, 1),
		"top3", ui.Percent(ctx, f.Own.TopicTop3, 1))
	if f.Rival != nil && f.Compared > 0 {
		words += ", " + ui.T(ctx, "model.line_rival", "gained", f.Gained, "lost", f.Lost, "n", f.Compared)
	}
	return words
}

func verdictWords(ctx context.Context, m rubricator.Model) string {
	if m.Verdict == "" {
		return ""
	}
	return ui.T(ctx, "model.verdict."+m.Verdict)
}

// madeWords is «22 ноября, 12:05 · ночью» or who asked for it.
func (v school) madeWords(ctx context.Context, m rubricator.Model) string {
	words := ui.T(ctx, "model.cause."+string(m.Cause))
	if name := v.Names[m.CreatedBy]; name != "" {
		words += ": " + name
	}
	return words
}

func (v school) activeFacts(ctx context.Context) []ui.SummaryRow {
	m := v.Active
	rows := []ui.SummaryRow{
		{Key: ui.T(ctx, "model.number"), Value: "№ " + strconv.FormatInt(m.ID, 10)},
		{Key: ui.T(ctx, "model.since"), Value: ui.DateTime(ctx, m.ActivatedAt)},
		{Key: ui.T(ctx, "model.why"), Value: verdictWords(ctx, *m)},
		{Key: ui.T(ctx, "model.learned_from"), Value: ui.T(ctx, "model.learned_from_value",
			"n", ui.Number(ctx, m.Examples), "changed", ui.Number(ctx, m.Corrected))},
	}
	if name := v.Names[m.ActivatedBy]; name != "" {
		rows[1].Value += ", " + name
	}
	if !m.From.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, "model.period"), Value: ui.Date(ctx, m.From) + " — " + ui.Date(ctx, m.Until)})
	}
	return append(rows, ui.SummaryRow{
		Key: ui.T(ctx, "model.measured"), Value: ui.T(ctx, "model.measured_value", "n", ui.Number(ctx, m.Tested)),
	})
}

// topic is the name of a topic, its code where the tree has it no longer.
func (v school) topic(code string) string {
	if name, ok := v.Topics[code]; ok {
		return name
	}
	return code
}
