package admin

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ruling"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

const simulationURL = rubricatorURL + "/simulation"

// simulationDays are the periods that are replayed.
var simulationDays = []int{7, 30, 90}

const (
	// simulationPatience is how long a page waits for a replay: one that takes
	// longer is told of while it goes on.
	simulationPatience = 2 * time.Second
	// mostSides is how many agencies a side of the matrix names; the others are one.
	mostSides = 10
	// mostParts is how many topics and places are listed, and cases on a page.
	mostParts, casesPage = 15, 20
)

// simulationPage is what the open draft would have done with past appeals.
type simulationPage struct {
	Page      ui.Page
	Sections  []ui.Tab
	Periods   []ui.Tab
	Run       *rubricator.Run
	Done      bool
	Refused   string // why nothing can be replayed
	MendURL   string // where that is mended, "" for those who can't
	Whole     bool   // all agencies, not only those of the administrator
	Result    rubricator.Result
	Topicless []partLine
	Matrix    turnMatrix
	Chosen    []chosenPart
	Topics    []partLine
	Places    []partLine
	Cases     []caseLine
	Shown     int // cases that were kept, of Result.Elsewhere
	Back      string
	Next      string
}

// turnMatrix counts what would go from an agency to another.
type turnMatrix struct {
	Heads []string
	Rows  []turnRow
}

type turnRow struct {
	Name  string
	Cells []partLine
}

// partLine is a part of what would go elsewhere, with the page of it alone.
type partLine struct {
	Name, URL string
	Count     int
}

// chosenPart is what the page is narrowed to, with the page that is not.
type chosenPart struct{ Text, URL string }

type caseLine struct {
	Number, URL, Topic, Place, From, To string
	Now, Then                           *ruling.Why // nil for nobody
}

// Simulation shows what the open draft would have done with the appeals of the
// last days: all of it to administrators of the system, what concerns their
// agencies to those of agencies.
func (h *Handlers) Simulation(c echo.Context) error {
	ctx, by, err := h.begin(c)
	if err != nil {
		return err
	}
	own, region := identity.Administers(by)
	v := simulationPage{Whole: region}
	days, _ := strconv.Atoi(c.QueryParam("days"))
	if !slices.Contains(simulationDays, days) {
		days = simulationDays[1]
	}
	for _, n := range simulationDays {
		v.Periods = append(v.Periods, ui.Tab{
			Text: ui.Plural(ctx, "simulation.days", n), URL: simulationURL + "?days=" + strconv.Itoa(n), Count: -1, Current: n == days,
		})
	}
	if v.Page, v.Sections, err = h.frame(c, ui.T(ctx, "simulation.title"), simulationURL); err != nil {
		return err
	}
	v.Run, err = h.Simulator.Simulate(ctx, days)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		v.Refused = ui.Message(ctx, err)
		if region {
			v.MendURL = rubricatorURL
		}
		if fault.As(err).Key == "rubricator.routes_wrong" && region {
			v.MendURL = routesURL
		}
		return edge.Render(c, http.StatusOK, simulationView(v))
	case err != nil:
		return err
	}
	if v.Done, err = v.Run.Wait(ctx, simulationPatience); err != nil {
		return err
	}
	if v.Done {
		f := turnFilter{q: c.QueryParams(), days: days, h: h, run: v.Run, own: own, all: region}
		f.names = ruling.Names{Places: v.Run.Places(), Agency: func(id int64) string { return h.agency(ctx, id) }}
		f.fill(ctx, &v)
	}
	return edge.Render(c, http.StatusOK, simulationView(v))
}

// turnFilter narrows the turns of a replay to those that are looked at.
type turnFilter struct {
	q     url.Values
	days  int
	h     *Handlers
	run   *rubricator.Run
	own   []int64
	all   bool
	names ruling.Names
}

// filterKeys are the ways to narrow, in the order in which they are told.
var filterKeys = []string{"from", "to", "topic", "place"}

// url is the page narrowed further; an empty value takes a way out.
func (f *turnFilter) url(set map[string]string) string {
	q := url.Values{"days": {strconv.Itoa(f.days)}}
	for _, key := range filterKeys {
		if v := f.q.Get(key); v != "" {
			q.Set(key, v)
		}
	}
	for key, v := range set {
		q.Set(key, v)
		if v == "" {
			q.Del(key)
		}
	}
	return simulationURL + "?" + q.Encode()
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// shows reports whether a turn is looked at. A place has those within it.
func (f *turnFilter) shows(t rubricator.Turn) bool {
	if !f.all && !slices.Contains(f.own, t.From) && !slices.Contains(f.own, t.To) {
		return false
	}
	for key, value := range map[string]string{"from": id(t.From), "to": id(t.To), "topic": t.Rubric} {
		if want := f.q.Get(key); want != "" && want != value {
			return false
		}
	}
	want := f.q.Get("place")
	return want == "" || want == id(f.municipality(t.Place))
}

// municipality is the one that a place is in; what is in none stays itself.
func (f *turnFilter) municipality(place int64) int64 {
	if m, ok := f.run.Places().Municipality(place); ok {
		return m.ID
	}
	return place
}

func (f *turnFilter) fill(ctx context.Context, v *simulationPage) {
	sim := f.run.Simulation()
	f.names.Tree = sim.Then.Tree
	turns := slices.DeleteFunc(sim.Turns(), func(t rubricator.Turn) bool { return !f.shows(t) })
	whole := sim.Result()
	v.Result = rubricator.SumTurns(turns)
	v.Result.Total, v.Result.Topicless = whole.Total, whole.Topicless
	if f.all {
		for code, n := range sim.Topicless() {
			v.Topicless = append(v.Topicless, partLine{Name: f.topic(ctx, code), URL: nodeURL(code), Count: n})
		}
		mostFirst(v.Topicless)
	}
	topics, places := map[string]int{}, map[int64]int{}
	for _, t := range turns {
		topics[t.Rubric] += t.Count
		places[f.municipality(t.Place)] += t.Count
	}
	for code, n := range topics {
		v.Topics = append(v.Topics, partLine{f.topic(ctx, code), f.url(map[string]string{"topic": code}), n})
	}
	for place, n := range places {
		v.Places = append(v.Places, partLine{f.place(ctx, place), f.url(map[string]string{"place": id(place)}), n})
	}
	v.Topics, v.Places = mostFirst(v.Topics), mostFirst(v.Places)
	v.Matrix = f.matrix(ctx, turns)
	v.Chosen = f.chosen(ctx)
	f.cases(ctx, v, turns)
}

// mostFirst sorts by count and keeps as many as are listed.
func mostFirst(list []partLine) []partLine {
	slices.SortFunc(list, func(a, b partLine) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	return list[:min(len(list), mostParts)]
}

func (f *turnFilter) topic(ctx context.Context, code string) string {
	for _, side := range []rubricator.Side{f.run.Simulation().Then, f.run.Simulation().Now} {
		if r, ok := side.Tree.Find(code); ok {
			return r.Name.In(ui.Lang(ctx))
		}
	}
	return code
}

func (f *turnFilter) place(ctx context.Context, place int64) string {
	if t, ok := f.run.Places().Find(place); ok {
		return t.Name.In(ui.Lang(ctx))
	}
	return ui.T(ctx, "route.nowhere")
}

func (f *turnFilter) agency(ctx context.Context, agency int64) string {
	if agency == 0 {
		return ui.T(ctx, "tree.changes.nobody")
	}
	return f.h.agency(ctx, agency)
}

// chosen tells what the page is narrowed to.
func (f *turnFilter) chosen(ctx context.Context) []chosenPart {
	var out []chosenPart
	for _, key := range filterKeys {
		value := f.q.Get(key)
		if value == "" {
			continue
		}
		n, _ := strconv.ParseInt(value, 10, 64)
		name := f.agency(ctx, n)
		switch key {
		case "topic":
			name = f.topic(ctx, value)
		case "place":
			name = f.place(ctx, n)
		}
		out = append(out, chosenPart{ui.T(ctx, "simulation.only."+key, "name", name), f.url(map[string]string{key: ""})})
	}
	return out
}

// matrix counts from agency to agency. Beyond those that it names there is one
// of all others, which narrows nothing.
func (f *turnFilter) matrix(ctx context.Context, turns []rubricator.Turn) turnMatrix {
	const others = -1
	from, to := map[int64]int{}, map[int64]int{}
	for _, t := range turns {
		from[t.From] += t.Count
		to[t.To] += t.Count
	}
	named := func(counts map[int64]int) []int64 {
		ids := slices.SortedFunc(maps.Keys(counts), func(a, b int64) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
		if len(ids) > mostSides {
			ids = append(ids[:mostSides:mostSides], others)
		}
		return ids
	}
	rows, columns := named(from), named(to)
	among := func(ids []int64, one int64) int64 {
		if slices.Contains(ids, one) {
			return one
		}
		return others
	}
	counts := map[[2]int64]int{}
	for _, t := range turns {
		counts[[2]int64{among(rows, t.From), among(columns, t.To)}] += t.Count
	}
	name := func(one int64) string {
		if one == others {
			return ui.T(ctx, "simulation.others")
		}
		return f.agency(ctx, one)
	}
	var m turnMatrix
	for _, column := range columns {
		m.Heads = append(m.Heads, name(column))
	}
	for _, row := range rows {
		r := turnRow{Name: name(row)}
		for _, column := range columns {
			cell := partLine{Count: counts[[2]int64{row, column}], Name: name(row) + " → " + name(column)}
			if row != others && column != others {
				cell.URL = f.url(map[string]string{"from": id(row), "to": id(column)}) + "#cases"
			}
			r.Cells = append(r.Cells, cell)
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

// cases lists a page of those that were kept, with the rules of both sides.
func (f *turnFilter) cases(ctx context.Context, v *simulationPage, turns []rubricator.Turn) {
	first, _ := strconv.Atoi(f.q.Get("after"))
	first = max(0, first)
	sim := f.run.Simulation()
	for _, t := range turns {
		for _, one := range t.Cases {
			if at := v.Shown; at >= first && at < first+casesPage {
				line := caseLine{
					Number: one.Number, URL: "/console/appeals/" + id(one.ID), Topic: f.topic(ctx, one.Rubric), Place: f.place(ctx, one.Territory),
					From: f.agency(ctx, t.From), To: f.agency(ctx, t.To),
				}
				line.Now, line.Then = f.why(ctx, sim.Now, one), f.why(ctx, sim.Then, one)
				v.Cases = append(v.Cases, line)
			}
			v.Shown++
		}
	}
	if first > 0 {
		v.Back = f.url(map[string]string{"after": strconv.Itoa(max(0, first-casesPage))}) + "#cases"
	}
	if first+casesPage < v.Shown {
		v.Next = f.url(map[string]string{"after": strconv.Itoa(first + casesPage)}) + "#cases"
	}
}

// why tells the rule that decides on one side, nil where nobody answers.
func (f *turnFilter) why(ctx context.Context, side rubricator.Side, one rubricator.Sent) *ruling.Why {
	e, ok := side.Explain(one)
	if !ok {
		return nil
	}
	names := f.names
	names.Tree = side.Tree
	w := names.Explain(ctx, e)
	return &w
}
