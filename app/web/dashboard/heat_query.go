package dashboard

import (
	"net/url"
	"slices"
	"strings"

	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// heatQuery is what the heat map is asked for. The territory of the filter is
// the municipality that the reader looks at; the map itself shows all.
type heatQuery struct {
	filter
	Words    string
	Category string // set: the columns are its topics
	Stage    workflow.Stage
	Measure  measure
	ByName   bool // rows by name, not by number
}

func (h *Handlers) readHeat(s screen, v url.Values) (heatQuery, error) {
	f, err := h.readFilter(s, v)
	q := heatQuery{
		filter: f, Words: strings.TrimSpace(v.Get("q")), Measure: measureOf(v.Get("measure")), ByName: v.Get("sort") == "name",
	}
	if r, ok := s.book.Tree.Find(v.Get("category")); ok && r.Parent() == nil {
		q.Category = r.Code
	}
	if stage := workflow.Stage(v.Get("stage")); slices.Contains(workflow.Stages, stage) {
		q.Stage = stage
	}
	return q, err
}

func (q heatQuery) values() url.Values {
	v := q.filter.values()
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", q.Words)
	set("category", q.Category)
	set("stage", string(q.Stage))
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
	out := search.HeatQuery{Query: search.Parse(q.Words, nil), ByLeaf: q.Category != "", Now: s.now, Weighted: q.Measure.Key == "recent"}
	out.Region, out.Agencies = s.scope.Region, s.scope.Agencies
	out.Category, out.Stage = q.Category, string(q.Stage)
	p := q.Period.report()
	out.From, out.To = p.From, p.To
	return out
}

// cases are those of a cell: a territory, and a category or one of its topics.
func (q heatQuery) cases(territory int64, by string) string {
	list := cases{Period: q.Period, Words: q.Words, Category: q.Category, Stage: q.Stage, Territory: territory}
	switch {
	case by == "":
	case q.Category != "":
		list.Topic = by
	default:
		list.Category = by
	}
	return list.url()
}
