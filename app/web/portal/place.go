package portal

import (
	"math"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// placeTyped is what stands in the fields of the page.
type placeTyped struct {
	Lat, Lon, Address string
	Territory         int64
}

// placeShown is what the page has on it.
type placeShown struct {
	Map        mapView
	Typed      placeTyped
	Found      []offered // in the message
	Searched   []offered // for the address
	Asked      bool      // the person asked for it
	Searchable bool
}

// Place asks where it is.
func (h *Handlers) Place(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	return h.place(c, f, http.StatusOK, f.placeOf(), nil)
}

func (f *form) placeOf() placeTyped {
	p := placeTyped{Address: f.d.Place.Address, Territory: f.d.Place.Territory}
	if p.Address == "" {
		p.Address = f.d.PlaceText
	}
	if at := f.d.Place.Point; at != nil {
		p.Lat, p.Lon = strconv.FormatFloat(at.Lat, 'f', 6, 64), strconv.FormatFloat(at.Lon, 'f', 6, 64)
	}
	return p
}

func (h *Handlers) place(c echo.Context, f *form, status int, typed placeTyped, errs ui.Errors) error {
	ctx := edge.Ctx(c)
	p := f.frame(ctx, stepPlace, ui.T(ctx, "portal.place_title"), errs)
	view, err := h.mapOf(c, f.book.Places)
	if err != nil {
		return err
	}
	var searched []offered
	if c.FormValue("find") != "" || len(errs) > 0 {
		searched = h.searched(ctx, f.book.Places, f.lang, typed.Address, typed.Territory)
	}
	return edge.Render(c, status, placePage(p, f, placeShown{Map: view, Typed: typed, Found: h.found(ctx, f, typed), Searched: searched, Asked: c.FormValue("find") != "", Searchable: h.Addresses != nil}, errs))
}

// SavePlace finds the territory: of the point by its boundary, of the chosen
// municipality, or of the words of the address.
func (h *Handlers) SavePlace(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if ref := c.FormValue("pick"); ref != "" {
		return h.pick(c, f, ref)
	}
	if words := c.FormValue("words"); words != "" {
		return h.pickWords(c, f, words)
	}
	in := readPlace(c)
	if in.Territory == 0 {
		in.Territory = h.unclear(f.book.Places, in)
	}
	if c.FormValue("clear") != "" {
		in.Lat, in.Lon = "", ""
		f.d.Place.Point, f.d.Place.Address = nil, in.Address
		return h.save(c, f, f.at(stepPlace))
	}
	if c.FormValue("find") != "" {
		if utf8.RuneCountInString(in.Address) <= intake.MaxAddress {
			f.d.PlaceText, f.d.Place.Address = in.Address, ""
			if err := h.Drafts.SaveDraft(edge.Ctx(c), f.d); err != nil {
				return err
			}
		}
		return h.place(c, f, http.StatusOK, in, nil)
	}
	place, err := findPlace(f.site, f.book.Places, in)
	if errs, yes := wrong(edge.Ctx(c), err); yes {
		// The words are kept even though the place isn't found yet.
		if n := utf8.RuneCountInString(in.Address); n > 0 && n <= intake.MaxAddress {
			f.d.PlaceText = in.Address
			if err := h.Drafts.SaveDraft(edge.Ctx(c), f.d); err != nil {
				return err
			}
		}
		return h.place(c, f, http.StatusUnprocessableEntity, in, errs)
	}
	f.d.Place, f.d.PlaceText = place, ""
	same := saidSame(c)
	if same == 0 {
		same = f.d.SameAs
	}
	then, err := h.afterPlace(edge.Ctx(c), f, same)
	if err != nil {
		return err
	}
	return h.save(c, f, then)
}

func readPlace(c echo.Context) placeTyped {
	in := placeTyped{Lat: c.FormValue("lat"), Lon: c.FormValue("lon"), Address: intake.Tidy(c.FormValue("address"))}
	in.Territory, _ = strconv.ParseInt(c.FormValue("territory"), 10, 64)
	return in
}

// findPlace checks the place. What is wrong with the pin is said beside the
// address: the pin has no field of its own.
func findPlace(s site, places *territory.Index, in placeTyped) (workflow.Place, error) {
	var check fault.Check
	place := workflow.Place{Address: in.Address, Territory: in.Territory}
	if in.Lat != "" || in.Lon != "" {
		place.Point = readPoint(in.Lat, in.Lon)
	}
	place = intake.Place(&check, places, place, s.lang)
	return place, check.Renamed("point", "address").Err()
}

// readPoint reads degrees; what is no number is a point off the earth.
func readPoint(lat, lon string) *workflow.Point {
	y, err := strconv.ParseFloat(lat, 64)
	x, err2 := strconv.ParseFloat(lon, 64)
	if err != nil || err2 != nil {
		y, x = math.NaN(), math.NaN()
	}
	return &workflow.Point{Lat: y, Lon: x}
}

func (f *form) checkPlace() error {
	var check fault.Check
	_, known := f.book.Places.Find(f.d.Place.Territory)
	check.That(known || len(f.book.Places.All()) == 0, "address", "error.place_required")
	return check.Err()
}

// municipalities are the options of the list.
func (f *form) municipalities() []ui.Option {
	var out []ui.Option
	for _, m := range f.book.Places.Municipalities() {
		out = append(out, ui.Option{Value: strconv.FormatInt(m.ID, 10), Label: m.Name.In(f.lang)})
	}
	return out
}

// chosenMunicipality is the value of the list for a territory.
func (f *form) chosenMunicipality(id int64) []string {
	if m, ok := f.book.Places.Municipality(id); ok {
		return []string{strconv.FormatInt(m.ID, 10)}
	}
	return nil
}

// placeWords is the place in words.
func placeWords(s site, places *territory.Index, p workflow.Place) []string {
	var out []string
	if p.Address != "" {
		out = append(out, p.Address)
	}
	if t, ok := places.Find(p.Territory); ok {
		out = append(out, t.Name.In(s.lang))
	}
	return out
}
