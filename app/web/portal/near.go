package portal

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// Duplicates finds appeals that may be about the same problem as a message that
// is being written.
type Duplicates interface {
	Duplicates(ctx context.Context, text, topic string, place workflow.Place) []duplicate.Candidate
}

const stepNear step = "near"

// told is what others learn of an appeal near by: never its words, its pictures
// or who wrote it.
type told struct {
	ID     int64
	Topic  string
	Stage  workflow.Stage
	Metres int // -1 where it is the same house
	Sent   time.Time
	People int
}

// near lists what was told of the same problem at the place of the draft: open
// appeals that the one who would answer it has, and that it could be joined to.
func (h *Handlers) near(ctx context.Context, f *form) ([]told, error) {
	if h.Duplicates == nil || f.leaf == nil || f.leaf.DuplicateRadius == 0 || f.d.Place.Territory == 0 {
		return nil, nil
	}
	replies, err := f.replies()
	if err != nil {
		return nil, nil //nolint:nilerr // what is wrong is said where it is asked
	}
	to, err := f.book.Router.Route(f.leaf, f.d.Place.Territory, workflow.AnswersOf(replies))
	if err != nil {
		return nil, nil //nolint:nilerr // nobody answers there: there is nothing to join
	}
	found := map[int64]duplicate.Candidate{}
	var ids []int64
	for _, c := range h.Duplicates.Duplicates(ctx, f.d.Text, f.leaf.Code, f.d.Place) {
		if slices.ContainsFunc(c.Why, func(r duplicate.Reason) bool {
			return r.Fact == duplicate.Near || r.Fact == duplicate.Beyond || r.Fact == duplicate.SameHouse
		}) {
			found[c.ID] = c
			ids = append(ids, c.ID)
		}
	}
	cases, err := h.Reader.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []told
	for i := range cases {
		a := &cases[i].Appeal
		if a.Agency != to.Agency || workflow.Can(actor.Job, a, workflow.Gather) != nil {
			continue
		}
		out = append(out, told{
			ID: a.ID, Topic: topicOf(f.site, f.book, a.Rubric), Stage: a.Stage, Metres: found[a.ID].Metres,
			Sent: a.SubmittedAt, People: 1 + a.Joined,
		})
	}
	return out, nil
}

// Near shows what was told near by.
func (h *Handlers) Near(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	ctx := edge.Ctx(c)
	list, err := h.near(ctx, f)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return edge.SeeOther(c, f.next(stepPlace))
	}
	p := f.frame(ctx, stepPlace, ui.T(ctx, "near.title"), nil)
	p.Back = f.at(stepPlace)
	return edge.Render(c, http.StatusOK, nearPage(p, f, list))
}

// SaveNear keeps whether the problem is one of those. Only what was shown can be
// chosen.
func (h *Handlers) SaveNear(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	same, _ := strconv.ParseInt(c.FormValue("same"), 10, 64)
	list, err := h.near(edge.Ctx(c), f)
	if err != nil {
		return err
	}
	if same != 0 && !slices.ContainsFunc(list, func(t told) bool { return t.ID == same }) {
		return edge.SeeOther(c, f.at(stepNear)) // it was answered meanwhile
	}
	f.d.SameAs = same
	return h.save(c, f, f.next(stepPlace))
}

// afterPlace is the page that follows the place.
func (h *Handlers) afterPlace(ctx context.Context, f *form) (string, error) {
	list, err := h.near(ctx, f)
	if err != nil || len(list) == 0 {
		return f.next(stepPlace), err
	}
	return f.at(stepNear), nil
}
