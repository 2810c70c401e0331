package territory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

// Place is one territory as a file gives it: the parent is a code, and ids
// don't exist yet.
type Place struct {
	Territory
	ParentCode string
	Line       int
}

// properties are what a feature may say of itself. Only name is needed.
type properties struct {
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	Short      string `json:"short"`
	ShortEN    string `json:"short_en"`
	Code       string `json:"code"`
	Kind       string `json:"kind"`
	Parent     string `json:"parent"`
	OKTMO      string `json:"oktmo"`
	Population int    `json:"population"`
	Grid       []int  `json:"grid"`
}

// ParseGeoJSON reads a FeatureCollection of Polygons and MultiPolygons in
// WGS84 (RFC 7946). Errors are fault.Lines, all that is wrong at once.
func ParseGeoJSON(r io.Reader) ([]Place, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read boundaries: %w", err)
	}
	var bad fault.Lines
	features, err := splitFeatures(raw)
	if err != nil {
		bad.Add(0, "", "this is no GeoJSON FeatureCollection: %s", err.Error())
		return nil, bad
	}
	var places []Place
	seen := map[string]int{}
	for _, f := range features {
		p, err := parseFeature(f.raw)
		if err != nil {
			bad.Add(f.line, "", "%s", err.Error())
			continue
		}
		p.Line = f.line
		if first, twice := seen[p.Code]; twice {
			bad.Add(f.line, "code", "%q (%s) is there already, in line %d", p.Code, p.Name.RU, first)
			continue
		}
		seen[p.Code] = f.line
		places = append(places, p)
	}
	if len(places) == 0 && len(bad) == 0 {
		bad.Add(0, "", "the file holds no features")
	}
	return places, bad.Err()
}

type feature struct {
	line int
	raw  json.RawMessage
}

// splitFeatures cuts the collection into features and tells in which line each
// begins.
func splitFeatures(raw []byte) ([]feature, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("it is no JSON object")
	}
	var out []feature
	found := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		if key != "features" {
			var skip json.RawMessage
			if err := dec.Decode(&skip); err != nil {
				return nil, err
			}
			continue
		}
		found = true
		if t, err := dec.Token(); err != nil || t != json.Delim('[') {
			return nil, errors.New("features is no list")
		}
		line, from := 1, 0
		for dec.More() {
			var f json.RawMessage
			if err := dec.Decode(&f); err != nil {
				return nil, err
			}
			start := int(dec.InputOffset()) - len(f)
			line += bytes.Count(raw[from:start], []byte("\n"))
			from = start
			out = append(out, feature{line: line, raw: f})
		}
		if _, err := dec.Token(); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, errors.New("it has no features")
	}
	return out, nil
}

func parseFeature(raw json.RawMessage) (Place, error) {
	var f struct {
		Geometry   json.RawMessage `json:"geometry"`
		Properties properties      `json:"properties"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return Place{}, fmt.Errorf("the feature can't be read: %w", err)
	}
	pr := f.Properties
	if strings.TrimSpace(pr.Name) == "" && pr.Code == "" {
		return Place{}, errors.New("the feature has no property «name»")
	}
	rings, err := parseGeometry(f.Geometry)
	if err != nil {
		return Place{}, fmt.Errorf("%s: %w", pr.Name, err)
	}
	if err := checkRings(rings); err != nil {
		return Place{}, fmt.Errorf("%s: %w", pr.Name, err)
	}
	centre, _ := planar.CentroidArea(rings)
	t := Territory{
		Code: pr.Code, Kind: pr.Kind, Name: lang.Text{RU: pr.Name, EN: pr.NameEN},
		Short: lang.Text{RU: pr.Short, EN: pr.ShortEN}, OKTMO: pr.OKTMO, Population: pr.Population,
		Lat: centre.Lat(), Lon: centre.Lon(), Col: -1, Row: -1, Boundary: string(f.Geometry),
	}
	if len(pr.Grid) == 2 {
		t.Col, t.Row = pr.Grid[0], pr.Grid[1]
	}
	if t.Code == "" {
		t.Code = Slug(pr.Name)
	}
	if t.Kind == "" {
		t.Kind = kindOf(pr.Name)
	}
	if t.Short.RU == "" {
		t.Short.RU = shorten(pr.Name)
	}
	return Place{Territory: t, ParentCode: pr.Parent}, nil
}

func checkRings(m orb.MultiPolygon) error {
	for _, polygon := range m {
		if len(polygon) == 0 {
			return errors.New("a polygon has no ring")
		}
		for _, ring := range polygon {
			if len(ring) < 4 || !ring.Closed() {
				return errors.New("a ring is not closed, or has less than four points")
			}
			for _, p := range ring {
				if p.Lat() < -90 || p.Lat() > 90 || p.Lon() < -180 || p.Lon() > 180 {
					return fmt.Errorf("the point %v is no longitude and latitude in degrees", p)
				}
			}
			if err := crossing(ring); err != nil {
				return err
			}
		}
	}
	if len(m) == 0 {
		return errors.New("there is no polygon")
	}
	return nil
}

var townWords = regexp.MustCompile(`(?i)(^|\s)(город|г\.|городской округ|city|town)(\s|$)`)

func kindOf(name string) string {
	if townWords.MatchString(name) {
		return "town"
	}
	return "district"
}

var commonWords = regexp.MustCompile(`(?i)(муниципальный|городской|округ|район|город|^г\.|district|municipal|city)`)

// shorten makes a tile's label: the name without the words that all share.
func shorten(name string) string {
	s := strings.TrimSpace(commonWords.ReplaceAllString(name, ""))
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		s = name
	}
	if r := []rune(s); len(r) > 12 {
		return strings.TrimSpace(string(r[:11])) + "."
	}
	return s
}
