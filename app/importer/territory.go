package importer

import (
	"context"
	"fmt"
	"io"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator/territory"
)

// RegionCode is the code that the root gets when a file of boundaries names no
// region and none is there yet.
const RegionCode = "region"

// Territories imports places: boundaries from .geojson, or places without
// boundaries from .yaml. Places are known by their codes; what a file doesn't
// say of one that is there (its boundary, its population) stays.
func Territories(ctx context.Context, s *store.Store, name string, r io.Reader, dry bool) (Result, error) {
	var places []territory.Place
	var err error
	switch form(name) {
	case "geojson":
		places, err = territory.ParseGeoJSON(withoutMark(r))
	case "yaml":
		places, err = parsePlaces(r)
	default:
		err = wrongForm(name, "geojson", "yaml")
	}
	if err != nil {
		return Result{}, err
	}
	var result Result
	err = inTx(ctx, s, dry, func(tx *store.Import) error {
		result, err = saveTerritories(tx, places)
		return err
	})
	return result, err
}

func parsePlaces(r io.Reader) ([]territory.Place, error) {
	var file struct {
		Region      map[string]any `yaml:"region"`
		Territories []item[struct {
			Code       string    `yaml:"code"`
			Parent     string    `yaml:"parent"`
			Kind       string    `yaml:"kind"`
			Name       lang.Text `yaml:"name"`
			Short      lang.Text `yaml:"short"`
			OKTMO      string    `yaml:"oktmo"`
			Population int       `yaml:"population"`
			Center     []float64 `yaml:"center"`
			Grid       []int     `yaml:"grid"`
		}] `yaml:"territories"`
	}
	if err := readYAML(r, &file); err != nil {
		return nil, err
	}
	bad := unread(file.Territories)
	var places []territory.Place
	seen := map[string]int{}
	for _, it := range file.Territories {
		t := it.v
		if first, twice := seen[t.Code]; twice {
			bad.Add(it.line, "code", "%q is there already, in line %d", t.Code, first)
		}
		if t.Code == "" {
			bad.Add(it.line, "code", "a territory needs one")
		}
		seen[t.Code] = it.line
		if t.Name.RU == "" {
			bad.Add(it.line, "name", "%s has no name in Russian", t.Code)
		}
		switch t.Kind {
		case "region", "district", "town", "settlement":
		default:
			bad.Add(it.line, "kind", "%s: %q is none of region, district, town, settlement", t.Code, t.Kind)
		}
		p := territory.Place{Line: it.line, ParentCode: t.Parent, Territory: territory.Territory{
			Code: t.Code, Kind: t.Kind, Name: t.Name, Short: t.Short, OKTMO: t.OKTMO, Population: t.Population, Col: -1, Row: -1,
		}}
		switch len(t.Grid) {
		case 0:
		case 2:
			p.Col, p.Row = t.Grid[0], t.Grid[1]
		default:
			bad.Add(it.line, "grid", "%s: give [column, row]", t.Code)
		}
		switch len(t.Center) {
		case 0:
		case 2:
			p.Lat, p.Lon = t.Center[0], t.Center[1]
		default:
			bad.Add(it.line, "center", "%s: give [latitude, longitude] in degrees", t.Code)
		}
		if p.Lat < -90 || p.Lat > 90 || p.Lon < -180 || p.Lon > 180 {
			bad.Add(it.line, "center", "%s: %v is no latitude and longitude in degrees", t.Code, t.Center)
		}
		places = append(places, p)
	}
	if len(places) == 0 {
		bad.Add(0, "territories", "the file holds none")
	}
	return places, bad.Err()
}

// saveTerritories saves level by level: those above get their ids first.
func saveTerritories(tx *store.Import, places []territory.Place) (Result, error) {
	known, err := tx.ListTerritories()
	if err != nil {
		return Result{}, err
	}
	before := map[string]territory.Territory{}
	there := map[string]bool{}
	ids := map[string]int64{}
	root := ""
	for _, t := range known {
		before[t.Code], there[t.Code], ids[t.Code] = t, true, t.ID
		if t.Parent == 0 {
			root = t.Code
		}
	}
	codes := make([]string, len(places))
	rooted := root != ""
	for i, p := range places {
		codes[i] = p.Code
		rooted = rooted || p.Kind == "region"
		if p.Kind == "region" && root == "" {
			root = p.Code
		}
	}
	result := counted("territories", there, codes)
	if !rooted {
		root = RegionCode
		top := []territory.Territory{{Code: root, Kind: "region", Name: lang.Text{RU: "Регион", EN: "Region"}, Col: -1, Row: -1}}
		if err := tx.SaveTerritories(top); err != nil {
			return result, err
		}
		ids[root] = top[0].ID
	}
	for left := places; len(left) > 0; {
		var level []territory.Territory
		var later []territory.Place
		for _, p := range left {
			above := p.ParentCode
			if above == "" && p.Code != root {
				above = root
			}
			parent, ready := ids[above]
			if above != "" && !ready {
				later = append(later, p)
				continue
			}
			p.Parent = parent
			level = append(level, merge(before[p.Code], p.Territory))
		}
		if len(level) == 0 {
			var bad fault.Lines
			for _, p := range later {
				bad.Add(p.Line, "parent", "%s: there is no territory %q above it", p.Code, p.ParentCode)
			}
			return result, bad.Err()
		}
		if err := tx.SaveTerritories(level); err != nil {
			return result, fmt.Errorf("save territories: %w", err)
		}
		for _, t := range level {
			ids[t.Code] = t.ID
		}
		left = later
	}
	return result, nil
}

// merge keeps what the file doesn't say.
func merge(old, now territory.Territory) territory.Territory {
	if old.Code == "" {
		return now
	}
	if now.Boundary == "" {
		now.Boundary = old.Boundary
	}
	if now.Population == 0 {
		now.Population = old.Population
	}
	if now.OKTMO == "" {
		now.OKTMO = old.OKTMO
	}
	if now.Col < 0 {
		now.Col, now.Row = old.Col, old.Row
	}
	// A name without boundaries says more than the bare one of a boundary.
	if old.Name.EN != "" && now.Name.EN == "" {
		now.Name, now.Short, now.Kind = old.Name, old.Short, old.Kind
	}
	if now.Name.RU == "" {
		now.Name = old.Name
	}
	if old.Lat != 0 && now.Lat == 0 {
		now.Lat, now.Lon = old.Lat, old.Lon
	}
	if now.Parent == 0 {
		now.Parent = old.Parent
	}
	return now
}
