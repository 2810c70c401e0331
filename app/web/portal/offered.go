package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// Addresses are the tables of streets, houses and landmarks.
type Addresses interface {
	Index() *address.Index
}

// How many places are put before a person at once: of their message, of what
// they type.
const (
	foundPlaces = 3
	typedPlaces = 6
)

// offered is a place that words may mean, as the page shows it.
type offered struct {
	Ref   string // "" where only the words are worth keeping
	Label string
	Where string // the municipality
	What  string // what choosing it does
	// The words that were understood so, with a few around them.
	Before, Quote, After string
}

// found are the places that the author may have meant in their message, while
// they haven't said where it is.
func (h *Handlers) found(ctx context.Context, f *form, typed placeTyped) []offered {
	if h.Addresses == nil || typed != (placeTyped{}) {
		return nil
	}
	offers := h.Addresses.Index().Find(f.d.Text, 0, foundPlaces)
	if slices.ContainsFunc(offers, func(o address.Offer) bool { return o.Found != address.FoundTerritory && o.Ref != "" }) {
		offers = slices.DeleteFunc(offers, func(o address.Offer) bool { return o.Found == address.FoundTerritory })
	}
	out := make([]offered, len(offers))
	for i, o := range offers {
		out[i] = offeredPlace(ctx, f.book.Places, o, f.lang)
		if len(o.Quotes) > 0 {
			out[i].Before, out[i].Quote, out[i].After = around(f.d.Text, o.Quotes[0])
		}
	}
	return out
}

// searched are the places that fit what stands in the field for the address.
func (h *Handlers) searched(ctx context.Context, places *territory.Index, l lang.Lang, typed string, at int64) []offered {
	if h.Addresses == nil {
		return nil
	}
	var out []offered
	for _, o := range h.Addresses.Index().Search(typed, at, typedPlaces) {
		out = append(out, offeredPlace(ctx, places, o, l))
	}
	return out
}

func offeredPlace(ctx context.Context, places *territory.Index, o address.Offer, l lang.Lang) offered {
	out := offered{Ref: o.Ref, Label: o.Address}
	if m, ok := places.Municipality(o.Territory); ok {
		out.Where = m.Name.In(l)
	}
	switch {
	case o.Found == address.FoundWords:
		out.What = ui.T(ctx, "portal.offer_words")
	case o.Found == address.FoundTerritory:
		out.Label, out.Where = out.Where, ""
		out.What = ui.T(ctx, "portal.offer_territory")
	case o.Pin == address.FoundTerritory || o.Pin == "":
		out.What = ui.T(ctx, "portal.offer_territory")
	case o.Pin == address.FoundStreet:
		out.What = ui.T(ctx, "portal.offer_street")
	default:
		out.What = ui.T(ctx, "portal.offer_point")
	}
	return out
}

// around cuts a quotation out of a text with a few words on each side.
func around(text string, s address.Span) (before, quote, after string) {
	const near = 40 // letters
	head, tail := []rune(text[:s.From]), []rune(text[s.To:])
	before, after = string(head), string(tail)
	if len(head) > near {
		before = string(head[len(head)-near:])
		if i := strings.IndexByte(before, ' '); i >= 0 {
			before = "…" + before[i:]
		}
	}
	if len(tail) > near {
		after = string(tail[:near])
		if i := strings.LastIndexByte(after, ' '); i >= 0 {
			after = after[:i] + " …"
		}
	}
	return before, text[s.From:s.To], after
}

// pick takes a place that was offered: its point becomes the pin, and where the
// point lies the territory. In the middle of a whole district nobody put a pin.
func (h *Handlers) pick(c echo.Context, f *form, ref string) error {
	var o address.Offer
	ok := false
	if h.Addresses != nil {
		o, ok = h.Addresses.Index().Resolve(ref)
	}
	if !ok { // the tables were loaded anew meanwhile
		check := fault.Check{}
		check.Fail("address", "portal.offer_gone")
		errs, _ := wrong(edge.Ctx(c), check.Err())
		return h.place(c, f, http.StatusUnprocessableEntity, f.placeOf(), errs)
	}
	f.d.Place, f.d.PlaceText = intake.Picked(f.book.Places, o, f.d.Place.Address), ""
	return h.save(c, f, f.at(stepPlace))
}

// pickWords takes words that name a place no table knows into the field.
func (h *Handlers) pickWords(c echo.Context, f *form, words string) error {
	words = intake.Tidy(words)
	if n := utf8.RuneCountInString(words); n > 0 && n <= intake.MaxAddress {
		f.d.PlaceText = words
		f.d.Place = workflow.Place{Territory: f.book.Places.NamedIn(f.d.Text)}
	}
	return h.save(c, f, f.at(stepPlace))
}

// SuggestPlace answers the island that asks while the address is typed: buttons
// of the form, each with a place.
func (h *Handlers) SuggestPlace(c echo.Context) error {
	if err := h.slow.asks.Pass(c); err != nil {
		return err
	}
	f, err := h.open(c)
	if err != nil {
		return err
	}
	in := readPlace(c)
	if utf8.RuneCountInString(in.Address) > intake.MaxAddress {
		in.Address = ""
	}
	return edge.Render(c, http.StatusOK, offerList(h.searched(edge.Ctx(c), f.book.Places, f.lang, in.Address, in.Territory)))
}

// unclear finds what an address without a territory may mean. One that is in one
// municipality alone says it; where there are several the person is asked.
func (h *Handlers) unclear(places *territory.Index, in placeTyped) (at int64) {
	if h.Addresses == nil || in.Territory != 0 || in.Lat != "" || in.Address == "" || places.NamedIn(in.Address) != 0 {
		return 0
	}
	for _, o := range h.Addresses.Index().Search(in.Address, 0, typedPlaces) {
		m, ok := places.Municipality(o.Territory)
		if !ok || at != 0 && at != m.ID {
			return 0
		}
		at = m.ID
	}
	return at
}
