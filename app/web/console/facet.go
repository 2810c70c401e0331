package console

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/lookup"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// facetsShown is how many values of a field stand beside the list.
const facetsShown = 8

// facetGroup is what the found cases have in one field.
type facetGroup struct {
	Title string
	Items []facetItem
}

// facetItem is a value; its address is the list narrowed to it, or without it
// where it is in force.
type facetItem struct {
	Label string
	Count string
	URL   string
	On    bool
}

// facetsOfFilters are beside a list that filters alone narrow.
func (h *Handlers) facetsOfFilters(c echo.Context, view *inbox, query workflow.InboxQuery) error {
	ctx := edge.Ctx(c)
	ask, question, err := h.question(ctx, view.Queue, query)
	if err != nil {
		return err
	}
	question.FacetsAt = query.Now
	found, err := h.cfg.Index.Search(ctx, question, 0, 0)
	if err != nil {
		return nil //nolint:nilerr // the list is of use without what stands beside it
	}
	view.Facets = h.facets(ctx, view.Queue, ask, found.Facets)
	return nil
}

// facets are beside what was found by words.
func (h *Handlers) facets(ctx context.Context, q queue, ask search.Ask, found search.Facets) []facetGroup {
	names := h.lookup(ctx)
	topics := found.Categories
	if len(topics) == 1 {
		topics = found.Rubrics
	}
	var out []facetGroup
	for _, f := range []struct {
		title  string
		field  search.Field
		values []search.Facet
	}{
		{"search.facet.due", search.ByDue, found.Dues},
		{"search.facet.topic", search.ByRubric, topics},
		{"search.facet.stage", search.ByStage, found.Stages},
		{"search.facet.place", search.ByPlace, found.Places},
		{"search.facet.agency", search.ByAgency, found.Agencies},
		{"search.facet.rating", search.ByRating, found.Ratings},
	} {
		if by := edge.Actor(ctx); f.field == search.ByAgency && !by.Regional() && len(by.Agencies()) < 2 {
			continue
		}
		group := facetGroup{Title: ui.T(ctx, f.title)}
		for _, v := range f.values[:min(facetsShown, len(f.values))] {
			group.Items = append(group.Items, facetOf(ctx, q, ask, names.Of, f.field, v))
		}
		if len(group.Items) > 0 {
			out = append(out, group)
		}
	}
	return out
}

// dueLabels say in words how soon something is due.
var dueLabels = map[string]string{
	"overdue": "search.due.overdue", "0d..1d": "search.due.day", "1d..3d": "search.due.days",
	"3d..7d": "search.due.week", ">7d": "search.due.later",
}

func facetOf(
	ctx context.Context, q queue, ask search.Ask, of func(search.Field, string) (lookup.Choice, bool), field search.Field, v search.Facet,
) facetItem {
	code, label := v.Value, v.Value
	switch field {
	case search.ByDue:
		label = ui.T(ctx, dueLabels[v.Value])
	case search.ByRating:
		label = ui.T(ctx, "search.facet.stars", "n", v.Value)
	default:
		if choice, ok := of(field, v.Value); ok {
			code, label = choice.Code, choice.Label
		}
	}
	item := facetItem{Label: label, Count: ui.Number(ctx, v.Count), On: ask.Has(field, code)}
	to := ask.With(field, code)
	if item.On {
		to = ask.Without(field, code)
	}
	q.Words, q.Tab = to.String(), workflow.TabAll
	item.URL = q.url("/console")
	return item
}
