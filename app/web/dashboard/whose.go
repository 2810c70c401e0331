package dashboard

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// whose says of which agency and person the figures are; zero is all that the
// reader may count.
type whose struct{ Agency, Person int64 }

func (w whose) url(f filter, path string, more ...string) string {
	return f.url(path, append([]string{"agency", idOf(w.Agency), "person", idOf(w.Person)}, more...)...)
}

// question asks for the figures of whose cases these are.
func (w whose) question(s screen, f filter) question {
	ask := question{f.Period.report(), f.report(s)}
	ask.Filter.Agency, ask.Filter.Executor = w.Agency, w.Person
	return ask
}

// readWhose reads an address. An agency or a person that the reader may not
// count doesn't exist for them.
func (h *Handlers) readWhose(s screen, v url.Values) (w whose, err error) {
	for name, into := range map[string]*int64{"agency": &w.Agency, "person": &w.Person} {
		if typed := v.Get(name); typed != "" {
			if *into, err = strconv.ParseInt(typed, 10, 64); err != nil || *into <= 0 {
				return w, fault.New(fault.NotFound, "error.not_found")
			}
		}
	}
	return w, h.mayCount(s, w)
}

func (h *Handlers) mayCount(s screen, w whose) error {
	_, known := h.Agencies.Agency(w.Agency)
	switch {
	case w == (whose{}):
		return nil
	case !known || !s.scope.Region && !slices.Contains(s.scope.Agencies, w.Agency):
		return fault.New(fault.NotFound, "error.not_found")
	case w.Person != 0 && !workflow.MayWatch(s.by, w.Person, w.Agency):
		return fault.New(fault.NotFound, "error.not_found")
	}
	return nil
}

// Person shows the figures of one executor.
func (h *Handlers) Person(c echo.Context) error {
	s, err := h.begin(c)
	if err != nil {
		return err
	}
	w := whose{}
	if w.Agency, err = edge.ID(c, "id"); err != nil {
		return err
	}
	if w.Person, err = edge.ID(c, "user"); err != nil {
		return err
	}
	if err := h.mayCount(s, w); err != nil {
		return err
	}
	u, ok := h.Agencies.User(w.Person)
	if !ok || !u.Actor().Holds(actor.Executor, w.Agency) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	f, wrong := h.readFilter(s, c.QueryParams())
	f.Territory = 0
	path := "/dashboard/agencies/" + idOf(w.Agency) + "/people/" + idOf(w.Person)
	view := overview{Title: u.Name, Path: path, Agency: w.Agency, Filter: f, Scope: h.agency(s, w.Agency)}
	if view.Page, err = h.page(c, view.Title); err != nil {
		return err
	}
	view.Page.Back = f.url("/dashboard/agencies/" + idOf(w.Agency))
	if err := h.figures(s, &view, w); err != nil {
		return err
	}
	view.Places = nil
	return h.render(c, &view, wrong)
}

// lineTable compares municipalities, or people.
type lineTable struct {
	Title, Head string
	Rows        []agencyRow
}

func (h *Handlers) lines(s screen, ask question, by report.Group) (map[int64]*report.Counts, error) {
	return h.Reports.CountsBy(s, ask.Period, ask.Filter, s.now, by)
}

// placeLines compares the municipalities; a settlement counts with its own.
func (h *Handlers) placeLines(s screen, view *overview) error {
	f := view.Filter
	counts, err := h.lines(s, question{f.Period.report(), f.report(s)}, report.GroupTerritory)
	if err != nil {
		return err
	}
	table := lineTable{Title: ui.T(s, "dashboard.places.title"), Head: ui.T(s, "dashboard.territory")}
	for _, t := range s.book.Places.Municipalities() {
		var sum report.Counts
		for _, id := range s.book.Places.Below(t.ID) {
			if c := counts[id]; c != nil {
				sum.Add(*c)
			}
		}
		if sum.Submitted == 0 && sum.Answered == 0 {
			continue
		}
		to := f
		to.Territory = t.ID
		table.Rows = append(table.Rows, h.line(s, sum, s.place(t.ID), to.url("/dashboard"), to.received().url()))
	}
	if len(table.Rows) > 1 {
		byTrouble(table.Rows)
		view.Lines = append(view.Lines, table)
	}
	return nil
}

// personLines compares the executors of an agency for who may watch them.
func (h *Handlers) personLines(s screen, view *overview, agency int64) error {
	f := view.Filter
	if f.Territory != 0 {
		return nil
	}
	w := whose{Agency: agency}
	counts, err := h.lines(s, w.question(s, f), report.GroupPerson)
	if err != nil {
		return err
	}
	table := lineTable{Title: ui.T(s, "dashboard.people.title"), Head: ui.T(s, "dashboard.people.name")}
	for id, c := range counts {
		u, ok := h.Agencies.User(id)
		if !ok || c.Submitted == 0 && c.Answered == 0 || !workflow.MayWatch(s.by, id, agency) || !u.Actor().Holds(actor.Executor, agency) {
			continue
		}
		w.Person = id
		table.Rows = append(table.Rows, h.line(s, *c, u.Name,
			f.url("/dashboard/agencies/"+idOf(agency)+"/people/"+idOf(id)), w.url(f, "/dashboard/cases", "list", "submitted")))
	}
	if len(table.Rows) > 0 {
		byTrouble(table.Rows)
		view.Lines = append(view.Lines, table)
	}
	return nil
}

func (h *Handlers) line(s screen, c report.Counts, name, url, cases string) agencyRow {
	row := h.figureRow(s, c)
	row.Name, row.URL, row.CaseURL = name, url, cases
	return row
}

func byTrouble(rows []agencyRow) {
	slices.SortStableFunc(rows, func(a, b agencyRow) int {
		return cmp.Or(cmp.Compare(b.Overdue.value, a.Overdue.value), cmp.Compare(b.Submitted, a.Submitted), cmp.Compare(a.Name, b.Name))
	})
}
