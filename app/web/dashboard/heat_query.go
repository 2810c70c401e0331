package dashboard

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/web/lookup"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// heatQuery is what the heat map is asked for. The territory of the filter is
// the municipality that the reader looks at; the map itself shows all.
type heatQuery struct {
	filter
	Words    string       // as typed
	asked    search.Ask   // as read
	meant    search.Query // by what words() says
	Misread  bool         // the words can't be read: nothing is counted
	Category string       // set: the columns are its topics
	Topic    string       // a node below the category: only what is under it
	branch   bool         // the topic has topics of its own
	Stage    workflow.Stage
	Agency   int64
	Outcome  workflow.Outcome
	Rating   string // one of ratings
	Measure  measure
	ByName   bool // rows by name, not by number
	Within   bool // rows are the settlements of the territory
}

// ratings are the choices of the rating, each as the query language writes it.
var ratings = []string{"1..2", "3", "4..5"}

func (h *Handlers) readHeat(s screen, v url.Values) (heatQuery, error) {
	f, err := h.readFilter(s, v)
	q := heatQuery{
		filter: f, Words: strings.TrimSpace(v.Get("q")), Measure: measureOf(v.Get("measure")), ByName: v.Get("sort") == "name",
	}
	if r, ok := s.book.Tree.Find(v.Get("category")); ok {
		q.Category = r.Category().Code
		if r.Parent() != nil {
			q.Topic, q.branch = r.Code, len(r.Children) > 0
		}
	}
	if id, err := strconv.ParseInt(v.Get("agency"), 10, 64); err == nil && (s.scope.Region || slices.Contains(s.scope.Agencies, id)) {
		if _, ok := h.Agencies.Agency(id); ok {
			q.Agency = id
		}
	}
	if outcome := workflow.Outcome(v.Get("outcome")); slices.Contains(workflow.Outcomes, outcome) {
		q.Outcome = outcome
	}
	if rating := v.Get("rating"); slices.Contains(ratings, rating) {
		q.Rating = rating
	}
	q.Within = v.Get("within") != "" && f.Territory != 0
	if stage := workflow.Stage(v.Get("stage")); slices.Contains(workflow.Stages, stage) {
		q.Stage = stage
	}
	if wrong := h.readWords(s, &q); wrong != nil {
		q.Misread, q.Errors = true, append(q.Errors, ui.ErrorsOf(s, wrong)...)
		err = cmp.Or(err, wrong)
	}
	return q, err
}

// readWords reads what was typed as the box of the console does.
func (h *Handlers) readWords(s screen, q *heatQuery) (err error) {
	asker := search.Asker{
		Names: lookup.Lookup{By: s.by, Lang: ui.Lang(s), Book: s.book, Directory: h.Agencies}, Now: s.now, Zone: h.Zone,
	}
	if q.asked, _, err = search.Understand(q.Words, asker); err != nil {
		return err
	}
	_, q.meant, err = search.Understand(q.words(), asker)
	return err
}

// words are those of the search box of the console that ask the same: what it
// has no filter for stands before what was typed.
func (q heatQuery) words() string {
	var all search.Ask
	if q.Outcome != "" {
		all = all.With(search.ByOutcome, string(q.Outcome))
	}
	if q.Rating != "" {
		all = all.With(search.ByRating, q.Rating)
	}
	if q.branch {
		all = all.With(search.ByRubric, q.Topic)
	}
	return slices.Concat(all, q.asked).String()
}

func (q heatQuery) values() url.Values {
	v := q.filter.values()
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", q.Words)
	set("category", cmp.Or(q.Topic, q.Category))
	set("stage", string(q.Stage))
	setNumber(v, "agency", q.Agency)
	set("outcome", string(q.Outcome))
	set("rating", q.Rating)
	if q.Within {
		set("within", "1")
	}
	if q.Measure.Key != measures[0].Key {
		set("measure", q.Measure.Key)
	}
	if q.ByName {
		set("sort", "name")
	}
	return v
}

// url is the heat map under the same query, with more of name, value pairs.
func (q heatQuery) url(more ...string) string { return address("/dashboard/heat", q.values(), more...) }

// ask is the question to the index: only what the person may count.
func (q heatQuery) ask(s screen) search.HeatQuery {
	out := search.HeatQuery{Query: q.meant, ByLeaf: q.Category != "", Now: s.now, Weighted: q.Measure.Key == "recent"}
	out.Region, out.Agencies = s.scope.Region, s.scope.Agencies
	out.Category, out.Stage, out.Agency = q.Category, string(q.Stage), q.Agency
	if q.Topic != "" {
		out.Rubrics = s.book.Tree.Same(q.Topic)
	}
	if q.Within {
		out.Territory = s.book.Places.Below(q.Territory)
	}
	p := q.Period.report()
	out.From, out.To = p.From, p.To
	return out
}

// cases are those of a cell: a territory, and a category or one of its topics.
func (q heatQuery) cases(territory int64, by string) string {
	list := cases{
		Period: q.Period, Words: q.words(), Category: q.Category, Topic: q.Topic, Stage: q.Stage, Territory: territory, Agency: q.Agency,
	}
	switch {
	case q.Within && territory == 0:
		list.Territory = q.Territory
	case q.Within && territory == q.Territory:
		return "" // no list leaves the settlements out
	}
	if q.branch {
		list.Topic = "" // its filter takes leaves
	}
	switch {
	case by == "":
	case q.Category != "":
		list.Topic = by
	default:
		list.Category = by
	}
	return list.url()
}
