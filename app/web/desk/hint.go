package desk

import (
	"context"
	"net/http"
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
	"github.com/otklik/otklik/search/duplicate"
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
	found, err := h.hints(edge.Ctx(c), f.book, f.d)
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, hintList(found, f.d.Rubric))
}

func (h *Handlers) hints(ctx context.Context, book *rubricator.Book, d *workflow.Draft) (hints, error) {
	var out hints
	if n := utf8.RuneCountInString(d.Text); n < least || n > workflow.MaxText {
		return out, nil
	}
	l := ui.Lang(ctx)
	advice := h.Topics.Suggest(d.Text, d.Place.Territory, topicsShown)
	about := d.Rubric
	if about == "" && !advice.Unsure && len(advice.Topics) > 0 {
		about = advice.Topics[0].Rubric.Code
	}
	for _, s := range advice.Topics {
		one := topic{Code: s.Rubric.Code, Name: s.Rubric.Name.In(l), Urgent: s.Rubric.Emergency.In(l)}
		var path []string
		for _, n := range s.Rubric.Path() {
			path = append(path, n.Name.In(l))
		}
		one.Path = strings.Join(path[:len(path)-1], " → ")
		out.Topics = append(out.Topics, one)
	}
	var err error
	out.Like, err = h.alike(ctx, book, d, about)
	return out, err
}

// alike finds open cases that the call may be about. It tells nothing of their
// authors nor their words.
func (h *Handlers) alike(ctx context.Context, book *rubricator.Book, d *workflow.Draft, topic string) ([]like, error) {
	found := h.Duplicates.Duplicates(ctx, d.Text, topic, d.Place)
	ids := make([]int64, 0, likeShown)
	for _, c := range found {
		if c.Score >= duplicate.Offered && len(ids) < likeShown {
			ids = append(ids, c.ID)
		}
	}
	cases, err := h.Cases.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]like, 0, len(cases))
	for i := range cases {
		a := &cases[i].Appeal
		one := like{Number: a.Number, Stage: a.Stage, At: a.SubmittedAt}
		if r, ok := book.Tree.Find(a.Rubric); ok {
			one.Topic = r.Name.In(ui.Lang(ctx))
		}
		if t, ok := book.Places.Find(a.Place.Territory); ok {
			one.Place = t.Name.In(ui.Lang(ctx))
		}
		out = append(out, one)
	}
	return out, nil
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
