// Package territory owns the places of a region: their tree, their boundaries
// and the answer to «in which one is this point».
package territory

import "github.com/otklik/otklik/app/lang"

// Territory is a region, a municipality or a settlement in one.
type Territory struct {
	ID         int64
	Parent     int64 // 0 for the region
	Code       string
	Kind       string // region | district | town | settlement
	Name       lang.Text
	Short      lang.Text // at most 12 characters, for a tile
	OKTMO      string
	Population int
	Lat, Lon   float64 // centre
	Col, Row   int     // place on the tile grid, -1 where none is given
	Boundary   string  // GeoJSON geometry, "" where none is loaded
}

// Municipal reports whether the territory is one of the municipalities by
// which the region is counted.
func (t Territory) Municipal() bool { return t.Kind == "district" || t.Kind == "town" }
