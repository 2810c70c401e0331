package admin

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ruling"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

const routesURL = "/admin/rubricator/routes"

// desk is the rules with what they are about: those of the open draft, or those
// in force where none is open.
type desk struct {
	context.Context //nolint:containedctx // one request's, for words
	ruling.Names
	by     actor.Actor
	draft  *rubricator.Draft // nil where none is open
	rules  []rubricator.Rule
	bodies []rubricator.Body
}

// routesPage is the page of rules.
type routesPage struct {
	*desk
	Page                 ui.Page
	Sections             []ui.Tab
	Topic, At, Body      string // filters: codes, and the agency's id
	Topics, Places, List []ui.Option
	Rows                 []ruleRow
	More                 int // rows that are not shown
	Whole                int // rules before the filter
	Matrix               matrix
	Found                []foundLine
	Hidden               int         // findings that are not shown
	Spare                []foundLine // rules without which the same would answer
	Try                  trial
}

// ruleRow is one rule of the list.
type ruleRow struct{ URL, Topic, Place, When, Agency string }

// foundLine is one finding, with the rule that it is about.
type foundLine struct {
	Severity rubricator.Severity
	Text     string
	URL      string
}

// matrix is who answers for the topics of one branch at each place.
type matrix struct {
	Title string
	Up    string // address of the branch above, "" at the top
	Heads []string
	Rows  []matrixRow
}

type matrixRow struct {
	Name, URL string // the address opens the branch, "" for a topic
	Cells     []matrixCell
}

// matrixCell is who answers; Own is a rule of just this topic and place.
type matrixCell struct {
	Text, URL, Label string
	Own              bool
	When             int // rules with a condition
}

// trial is «whom would this go to?».
type trial struct {
	Topic, Place string
	Asked        []ui.ChoiceField // questions that rules look at
	Why          *ruling.Why
	Nobody       bool
}

// Most lines of the page.
const (
	mostRules = 50
	mostFound = 25
)

// Routes shows the rules, what is wrong with them, and whom an appeal would go to.
func (h *Handlers) Routes(c echo.Context) error {
	d, err := h.desk(c)
	if err != nil {
		return err
	}
	view := routesPage{desk: d, Topic: c.QueryParam("topic"), At: c.QueryParam("place"), Body: c.QueryParam("agency"), Whole: len(d.rules)}
	view.Topics, view.Places, view.List = d.topicOptions(false), d.placeOptions(), d.agencyOptions(h)
	for _, r := range d.rules {
		if !view.shows(r) {
			continue
		}
		if len(view.Rows) == mostRules {
			view.More++
			continue
		}
		view.Rows = append(view.Rows, d.row(r))
	}
	d.found(&view)
	router, err := rubricator.NewRouter(sound(d.rules), d.Places)
	if err != nil {
		return err
	}
	view.Matrix = d.matrix(router, view.Topic)
	view.Try = d.try(router, c.QueryParams())
	if view.Page, view.Sections, err = h.frame(c, ui.T(d, "route.title"), routesURL); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, routesView(view))
}

// desk reads the rules for administrators of the system.
func (h *Handlers) desk(c echo.Context) (*desk, error) {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return nil, err
	}
	d := &desk{Context: ctx, by: by}
	d.draft, err = h.Editor.Draft(ctx, by)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	var roots []*rubricator.Rubric
	if d.draft != nil {
		roots, d.rules = d.draft.Roots, d.draft.Rules
	} else {
		if _, roots, err = h.Editor.Store.LatestVersion(ctx); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if d.rules, err = h.Editor.Store.ListRules(ctx); err != nil {
			return nil, err
		}
	}
	places, err := h.Editor.Store.ListTerritories(ctx)
	if err != nil {
		return nil, err
	}
	index, err := territory.NewIndex(places)
	if err != nil {
		return nil, err
	}
	tree, _ := rubricator.Check(roots, nil)
	d.Names = ruling.Names{Tree: tree, Places: index, Agency: func(id int64) string { return h.agency(ctx, id) }}
	if h.Editor.Bodies != nil {
		d.bodies, err = h.Editor.Bodies(ctx)
	}
	slices.SortStableFunc(d.rules, func(a, b rubricator.Rule) int {
		return cmp.Or(cmp.Compare(a.Rubric, b.Rubric), cmp.Compare(a.Territory, b.Territory), cmp.Compare(a.When.Answer, b.When.Answer))
	})
	return d, err
}

// sound leaves out the rules that clash with an earlier one.
func sound(rules []rubricator.Rule) []rubricator.Rule {
	clashes := rubricator.Clashes(rules)
	var out []rubricator.Rule
	for i, r := range rules {
		if !slices.ContainsFunc(clashes, func(c rubricator.Clash) bool { return c.Second == i }) {
			out = append(out, r)
		}
	}
	return out
}

// shows reports whether a rule passes the filters. A topic finds the rules of
// its branch and those above it, a place those within it and around it.
func (v *routesPage) shows(r rubricator.Rule) bool {
	if v.Body != "" && v.Body != strconv.FormatInt(r.Agency, 10) {
		return false
	}
	if v.Topic != "" && r.Rubric != v.Topic && !v.under(r.Rubric, v.Topic) {
		return false
	}
	return v.At == "" || v.placeCode(r.Territory) == v.At
}

// under reports whether one rubric lies in the branch of the other.
func (d *desk) under(code, branch string) bool {
	n, ok := d.Tree.Find(code)
	return ok && slices.ContainsFunc(n.Path(), func(above *rubricator.Rubric) bool { return above.Code == branch })
}

func (d *desk) placeCode(id int64) string {
	return rubricator.Rule{Territory: id}.Ref(d.Places).Place
}

func (d *desk) row(r rubricator.Rule) ruleRow {
	ref := r.Ref(d.Places)
	return ruleRow{
		URL: ruleURL(ref), Topic: d.Topic(d, ref.Rubric), Place: d.Place(d, ref.Place),
		When: d.Condition(d, ref.Rubric, ref.When), Agency: d.Agency(r.Agency),
	}
}

func ruleURL(ref rubricator.RuleRef) string {
	return routesURL + "/rule?" + url.Values{"rule": {ref.String()}}.Encode()
}

func newRuleURL(topic, place string) string {
	return routesURL + "/rule?" + url.Values{"topic": {topic}, "place": {place}}.Encode()
}

// found puts what the inspection finds into words.
func (d *desk) found(view *routesPage) {
	for _, f := range rubricator.Inspect(d.Tree, d.rules, d.Places, d.bodies) {
		if f.Severity == rubricator.Idle {
			view.Spare = append(view.Spare, d.foundLine(f))
			continue
		}
		if len(view.Found) == mostFound {
			view.Hidden++
			continue
		}
		view.Found = append(view.Found, d.foundLine(f))
	}
}

func (d *desk) foundLine(f rubricator.Finding) foundLine {
	line := foundLine{Severity: f.Severity}
	about := d.Topic(d, f.Topic)
	if f.At >= 0 {
		line.URL = ruleURL(d.rules[f.At].Ref(d.Places))
		about = d.Text(d, f.Rule)
	}
	agency := f.Agency
	for _, b := range d.bodies {
		if b.Code == f.Agency {
			agency = d.Agency(b.ID)
		}
	}
	where := ""
	for i, p := range f.Places {
		const most = 3
		if i == most {
			where += " " + ui.Plural(d, "route.more_places", len(f.Places)-most)
			break
		}
		if i > 0 {
			where += ", "
		}
		where += d.Place(d, p)
	}
	if len(f.Places) > 0 {
		line.URL = newRuleURL(f.Topic, f.Places[0])
	}
	line.Text = ui.T(d, "ruling.finding."+string(f.Kind), "about", about, "agency", agency, "other", d.Text(d, f.Other), "places", where, "n", f.Rules)
	return line
}

// matrix is who answers for what lies right under a branch, "" for the categories.
func (d *desk) matrix(router *rubricator.Router, branch string) matrix {
	m := matrix{Title: ui.T(d, "route.matrix")}
	rows := d.Tree.Roots
	if node, ok := d.Tree.Find(branch); ok {
		m.Up, m.Title = routesURL, d.Topic(d, branch)
		if node.Parent() != nil {
			m.Up = branchURL(node.Parent().Code)
		}
		rows = []*rubricator.Rubric{node}
		if !node.Leaf() {
			rows = node.Children
		}
	}
	own := map[rubricator.RuleRef]int{}
	for _, r := range d.rules {
		ref := r.Ref(d.Places)
		ref.When = rubricator.Condition{}
		if r.When == ref.When {
			own[ref] |= 1
			continue
		}
		own[ref] += 2
	}
	places := append([]territory.Territory{{Code: rubricator.Any}}, d.Places.Municipalities()...)
	for _, p := range places {
		m.Heads = append(m.Heads, d.short(p))
	}
	for _, node := range rows {
		if node == nil || node.Retired {
			continue
		}
		row := matrixRow{Name: node.Name.In(ui.Lang(d))}
		if !node.Leaf() {
			row.URL = branchURL(node.Code)
		}
		for _, p := range places {
			ref := rubricator.RuleRef{Rubric: node.Code, Place: p.Code}
			cell := matrixCell{Text: "—", URL: newRuleURL(node.Code, p.Code), Own: own[ref]&1 == 1, When: own[ref] / 2}
			if to, err := router.Route(node, p.ID, nil); err == nil {
				cell.Text = d.Agency(to.Agency)
			}
			key := "route.inherited"
			if cell.Own {
				key, cell.URL = "route.own", ruleURL(ref)
			}
			cell.Label = ui.T(d, key, "topic", row.Name, "place", d.short(p), "agency", cell.Text)
			row.Cells = append(row.Cells, cell)
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

func (d *desk) short(t territory.Territory) string {
	if t.Code == rubricator.Any {
		return ui.T(d, "ruling.any_place")
	}
	return t.Short.Or(t.Name).In(ui.Lang(d))
}

func branchURL(code string) string {
	return routesURL + "?" + url.Values{"topic": {code}}.Encode() + "#matrix"
}

// try asks the rules whom an appeal would go to.
func (d *desk) try(router *rubricator.Router, q url.Values) trial {
	t := trial{Topic: q.Get("try_topic"), Place: q.Get("try_place")}
	leaf, ok := d.Tree.Find(t.Topic)
	if !ok || !leaf.Leaf() {
		return t
	}
	at, answers := d.placeID(t.Place), rubricator.Answers{}
	for _, question := range leaf.Questions {
		looked := slices.ContainsFunc(d.rules, func(r rubricator.Rule) bool {
			return r.When.Question == question.Code && (r.Rubric == rubricator.Any || d.under(leaf.Code, r.Rubric))
		})
		if question.Type != rubricator.QChoice || !looked {
			continue
		}
		name := "try." + question.Code
		answers[question.Code] = q.Get(name)
		field := ui.ChoiceField{
			Field: ui.Field{Name: name, Label: question.Name.In(ui.Lang(d)), Optional: true}, Values: []string{q.Get(name)},
			Empty: ui.T(d, "route.no_answer"),
		}
		for _, o := range question.Options {
			field.Options = append(field.Options, ui.Option{Value: o.Code, Label: o.Name.In(ui.Lang(d))})
		}
		t.Asked = append(t.Asked, field)
	}
	e, err := router.Explain(leaf, at, answers)
	if t.Nobody = err != nil; t.Nobody {
		return t
	}
	why := d.Explain(d, e)
	t.Why = &why
	return t
}

func (d *desk) placeID(code string) int64 {
	for _, t := range d.Places.All() {
		if t.Code == code {
			return t.ID
		}
	}
	return 0
}

// topicOptions are the nodes of the tree by category; leaves are the topics alone.
func (d *desk) topicOptions(leaves bool) []ui.Option {
	var out []ui.Option
	d.Tree.Walk(func(r *rubricator.Rubric) {
		if r.Retired || leaves && !r.Leaf() {
			return
		}
		label := ""
		for _, n := range r.Path()[min(1, len(r.Path())-1):] {
			if label != "" {
				label += " → "
			}
			label += n.Name.In(ui.Lang(d))
		}
		out = append(out, ui.Option{Value: r.Code, Label: label, Group: r.Category().Name.In(ui.Lang(d))})
	})
	return out
}

func (d *desk) placeOptions() []ui.Option {
	out := []ui.Option{{Value: rubricator.Any, Label: ui.T(d, "ruling.any_place")}}
	for _, t := range d.Places.All() {
		out = append(out, ui.Option{Value: t.Code, Label: t.Name.In(ui.Lang(d))})
	}
	return out
}

func (d *desk) agencyOptions(h *Handlers) []ui.Option {
	var out []ui.Option
	for _, a := range h.Directory.Agencies() {
		out = append(out, ui.Option{Value: strconv.FormatInt(a.ID, 10), Label: a.Name.In(ui.Lang(d))})
	}
	return out
}
