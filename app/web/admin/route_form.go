package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// rulePage is the form of one rule.
type rulePage struct {
	Page                          ui.Page
	Old                           string // reference of the rule that is changed, "" for a new one
	Topic, Place, When, Agency    string // as typed
	Topics, Places, Whens, Bodies []ui.Option
	Chosen                        string // the topic in words
	Errors                        ui.Errors
}

// Rule shows the form of a rule: first which topic it is about, for the
// conditions depend on it, then the rest.
func (h *Handlers) Rule(c echo.Context) error {
	d, err := h.desk(c)
	if err != nil {
		return err
	}
	view := rulePage{Old: c.QueryParam("rule"), Topic: c.QueryParam("topic"), Place: c.QueryParam("place")}
	if view.Old != "" {
		n := d.find(d.rules, view.Old)
		if n < 0 {
			return fault.New(fault.NotFound, "error.not_found")
		}
		ref := d.rules[n].Ref(d.Places)
		view.Topic, view.Place, view.When = ref.Rubric, ref.Place, whenValue(ref.When)
		view.Agency = strconv.FormatInt(d.rules[n].Agency, 10)
	}
	return h.rule(c, d, http.StatusOK, view)
}

func (h *Handlers) rule(c echo.Context, d *desk, status int, view rulePage) error {
	title := ui.T(d, "route.change")
	if view.Old == "" {
		title = ui.T(d, "route.add")
	}
	var err error
	if view.Page, err = h.Frame(c, title); err != nil {
		return err
	}
	view.Page.Back, view.Page.Invalid = routesURL, len(view.Errors) > 0
	if _, known := d.Tree.Find(view.Topic); !known && view.Topic != rubricator.Any {
		view.Topics = append([]ui.Option{{Value: rubricator.Any, Label: ui.T(d, "ruling.any_topic")}}, d.topicOptions(false)...)
		return edge.Render(c, status, ruleView(view))
	}
	view.Chosen = d.Topic(d, view.Topic)
	view.Places, view.Whens, view.Bodies = d.placeOptions(), d.conditions(view.Topic), d.agencyOptions(h)
	return edge.Render(c, status, ruleView(view))
}

// conditions are the answers that topics of a rubric know.
func (d *desk) conditions(rubric string) []ui.Option {
	var out []ui.Option
	for _, leaf := range d.Tree.Under(rubric) {
		for _, q := range leaf.Questions {
			for _, o := range q.Options {
				when := rubricator.Condition{Question: q.Code, Answer: o.Code}
				if !slices.ContainsFunc(out, func(have ui.Option) bool { return have.Value == whenValue(when) }) {
					out = append(out, ui.Option{Value: whenValue(when), Label: d.Condition(d, rubric, when)})
				}
			}
		}
	}
	return out
}

func whenValue(c rubricator.Condition) string {
	if c == (rubricator.Condition{}) {
		return ""
	}
	return c.Question + "=" + c.Answer
}

// find is where a rule stands, -1 where it is no longer there.
func (d *desk) find(rules []rubricator.Rule, ref string) int {
	return slices.IndexFunc(rules, func(r rubricator.Rule) bool { return r.Ref(d.Places).String() == ref })
}

// SaveRule adds, changes or deletes a rule of the draft; where none is open, one
// is begun.
func (h *Handlers) SaveRule(c echo.Context) error {
	d, err := h.desk(c)
	if err != nil {
		return err
	}
	view := rulePage{
		Old: c.FormValue("rule"), Topic: c.FormValue("topic"), Place: c.FormValue("place"), When: c.FormValue("when"), Agency: c.FormValue("agency"),
	}
	remove := c.FormValue("do") == "delete"
	rule, errs := d.typed(h, view)
	if view.Errors = errs; len(errs) > 0 && !remove {
		return h.rule(c, d, http.StatusUnprocessableEntity, view)
	}
	if _, err := h.Editor.Begin(d, d.by); err != nil {
		return err
	}
	_, err = h.Editor.Change(d, d.by, func(draft *rubricator.Draft) error {
		at := d.find(draft.Rules, view.Old)
		switch {
		case view.Old != "" && at < 0:
			return fault.New(fault.Conflict, "route.gone")
		case remove:
			draft.Rules = slices.Delete(slices.Clone(draft.Rules), at, at+1)
			return nil
		case view.Old != "":
			draft.Rules = slices.Clone(draft.Rules)
			draft.Rules[at] = rule
		default:
			draft.Rules, at = append(slices.Clone(draft.Rules), rule), len(draft.Rules)
		}
		for _, clash := range rubricator.Clashes(draft.Rules) {
			if clash.First == at || clash.Second == at {
				return fault.New(fault.Invalid, "route.clash").With("rule", d.Rule(d, draft.Rules[clash.First+clash.Second-at].Ref(d.Places)))
			}
		}
		return nil
	})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		view.Errors = ui.Errors{{Name: "place", Text: ui.Message(d, err)}}
		status := http.StatusUnprocessableEntity
		if fault.Is(err, fault.Conflict) {
			view.Old, status = "", http.StatusConflict
		}
		return h.rule(c, d, status, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, routesURL)
}

// typed reads the form.
func (d *desk) typed(h *Handlers, view rulePage) (rubricator.Rule, ui.Errors) {
	var errs ui.Errors
	wrong := func(field string) {
		errs = append(errs, ui.FieldError{Name: field, Text: ui.T(d, "error.unknown_choice")})
	}
	rule := rubricator.Rule{Rubric: view.Topic}
	if _, ok := d.Tree.Find(view.Topic); !ok && view.Topic != rubricator.Any {
		wrong("topic")
	}
	if view.Place != rubricator.Any {
		if rule.Territory = d.placeID(view.Place); rule.Territory == 0 {
			wrong("place")
		}
	}
	if view.When != "" {
		rule.When.Question, rule.When.Answer, _ = strings.Cut(view.When, "=")
		if len(d.Tree.Asking(view.Topic, rule.When)) == 0 {
			wrong("when")
		}
	}
	rule.Agency, _ = strconv.ParseInt(view.Agency, 10, 64)
	if _, ok := h.Directory.Agency(rule.Agency); !ok {
		errs = append(errs, ui.FieldError{Name: "agency", Text: ui.T(d, "route.agency_needed")})
	}
	return rule, errs
}
