package territory

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/otklik/otklik/app/lang"
)

// Index answers questions about the places of a region. It is immutable.
type Index struct {
	all    []Territory
	byID   map[int64]int
	shapes []shape // smallest first, so that the first that contains a point is the most exact
	region int64

	municipal []Territory // by name
	outlines  map[lang.Lang]func() (Outline, error)
}

type shape struct {
	id    int64
	bound orb.Bound
	area  float64
	rings orb.MultiPolygon
}

// NewIndex builds the index. A boundary that isn't a polygon in GeoJSON is an
// error.
func NewIndex(all []Territory) (*Index, error) {
	x := &Index{all: slices.Clone(all), byID: make(map[int64]int, len(all))}
	for i, t := range x.all {
		x.byID[t.ID] = i
		if t.Parent == 0 {
			x.region = t.ID
		}
		if t.Boundary == "" {
			continue
		}
		rings, err := parseGeometry([]byte(t.Boundary))
		if err != nil {
			return nil, fmt.Errorf("boundary of %s: %w", t.Code, err)
		}
		x.shapes = append(x.shapes, shape{id: t.ID, bound: rings.Bound(), area: math.Abs(planar.Area(rings)), rings: rings})
	}
	slices.SortFunc(x.shapes, func(a, b shape) int { return cmp.Compare(a.area, b.area) })
	x.layTiles()
	for _, t := range x.all {
		if t.Municipal() {
			x.municipal = append(x.municipal, t)
		}
	}
	names := collate.New(language.Russian)
	slices.SortFunc(x.municipal, func(a, b Territory) int { return names.CompareString(a.Name.RU, b.Name.RU) })
	x.outlines = map[lang.Lang]func() (Outline, error){}
	for _, l := range []lang.Lang{lang.RU, lang.EN} {
		x.outlines[l] = sync.OnceValues(func() (Outline, error) { return x.outline(l) })
	}
	return x, nil
}

// parseGeometry reads a GeoJSON geometry (RFC 7946) that has an area. Points of
// orb are [longitude, latitude] as GeoJSON's are, so its rings decode as they
// stand; a third coordinate is dropped.
func parseGeometry(raw []byte) (orb.MultiPolygon, error) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, err
	}
	switch g.Type {
	case "Polygon":
		var p orb.Polygon
		err := json.Unmarshal(g.Coordinates, &p)
		return orb.MultiPolygon{p}, err
	case "MultiPolygon":
		var m orb.MultiPolygon
		err := json.Unmarshal(g.Coordinates, &m)
		return m, err
	case "":
		return nil, errors.New("there is no geometry")
	default:
		return nil, fmt.Errorf("a %s is no area; a Polygon or MultiPolygon is needed", g.Type)
	}
}

// Locate returns the most exact territory around a point, ok = false outside
// every boundary.
func (x *Index) Locate(lat, lon float64) (t Territory, ok bool) {
	p := orb.Point{lon, lat}
	for _, s := range x.shapes {
		if s.bound.Contains(p) && planar.MultiPolygonContains(s.rings, p) {
			return x.Find(s.id)
		}
	}
	return Territory{}, false
}

// Find returns the territory with the id.
func (x *Index) Find(id int64) (Territory, bool) {
	i, ok := x.byID[id]
	if !ok {
		return Territory{}, false
	}
	return x.all[i], true
}

// Region returns the root, the zero Territory where none is loaded.
func (x *Index) Region() Territory {
	t, _ := x.Find(x.region)
	return t
}

// All lists every territory. The caller must not change the slice.
func (x *Index) All() []Territory { return x.all }

// Municipalities lists the municipalities by name, in the order of the Russian
// alphabet. The caller must not change the slice.
func (x *Index) Municipalities() []Territory { return x.municipal }

// Municipality returns the municipality in which a territory lies, ok = false
// for the region itself.
func (x *Index) Municipality(id int64) (Territory, bool) {
	for {
		t, ok := x.Find(id)
		if !ok || t.Municipal() {
			return t, ok
		}
		id = t.Parent
	}
}

// Below lists the ids of a territory and everything in it.
func (x *Index) Below(id int64) []int64 {
	out := []int64{id}
	for i := 0; i < len(out); i++ {
		for _, t := range x.all {
			if t.Parent == out[i] {
				out = append(out, t.ID)
			}
		}
	}
	return out
}

// Mapped reports whether boundaries of municipalities are loaded.
func (x *Index) Mapped() bool {
	return slices.ContainsFunc(x.shapes, func(s shape) bool {
		t, _ := x.Find(s.id)
		return t.Municipal()
	})
}

// Bound returns the box around all boundaries: west, south, east, north.
func (x *Index) Bound() (west, south, east, north float64, ok bool) {
	if len(x.shapes) == 0 {
		return 0, 0, 0, 0, false
	}
	b := x.shapes[0].bound
	for _, s := range x.shapes {
		b = b.Union(s.bound)
	}
	return b.Min.Lon(), b.Min.Lat(), b.Max.Lon(), b.Max.Lat(), true
}
