package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// hints are what the words bring up: topics, and cases that may be the same.
type hints struct {
	Topics []topic
	Like   []like
}

type topic struct {
	Code, Name, Path string
	Urgent           string // whom to call instead
}

// like is an open case that may be about the same.
type like struct {
	Number, Topic, Place string
	Stage                workflow.Stage
	At                   time.Time
	Same                 bool // topic or place too, not words alone
}

// offeredPlace is a place that an address may mean.
type offeredPlace struct{ Ref, Label, Where string }

// least is how many characters say something.
const least = 12

// TypedHints answers the page while the words are typed.
func (h *Handlers) TypedHints(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	f.d.Text = intake.Tidy(c.FormValue("text"))
	if found, err := h.hints(edge.Ctx(c), f.book, f.d); err != nil {
		return err
	} else {
		return edge.Render(c, http.StatusOK, hintList(found, f.d.Rubric))
	}
}

func (h *Handlers) hints(ctx context.Context, book *rubricator.Book, d *workflow.Draft) (hints, error) {
	var out hints
	if n := utf8.RuneCountInString(d.Text); n < least || n > workflow.MaxText {
		return out, nil
	}
	l := ui.Lang(ctx)
	for _, s := range h.Topics.Suggest(d.Text, d.Place.Territory, topicsShown).Topics {
		one := topic{Code: s.Rubric.Code, Name: s.Rubric.Name.In(l), Urgent: s.Rubric.Emergency.In(l)}
		var path []string
		for _, n := range s.Rubric.Path() {
			path = append(path, n.Name.In(l))
		}
		one.Path = strings.Join(path[:len(path)-1], " → ")
		out.Topics = append(out.Topics, one)
	}
	var err error
	out.Like, err = h.alike(ctx, book, d)
	return out, err
}

// Cases asked of the index, and how old a like one may be.
const (
	likeAsked = 12
	likeDays  = 60
)

// alike finds open cases that the call may be about. It tells nothing of their
// authors nor their words. An index that can't be asked costs only the warning.
func (h *Handlers) alike(ctx context.Context, book *rubricator.Book, d *workflow.Draft) ([]like, error) {
	hits, err := h.Likeness.Nearest(ctx, search.Query{Region: true, From: ui.Now(ctx).AddDate(0, 0, -likeDays)}, d.Text, likeAsked)
	if err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	ids := make([]int64, len(hits))
	for i, hit := range hits {
		ids[i] = hit.ID
	}
	cases, err := h.Cases.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []like
	for i := range cases {
		a := &cases[i].Appeal
		here := d.Place.Territory == 0 || slices.Contains(book.Places.Below(municipality(book, d.Place.Territory)), a.Place.Territory)
		if a.Stage.Final() || !here {
			continue
		}
		one := like{Number: a.Number, Stage: a.Stage, At: a.SubmittedAt, Same: a.Rubric == d.Rubric && d.Rubric != ""}
		if r, ok := book.Tree.Find(a.Rubric); ok {
			one.Topic = r.Name.In(ui.Lang(ctx))
		}
		if t, ok := book.Places.Find(a.Place.Territory); ok {
			one.Place = t.Name.In(ui.Lang(ctx))
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(x, y like) int { return weight(y) - weight(x) })
	return out[:min(len(out), likeShown)], nil
}

func weight(l like) int {
	if l.Same {
		return 1
	}
	return 0
}

func municipality(book *rubricator.Book, id int64) int64 {
	if m, ok := book.Places.Municipality(id); ok {
		return m.ID
	}
	return id
}

// TypedPlaces answers the page while the address is typed.
func (h *Handlers) TypedPlaces(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(c.FormValue("territory"), 10, 64)
	if err != nil {
		at = 0
	}
	return edge.Render(c, http.StatusOK, placeList(h.search(edge.Ctx(c), f.book, intake.Tidy(c.FormValue("address")), at, true)))
}

func (h *Handlers) search(ctx context.Context, book *rubricator.Book, text string, at int64, wanted bool) []offeredPlace {
	if !wanted || text == "" || utf8.RuneCountInString(text) > intake.MaxAddress {
		return nil
	}
	var out []offeredPlace
	for _, o := range h.Addresses.Index().Search(text, at, placesShown) {
		out = append(out, offeredOf(book, o, ui.Lang(ctx)))
	}
	return out
}

func offeredOf(book *rubricator.Book, o address.Offer, l lang.Lang) offeredPlace {
	out := offeredPlace{Ref: o.Ref, Label: o.Address}
	if m, ok := book.Places.Municipality(o.Territory); ok && o.Found != address.FoundTerritory {
		out.Where = m.Name.In(l)
	}
	return out
}

func (h *Handlers) resolve(ref string) (address.Offer, bool) { return h.Addresses.Index().Resolve(ref) }

func idText(id int64) string { return strconv.FormatInt(id, 10) }
