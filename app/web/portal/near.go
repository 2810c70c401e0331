package portal

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/near"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

const stepNear step = "near"

// sameField is the appeal near by that a person says is the same problem.
const sameField = "same"

func (h *Handlers) board() *near.Board {
	return &near.Board{Duplicates: h.Duplicates, Cases: h.Reader, Topics: h.Topics, Addresses: h.Addresses}
}

// told lists what was told of the same problem at the place of the draft.
func (h *Handlers) told(ctx context.Context, f *form) ([]near.Told, error) {
	if f.leaf == nil || f.d.Place.Territory == 0 {
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
	return h.board().Find(ctx, near.Message{Text: f.d.Text, Topic: f.leaf, Place: f.d.Place, To: to.Agency})
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
	list, err := h.told(ctx, f)
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
	same := saidSame(c)
	list, err := h.told(edge.Ctx(c), f)
	if err != nil {
		return err
	}
	if _, shown := among(list, same); same != 0 && !shown {
		return edge.SeeOther(c, f.at(stepNear)) // it was answered meanwhile
	}
	f.d.SameAs = same
	return h.save(c, f, f.next(stepPlace))
}

// saidSame is the appeal that the pressed button names, 0 where it names none.
func saidSame(c echo.Context) int64 {
	same, err := strconv.ParseInt(c.FormValue(sameField), 10, 64)
	if err != nil {
		return 0
	}
	return same
}

func among(list []near.Told, id int64) (near.Told, bool) {
	i := slices.IndexFunc(list, func(t near.Told) bool { return t.ID == id })
	if i < 0 {
		return near.Told{}, false
	}
	return list[i], true
}

// afterPlace is the page that follows the place. Who said already that the
// problem is one of those near by is not asked again.
func (h *Handlers) afterPlace(ctx context.Context, f *form, same int64) (string, error) {
	f.d.SameAs = 0
	list, err := h.told(ctx, f)
	if err != nil || len(list) == 0 {
		return f.next(stepPlace), err
	}
	if _, shown := among(list, same); shown {
		f.d.SameAs = same
		return f.next(stepPlace), nil
	}
	return f.at(stepNear), nil
}

// TypedNear answers the island that asks while the problem is described, before
// a form is begun.
func (h *Handlers) TypedNear(c echo.Context) error {
	if err := h.slow.asks.Pass(c); err != nil {
		return err
	}
	s := h.site(c)
	f := &form{site: s, book: h.Topics.Book(), d: &workflow.Draft{Text: intake.Tidy(c.FormValue("text"))}}
	f.choose(c.FormValue("rubric"))
	list, err := h.early(edge.Ctx(c), f)
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, typedNear(s, list, "begin"))
}

// early is told, before there is more than words and perhaps a topic.
func (h *Handlers) early(ctx context.Context, f *form) ([]near.Told, error) {
	if err := badText(f.d.Text); err != nil {
		return nil, nil //nolint:nilerr // too few words are no mistake while one types
	}
	return h.board().Find(ctx, near.Message{Text: f.d.Text, Topic: f.leaf})
}

// joinEarly takes the place, and where none is chosen the topic, of the appeal
// that the new form is said to be the same as.
func (h *Handlers) joinEarly(ctx context.Context, f *form, same int64) error {
	if same == 0 {
		return nil
	}
	list, err := h.early(ctx, f)
	if err != nil {
		return err
	}
	if t, shown := among(list, same); shown {
		if f.leaf == nil {
			f.choose(t.Topic.Code)
		}
		f.d.Place, f.d.SameAs = t.Place, same
	}
	return nil
}

// TypedNearPlace answers the island that asks while the place is given.
func (h *Handlers) TypedNearPlace(c echo.Context) error {
	if err := h.slow.asks.Pass(c); err != nil {
		return err
	}
	f, err := h.open(c)
	if err != nil {
		return err
	}
	in := readPlace(c)
	if in.Territory == 0 {
		in.Territory = h.unclear(f.book.Places, in)
	}
	f.d.Place = workflow.Place{}
	if place, err := findPlace(f.site, f.book.Places, in); err == nil { // else it is not said yet
		f.d.Place = place
	}
	list, err := h.told(edge.Ctx(c), f)
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, typedNear(f.site, list, "place"))
}
