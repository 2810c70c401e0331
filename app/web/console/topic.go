package console

import (
	"context"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// likelyTopics is how many topics that the words of the appeal speak for come
// before the others.
const likelyTopics = 5

// topics lists what an appeal can be about: what its words speak for first, then
// the tree.
func (h *Handlers) topics(ctx context.Context, a *workflow.Appeal) []ui.Option {
	l := ui.Lang(ctx)
	var out []ui.Option
	for _, s := range h.cfg.Rubrics.Suggest(a.Text, a.Place.Territory, likelyTopics).Topics {
		if s.Rubric.Code != a.Rubric {
			out = append(out, ui.Option{
				Value: s.Rubric.Code, Group: ui.T(ctx, "console.topic_likely"),
				Label: s.Rubric.Name.In(l) + " — " + ui.Percent(ctx, s.Share, 0) + ", " + strings.Join(s.Words, ", "),
			})
		}
	}
	for _, r := range h.cfg.Rubrics.Book().Tree.Leaves() {
		if r.Code != a.Rubric {
			out = append(out, ui.Option{Value: r.Code, Label: r.Name.In(l), Group: r.Category().Name.In(l)})
		}
	}
	return out
}

// maybe is who probably answers an appeal whose topic says that a person finds
// it out.
type maybe struct{ Agency, Share, Words string }

// leastShare is how probable an agency must be to be named.
const leastShare = 0.2

// maybe guesses who answers, nil where the topic tells or nothing speaks for
// anybody. The routing rules are not touched: it is a word to the coordinator.
func (h *Handlers) maybe(ctx context.Context, a *workflow.Appeal) *maybe {
	leaf, ok := h.cfg.Rubrics.Book().Tree.Find(a.Rubric)
	open := a.Stage == workflow.StageModeration || a.Stage == workflow.StageReceived || a.Stage == workflow.StageAssigned
	if !ok || !leaf.ByHand || !open {
		return nil
	}
	for _, g := range h.cfg.Rubrics.SuggestAgency(a.Text, a.Place.Territory, "", 1) {
		if g.Share >= leastShare && g.Agency != a.Agency && g.Agency != a.Against {
			return &maybe{Agency: h.names(ctx).agency(g.Agency), Share: ui.Percent(ctx, g.Share, 0), Words: strings.Join(g.Words, ", ")}
		}
	}
	return nil
}

// likelyAgency is an agency that the words of an appeal speak for, among those
// to which it can go.
type likelyAgency struct{ Name, Share, Words string }

const (
	// mostLikelyAgencies are named beside a field of an agency.
	mostLikelyAgencies = 3
	// leastNamed is how probable each of them must be.
	leastNamed = 0.1
)

// likelyAgencies are those of the names that probably answer the appeal: what
// answered appeals of like words there tell, whatever the routes say. Where the
// appeal is has been tried, so its topic is not taken for right.
func (h *Handlers) likelyAgencies(ctx context.Context, a *workflow.Appeal, names []string) []likelyAgency {
	var out []likelyAgency
	for _, g := range h.cfg.Rubrics.SuggestAgency(a.Text, a.Place.Territory, "", 2*mostLikelyAgencies) {
		agency, ok := h.cfg.Directory.Agency(g.Agency)
		name := agency.Name.In(ui.Lang(ctx))
		if !ok || g.Share < leastNamed || !slices.Contains(names, name) {
			continue
		}
		out = append(out, likelyAgency{name, ui.Percent(ctx, g.Share, 0), strings.Join(g.Words, ", ")})
		if len(out) == mostLikelyAgencies {
			break
		}
	}
	return out
}
