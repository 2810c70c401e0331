package intake

import (
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// Picked is the place of an offer that a person chose; typed is the address
// that they had.
func Picked(places *territory.Index, o address.Offer, typed string) workflow.Place {
	p := workflow.Place{Address: o.Address, Territory: o.Territory}
	if o.Found == address.FoundTerritory {
		p.Address = typed
		return p
	}
	if o.Pin == "" || o.Pin == address.FoundTerritory {
		return p
	}
	at, inside := places.Locate(o.Lat, o.Lon)
	switch {
	case inside:
		p.Territory = at.ID
	case places.Mapped(): // the table is wrong about it
		return p
	}
	p.Point = &workflow.Point{Lat: o.Lat, Lon: o.Lon}
	return p
}
