package api

import (
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/address"
)

// Addresses are the tables of streets, houses and landmarks.
type Addresses interface {
	Index() *address.Index
}

// How many places of a text are offered.
const mostPlaces = 3

// foundPlaceOut is a place that the words of a text may mean. It is an offer: the
// person who wrote them decides.
type foundPlaceOut struct {
	Found     address.Found `json:"found"`
	Address   string        `json:"address"`
	Quote     string        `json:"quote"`
	Territory *ref          `json:"territory,omitempty"`
	Pin       address.Found `json:"pin,omitempty"`
	Lat       *float64      `json:"lat,omitempty"`
	Lon       *float64      `json:"lon,omitempty"`
}

// placesIn finds places in a text, within the municipality where it is known.
func (h *Handlers) placesIn(book *rubricator.Book, text string, territory int64) []foundPlaceOut {
	if h.Addresses == nil {
		return nil
	}
	if m, ok := book.Places.Municipality(territory); ok {
		territory = m.ID
	} else {
		territory = 0
	}
	var out []foundPlaceOut
	for _, o := range h.Addresses.Index().Find(text, territory, mostPlaces) {
		one := foundPlaceOut{Found: o.Found, Address: o.Address, Quote: o.Quote(text), Pin: o.Pin}
		if o.Territory != 0 {
			one.Territory = h.territoryRef(o.Territory)
		}
		if o.Pin != "" {
			one.Lat, one.Lon = &o.Lat, &o.Lon
		}
		out = append(out, one)
	}
	return out
}
