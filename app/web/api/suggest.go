package api

import (
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

type suggestIn struct {
	Text      string   `json:"text"`
	Lat       *float64 `json:"lat"`
	Lon       *float64 `json:"lon"`
	Territory string   `json:"territory"`
	Limit     int      `json:"limit"`
}

type suggestOut struct {
	Territory *ref            `json:"territory,omitempty"` // of the point
	Unsure    bool            `json:"unsure"`              // ask the person which it is
	Topics    []suggestedOut  `json:"topics"`
	Places    []foundPlaceOut `json:"places,omitempty"` // that the text may mean
}

type suggestedOut struct {
	Code       string      `json:"code"`
	Name       lang.Text   `json:"name"`
	Path       []lang.Text `json:"path"`       // from the category down
	Confidence float64     `json:"confidence"` // probability
	Words      []string    `json:"words"`      // of the text, that spoke for it
	Emergency  *lang.Text  `json:"emergency,omitempty"`
	Agency     *agencyRef  `json:"agency,omitempty"` // missing while it depends on the place
}

// How many topics are suggested.
const (
	usualTopics = 5
	mostTopics  = 20
)

// Suggest finds topics for a person's own words.
func (h *Handlers) Suggest(c echo.Context) error {
	if err := brake(c, h.slow.asks); err != nil {
		return err
	}
	var in suggestIn
	if err := read(c, &in); err != nil {
		return err
	}
	book := h.Topics.Book()
	var check fault.Check
	in.Text = intake.Tidy(in.Text)
	check.That(in.Text != "", "text", "error.required")
	check.That(utf8.RuneCountInString(in.Text) <= workflow.MaxText, "text", "error.too_long", "max", workflow.MaxText)
	check.That(in.Limit >= 0 && in.Limit <= mostTopics, "limit", "api.range", "min", 1, "max", mostTopics)
	place := placeIn{Territory: in.Territory, Lat: in.Lat, Lon: in.Lon}
	territory := int64(0)
	if place != (placeIn{}) {
		territory = place.check(&check, book, edge.Lang(c)).Territory
	}
	if err := check.Err(); err != nil {
		return flat(err)
	}
	if in.Limit == 0 {
		in.Limit = usualTopics
	}
	advice := h.Topics.Suggest(in.Text, territory, in.Limit)
	out := suggestOut{Unsure: advice.Unsure, Topics: make([]suggestedOut, 0, len(advice.Topics)), Places: h.placesIn(book, in.Text, territory)}
	if territory != 0 {
		out.Territory = h.territoryRef(territory)
	}
	for _, s := range advice.Topics {
		one := suggestedOut{
			Code: s.Rubric.Code, Name: s.Rubric.Name, Confidence: s.Share, Words: append([]string{}, s.Words...),
			Emergency: some(s.Rubric.Emergency), Agency: h.answers(book, s.Rubric, territory),
		}
		for _, n := range s.Rubric.Path() {
			one.Path = append(one.Path, n.Name)
		}
		out.Topics = append(out.Topics, one)
	}
	return c.JSON(http.StatusOK, out)
}

// flat names the fields of a place as this request has them.
func flat(err error) error {
	e, ok := err.(*fault.Error) //nolint:errorlint // of a check made here
	if !ok {
		return err
	}
	for i := range e.Fields {
		if e.Fields[i].Name == "point" {
			e.Fields[i].Name = "lat"
		}
	}
	return e
}

// answers is who answers for the topic there; without a place, who answers
// everywhere, nil where that differs, depends on an answer, or the topic takes no
// appeals.
func (h *Handlers) answers(book *rubricator.Book, leaf *rubricator.Rubric, territory int64) *agencyRef {
	if !leaf.Emergency.Empty() {
		return nil
	}
	places := []int64{territory}
	if territory == 0 {
		places = []int64{book.Places.Region().ID}
		for _, m := range book.Places.Municipalities() {
			places = append(places, m.ID)
		}
	}
	agency := int64(0)
	for i, at := range places {
		owners, whole := book.Router.Owners(leaf, at)
		if !whole || len(owners) != 1 || i > 0 && owners[0] != agency {
			return nil
		}
		agency = owners[0]
	}
	return h.agencyRef(agency)
}
